"""The fields that ask who takes over from a leaver: one for each role, and one for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tui.desk import Desk
from tui.fields import Answers, Field
from vault.domain.holders import roles_of
from vault.domain.ids import Id
from vault.domain.offboarding import Departure, staying
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.services.offboarding import named_successors

HOW: Final = "Type a name; right takes what is offered. Empty: as it says in the box."

_REST: Final = "rest"
"""The name of the field for whoever takes over everything but the roles asked for."""


def successor_fields(desk: Desk, departure: Departure) -> Sequence[Field]:
    """Return a field for each role that the leaver holds or that somebody was chosen for.

    What is in the box of one that is empty comes of who takes over everything else.
    """
    registry, chosen = desk.registry, departure.successors
    rest: dict[Id, Id] = {role: each for role, each in chosen.items() if not role and each}
    staff = staying(registry, replace(departure, successors=rest), desk.now)
    names = sorted(p.name for p in registry.all(Person) if staff.stays(p.id))
    stay = {name: name for name in names}
    held = roles_of(registry, departure.person, desk.now)
    fields = []
    for role in dict.fromkeys((*held, *filter(None, chosen))):
        taker = staff.takes_over(role)
        why = "who holds it too" if taker in staff.holders(role) else "as everything else"
        hint = f"{registry.name_of(taker)}, {why}" if taker else "nobody yet"
        named = registry.name_of(chosen[role]) if role in chosen else ""
        label = registry.name_of(role)
        fields.append(Field(role, label, value=named, help=hint, choices=lambda: stay))
    named = registry.name_of(rest[""]) if rest else ""
    fields.append(Field(_REST, "Everything else", value=named, help="nobody", choices=lambda: stay))
    return fields


def successors_of(registry: Registry, fields: Sequence[Field], answers: Answers) -> dict[Id, Id]:
    """Return who was named for which role, "" for the rest; raises as `named_successors` does."""
    typed = {"" if f.name == _REST else f.name: answers.text(f.name) for f in fields}
    return named_successors(registry, typed)
