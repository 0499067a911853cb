"""Disks that are full, and files that may not be written to."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.storage.builder import Sample, record_id, renamed, roles
from vault.domain.changes import changes
from vault.errors import (
    ConflictError,
    MalformedError,
    NotAVaultError,
    SafehandsError,
    StateMismatchError,
    StorageError,
)
from vault.storage import connection
from vault.storage.faults import translated

NOBODY = 65534


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("room", [0, 4096, 100_000])
def test_a_file_that_cannot_grow_is_left_as_it_was(sample: Sample, room: int) -> None:
    with sample.open() as session:
        session.write("role.edit", renamed(1, "before"))
        log = sample.path.with_name(sample.path.name + "-wal")
        with file_size_limit(log.stat().st_size + room), pytest.raises(StorageError) as refused:
            session.write("import.csv", lambda *_: changes(*roles(2000)))
        assert "nothing was changed" in refused.value.message
        assert refused.value.hint
        assert len(session.registry) == 6
        session.write("role.edit", renamed(1, "after"))
    with sample.open() as again:
        assert len(again.registry) == 6
        assert again.registry.role(record_id(1)).name == "after"
        assert again.audit() == 4


@pytest.fixture
def as_an_ordinary_user(sample: Sample) -> Iterator[Sample]:
    """Move the vault to where permissions mean something, which they do not for root."""
    folder = Path(tempfile.mkdtemp())
    moved = sample.copy(folder / "vault")
    if os.geteuid() == 0:
        for file in (folder, *folder.rglob("*")):
            os.chown(file, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        yield moved
        os.seteuid(0)
    else:
        yield moved
    for file in (folder, *folder.rglob("*")):
        file.chmod(0o700)
    shutil.rmtree(folder)


def test_a_read_only_file_is_read_and_not_written(as_an_ordinary_user: Sample) -> None:
    sample = as_an_ordinary_user
    sample.path.chmod(0o400)
    with sample.open() as session:
        with pytest.raises(StorageError, match="nothing was changed"):
            session.write("role.edit", renamed(1, "webcare"))
        assert session.registry.role(record_id(1)).name == "role 1"


def test_a_vault_in_a_read_only_folder_is_read_and_not_written(
    as_an_ordinary_user: Sample,
) -> None:
    sample = as_an_ordinary_user
    sample.path.parent.chmod(0o500)
    with sample.open() as session:
        assert session.registry.role(record_id(1)).name == "role 1"
        with pytest.raises(StorageError, match="read-only"):
            session.write("role.edit", renamed(1, "webcare"))


def test_a_log_that_cannot_be_made_on_a_read_only_disk_is_called_that(
    as_an_ordinary_user: Sample,
) -> None:
    path = as_an_ordinary_user.path
    error = sqlite3.OperationalError("unable to open database file")
    error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
    assert "cannot be opened" in translated(error, path).message
    path.parent.chmod(0o500)
    assert "its disk is read-only" in translated(error, path).message


def test_a_file_we_may_not_read_is_named(as_an_ordinary_user: Sample) -> None:
    as_an_ordinary_user.path.chmod(0o200)
    with pytest.raises(StorageError, match="cannot be read"):
        as_an_ordinary_user.open()


def test_a_writer_that_does_not_let_go_is_a_conflict_and_readers_go_on(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "WAIT_FOR_WRITERS_S", 0)
    other = sqlite3.connect(sample.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with sample.open() as session:
        with pytest.raises(ConflictError):
            session.write("role.edit", renamed(1, "webcare"))
        other.close()
        session.write("role.edit", renamed(1, "webcare"))
        assert session.audit() == 3


def test_a_row_planted_where_a_new_record_goes_is_found_when_writing(sample: Sample) -> None:
    with sample.open() as session:
        sample.sql(
            "INSERT INTO records SELECT ?, 1, epoch, head, body, head_hash, body_hash "
            "FROM records LIMIT 1",
            values=(bytes.fromhex(record_id(7)),),
        )
        with pytest.raises(StateMismatchError):
            session.write("role.add", lambda *_: changes(*roles(8)))
        assert session.audit() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET version = version + 1",
        "UPDATE records SET body_hash = body_hash, body = zeroblob(300)",
        "DELETE FROM records",
    ],
)
def test_a_row_altered_under_a_running_session_is_found_when_writing(
    sample: Sample, statement: str
) -> None:
    with sample.open() as session:
        sample.sql(statement)
        with pytest.raises(StateMismatchError):
            session.write("role.edit", renamed(1, "webcare"))
        assert session.audit() == 2


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, StorageError),
        (sqlite3.SQLITE_IOERR_WRITE, StorageError),
        (sqlite3.SQLITE_READONLY_DIRECTORY, StorageError),
        (sqlite3.SQLITE_CANTOPEN, StorageError),
        (sqlite3.SQLITE_ERROR, StorageError),
        (sqlite3.SQLITE_BUSY, ConflictError),
        (sqlite3.SQLITE_CORRUPT_INDEX, MalformedError),
        (sqlite3.SQLITE_NOTADB, NotAVaultError),
    ],
)
def test_every_complaint_of_the_driver_is_said_in_our_words(
    code: int, kind: type[SafehandsError]
) -> None:
    complaint = sqlite3.OperationalError("it broke")
    complaint.sqlite_errorcode = code
    error = translated(complaint, Path("/srv/acme.safehands"))
    assert type(error) is kind
    assert "/srv/acme.safehands" in error.message
    assert error.hint
