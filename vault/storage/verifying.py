"""Believing a vault: the checks of docs/file-format.md section 9, in its order, on one snapshot.

Steps 2 to 4 are `verify_journal`, step 6 is `verify_records`; the keys of step 5 come between them.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from vault.domain.records import AnyRecord
from vault.errors import JournalError, MembershipError, RollbackError, StateMismatchError
from vault.formats.authorship import check_author, check_head
from vault.formats.entry import NO_HASH, Entry, check_link, parse_entry
from vault.formats.member import MemberKind
from vault.formats.membership import Membership, fold_control
from vault.formats.record import HeadRow
from vault.formats.state import State, check_state, leaves, repeats_heads, state_of
from vault.storage.keys import VaultKeys
from vault.storage.leaves import Leaves
from vault.storage.reading import Snapshot, StoredEntry
from vault.storage.sealing import Sealer, first_unopened


class Mark(NamedTuple):
    """How far a device has seen a journal: the place and hash of an entry (section 9, step 3)."""

    seq: int
    hash: bytes


class Position(NamedTuple):
    """A verified journal: what its control entries say, and its last entry."""

    membership: Membership
    head: Entry

    @property
    def mark(self) -> Mark:
        """Return the high-water mark of this position."""
        return Mark(self.head.seq, self.head.hash())

    @property
    def last_control(self) -> bytes:
        """Return what the next entry gives as the hash of the control entry before it."""
        return self.membership.last_hash


def verify_journal(snapshot: Snapshot, vault_id: bytes, mark: Mark | None) -> Position:
    """Return the journal's position, proven from the first control entry to the last entry.

    Raises MembershipError for the control chain, RollbackError where the journal is not a
    continuation of `mark`, JournalError for the last entry and those newer than the mark, and
    MalformedError for an entry that does not parse.
    """
    head = parsed(snapshot.last_entry())
    membership = fold_control(_control_chain(snapshot, head), vault_id)
    position = Position(membership, head)
    if mark is not None:
        check_continues(snapshot, position, mark)
    check_head(membership, head)
    _check_reporters_at_the_end(snapshot, membership, head)
    return position


class Rows(NamedTuple):
    """What is in a vault's rows, not believed yet: heads, the state they make up, bucket hashes.

    `as_of` is the hash that the last entry of the journal beside them claims to have;
    `is_repeated` tells that the stored hashes of the heads are those in the state.
    """

    as_of: bytes
    heads: list[HeadRow]
    state: State
    buckets: tuple[bytes, ...]
    is_repeated: bool


def read_rows(snapshot: Snapshot) -> Rows:
    """Return the rows, with what takes no key to compute; raises MalformedError, JournalError."""
    with collecting_nothing():
        as_of, heads, buckets = snapshot.last_entry().hash, snapshot.heads(), snapshot.buckets()
        packed = leaves(heads)
        is_repeated = repeats_heads(heads, packed)
        return Rows(as_of, heads, state_of(packed), tuple(buckets), is_repeated)


def verify_records(
    snapshot: Snapshot,
    position: Position,
    keys: VaultKeys,
    sealer: Sealer,
    read: Rows | None = None,
) -> tuple[list[AnyRecord], Leaves]:
    """Return all records, and the leaves of the state they make up, if it is the signed one.

    `read` are rows that were read before; where the journal has gone on since, they are read again
    from the snapshot. Raises RecordCountError, RecordTamperedError for the first record that was
    altered or moved, and StateMismatchError where every record is genuine and they are not those of
    this state.
    """
    vault_id, head = position.membership.vault_id, position.head
    if read is None or read.as_of != position.mark.hash:
        read = read_rows(snapshot)
    with collecting_nothing():
        try:
            check_state(read.state, head.root, head.n_records)
        except StateMismatchError as mismatch:
            if len(read.heads) != head.n_records:
                raise
            # The root says that something is wrong, a blob that does not open says what.
            raise first_unopened(keys, vault_id, read.heads) or mismatch from None
        # The columns that repeat a hash are never used, and still must not lie (section 1).
        if not read.is_repeated:
            raise _repeats_wrongly("heads")
        if read.buckets != read.state.hashes:
            raise _repeats_wrongly("buckets")
        return sealer.open_heads(read.heads), Leaves(*read.state)


def parsed(stored: StoredEntry) -> Entry:
    """Return a stored entry, if it stands in its own row.

    Raises MalformedError or UnsupportedFormatError where it does not parse, and JournalError
    where the row's number or hash is not its own.
    """
    entry = parse_entry(stored.raw)
    if entry.seq != stored.seq or entry.hash() != stored.hash:
        raise JournalError(
            f"Journal entry {stored.seq} is not what its row says it is.",
            "An entry was altered or exchanged: compare the vault with a backup.",
        )
    return entry


def follow_entries(snapshot: Snapshot, position: Position, since: Entry) -> Iterator[Entry]:
    """Yield the verified entries after `since`: linked, and each by a member of its time.

    Raises JournalError at the first that is not. Control entries are only checked for their
    link: their chain has been folded already.
    """
    previous = since
    for stored in snapshot.entries_after(since.seq):
        entry = parsed(stored)
        check_link(entry, previous)
        if not entry.kind.is_control:
            check_author(position.membership, entry)
            check_bystander(position.membership, entry, previous)
        yield entry
        previous = entry


def check_bystander(membership: Membership, entry: Entry, previous: Entry) -> None:
    """Return if the entry is no reporter's, or leaves the records as the entry before it signed.

    A reporter holds the keys of heads, so nothing else keeps him from sealing one of his own and
    signing the state that comes of it. Raises JournalError.
    """
    if not _is_reporters(membership, entry):
        return
    if (entry.root, entry.n_records) != (previous.root, previous.n_records):
        raise JournalError(
            f"Journal entry {entry.seq} is by a reporter, and signs other records than there were.",
            "Someone who may only read has altered the vault: compare it with a backup.",
        )


def _check_reporters_at_the_end(snapshot: Snapshot, membership: Membership, entry: Entry) -> None:
    """Follow reporters' entries back to the one by an admin whose state they must have kept."""
    while _is_reporters(membership, entry):
        stored = snapshot.entry_at(entry.seq - 1)
        if stored is None:
            raise JournalError(
                f"The journal lacks entry {entry.seq - 1}.",
                "Someone removed it: compare the vault with a backup.",
            )
        previous = parsed(stored)
        check_link(entry, previous)
        if not previous.kind.is_control:
            check_author(membership, previous)
        check_bystander(membership, entry, previous)
        entry = previous


