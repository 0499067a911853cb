"""The engine that writes to a vault's file: one connection, durable commits, no surprises."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from vault.storage.faults import WAIT_FOR_WRITERS_S

_PRAGMAS = (
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


def writing_engine(path: Path) -> Engine:
    """Return an engine on the existing file at `path`, whose transactions begin as writers.

    It keeps one connection until `dispose()`. No parameter of a statement ever gets into an
    error's text.
    """

    def connect() -> sqlite3.Connection:
        database = sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",
            uri=True,
            timeout=WAIT_FOR_WRITERS_S,
            isolation_level=None,
            check_same_thread=False,
        )
        for pragma in _PRAGMAS:
            database.execute(f"PRAGMA {pragma}")
        return database

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=StaticPool, hide_parameters=True, echo=False
    )
    event.listen(engine, "begin", _begin_as_writer)
    return engine


def _begin_as_writer(connection: Connection, *_: Any) -> None:
    # A transaction that turns from reader to writer midway cannot wait for another writer: SQLite
    # then fails at once instead (its documentation, "Transaction", section 2.2).
    connection.exec_driver_sql("BEGIN IMMEDIATE")
