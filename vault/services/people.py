"""People: added so that nobody is taken for somebody else."""

from __future__ import annotations

from typing import Any

from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.errors import RefusedError
from vault.services.editing import add_record, fresh_id
from vault.services.session import Session


def add_person(session: Session, name: str, *, another: bool = False, **values: Any) -> Person:
    """Add somebody; raises RefusedError for one who is most likely in the registry already.

    That is who shares an address, or a name where nothing tells the two apart: the plan for one
    would be made for the other. `another` says that it is somebody else of that name.
    """
    person = Person(id=fresh_id(session), name=name, **values)
    _refuse_shared_address(session.registry, person)
    for other in namesakes(session.registry, person):
        if not (another or _told_apart(person, other)):
            message = f"there is a person {other.name!r} already, as {other.id[:8]}"
            same = f"if it is the same person: safehands person edit {other.id[:8]}"
            ways = "or give both an address (--mail), or say it is somebody else with --another"
            raise RefusedError(message, f"{same}, {ways}")
    return add_record(session, person)


def namesakes(registry: Registry, person: Person) -> list[Person]:
    """Return the others of a person's name."""
    name = folded(person.name)
    return [p for p in registry.all(Person) if p.id != person.id and folded(p.name) == name]


def _told_apart(one: Person, other: Person) -> bool:
    """Whether both have a work address, or both an external id, and not the same."""
    keys = ((one.mail, other.mail), (one.external_id, other.external_id))
    return any(mine and theirs and folded(mine) != folded(theirs) for mine, theirs in keys)


def _addresses(person: Person) -> set[str]:
    return {folded(mail) for mail in (person.mail, *person.other_mails) if mail}


def _refuse_shared_address(registry: Registry, person: Person) -> None:
    for other in registry.all(Person):
        shared = _addresses(person) & _addresses(other)
        if shared:
            message = f"{other.name} has the address {min(shared)} already"
            hint = f"edit that one: safehands person edit {other.id[:8]}"
            raise RefusedError(message, hint)
