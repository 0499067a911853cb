"""Reading a vault on the database driver alone, from one unchanging view of it.

A handful of fixed SELECTs do not need SQLAlchemy, whose import costs more than opening ten thousand
records (docs/adr/0002). What is read here is believed by nobody: `vault.storage.verifying` is next.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import quote

from vault.errors import (
    JournalError,
    MalformedError,
    NewerVaultError,
    NotAVaultError,
    StorageError,
)
from vault.storage import paths
from vault.storage.faults import WAIT_FOR_WRITERS_S, in_our_words

if TYPE_CHECKING:
    from vault.formats.record import HeadRow

FORMAT = 1
REVISIONS = ("0001",)
"""The revisions of the tables that this program knows, oldest first; the last one is ours."""

SCHEMA = {
    "alembic_version": (
        "CREATE TABLE alembic_version ( version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num) )"
    ),
    "buckets": "CREATE TABLE buckets ( i INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (i) )",
    "journal": (
        "CREATE TABLE journal ( seq INTEGER NOT NULL, hash BLOB NOT NULL, entry BLOB NOT NULL, "
        "PRIMARY KEY (seq), UNIQUE (hash) )"
    ),
    "keyslots": (
        "CREATE TABLE keyslots ( slot_id BLOB NOT NULL, member_id BLOB NOT NULL, "
        "slot BLOB NOT NULL, PRIMARY KEY (slot_id) )"
    ),
    "records": (
        "CREATE TABLE records ( rid BLOB NOT NULL, version INTEGER NOT NULL, "
        "epoch INTEGER NOT NULL, head BLOB NOT NULL, body BLOB NOT NULL, "
        "head_hash BLOB NOT NULL, body_hash BLOB NOT NULL, PRIMARY KEY (rid) )"
    ),
    "vault": (
        "CREATE TABLE vault ( vault_id BLOB NOT NULL, format INTEGER NOT NULL, "
        "PRIMARY KEY (vault_id) )"
    ),
}
"""The tables of the newest revision, as SQLite stores their text, white space made single."""

_HEAD_ROW = "rid, version, epoch, head, head_hash, body_hash"

IDS_A_QUERY = 500  # SQLite allows 999 parameters in its older builds


class StoredEntry(NamedTuple):
    """A row of the journal."""

    seq: int
    hash: bytes
    raw: bytes


class StoredBody(NamedTuple):
    """A record's row with its head and its body, and without what repeats them."""

    rid: bytes
    version: int
    epoch: int
    head: bytes
    body: bytes


