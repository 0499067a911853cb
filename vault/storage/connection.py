"""The connection that writes to a vault's file: durable commits, no surprises."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from vault.storage.faults import WAIT_FOR_WRITERS_S

PAGE_BYTES = 16 * 1024
"""The page of a new file.

A row takes some 900 bytes: of the usual 4 KiB a fifth stays empty, and an import of 10,000 accounts
makes 14,000 system calls more (docs/performance.md). One change takes as long with either.
"""

_PRAGMAS = (
    f"page_size={PAGE_BYTES}",  # of a new file: it has to be said before all others
    # An import fills the index of ids in random order: at 100,000 accounts it takes 5 MB, and with
    # the usual 2 MB each of its pages is written and read again many times.
    "cache_size=-8000",
    # A commit is on the disk before it is acknowledged; with NORMAL, a power cut loses secrets
    # that were already shown (docs/threat-model.md, T14).
    "journal_mode=WAL",
    "synchronous=FULL",
    # macOS tells the disk's cache to write only when asked like this; elsewhere it does nothing.
    "fullfsync=1",
    "checkpoint_fullfsync=1",
    "temp_store=MEMORY",
    "secure_delete=ON",
    # The file may come from someone else: its schema runs no functions, its pages are checked.
    "trusted_schema=OFF",
    "cell_size_check=ON",
)


def connect_to_write(path: Path) -> sqlite3.Connection:
    """Return a connection to the existing file at `path`, for one thread at a time.

    It begins no transaction of its own accord. Raises sqlite3.Error.
    """
    database = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        timeout=WAIT_FOR_WRITERS_S,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in _PRAGMAS:
            database.execute(f"PRAGMA {pragma}")
    except BaseException:
        database.close()
        raise
    return database
