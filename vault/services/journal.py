"""The journal as people read it, and the full audit of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from vault.domain.ids import Id
from vault.domain.query import parse_query
from vault.domain.registry import Registry
from vault.domain.rows import Filters, Passes, Rows, beginning, holding
from vault.errors import IntegrityError, JournalError, UnsupportedFormatError
from vault.formats.authorship import REPORTER_KINDS, check_author
from vault.formats.entry import Entry, EntryKind, check_link
from vault.services.holding import Held
from vault.services.roster import claimed, member_names
from vault.storage.reading import Snapshot
from vault.storage.sealing import Deed, Sealer
from vault.storage.verifying import Position, check_bystander, parsed


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry, opened.

    `at` is what its author's clock said. `act` is one of its kind; of the kinds that change nothing
    it ends in ".other" where what the author sealed is none, or cannot be read, as `note` says
    then. `records` are the ids it changed, empty for an import of many, whose number is `count`,
    and for a kind that changes none.

    `is_open` is False where the entry belongs to an epoch before this member's time: act and note
    are unknown then.
    """

    seq: int
    at: datetime
    author: str
    kind: EntryKind
    act: str
    note: str
    records: tuple[Id, ...]
    count: int
    hash: str
    is_open: bool


def lines(snapshot: Snapshot, held: Held) -> Iterator[JournalLine]:
    """Yield the lines of the journal up to what is held, oldest first.

    Each entry is checked to follow the one before it, and the last to be the verified one; so all
    are what its author vouched for, once the last was taken. Raises JournalError where the chain
    breaks, and UnsupportedFormatError where what changed records cannot be read.
    """
    yield from map(_Teller(snapshot, held), _chained(snapshot, held.position))


def begun_at(path: Path) -> datetime:
    """Return when the vault at a path was made, by its founder's clock; raises JournalError."""
    with Snapshot(path) as snapshot:
        first = snapshot.entry_at(1)
    if first is None:
        raise _broken_off()
    return claimed(parsed(first).time_ms)


FIRST_PORTION = 500
"""How many entries are read backwards at first, which takes a few hundredths of a second."""


def latest_first(snapshot: Snapshot, held: Held) -> Iterator[list[JournalLine]]:
    """Yield the lines of the journal up to what is held, the latest first, in growing portions.

    Each entry is checked to be the one that its successor names, and the last to be the verified
    one. Raises JournalError where the chain breaks.
    """
    tell, head = _Teller(snapshot, held), held.position.head
    end, wanted, size = head.seq, head.hash(), FIRST_PORTION
    while end:
        begin = max(0, end - size)
        stored = islice(snapshot.entries_after(begin), end - begin)
        entries = [parsed(each) for each in stored]
        for entry in reversed(entries):
            if entry.hash() != wanted:
                raise _broken_off()
            wanted = entry.prev
        if len(entries) != end - begin:
            raise _broken_off()
        yield [tell(entry) for entry in reversed(entries)]
        end, size = begin, 2 * size


def searchable(registry: Registry, lines: Iterable[JournalLine] = ()) -> Rows[JournalLine]:
    """Return the lines, ready to be found by words and filters, in the order given.

    Words are looked for in act, note, author and the names of the records that changed.
    `by:ana act:account about:acme since:2026-01-01 until:2026-02-01`; a date that is still being
    typed passes everything, and what is no date nothing (`no_dates`).
    """

    def names(line: JournalLine) -> str:
        return " ".join(registry.name_of(record) for record in line.records)

    filters: Filters[JournalLine] = {
        "by": holding(lambda line: line.author),
        "act": beginning(lambda line: line.act),
        "about": holding(lambda line: f"{names(line)} {line.note}"),
        "since": lambda value: _dated(value, lambda on, day: on >= day),
        "until": lambda value: _dated(value, lambda on, day: on <= day),
    }
    return Rows(lines, lambda line: f"{line.act} {line.note} {line.author} {names(line)}", filters)


def _dated(value: str, fits: Callable[[date, date], bool]) -> Passes[JournalLine]:
    day = _day(value)
    if day is None:
        may_become_one = _BEGUN.fullmatch(value) is not None
        return lambda _: may_become_one
    return lambda line: fits(line.at.date(), day)


def no_dates(text: str, *, typing: bool = False) -> list[str]:
    """Return the parts of a text that ask for a day and name none, such as "since:2026-13-99".

    With `typing`, those that may become one are left out.
    """
    query = parse_query(text, ("since", "until"))
    return [
        f"{name}:{value}"
        for name, value in query.filters
        if _day(value) is None and not (typing and _BEGUN.fullmatch(value))
    ]


_BEGUN = re.compile(r"\d{0,4}|\d{4}-(?:0?|10?|0[1-9]|1[0-2])|\d{4}-(?:0[1-9]|1[0-2])-[0-3]?")
"""What may become a date, as in 2026-01-31, while it is typed."""


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


