"""What the database driver complains of, said in the words of `vault.errors`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vault.errors import (
    ConflictError,
    MalformedError,
    NotAVaultError,
    SafehandsError,
    StorageError,
)

WAIT_FOR_WRITERS_S = 30
"""How long a writer waits for another: longer than an import of 100,000 records takes."""

_PRIMARY_CODE = 0xFF  # the rest of an extended result code only refines it


@contextmanager
def in_our_words(path: Path) -> Iterator[None]:
    """Turn errors of the driver inside the block into ours; `path` is the vault they are about."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path) from error
    except UnicodeDecodeError:
        # The driver quotes a damaged schema in its message, and fails over what is no text.
        raise _damaged(path) from None


def translated(error: BaseException | None, path: Path) -> SafehandsError:
    """Return what an error of the SQLite driver means.

    A damaged or truncated file is a MalformedError, since its bytes are no longer ours; a file of
    another kind is a NotAVaultError, a writer that does not finish a ConflictError, and everything
    else a StorageError. The codes are SQLite's (its documentation, "Result and Error Codes").
    """
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
    if code == sqlite3.SQLITE_NOTADB:
        return NotAVaultError(f"{path} is no vault, but some other file.", "Check the path.")
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return ConflictError(
            f"Another program has been writing to {path} for {WAIT_FOR_WRITERS_S} seconds.",
            "Wait until it has finished, then try again.",
        )
    if code == sqlite3.SQLITE_CORRUPT:
        return _damaged(path)
    # SQLite cannot make its log beside a file on a read-only disk, and says that it cannot open it.
    if code == sqlite3.SQLITE_CANTOPEN and path.exists() and not _may_write_beside(path):
        code = sqlite3.SQLITE_READONLY
    what, hint = _STORAGE_FAULTS.get(
        code, (f"cannot be used ({error})", "Check the disk and the permissions of the file.")
    )
    return StorageError(f"{path} {what}; nothing was changed.", hint)


def _may_write_beside(path: Path) -> bool:
    return os.access(path.parent, os.W_OK, effective_ids=True)


def _damaged(path: Path) -> MalformedError:
    return MalformedError(
        f"{path} is damaged: the database in it is cut short or overwritten.",
        "Restore the vault from a backup.",
    )


_STORAGE_FAULTS = {
    sqlite3.SQLITE_FULL: ("has no room to grow, the disk is full", "Free some space."),
    sqlite3.SQLITE_READONLY: (
        "cannot be written to: it, its folder or its disk is read-only",
        "Make file and folder writable for yourself, or use a copy.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "Check that you may read the file, and may write to its folder.",
    ),
    sqlite3.SQLITE_IOERR: (
        "cannot be read or written, the disk reports an error",
        "Check free space and quota, then the health of the disk.",
    ),
}
