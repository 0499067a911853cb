"""What a session holds of a vault: verified in full when opened, followed entry by entry after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from vault.crypto.randomness import Random
from vault.domain.changes import changes
from vault.domain.ids import Id
from vault.domain.platforms import Catalogue
from vault.domain.records import Body
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.errors import (
    IntegrityError,
    JournalError,
    NotFoundError,
    RecordCountError,
    RefusedError,
    UnsupportedFormatError,
)
from vault.formats.authorship import REPORTER_KINDS, check_head
from vault.formats.entry import Entry, EntryKind
from vault.formats.kept_state import read_origin
from vault.formats.member import MemberKeys, MemberKind
from vault.formats.state import check_state, leaves, state_of
from vault.formats.wire import ID_BYTES
from vault.storage.keys import VaultKeys, not_for_reporters, open_epochs
from vault.storage.leaves import Leaves
from vault.storage.reading import Snapshot, StoredBody
from vault.storage.sealing import Sealer, as_signed
from vault.storage.verifying import (
    Mark,
    Position,
    Rows,
    collecting_nothing,
    follow_entries,
    parsed,
    verify_journal,
    verify_records,
)

BODIES_AT_ONCE = 500
"""How many bodies are open at once where all are needed: all together may not fit."""

Numbered = tuple[Id, int]
"""A credential, and the number of one of its versions."""


@dataclass(frozen=True, slots=True)
class Held:
    """A vault as of one entry: its position, keys, the leaves of its rows, and the registry."""

    position: Position
    keys: VaultKeys
    sealer: Sealer
    leaves: Leaves
    registry: Registry

    def after(self, entry: Entry, leaves: Leaves, registry: Registry) -> Held:
        """Return the vault as of a data entry that was verified or written just now."""
        position = Position(self.position.membership, entry)
        return replace(self, position=position, leaves=leaves, registry=registry)

    def require_right(self, member_id: bytes, kind: EntryKind) -> None:
        """Return if a member may write an entry of this kind.

        Raises RefusedError for a reporter, and NotForReportersError for one that asks for a secret.
        """
        member = self.position.membership.members.get(member_id)
        if member is None or member.kind is not MemberKind.REPORTER or kind in REPORTER_KINDS:
            return
        if kind is EntryKind.REVEAL:
            raise not_for_reporters()
        raise RefusedError(
            "This member is a reporter: it reads and reports, and changes nothing.",
            "Open the vault as an admin: give another passphrase.",
        )

    def bodies(self, snapshot: Snapshot, ids: Sequence[Id]) -> dict[Id, Body]:
        """Return the opened bodies of those of the records that exist, by id.

        Raises RecordCountError where one is gone, StateMismatchError where one is not as signed.
        """
        rows = self._rows(snapshot, map(bytes.fromhex, ids))
        return {row.rid.hex(): self.sealer.open_body(row) for row in rows}

    def check_rows(self, snapshot: Snapshot) -> None:
        """Return if each record's row is as signed, its body too, which opening a vault spares.

        Takes no key. Raises as `bodies` does.
        """
        waiting = iter(self.leaves)
        while some := [leaf[:ID_BYTES] for leaf in islice(waiting, BODIES_AT_ONCE)]:
            for _ in self._rows(snapshot, some):
                pass

    def _rows(self, snapshot: Snapshot, rids: Iterable[bytes]) -> Iterator[StoredBody]:
        known = {leaf.rid: leaf for rid in rids if (leaf := self.leaves.get(rid))}
        count = 0
        for row in snapshot.bodies_of(list(known)):
            yield as_signed(row, known[row.rid])
            count += 1
        if count != len(known):
            raise RecordCountError(
                "A record that the journal knows is gone from the vault.",
                "Someone removed it behind the journal's back: compare the vault with a backup.",
            )

    def secrets(self, snapshot: Snapshot, wanted: Sequence[Numbered]) -> list[Secret]:
        """Return the secrets of credentials' versions; raises NotFoundError if one is not stored.

        Bodies are opened some at a time: they hold more than is kept of them here.
        """
        found: list[Secret] = []
        for begin in range(0, len(wanted), BODIES_AT_ONCE):
            some = wanted[begin : begin + BODIES_AT_ONCE]
            bodies = self.bodies(snapshot, list(dict.fromkeys(each for each, _ in some)))
            found += [_secret(bodies, *each) for each in some]
        return found


def _secret(bodies: Mapping[Id, Body], credential: Id, number: int) -> Secret:
    try:
        return Secret(bodies[credential].secrets[str(number)])
    except KeyError:
        raise NotFoundError(
            f"No secret is stored for version {number} of credential {credential[:8]}.",
            "`safehands credential history` lists its versions.",
        ) from None


def load(
    snapshot: Snapshot,
    vault_id: bytes,
    mark: Mark | None,
    keys: MemberKeys,
    *,
    catalogue: Catalogue,
    random: Random,
    read: Rows | None = None,
) -> Held:
    """Return the whole vault, verified in the order of docs/file-format.md section 9.

    `read` are its rows, where they were read before.
    Raises IntegrityError kinds, and NotAMemberError for keys whose owner is no member now.
    """
    position, vault_keys, sealer = _unlocked(snapshot, vault_id, mark, keys, random)
    records, found = verify_records(snapshot, position, vault_keys, sealer, read)
    return Held(position, vault_keys, sealer, found, Registry(records, catalogue))


def resume(
    snapshot: Snapshot,
    vault_id: bytes,
    mark: Mark | None,
    keys: MemberKeys,
    kept: bytes,
    *,
    catalogue: Catalogue,
    random: Random,
) -> Held:
    """Return the vault as of its last entry, going on from the state that a device has `kept`.

    The state is that of an entry from which the journal leads to the last one; of the rows only
    those are read that the entries since then name. Raises as `load` does, and SafehandsError of
    other kinds where the vault has to be loaded instead.
    """
    position, vault_keys, sealer = _unlocked(snapshot, vault_id, mark, keys, random)
    with collecting_nothing():
        records, packed = sealer.open_state(kept)
        found = state_of(packed)
    stored = snapshot.entry_at(read_origin(kept).seq)
    if stored is None:
        raise JournalError("The journal does not reach to the state that was kept.")
    since = parsed(stored)
    check_state(found, since.root, since.n_records)
    then = Position(position.membership, since)
    held = Held(then, vault_keys, sealer, Leaves(*found), Registry(records, catalogue))
    if since == position.head:
        return held
    try:
        return _follow(snapshot, held)
    except _TooMuchError:
        raise JournalError("The entries since the kept state cannot be followed.") from None


def _unlocked(
    snapshot: Snapshot, vault_id: bytes, mark: Mark | None, keys: MemberKeys, random: Random
) -> tuple[Position, VaultKeys, Sealer]:
    position = verify_journal(snapshot, vault_id, mark)
    vault_keys = open_epochs(position.membership, keys)
    return position, vault_keys, Sealer(vault_id, vault_keys, random)


def is_current(snapshot: Snapshot, held: Held) -> bool:
    """Say whether the journal ends with the entry that `held` is as of."""
    mark = held.position.mark
    stored = snapshot.entry_at(mark.seq)
    if stored is None or stored.hash != mark.hash:
        return False
    return snapshot.entry_at(mark.seq + 1) is None


def catch_up(snapshot: Snapshot, held: Held, keys: MemberKeys, random: Random) -> Held:
    """Return the vault as of the snapshot's last entry, which must continue what is `held`.

    Only the records that the new entries name are read where that gives the state they sign;
    otherwise, and where members or epochs changed, everything is loaded and verified again.
    Raises as `load` does; a journal that does not continue is a RollbackError.
    """
    if is_current(snapshot, held):
        return held
    try:
        return _follow(snapshot, held)
    except (_TooMuchError, IntegrityError):
        # Loading names the fault, if there is one, in the order that is promised.
        return load_again(snapshot, held, keys, random)


def load_again(snapshot: Snapshot, held: Held, keys: MemberKeys, random: Random) -> Held:
    """Return the vault that is `held` with every row read and verified again; raises as `load`."""
    vault_id, mark = held.position.membership.vault_id, held.position.mark
    catalogue = held.registry.catalogue
    return load(snapshot, vault_id, mark, keys, catalogue=catalogue, random=random)


class _TooMuchError(Exception):
    """The new entries cannot be followed one by one."""


def _follow(snapshot: Snapshot, held: Held) -> Held:
    position = held.position
    entries = list(follow_entries(snapshot, position, position.head))
    if not entries or any(entry.kind.is_control for entry in entries):
        raise _TooMuchError
    head = entries[-1]
    check_head(position.membership, head)
    rows = snapshot.heads_of(_rids(held.sealer, entries))
    following, _ = held.leaves.put(leaves(rows))
    if len(following) != head.n_records or following.root != head.root:
        raise _TooMuchError
    records = held.sealer.open_heads(rows)
    return held.after(head, following, held.registry.apply(changes(*records)))


def _rids(sealer: Sealer, entries: list[Entry]) -> list[bytes]:
    """Return the ids of all records the entries name; too much where one does not name them."""
    named: set[str] = set()
    for entry in entries:
        try:
            deed = sealer.open_deed(entry)
        except UnsupportedFormatError:
            raise _TooMuchError from None
        if deed is None or deed.count:
            raise _TooMuchError
        named |= deed.records.keys()
    try:
        return [bytes.fromhex(record_id) for record_id in sorted(named)]
    except ValueError:
        raise _TooMuchError from None
