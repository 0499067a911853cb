"""Writing to a vault: one transaction that holds the journal's head from before to after.

Whoever enters `Store.writing` is the only writer until he leaves it. He looks at the head, catches
up with it, and appends to it, so no update is lost and no work is thrown away (docs/adr/0006).
The statements are few and fixed, so they go to the database driver (docs/adr/0014).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from vault.errors import JournalError, StateMismatchError, StorageError
from vault.formats.entry import Entry
from vault.formats.keyslot import Keyslot
from vault.formats.record import RECORDS_AT_ONCE, RecordRow
from vault.formats.state import leaf_of
from vault.storage import paths
from vault.storage.connection import connect_to_write
from vault.storage.crashpoints import crashpoint
from vault.storage.faults import translated
from vault.storage.leaves import Leaves
from vault.storage.reading import FORMAT
from vault.storage.verifying import Mark

_INSERT = "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)"
_REPLACE = (
    "UPDATE records SET version = ?2, epoch = ?3, head = ?4, body = ?5, head_hash = ?6, "
    "body_hash = ?7 WHERE rid = ?1 AND version = ?2 - 1"
)


class Writing:
    """The transaction of one writer; everything it is given lands together, or not at all."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @property
    def head(self) -> Mark:
        """Return the journal's last entry, which nobody else can move now.

        Raises JournalError where there is none any more.
        """
        newest = "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
        row = self._database.execute(newest).fetchone()
        if row is None:
            raise JournalError(
                "The journal is empty.", "Someone emptied it: compare the vault with a backup."
            )
        return Mark(*row)

    def append(self, entry: Entry) -> None:
        """Add the journal's next entry."""
        row = (entry.seq, entry.hash(), entry.encode())
        self._database.execute("INSERT INTO journal (seq, hash, entry) VALUES (?, ?, ?)", row)

    def put_records(self, records: Iterable[RecordRow]) -> list[bytes]:
        """Write rows, and return their leaves: version 1 is new, others replace the one before.

        The records are asked for in portions, so that they may be sealed while they are written.
        Raises StateMismatchError where the rows in the file are not those the caller knows.
        """
        leaves: list[bytes] = []
        waiting = iter(records)
        while some := list(islice(waiting, RECORDS_AT_ONCE)):
            self._insert([record for record in some if record[_VERSION] == 1])
            self._replace([record for record in some if record[_VERSION] != 1])
            leaves += map(leaf_of, some)
        return leaves

    def _insert(self, rows: list[RecordRow]) -> None:
        try:
            self._database.executemany(_INSERT, _bound(rows))
        except sqlite3.IntegrityError:
            raise _unknown_rows() from None

    def _replace(self, rows: list[RecordRow]) -> None:
        if rows and self._database.executemany(_REPLACE, _bound(rows)).rowcount != len(rows):
            raise _unknown_rows()

    def put_buckets(self, leaves: Leaves, touched: Sequence[int]) -> None:
        """Write the bucket hashes of the buckets `touched`."""
        rows = [(leaves.hashes[index], index) for index in touched]
        self._database.executemany("UPDATE buckets SET hash = ? WHERE i = ?", rows)

    def exchange_keyslots(self, member_id: bytes, slot: Keyslot | None) -> None:
        """Let a member open the vault by `slot` alone, or, where it is None, by nothing."""
        self._database.execute("DELETE FROM keyslots WHERE member_id = ?", (member_id,))
        if slot is not None:
            self.put_keyslot(slot)

    def put_keyslot(self, slot: Keyslot) -> None:
        """Add a keyslot."""
        row = (slot.slot_id, slot.member_id, slot.encode())
        self._database.execute("INSERT INTO keyslots VALUES (?, ?, ?)", row)

    def start(self, vault_id: bytes, leaves: Leaves) -> None:
        """Give the empty tables of a new vault its id and all of its bucket hashes."""
        self._database.execute("INSERT INTO vault VALUES (?, ?)", (vault_id, FORMAT))
        self._database.executemany("INSERT INTO buckets VALUES (?, ?)", enumerate(leaves.hashes))


class Store:
    """A vault's file as its writer sees it; one connection, opened at the first write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Hold the file for writing, and commit at the end of the block; an error undoes it all.

        Raises ConflictError where another writer does not let go, UnsafePathError where the file
        was exchanged for an unsafe one, StorageError where it was exchanged for any other since
        the first writing, where the disk is full or read-only, and MalformedError where the file
        is damaged.
        """
        paths.check_existing(self._path)
        if self._file is None:
            self._file = paths.identity(self._path)
        try:
            with self._transaction() as database:
                self._check_same_file()
                yield Writing(database)
        except sqlite3.Error as error:
            # The driver's own message could quote what the file holds: the cause is cut off.
            raise translated(error, self._path) from None

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self._database is None:
            self._database = connect_to_write(self._path)
        database = self._database
        # A transaction that turns from reader to writer midway cannot wait for another writer:
        # SQLite then fails at once instead (its documentation, "Transaction", section 2.2).
        database.execute("BEGIN IMMEDIATE")
        try:
            crashpoint("write.begun")
            yield database
            crashpoint("write.ready")
            database.execute("COMMIT")
            crashpoint("write.committed")
        finally:
            # SQLite itself ends a transaction that finds the disk full.
            if database.in_transaction:
                database.execute("ROLLBACK")

    def _check_same_file(self) -> None:
        """Refuse to write to a file that nobody finds at its path any more."""
        if paths.identity(self._path) != self._file:
            raise StorageError(
                f"{self._path} was exchanged for another file while it was in use.",
                "Nothing was written: open the vault again, and see what happened to it.",
            )


_VERSION = 1
"""Where in a row its version stands."""


def _bound(rows: Iterable[RecordRow]) -> Iterator[tuple[object, ...]]:
    """Yield rows as the driver takes them fastest: it asks for an adapter of each `bytes`.

    A `bytearray` it takes as it is: a third of the inserting (CPython 3.11, `need_adapt`).
    """
    blob = bytearray
    for rid, version, epoch, head, body, of_head, of_body in rows:
        yield blob(rid), version, epoch, blob(head), blob(body), blob(of_head), blob(of_body)


def _unknown_rows() -> StateMismatchError:
    return StateMismatchError(
        "The vault holds other records than its journal says.",
        "Someone wrote to it behind the journal's back: compare it with a backup.",
    )
