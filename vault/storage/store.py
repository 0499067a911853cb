"""Writing to a vault: one transaction that holds the journal's head from before to after.

Whoever enters `Store.writing` is the only writer until he leaves it. He looks at the head, catches
up with it, and appends to it, so no update is lost and no work is thrown away (docs/adr/0006).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy.exc
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from vault.errors import JournalError, StateMismatchError, StorageError
from vault.formats.entry import Entry
from vault.formats.keyslot import Keyslot
from vault.storage import paths, tables
from vault.storage.engine import writing_engine
from vault.storage.faults import translated
from vault.storage.leaves import Leaves
from vault.storage.reading import FORMAT
from vault.storage.sealing import SealedRecord
from vault.storage.verifying import Mark

ROWS_A_STATEMENT = 5000
"""How many rows are handed over at once: all of an import's together would fill the memory."""


class Writing:
    """The transaction of one writer; everything it is given lands together, or not at all."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def head(self) -> Mark:
        """Return the journal's last entry, which nobody else can move now.

        Raises JournalError where there is none any more.
        """
        column = tables.journal.c
        newest = select(column.seq, column.hash).order_by(column.seq.desc()).limit(1)
        row = self._connection.execute(newest).one_or_none()
        if row is None:
            raise JournalError(
                "The journal is empty.", "Someone emptied it: compare the vault with a backup."
            )
        return Mark(row.seq, row.hash)

    def append(self, entry: Entry) -> None:
        """Add the journal's next entry."""
        row = {"seq": entry.seq, "hash": entry.hash(), "entry": entry.encode()}
        self._connection.execute(insert(tables.journal), row)

    def put_records(self, records: Iterable[SealedRecord]) -> list[bytes]:
        """Write rows, and return their leaves: version 1 is new, others replace the one before.

        The records are asked for in portions, so that they may be sealed while they are written.
        Raises StateMismatchError where the rows in the file are not those the caller knows.
        """
        leaves: list[bytes] = []
        waiting = iter(records)
        while some := list(islice(waiting, ROWS_A_STATEMENT)):
            self._insert([record for record in some if record.version == 1])
            self._replace([record for record in some if record.version != 1])
            leaves += (record.leaf for record in some)
        return leaves

    def _insert(self, rows: list[SealedRecord]) -> None:
        if not rows:
            return
        # The statement as the driver has it: a record is a tuple in the order of the columns, and
        # SQLAlchemy would take as long over its parameters as the database over its rows.
        statement = str(insert(tables.records).compile(dialect=self._connection.dialect))
        try:
            self._connection.exec_driver_sql(statement, rows)
        except sqlalchemy.exc.IntegrityError:
            raise _unknown_rows() from None

    def _replace(self, rows: list[SealedRecord]) -> None:
        if not rows:
            return
        column = tables.records.c
        replace = update(tables.records).where(
            column.rid == bindparam("this_rid"), column.version == bindparam("version") - 1
        )
        names = ("version", "epoch", "head", "body", "head_hash", "body_hash")
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        given = [
            {"this_rid": row.rid, "version": row.version}
            | {f"new_{name}": getattr(row, name) for name in names}
            for row in rows
        ]
        if self._connection.execute(replace.values(values), given).rowcount != len(rows):
            raise _unknown_rows()

    def put_buckets(self, leaves: Leaves, touched: Sequence[int]) -> None:
        """Write the bucket hashes of the buckets `touched`."""
        column = tables.buckets.c
        replace = update(tables.buckets).where(column.i == bindparam("this_i"))
        rows = [{"this_i": index, "new_hash": leaves.hashes[index]} for index in touched]
        if rows:
            self._connection.execute(replace.values(hash=bindparam("new_hash")), rows)

    def put_keyslot(self, slot: Keyslot) -> None:
        """Add a keyslot."""
        row = {"slot_id": slot.slot_id, "member_id": slot.member_id, "slot": slot.encode()}
        self._connection.execute(insert(tables.keyslots), row)

    def drop_keyslots(self, slot_ids: Sequence[bytes]) -> None:
        """Remove keyslots."""
        column = tables.keyslots.c.slot_id
        self._connection.execute(delete(tables.keyslots).where(column.in_(slot_ids)))

    def start(self, vault_id: bytes, leaves: Leaves) -> None:
        """Make the tables of a new vault, with its id and all of its bucket hashes."""
        # It brings Alembic along, which only new vaults and old tables need.
        from vault.storage.schema import create_tables

        create_tables(self._connection)
        self._connection.execute(insert(tables.vault), {"vault_id": vault_id, "format": FORMAT})
        rows = [{"i": index, "hash": found} for index, found in enumerate(leaves.hashes)]
        self._connection.execute(insert(tables.buckets), rows)


class Store:
    """A vault's file as its writer sees it; one connection, opened at the first write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = writing_engine(path)
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
            with self._engine.begin() as connection:
                self._check_same_file()
                yield Writing(connection)
        except sqlalchemy.exc.DBAPIError as error:
            # The statement's values stay out of it: hidden by the engine, and cut off here.
            raise translated(error.orig, self._path) from None

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _check_same_file(self) -> None:
        """Refuse to write to a file that nobody finds at its path any more."""
        if paths.identity(self._path) != self._file:
            raise StorageError(
                f"{self._path} was exchanged for another file while it was in use.",
                "Nothing was written: open the vault again, and see what happened to it.",
            )


def _unknown_rows() -> StateMismatchError:
    return StateMismatchError(
        "The vault holds other records than its journal says.",
        "Someone wrote to it behind the journal's back: compare it with a backup.",
    )