class _Teller:
    """Opens entries and says in words what they hold."""

    def __init__(self, snapshot: Snapshot, held: Held) -> None:
        self._sealer = held.sealer
        self._names = member_names(snapshot, held)

    def __call__(self, entry: Entry) -> JournalLine:
        deed = self._said(entry)
        said = deed or Deed(_ACTS.get(entry.kind, ""))
        member = entry.author.hex()
        return JournalLine(
            seq=entry.seq,
            at=claimed(entry.time_ms),
            author=self._names.get(member, member[:8]),
            kind=entry.kind,
            act=said.act,
            note=said.note,
            records=tuple(said.records),
            count=said.count or len(said.records),
            hash=entry.hash().hex(),
            is_open=deed is not None or not entry.sealed,
        )

    def _said(self, entry: Entry) -> Deed | None:
        try:
            deed = self._sealer.open_deed(entry)
        except (IntegrityError, UnsupportedFormatError):
            if entry.kind not in REPORTER_KINDS:
                raise  # a change of records must not look like one of none
            # It is as its author signed it. A line that names him serves better than no journal.
            return Deed(_other(entry.kind), ILLEGIBLE)
        return _of_its_kind(entry.kind, deed) if deed else None


ILLEGIBLE = "What it says cannot be read: it was not written by this program, or by a newer one."


def _of_its_kind(kind: EntryKind, deed: Deed) -> Deed:
    """Return what a deed says, as far as an entry of its kind can have done it.

    Nobody checks what a reporter seals into an entry: in those that he may write, an act of an
    admin's, or the records that it would have changed, is a lie.
    """
    if kind not in REPORTER_KINDS:
        return deed
    own = _REPORTERS_ACTS.get(kind, frozenset())
    return Deed(deed.act if deed.act in own else _other(kind), deed.note)


def _other(kind: EntryKind) -> str:
    return f"{kind.name.lower().replace('_', '-')}.other"


def audit(
    snapshot: Snapshot, position: Position, tell: Callable[[int], None] = lambda _: None
) -> int:
    """Return how many entries the journal has, after checking every link and every signature.

    Takes some 0.2 ms for each entry; `tell` is called after each with how many there were, and
    stops it by raising. Raises JournalError at the first that is wrong.
    """
    count, previous = 0, None
    for entry in _chained(snapshot, position):
        if not entry.kind.is_control:
            check_author(position.membership, entry)
        if previous is not None:
            check_bystander(position.membership, entry, previous)
        count, previous = count + 1, entry
        tell(count)
    return count


def last_change(
    snapshot: Snapshot, position: Position, sealer: Sealer
) -> tuple[Entry, Deed] | None:
    """Return the newest entry that changed records, whoever saw what since, and what it says.

    None where the newest of another kind, such as an import, changed them; or where it is sealed.
    """
    entry = position.head
    while entry.kind in _CHANGE_NOTHING:
        stored = snapshot.entry_at(entry.seq - 1)
        if stored is None:
            return None
        before = parsed(stored)
        check_link(entry, before)
        entry = before
    deed = sealer.open_deed(entry) if entry.kind is EntryKind.RECORD_CHANGE else None
    return (entry, deed) if deed else None


_CHANGE_NOTHING = frozenset(
    {EntryKind.REVEAL, EntryKind.EXPORT, EntryKind.UNLOCK, EntryKind.FAILED_UNLOCK}
)
"""Kinds of entry that say what somebody saw or tried, and leave what is known of accounts alone."""


def _chained(snapshot: Snapshot, position: Position) -> Iterator[Entry]:
    previous: Entry | None = None
    for stored in snapshot.entries_after(0):
        entry = parsed(stored)
        if previous is not None:
            check_link(entry, previous)
        yield entry
        previous = entry
        if entry.seq == position.head.seq:
            break
    if previous is None or previous.hash() != position.head.hash():
        raise _broken_off()


def _broken_off() -> JournalError:
    return JournalError(
        "The journal does not lead to its last entry.",
        "Entries were altered or removed: compare the vault with a backup.",
    )


_ACTS = {
    EntryKind.GENESIS: "vault.init",
    EntryKind.ADD_MEMBER: "member.add",
    EntryKind.REMOVE_MEMBER: "member.remove",
    EntryKind.NEW_EPOCH: "member.rotate-keys",
    EntryKind.POLICY: "vault.policy",
    EntryKind.RECOVERY_CHANGE: "recovery.create",
    EntryKind.ACCEPT_RESTORE: "backup.restore",
}
"""What control entries do is public; their sealed text may belong to a closed epoch."""

_REPORTERS_ACTS = {EntryKind.EXPORT: frozenset({"vault.export", "report.deliver"})}
"""The acts that are written as these kinds, none of which changes a record."""
