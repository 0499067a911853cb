"""An unlocked vault: the registry it holds, and the one way of changing it.

What a session shows has been verified from the first entry of the journal to the last record
(docs/file-format.md section 9). What it writes is one transaction and one journal entry.
Sessions are made by `vault.services.vaults`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Self, TypeVar

from vault.crypto.kdf import STRONG, KdfCost
from vault.domain.changes import Change, Changes
from vault.domain.ids import Id
from vault.domain.person import Person
from vault.domain.records import Past
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.domain.spell import current
from vault.errors import (
    KeyringError,
    RefusedError,
    StateMismatchError,
    StorageError,
)
from vault.formats.entry import Entry, EntryKind
from vault.formats.keyslot import Keyslot, SlotSecret, seal_slot
from vault.formats.member import MemberKeys
from vault.services import fingerprints, journal
from vault.services.environment import Environment
from vault.services.holding import Held, Numbered, catch_up, load_again
from vault.services.journal import JournalLine
from vault.services.marks import Marks
from vault.services.roster import MemberLine, roster
from vault.services.writing import Rule, Scribe, check_stored, effective, shown
from vault.storage.reading import Snapshot
from vault.storage.sealing import Deed
from vault.storage.store import Store, Writing
from vault.storage.verifying import Mark, check_continues

T = TypeVar("T")
Decide = Callable[[Registry, datetime], Changes]
"""Computes changes on the registry it is given, at the moment it is given."""

Returning = Callable[[Registry, datetime], tuple[Changes, T]]
"""Computes changes likewise, and beside them what the act returns."""

TOLD_ANYWAY = frozenset({EntryKind.REVEAL, EntryKind.EXPORT})
"""Kinds of entry that say what somebody saw, and so are written even where nothing changes."""


class Session:
    """An unlocked vault. Use `close`, or a `with` statement, to let go of the file and the keys.

    `person` is the person record of who unlocked it ("" where none says so). `is_first_sight` tells
    that this device had never seen the vault, and so cannot know whether it was set back.
    """

    def __init__(
        self,
        path: Path,
        held: Held,
        keys: MemberKeys,
        env: Environment,
        marks: Marks,
        *,
        is_first_sight: bool,
    ) -> None:
        self.path = path
        self.env = env
        self.is_first_sight = is_first_sight
        self._own: set[int] = set()  # the numbers of the entries written here
        self._open: Held | None = held
        self._keys = keys
        self._member = keys.public().member_id
        self._marks = marks
        self._store: Store | None = None
        # The interface works on several threads, and a vault has one head.
        self._lock = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Session on {self.path}>"

    @property
    def registry(self) -> Registry:
        """Return the registry as of the last entry this session has verified or written."""
        return self._held.registry

    @property
    def vault_id(self) -> str:
        """Return the vault's id in hexadecimal."""
        return self._held.position.membership.vault_id.hex()

    @property
    def seq(self) -> int:
        """Return the number of the last entry this session has verified or written."""
        return self._held.position.head.seq

    @property
    def head_hash(self) -> str:
        """Return the hash of that entry in hexadecimal: what members compare by voice."""
        return self._held.position.mark.hash.hex()

    @property
    def person(self) -> Id:
        """Return the id of the person who is this member, or "" where no record says so."""
        member, now = self._member.hex(), self.env.now()
        for person in self.registry.all(Person):
            if member in current(person.memberships, now):
                return person.id
        return ""

    @property
    def member_name(self) -> str:
        """Return the name of who unlocked the vault, or the beginning of his member id."""
        return next(member.name for member in self.members() if member.is_you)

    @property
    def keyring_trouble(self) -> KeyringError | None:
        """Return why this device's mark of the vault is not in the keyring, where it should be."""
        return self._marks.trouble

    def fingerprint(self, secret: Secret) -> str:
        """Return what the version of a secret is told by; raises NotForReportersError."""
        return fingerprints.fingerprint(self._held, secret)

    def new_slot(self, secret: SlotSecret, cost: KdfCost = STRONG) -> Keyslot:
        """Return a new keyslot by which `secret` opens the vault as the member of this session."""
        return seal_slot(self._keys, secret, self.env.random, cost)

    def write(
        self,
        act: str,
        decide: Decide,
        *,
        note: str = "",
        kind: EntryKind = EntryKind.RECORD_CHANGE,
    ) -> Registry:
        """Write what `decide` computes, as one transaction and one journal entry.

        Returns the registry as it is then. `decide` is called once, on the newest one, with the
        file held against other writers; no changes, or none that make a difference, write nothing.
        Secrets among them are read back from the file before this returns. Raises what `decide`
        raises, RefusedError for a reporter, ConflictError where another writer does not finish,
        StorageError (disk full, read-only) with nothing written, and IntegrityError kinds where
        the file was altered.
        """
        with self._lock:
            self.write_returning(act, _nothing_beside(decide), note=note, kind=kind)
            return self.registry

    def write_returning(
        self,
        act: str,
        decide: Returning[T],
        *,
        note: str = "",
        kind: EntryKind = EntryKind.RECORD_CHANGE,
    ) -> T:
        """Write as `write` does, and return what `decide` has beside its changes.

        That is of the registry that was written to, which nobody could change in between; it is
        returned too where nothing is written.
        """
        with self._lock:
            written, beside = self._write(kind, act, note, decide)
            self._read_back(written)
            return beside

    def reveal(self, credential: Id, number: int, act: str, decide: Decide) -> Secret:
        """Return a secret, after the journal says which: entry, changes and check come first.

        `decide` gives the changes of the same entry, such as the exposure. Raises NotFoundError
        where that version is not stored, and otherwise as `write` does; then nothing was shown.
        """
        secrets, _ = self.reveal_returning([(credential, number)], act, _nothing_beside(decide))
        return secrets[0]

    def reveal_returning(
        self, wanted: Sequence[Numbered], act: str, decide: Returning[T]
    ) -> tuple[list[Secret], T]:
        """Return secrets as `reveal` does one, with one entry for all, and what is beside that."""
        with self._lock:
            written, beside = self._write(EntryKind.REVEAL, act, "", decide, revealed=wanted)
            self._read_back(written)
            with Snapshot(self.path) as snapshot:
                self._refresh(snapshot)
                if snapshot.entry_at(self.seq) is None:
                    raise StateMismatchError("The journal does not hold what was just written.")
                return self._held.secrets(snapshot, wanted), beside

    def govern(self, act: str, rule: Rule) -> None:
        """Write what `rule` decides on who is a member, as one transaction and one journal entry.

        Where that begins an epoch, every record is sealed anew in it. What stands in the file is
        read and verified in full before anything is written, and before this returns. Raises what
        `rule` raises, RefusedError for a reporter, and otherwise as `write` does, with nothing
        written.
        """
        with self._lock:
            self._held.require_right(self._member, EntryKind.POLICY)
            with self._writer().writing() as writing, Snapshot(self.path) as snapshot:
                # What is sealed anew for others is what stands in the file, all of it verified.
                caught_up, now = self._caught_up(writing, snapshot), self.env.now()
                held = load_again(snapshot, caught_up, self._keys, self.env.random)
                self._open = held
                ruling = rule(held, now)
                scribe = Scribe(self._keys, self.person or self._member.hex(), now)
                fresh = writing.put_records(scribe.resealed(held, ruling, snapshot))
                leaves, touched = held.leaves.put(fresh)
                writing.put_buckets(leaves, sorted(touched))
                writing.exchange_keyslots(ruling.member_id, ruling.slot)
                writing.append(scribe.control(held, ruling, act, leaves))
            self.refresh()

    def refresh(self) -> Registry:
        """Return the registry as of the newest entry in the file, verified."""
        with self._lock:
            # Before the snapshot is taken: another program may raise the mark meanwhile.
            seen = self._seen
            with Snapshot(self.path) as snapshot:
                self._refresh(snapshot, seen)
            self.remember()
            return self.registry

    def has_news(self) -> bool:
        """Read what others have written; say whether there was anything.

        A write of one's own that is under way is waited for, and is no news.
        """
        with self._lock:
            before = self.registry
            return self.refresh() is not before

    def members(self) -> list[MemberLine]:
        """Return the present members in the order in which they came."""
        with Snapshot(self.path) as snapshot:
            return roster(snapshot, self._held, self._member)

    def journal(self) -> Iterator[JournalLine]:
        """Yield the journal's lines, oldest first; raises JournalError where its chain breaks."""
        held = self._held
        with Snapshot(self.path) as snapshot:
            yield from journal.lines(snapshot, held)

    def journal_back(self) -> Iterator[list[JournalLine]]:
        """Yield the journal's lines, the latest first, in portions; raises as `journal` does."""
        with Snapshot(self.path) as snapshot:
            yield from journal.latest_first(snapshot, self._held)

    def audit(self, tell: Callable[[int], None] = lambda _: None) -> int:
        """Return how many entries there are, each link and signature checked (`journal.audit`)."""
        with Snapshot(self.path) as snapshot:
            return journal.audit(snapshot, self._held.position, tell)

    def check_rows(self) -> None:
        """Return if each record's row in the file is as signed, bodies too; raises as `refresh`."""
        with self._lock, Snapshot(self.path) as snapshot:
            self._refresh(snapshot)
            self._held.check_rows(snapshot)

    def pasts(self, *ids: Id) -> dict[Id, tuple[Past, ...]]:
        """Return what records were before, oldest first, by their ids; raises as `refresh` does."""
        with self._lock, Snapshot(self.path) as snapshot:
            self._refresh(snapshot)
            return {i: body.past for i, body in self._held.bodies(snapshot, ids).items()}

    def last_own_change(self) -> tuple[Entry, Deed] | None:
        """Return the newest change of records, or None where another session made it."""
        with self._lock, Snapshot(self.path) as snapshot:
            self._refresh(snapshot)
            newest = journal.last_change(snapshot, self._held.position, self._held.sealer)
            return newest if newest and newest[0].seq in self._own else None

    def close(self) -> None:
        """Lock the vault: let go of the file, the records and the keys of its epochs."""
        with self._lock:
            self._open = None
            self.release()

    def release(self) -> None:
        """Let go of the file until something is written again."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def remember(self) -> None:
        """Raise this device's high-water mark to the last entry verified or written."""
        position = self._held.position
        try:
            self._marks.advance(position.membership.vault_id, position.mark, self._member.hex())
        except StorageError as error:
            told = "The vault is as it should be, but this device cannot note that"
            raise StorageError(f"{told}: {error.message}", error.hint) from error

    @property
    def seen_from(self) -> int:
        """Return the entry that was the last one when this device saw the vault first, or 0."""
        seen = self._marks.seen(bytes.fromhex(self.vault_id))
        return seen.first if seen else 0

    @property
    def _held(self) -> Held:
        if self._open is None:
            raise RefusedError("The vault is locked.", "Open it again.")
        return self._open

    def _refresh(self, snapshot: Snapshot, seen: Mark | None = None) -> None:
        """Hold the vault as of the snapshot; raises RollbackError if it does not go on from `seen`.

        What was held before is kept then.
        """
        held = catch_up(snapshot, self._held, self._keys, self.env.random)
        if seen is not None and seen != held.position.mark:
            check_continues(snapshot, held.position, seen)
        self._open = held

    def _caught_up(self, writing: Writing, snapshot: Snapshot) -> Held:
        """Return the vault as of the file's last entry, which nobody else can move now.

        Raises RollbackError where this device has seen an entry that is not in the file: a copy
        of it grew, or it was set back while it was open.
        """
        head, seen = writing.head, self._seen
        if head != self._held.position.mark or seen not in {None, head}:
            self._refresh(snapshot, seen)
        return self._held

    @property
    def _seen(self) -> Mark | None:
        return self._marks.mark(self._held.position.membership.vault_id)

    def _write(
        self,
        kind: EntryKind,
        act: str,
        note: str,
        decide: Returning[T],
        revealed: Sequence[Numbered] = (),
    ) -> tuple[tuple[Change, ...], T]:
        """Hold the file, catch up, decide, seal and append; return what was written, and beside."""
        self._held.require_right(self._member, kind)
        with self._writer().writing() as writing:
            with Snapshot(self.path) as snapshot:
                held, now = self._caught_up(writing, snapshot), self.env.now()
                if revealed:
                    held.secrets(snapshot, revealed)
                    note = shown(held.registry, revealed)
                decided, beside = decide(held.registry, now)
                written = effective(held, decided)
                if not written and kind not in TOLD_ANYWAY:
                    return (), beside
                ids = [change.record.id for change in written]
                bodies = held.bodies(snapshot, [i for i in ids if i in held.registry])
            scribe = Scribe(self._keys, self.person or self._member.hex(), now)
            fresh = writing.put_records(scribe.rows(held, written, bodies))
            page = scribe.page(held, kind, (act, note), written, fresh)
            writing.put_buckets(page.held.leaves, page.touched)
            writing.append(page.held.position.head)
        self._open = page.held
        self._own.add(self.seq)
        self.remember()
        return written, beside

    def _read_back(self, written: Sequence[Change]) -> None:
        """Compare the secrets in the file with those that were written, on a fresh reading.

        A secret that is not durable is never shown or set anywhere (docs/threat-model.md, T14).
        """
        if secret := [change for change in written if change.secrets]:
            with Snapshot(self.path) as snapshot:
                self._refresh(snapshot)
                check_stored(secret, self._held.bodies(snapshot, [c.record.id for c in secret]))

    def _writer(self) -> Store:
        self._store = self._store or Store(self.path)
        return self._store


def _nothing_beside(decide: Decide) -> Returning[None]:
    return lambda registry, now: (decide(registry, now), None)
