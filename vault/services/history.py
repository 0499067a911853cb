"""What happened to a record: the journal's lines about it, and what each changed in its fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.records import Past, decode_past
from vault.domain.registry import Registry
from vault.domain.telling import NOT_FOR_PEOPLE, value_in_words
from vault.domain.wording import in_words
from vault.services.journal import JournalLine
from vault.services.session import Session
from vault.services.writing import milliseconds


@dataclass(frozen=True)
class FieldChange:
    """That a field of a record said something else before, in words; "" for nothing."""

    record: Id
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Happened:
    """One act on a record: the journal's line, and what is known of what it changed."""

    line: JournalLine
    changes: tuple[FieldChange, ...]


def history(session: Session, record_id: Id) -> list[Happened]:
    """Return what happened to a record and to what is on it, the newest first.

    On an account are its secrets, factors, seats and tools. Raises as reading the journal does.
    """
    ids = _with_what_is_on_it(session.registry, record_id)
    lines = [line for line in session.journal() if not ids.isdisjoint(line.records)]
    registry, pasts = session.registry, session.pasts(*ids)
    changes = {each: dict(_changes(registry, each, pasts.get(each, ()))) for each in ids}
    return [Happened(line, tuple(_of_line(line, changes))) for line in reversed(lines)]


def _with_what_is_on_it(registry: Registry, record_id: Id) -> frozenset[Id]:
    found = {record_id}
    if isinstance(registry.find(record_id), Account):
        credentials = registry.credentials_of.get(record_id, ())
        on: Iterable[Iterable[Record]] = (
            credentials,
            registry.factors_of.get(record_id, ()),
            registry.seats_on.get(record_id, ()),
            registry.grants_on.get(record_id, ()),
            *(registry.exposures_of.get(each.id, ()) for each in credentials),
        )
        found |= {record.id for records in on for record in records}
    return frozenset(found & {record.id for record in map(registry.find, found) if record})


def _changes(
    registry: Registry, record_id: Id, pasts: Sequence[Past]
) -> Iterator[tuple[int, tuple[FieldChange, ...]]]:
    """Yield the moment of each change of a record, in milliseconds, and what it changed."""
    heads: list[Record] = list(map(decode_past, pasts))
    now = registry.find(record_id)
    heads += [now] if now else []
    for past, before, after in zip(pasts, heads, heads[1:], strict=False):
        at = datetime.fromtimestamp((past.at + 1) / 1000, UTC)  # it was cut to a millisecond
        yield past.at, tuple(differences(registry, before, after, at))


def differences(
    registry: Registry, before: Record, after: Record, at: datetime
) -> Iterator[FieldChange]:
    """Yield what fields of a record say after a change that they did not say before it."""
    for name in after.__struct_fields__:
        old, new = getattr(before, name, None), getattr(after, name)
        if old != new and name not in NOT_FOR_PEOPLE:
            told = [value_in_words(registry, each, at) for each in (old, new)]
            yield FieldChange(after.id, in_words(name), *told)


def _of_line(
    line: JournalLine, changes: Mapping[Id, Mapping[int, tuple[FieldChange, ...]]]
) -> Iterator[FieldChange]:
    for record_id in line.records:
        yield from changes.get(record_id, {}).get(milliseconds(line.at), ())