class Snapshot:
    """One read transaction over a vault's file: what it shows does not change while it is open.

    Use it as a context manager. Entering raises NotAVaultError for another file, NewerVaultError
    for a newer program's vault, MalformedError for a damaged file or one whose tables are not
    ours, StorageError where it cannot be read, and ConflictError where a writer keeps readers out
    for longer than `patience_s`. So does every method.
    """

    def __init__(self, path: Path, patience_s: float = WAIT_FOR_WRITERS_S) -> None:
        self._path = path
        self._patience_s = patience_s
        self.is_outdated = False
        """The tables are of an older revision, and must be moved forward before they are read."""

    def __enter__(self) -> Self:
        with in_our_words(self._path):
            self._database = _connect(self._path, self._patience_s)
            try:
                self._check_schema()
                self._check_size()
            except BaseException:
                self._database.close()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    @property
    def vault_id(self) -> bytes:
        """Return the id the file claims to have; raises NewerVaultError for another format."""
        rows = self._rows("SELECT vault_id, format FROM vault LIMIT 2")
        if len(rows) != 1 or not isinstance(rows[0][1], int):
            raise self._altered("does not say which vault it is")
        vault_id, number = rows[0]
        if number > FORMAT:
            raise _newer(self._path)
        if number != FORMAT:
            raise self._altered(f"is of format {number}, which there never was")
        return self._blob(vault_id)

    def keyslots(self) -> list[tuple[bytes, bytes, bytes]]:
        """Return the keyslots' rows: slot id, member id, slot."""
        rows = self._rows("SELECT slot_id, member_id, slot FROM keyslots ORDER BY slot_id")
        return [(self._blob(i), self._blob(m), self._blob(slot)) for i, m, slot in rows]

    def last_entry(self) -> StoredEntry:
        """Return the journal's last row; raises JournalError where rows before it are missing."""
        rows = self._rows("SELECT seq, hash, entry FROM journal ORDER BY seq DESC LIMIT 1")
        [(count, first)] = self._rows("SELECT count(*), min(seq) FROM journal")
        if not rows or first != 1 or count != rows[0][0]:
            raise JournalError(
                f"The journal in {self._path} has a gap: entries are missing.",
                "Someone removed them: compare the vault with a backup.",
            )
        return self._entry(rows[0])

    def entry_at(self, seq: int) -> StoredEntry | None:
        """Return the row of the journal at `seq`, or None where it does not reach so far."""
        rows = self._rows("SELECT seq, hash, entry FROM journal WHERE seq = ?", (seq,))
        return self._entry(rows[0]) if rows else None

    def entry_named(self, entry_hash: bytes) -> StoredEntry | None:
        """Return the row of the journal that claims this hash, or None where none does."""
        rows = self._rows("SELECT seq, hash, entry FROM journal WHERE hash = ?", (entry_hash,))
        return self._entry(rows[0]) if rows else None

    def entries_after(self, seq: int) -> Iterator[StoredEntry]:
        """Yield the rows of the journal after `seq`, in order."""
        with in_our_words(self._path):
            query = "SELECT seq, hash, entry FROM journal WHERE seq > ? ORDER BY seq"
            for row in self._database.execute(query, (seq,)):
                yield self._entry(row)

    def entries_of_bytes(self) -> Iterator[StoredEntry]:
        """Yield the rows of the journal that hold bytes where they must stand, in order."""
        with in_our_words(self._path):
            blobs = "typeof(hash) = 'blob' AND typeof(entry) = 'blob'"
            query = f"SELECT seq, hash, entry FROM journal WHERE {blobs} ORDER BY seq"  # noqa: S608  # no value is put in
            yield from map(self._entry, self._database.execute(query))

    def heads(self) -> list[HeadRow]:
        """Return the rows of all records without their bodies, in no promised order."""
        return self._rows(f"SELECT {_HEAD_ROW} FROM records")  # noqa: S608  # no value is put in

    def heads_of(self, rids: Sequence[bytes]) -> list[HeadRow]:
        """Return the rows of these records without their bodies, as far as they exist."""
        return list(self._of(_HEAD_ROW, rids))

    def bodies_of(self, rids: Sequence[bytes]) -> Iterator[StoredBody]:
        """Yield the rows of these records with heads and bodies, as far as they exist."""
        for rid, version, epoch, head, body in self._of("rid, version, epoch, head, body", rids):
            if not (isinstance(version, int) and isinstance(epoch, int)):
                raise self._altered("holds a record whose version is no number")
            yield StoredBody(self._blob(rid), version, epoch, self._blob(head), self._blob(body))

    def buckets(self) -> list[bytes]:
        """Return the stored bucket hashes, in order."""
        rows = self._rows("SELECT i, hash FROM buckets ORDER BY i")
        if [index for index, _ in rows] != list(range(len(rows))):
            raise self._altered("lacks some of its bucket hashes")
        return [self._blob(found) for _, found in rows]

    def _of(self, columns: str, rids: Sequence[bytes]) -> Iterator[Any]:
        for start in range(0, len(rids), IDS_A_QUERY):
            some = rids[start : start + IDS_A_QUERY]
            marks = ",".join("?" * len(some))
            rows = self._rows(f"SELECT {columns} FROM records WHERE rid IN ({marks})", some)  # noqa: S608  # only marks are put in
            # SQLite believes its index: one that was altered leads to rows nobody asked for.
            if not {row[0] for row in rows} <= set(some):
                raise self._altered("finds other records than those it is asked for")
            yield from rows

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        with in_our_words(self._path):
            return self._database.execute(query, values).fetchall()

    def _check_schema(self) -> None:
        """Compare the tables with ours before anything is read from them."""
        rows = self._rows("SELECT type, name, sql FROM sqlite_master")
        # A list: a trigger may bear the name of a table, and must not hide behind it.
        found = sorted(
            (str(kind), str(name), _single_spaced(str(sql)))
            for kind, name, sql in rows
            if not (kind == "index" and sql is None)  # made by SQLite for a key
        )
        ours = sorted(("table", name, text) for name, text in SCHEMA.items())
        if not {"vault", "journal", "alembic_version"} <= {name for _, name, _ in found}:
            raise NotAVaultError(f"{self._path} holds no vault.", "Check the path.")
        versions = "alembic_version"
        if [row for row in found if row[1] == versions] != [("table", versions, SCHEMA[versions])]:
            raise self._altered("has tables that are not ours")
        revisions = self._rows("SELECT version_num FROM alembic_version LIMIT 2")
        if len(revisions) != 1:
            raise self._altered("does not say which revision its tables have")
        revision = str(revisions[0][0])
        if revision not in REVISIONS:
            raise _of_unknown_revision(self._path)
        self.is_outdated = revision != REVISIONS[-1]
        if not self.is_outdated and found != ours:
            raise self._altered("has tables, views or triggers that are not ours")

    def _check_size(self) -> None:
        """Refuse a file that ends within a page: SQLite would read zeros in its place.

        It notices missing pages itself. While a log is being taken in, the end may be on its way.
        """
        [(page_bytes,)] = self._rows("PRAGMA page_size")
        if self._path.stat().st_size % page_bytes and not _has_log(self._path):
            raise self._altered("is cut short")

    def _entry(self, row: tuple[Any, Any, Any]) -> StoredEntry:
        return StoredEntry(row[0], self._blob(row[1]), self._blob(row[2]))

    def _blob(self, value: object) -> bytes:
        if not isinstance(value, bytes):
            raise self._altered("holds a number, a text or nothing where bytes must stand")
        return value

    def _altered(self, fault: str) -> MalformedError:
        return MalformedError(
            f"{self._path} {fault}.", "It was altered or damaged: restore it from a backup."
        )