def _is_reporters(membership: Membership, entry: Entry) -> bool:
    author = membership.member_at(entry.author, entry.seq)
    return author is not None and author.kind is MemberKind.REPORTER


def _control_chain(snapshot: Snapshot, head: Entry) -> list[Entry]:
    """Return the control entries from the first on, found backwards by the hashes they name."""
    chain = [head] if head.kind.is_control else []
    wanted = head.prev_control
    while wanted != NO_HASH:
        stored = snapshot.entry_named(wanted)
        if stored is None:
            raise MembershipError(
                f"The control entry {wanted.hex()[:12]} is missing.",
                "Do not use this vault: compare it with a backup, and ask the other members.",
            )
        entry = parse_entry(stored.raw)
        if entry.hash() != wanted or entry.seq != stored.seq:
            raise MembershipError(
                f"The control entry in row {stored.seq} of the journal was altered.",
                "Do not use this vault: compare it with a backup, and ask the other members.",
            )
        chain.append(entry)
        wanted = entry.prev_control
    return chain[::-1]


def check_continues(snapshot: Snapshot, position: Position, mark: Mark) -> None:
    """Return if the journal goes on from `mark` to its `position`; raises RollbackError if not."""
    head = position.head
    stored = snapshot.entry_at(mark.seq)
    if stored is None:
        raise _rolled_back(f"ends with entry {head.seq}; this device has seen entry {mark.seq}")
    seen = parsed(stored)
    if seen.hash() != mark.hash:
        raise another_entry(mark.seq)
    for _ in follow_entries(snapshot, position, seen):
        pass


def another_entry(seq: int) -> RollbackError:
    """Return what to raise where the journal's entry `seq` is not the one this device has seen."""
    return _rolled_back(f"has another entry {seq} than the one this device has seen")


def _rolled_back(fault: str) -> RollbackError:
    return RollbackError(
        f"The journal {fault}.",
        "The vault was set back, or split in two: ask the other members what their last entry is. "
        "If you restored a backup on purpose: safehands journal accept-older --reason TEXT",
    )


def _repeats_wrongly(what: str) -> StateMismatchError:
    return StateMismatchError(
        f"The stored hashes of the {what} are not those of what is stored.",
        "Someone altered the vault: compare it with a backup.",
    )


@contextmanager
def collecting_nothing() -> Iterator[None]:
    """Keep the garbage collector still inside the block.

    Thousands of new records make it look for cycles among all of them again and again, and there
    are none: with it, opening takes three times as long (docs/adr/0002).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # What was made is here to stay. As old objects it is not looked through at once, which
            # takes 0.1 s after 100,000 accounts.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
