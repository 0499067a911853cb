"""People: added so that nobody is taken for somebody else."""

from __future__ import annotations

from typing import Any

from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.errors import RefusedError
from vault.services.editing import add_record, fresh_id
from vault.services.session import Session


def add_person(session: Session, name: str, **values: Any) -> Person:
    """Add somebody; raises RefusedError for a namesake that nothing tells from the other."""
    if not (values.get("mail") or values.get("external_id")):
        _refuse_namesake(session.registry, name)
    return add_record(session, Person(id=fresh_id(session), name=name, **values))


def _refuse_namesake(registry: Registry, name: str) -> None:
    """Two people of one name must be told apart, or the plan for one may be made for the other."""
    for other in registry.all(Person):
        if folded(other.name) == folded(name):
            message = f"there is a person {other.name!r} already, as {other.id[:8]}"
            hint = f"edit that one, safehands person edit {other.id[:8]}, or tell them apart"
            raise RefusedError(message, f"{hint}: --mail or --external-id")