def _connect(path: Path, patience_s: float) -> sqlite3.Connection:
    """Open the file for reading; SQLite itself takes in a log that a crash has left behind."""
    # Asked, not tried: closing a file gives up every lock this process has on it (fcntl(2)), and
    # a writer of this very process may hold some.
    if not os.access(path, os.R_OK, effective_ids=True):
        paths.identity(path)  # says so where the file was moved away
        raise StorageError(f"{path} cannot be read.", "Check the permissions of the file.")
    database = sqlite3.connect(
        f"file:{quote(str(path))}?{_mode(path)}",
        uri=True,
        timeout=patience_s,
        isolation_level=None,
        check_same_thread=False,
    )
    # Text of a hostile file need not be UTF-8: this never fails. As bytes it would pass for a blob,
    # which SQLite does not take it for: no WHERE of a writer would find its row.
    database.text_factory = lambda raw: raw.decode("latin-1")
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "temp_store=MEMORY"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("BEGIN")
    return database


def _mode(path: Path) -> str:
    """Return how to open the file: where nobody can write beside it, as one that never changes.

    Otherwise SQLite makes an index of the write-ahead log there, and fails where it cannot (its
    documentation, "Write-Ahead Logging", section 5).
    """
    is_fixed = not os.access(path.parent, os.W_OK, effective_ids=True)
    return "mode=ro&immutable=1" if is_fixed and not _has_log(path) else "mode=ro"


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    try:
        return log.stat().st_size > 0
    except FileNotFoundError:
        return False


def _single_spaced(sql: str) -> str:
    """Return a statement with each run of ASCII white space as one space.

    Other white space is a letter to SQLite: it would make two words one name.
    """
    return b" ".join(sql.encode("latin-1").split()).decode("latin-1")


def _of_unknown_revision(path: Path) -> NewerVaultError:
    # A revision is a name without an order: nothing tells whether it came before ours or after.
    return NewerVaultError(
        f"The tables of {path} are of a revision that this version does not know: "
        "another version made them, most likely a newer one.",
        "Install the newest version.",
    )


def _newer(path: Path) -> NewerVaultError:
    return NewerVaultError(
        f"{path} was written by a newer version of this program.", "Install the newest version."
    )
