"""Adding, editing and ending records of any kind: checked, then written as one journal entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from vault.domain.changes import Change, Changes
from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.validation import validate
from vault.errors import RefusedError
from vault.services.session import Session

R = TypeVar("R", bound=Record)


def write_checked(session: Session, act: str, changes: Changes, note: str = "") -> None:
    """Write changes that were computed once; they are checked again on the newest registry.

    Raises UsageError or RefusedError where they contradict it, ConflictError after a lost race.
    """

    def decide(registry: Registry, _now: datetime) -> Changes:
        validate(registry, changes)
        return changes

    session.write(act, decide, note=note)


def add_record(session: Session, record: R) -> R:
    """Write a new record and return it."""
    kind = type(record).__name__.lower()
    write_checked(session, f"{kind}.add", (Change(record),))
    return record


def edit_record(session: Session, record: R, **values: Any) -> R:  # the record's own types
    """Write a record with other values and return it; writes nothing where nothing differs."""
    edited = msgspec.structs.replace(record, **values)
    if edited != record:
        kind = type(record).__name__.lower()
        write_checked(session, f"{kind}.edit", (Change(edited),))
    return edited


def end_record(session: Session, record: R, at: datetime | None = None) -> R:
    """End a record: it stays, with an `until`. Raises RefusedError where it has ended before."""
    moment = at or session.env.now()
    until: datetime | None = getattr(record, "until", None)
    kind = type(record).__name__.lower()
    if until is not None and until <= moment:
        message = f"this {kind} ended {until.date()}"
        raise RefusedError(message, "nothing to do")
    edited = msgspec.structs.replace(record, until=moment)  # type: ignore[call-arg]  # all that end have it
    write_checked(session, f"{kind}.end", (Change(edited),))
    return edited


def fresh_id(session: Session) -> Id:
    """Return an id for a record to be added."""
    return session.env.random(16).hex()
