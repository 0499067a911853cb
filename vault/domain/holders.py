"""Who holds which role at a moment, and who of them can be counted on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from vault.domain.ids import Id
from vault.domain.registry import Registry
from vault.domain.role import Role


def holders(registry: Registry, role: Id, at: datetime) -> Iterator[Id]:
    """Yield whoever holds a role by the records, who left without giving it back included.

    Of an id that is no role's that is nobody.
    """
    for assignment in registry.assignments_of.get(role, ()):
        if assignment.role == role and assignment.holds(at):
            yield assignment.person


def holders_here(registry: Registry, role: Id, at: datetime) -> list[Id]:
    """Return those who hold a role and work for the company at that moment."""
    return [each for each in holders(registry, role, at) if registry.person(each).stays(at)]


def told(registry: Registry, role: Id, at: datetime) -> str:
    """Return the names of those who hold a role, with commas, and who of them is not here."""
    held = (registry.person(each) for each in holders(registry, role, at))
    return ", ".join(sorted(p.name if p.stays(at) else f"{p.name} (not here)" for p in held))


def is_enough(registry: Registry, role: Role, at: datetime) -> bool:
    """Say whether as many as a role asks for hold it and work for the company."""
    return len(holders_here(registry, role.id, at)) >= role.min_holders


def roles_of(registry: Registry, person: Id, at: datetime) -> list[Id]:
    """Return the roles that somebody holds, by name."""
    held = {
        each.role
        for each in registry.assignments_of.get(person, ())
        if each.person == person and each.holds(at)
    }
    return sorted(held, key=lambda role: (registry.name_of(role), role))
