"""Adding, editing and ending records of any kind: checked, then written as one journal entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from vault.domain.changes import Change, Changes
from vault.domain.ids import Id, new_id
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.text import one_line
from vault.domain.validation import validate
from vault.errors import AlreadyError, ConflictError
from vault.services.session import Session

R = TypeVar("R", bound=Record)


Guard = Callable[[Registry, datetime], None]
"""Raises RefusedError where a registry, at a moment, does not allow what is about to be written."""


def write_checked(
    session: Session,
    act: str,
    changes: Changes,
    note: str = "",
    *,
    based_on: Record | None = None,
    guard: Guard | None = None,
    forced: bool = False,
) -> None:
    """Write changes that were computed once; they are checked again on the newest registry.

    `based_on` is the record they were computed from, as it was then; `guard` is asked with the
    file held against other writers. With `forced` a record may end that something still needs.
    Raises UsageError or RefusedError where the changes contradict the registry, ConflictError
    where that record was changed meanwhile.
    """

    def decide(registry: Registry, now: datetime) -> Changes:
        if guard is not None:
            guard(registry, now)
        if based_on is not None and registry.find(based_on.id) != based_on:
            message = f"somebody else changed {registry.name_of(based_on.id)} meanwhile"
            raise ConflictError(message, "look at it again, and repeat what still applies")
        validate(registry, changes, forced=forced)
        return changes

    session.write(act, decide, note=note)


def add_record(session: Session, record: R, guard: Guard | None = None) -> R:
    """Write a new record, its texts tidied, and return it."""
    record = tidied(record)
    act = f"{_kind(record)}.add"
    write_checked(session, act, (Change(record),), _told(session, record), guard=guard)
    return record


def edit_record(
    session: Session,
    record: R,
    guard: Guard | None = None,
    **values: Any,  # the record's own types
) -> R:
    """Write a record with other values and return it; writes nothing where nothing differs."""
    edited = tidied(msgspec.structs.replace(record, **values))
    if edited != record:
        act = f"{_kind(record)}.edit"
        told = _told(session, edited)
        write_checked(session, act, (Change(edited),), told, based_on=record, guard=guard)
    return edited


def end_record(
    session: Session,
    record: R,
    at: datetime | None = None,
    guard: Guard | None = None,
    *,
    forced: bool = False,
) -> R:
    """End a record: it stays, with an `until`; `forced`: though something still needs it.

    Raises AlreadyError where it has ended before, and RefusedError where it is needed.
    """
    moment = at or session.env.now()
    until: datetime | None = getattr(record, "until", None)
    if until is not None and until <= moment:
        message = f"this {_kind(record)} ended {until.date()}"
        raise AlreadyError(message, "nothing to do", there=record.id)
    edited = msgspec.structs.replace(record, until=moment)  # all that end have it
    act = f"{_kind(record)}.end"
    told = _told(session, edited)
    made = (Change(edited),)
    write_checked(session, act, made, told, based_on=record, guard=guard, forced=forced)
    return edited


def tidied(record: R) -> R:
    """Return a record as it is stored when a person typed or pasted it: texts on one line.

    Notes keep their lines. Lists that are imported are tidied cell by cell (exchange.cleaning).
    """
    values = {
        name: one_line(value)
        if isinstance(value, str)
        else tuple(one_line(each) if isinstance(each, str) else each for each in value)
        for name in record.__struct_fields__
        if isinstance(value := getattr(record, name), (str, tuple)) and name != "note"
    }
    return msgspec.structs.replace(record, **values)


def fresh_id(session: Session) -> Id:
    """Return an id for a record to be added."""
    return new_id(session.env.random)


def _kind(record: Record) -> str:
    return type(record).__name__.lower()


def _told(session: Session, record: Record) -> str:
    """What the journal calls a record: its name, or those of the records it joins."""
    own = [getattr(record, name, "") for name in ("label", "name", "address", "number")]
    links = [getattr(record, name, "") for name in ("account", "role", "person", "tool")]
    named = [session.registry.name_of(each) for each in links if each]
    return ", ".join([*named, *filter(None, own)])
