"""Making the tables of a new vault, and moving those of an older one forward; Alembic lives here.

A migration is one transaction under the writer's lock, and a verified copy of the file lies beside
it before the first table is touched.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import sqlalchemy.exc
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from vault.errors import MalformedError, StorageError
from vault.storage import paths
from vault.storage.engine import writing_engine
from vault.storage.faults import in_our_words, translated
from vault.storage.reading import REVISIONS


def scripts_folder() -> Path:
    """Return the folder of the migrations: in the installed package, or in the checkout."""
    package = Path(str(files("vault")))
    carried = package / "_migrations"
    return carried if carried.is_dir() else package.parent / "migrations"


def create_tables(path: Path) -> None:
    """Make the newest tables in the empty file at `path`; raises StorageError."""
    engine = writing_engine(path)
    try:
        with engine.begin() as connection:
            _run(connection, scripts_folder(), REVISIONS[-1])
    except sqlalchemy.exc.DBAPIError as error:
        raise translated(error.orig, path) from error
    finally:
        engine.dispose()


def upgrade(path: Path, scripts: Path | None = None, target: str = REVISIONS[-1]) -> Path | None:
    """Move the vault at `path` to the revision `target`; return the copy made before, if any was.

    Returns None where another program was quicker. Raises MalformedError for a vault that is
    damaged, and StorageError where the copy or the migration fails; the vault is then as it was.
    """
    engine = writing_engine(path)
    try:
        with engine.begin() as connection:
            stored = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if stored == target:
                return None
            copy = back_up(path, f"before-{target}")
            _run(connection, scripts or scripts_folder(), target)
            return copy
    except sqlalchemy.exc.DBAPIError as error:
        raise translated(error.orig, path) from error
    finally:
        engine.dispose()


def back_up(path: Path, name: str) -> Path:
    """Return a new file beside the vault that holds all of it, 0600, on the disk and readable.

    It is called like the vault with `name` added, and a number where that exists. A partial copy
    is removed. Raises StorageError, and MalformedError for a vault that is damaged: a copy of it
    would pass for a backup.
    """
    with in_our_words(path), closing(_opened(path, "ro")) as source:
        _check_whole(source, path, "Restore the vault from a backup.")
    copy, number = path.with_name(f"{path.name}.{name}"), 1
    while copy.exists():
        number += 1
        copy = path.with_name(f"{path.name}.{name}-{number}")
    paths.make_file(copy)
    try:
        with in_our_words(copy):
            _copy_database(path, copy)
    except BaseException:
        paths.remove(copy)
        raise
    return copy


def _copy_database(path: Path, copy: Path) -> None:
    with closing(_opened(path, "ro")) as source, closing(_opened(copy, "rw")) as target:
        source.backup(target)
        # The copy takes over the mark for a write-ahead log; one plain file is easier to carry.
        target.execute("PRAGMA journal_mode=DELETE")
        _check_whole(target, copy, "Check the disk.")
    for place in (copy, copy.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    database = sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True)
    # A check evaluates what a hostile schema may hold.
    database.execute("PRAGMA trusted_schema=OFF")
    return database


def _check_whole(database: sqlite3.Connection, path: Path, hint: str) -> None:
    [(verdict,)] = database.execute("PRAGMA integrity_check(1)")
    if verdict != "ok":
        raise MalformedError(f"{path} is damaged: {verdict}.", hint)


def _run(connection: Connection, scripts: Path, target: str) -> None:
    if not (scripts / "env.py").is_file():
        raise StorageError(f"The migrations are missing: {scripts}.", "Install Safehands again.")
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, target)
