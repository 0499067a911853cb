"""Undoing the last act: what records said before is put back, as one more act."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.changes import Change, Changes
from vault.domain.decision import Decision
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.records import Past, decode_past
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.validation import validate
from vault.errors import ConflictError, RefusedError
from vault.services.session import Session
from vault.services.writing import short_digest

REVERSIBLE = (Person, Role, Assignment, Mailbox, Phone, Factor, Account, Seat, Grant, Decision)
"""What only says how things are. Secrets were seen and steps were done, which nobody can undo."""

MERGE = "person.merge"

NEVER_HELD = (Assignment, Factor, Seat, Grant)
"""What can end when it began, and so was never there."""


def undo(session: Session) -> str:
    """Undo the newest act of this session, and return what it was; undoing that does it again.

    Raises RefusedError where this session has done nothing, another one's act is newer (be it of
    the same member, in another terminal), it cannot be undone, or what was there contradicts the
    registry by now; ConflictError where a record was changed meanwhile.
    """
    newest = session.last_own_change()
    if newest is None:
        message = "the newest change of the vault is not one that was made here since you opened it"
        raise RefusedError(message, "see what it was in the journal, and edit the records")
    entry, deed = newest
    pasts = session.pasts(*deed.records)
    told = f"{deed.act} {deed.note}".strip()

    def decide(registry: Registry, now: datetime) -> Changes:
        _refuse_irreversible(registry, deed.act, deed.records)
        earlier = tuple(_earlier(registry, deed.records, pasts, entry.time_ms, now))
        validate(registry, earlier)
        return earlier

    session.write("act.undo", decide, note=told)
    return told


def _refuse_irreversible(
    registry: Registry, act: str, records: Mapping[Id, tuple[str, str]]
) -> None:
    found = [registry.find(record_id) for record_id in records]
    is_merge = act == MERGE  # which gave everything another name, and changed nothing else
    if not found or not (is_merge or all(isinstance(record, REVERSIBLE) for record in found)):
        message = f"{act.replace('.', ' ') or 'that'} cannot be undone"
        hint = "secrets, steps and imports stay: end or edit what came of it"
        if any(isinstance(record, Case) and not record.person for record in found):
            hint = "give up the case instead, with a reason"
        raise RefusedError(message, hint)


def _earlier(
    registry: Registry,
    records: Mapping[Id, tuple[str, str]],
    pasts: Mapping[Id, tuple[Past, ...]],
    time_ms: int,
    now: datetime,
) -> Iterator[Change]:
    for record_id, (before, after) in records.items():
        record = registry.find(record_id)
        if record is None or short_digest(record) != after:
            message = f"{registry.name_of(record_id)} was changed meanwhile"
            raise ConflictError(message, "look at it again, and edit it")
        if before:
            yield Change(_head(pasts[record_id], before, time_ms))
        elif isinstance(record, NEVER_HELD):
            yield Change(msgspec.structs.replace(record, until=record.since))
        elif isinstance(record, Decision):
            yield Change(msgspec.structs.replace(record, taken_back=now))
        else:
            message = f"{registry.name_of(record_id)} was added, and is not taken away again"
            raise RefusedError(message, "end it instead")


def _head(pasts: tuple[Past, ...], before: str, time_ms: int) -> Record:
    for past in reversed(pasts):
        head = decode_past(past)
        if past.at == time_ms and short_digest(head) == before:
            return head
    message = "what was there before is not kept any more"
    raise RefusedError(message, "edit the record")
