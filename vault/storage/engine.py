"""The engine on which Alembic makes and migrates the tables of a vault's file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from vault.storage.connection import connect_to_write


def writing_engine(path: Path) -> Engine:
    """Return an engine on the existing file at `path`, whose transactions begin as writers.

    It keeps one connection until `dispose()`. No parameter of a statement ever gets into an
    error's text.
    """
    engine = create_engine(
        "sqlite://",
        creator=lambda: connect_to_write(path),
        poolclass=StaticPool,
        hide_parameters=True,
        echo=False,
    )
    event.listen(engine, "begin", _begin_as_writer)
    return engine


def _begin_as_writer(connection: Connection, *_: Any) -> None:
    # As in `vault.storage.store`: a reader that becomes a writer midway could not wait.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
