from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.integration.storage.builder import Sample, new_sample, record_id, renamed
from vault.errors import (
    JournalError,
    MalformedError,
    NewerVaultError,
    NotAVaultError,
    SafehandsError,
    StorageError,
)
from vault.storage.connection import PAGE_BYTES


@pytest.mark.parametrize(
    "content", [b"", b"dear", os.urandom(5000), b"SQLite format 3\0" + bytes(4080)], ids=len
)
def test_a_file_of_another_kind_is_no_vault(sample: Sample, content: bytes) -> None:
    sample.path.write_bytes(content)
    with pytest.raises(NotAVaultError):
        sample.open()


def test_a_file_that_is_moved_away_while_it_is_open_is_said_to_be_gone(sample: Sample) -> None:
    with sample.open() as session:
        sample.path.rename(sample.path.with_name("moved"))
        with pytest.raises(StorageError, match=f"There is no vault at {sample.path} any more"):
            session.refresh()


def test_another_programs_database_is_no_vault(sample: Sample) -> None:
    sample.path.unlink()
    sample.sql("CREATE TABLE moz_places (id INTEGER)")
    sample.path.chmod(0o600)
    with pytest.raises(NotAVaultError):
        sample.open()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE alembic_version SET version_num = '0002'", "UPDATE vault SET format = 2"],
)
def test_a_newer_programs_vault_is_named_as_such(sample: Sample, statement: str) -> None:
    sample.sql(statement)
    with pytest.raises(NewerVaultError, match="newer"):
        sample.open()


def test_a_revision_nobody_knows_is_not_called_newer_for_certain(sample: Sample) -> None:
    sample.sql("UPDATE alembic_version SET version_num = 'abcdef012345'")
    with pytest.raises(NewerVaultError, match=r"does not know.* most likely a newer"):
        sample.open()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM alembic_version",
        "DELETE FROM vault",
        "UPDATE vault SET format = 0",
        "UPDATE vault SET format = 'one'",
        "UPDATE journal SET entry = 'text'",
    ],
)
def test_tables_that_do_not_say_what_they_must_are_malformed(
    sample: Sample, statement: str
) -> None:
    sample.sql(statement)
    with pytest.raises(MalformedError):
        sample.open()


def test_a_vault_cut_short_at_any_page_is_refused(tmp_path: Path) -> None:
    sample = new_sample(tmp_path / "vault", records=240)
    whole = sample.path.read_bytes()
    assert len(whole) > 20 * PAGE_BYTES
    refused = set()
    for size in (*range(0, len(whole), PAGE_BYTES), len(whole) - 1, len(whole) - 2000, 100, 1):
        sample.path.write_bytes(whole[:size])
        for companion in sample.path.parent.glob("*-[ws][ah][lm]"):
            companion.unlink()
        with pytest.raises(SafehandsError) as error:
            sample.open(tmp_path / f"device{size}")
        refused.add(type(error.value))
    # SQLite notices most cuts itself; where only an index is hit, the journal's count differs.
    assert refused <= {NotAVaultError, MalformedError, JournalError}
    sample.path.write_bytes(whole)
    sample.open().close()


def test_a_page_overwritten_with_noise_is_refused(tmp_path: Path) -> None:
    sample = new_sample(tmp_path / "vault", records=240)
    whole = sample.path.read_bytes()
    pages_that_opened = []
    for start in range(0, len(whole), PAGE_BYTES):
        noisy = whole[:start] + os.urandom(PAGE_BYTES) + whole[start + PAGE_BYTES :]
        sample.path.write_bytes(noisy)
        try:
            sample.open(tmp_path / f"device{start}").close()
        except SafehandsError:
            continue
        pages_that_opened.append(start // PAGE_BYTES)
    # What opens nevertheless is free, belongs to an index, or to a body that nobody has asked for.
    assert 0 not in pages_that_opened
    assert len(pages_that_opened) < len(whole) / PAGE_BYTES / 2


def test_a_log_that_a_crash_left_behind_is_read(sample: Sample, tmp_path: Path) -> None:
    session = sample.open()
    session.write("role.edit", renamed(1, "webcare"))
    left = Sample(tmp_path / "left" / sample.path.name, sample.keys, tmp_path / "device")
    left.path.parent.mkdir(mode=0o700)
    for file in (sample.path, sample.path.with_name(sample.path.name + "-wal")):
        shutil.copy2(file, left.path.with_name(file.name))
    session.close()
    with left.open() as reopened:
        assert reopened.registry.role(record_id(1)).name == "webcare"
    left.path.with_name(left.path.name + "-wal").unlink()
    with left.open(tmp_path / "another device") as older:
        assert older.registry.role(record_id(1)).name == "role 1"


READING = """
import json, sys
from pathlib import Path
from tests.integration.storage.builder import environment, PASSPHRASE
from vault.services.vaults import open_vault
session = open_vault(sys.argv[1], lambda: PASSPHRASE, environment(Path(sys.argv[2])))
lines = len(list(session.journal()))
print(json.dumps([len(session.registry), lines, sorted(sys.modules)]))
"""


def test_reading_a_vault_imports_no_sqlalchemy_and_no_alembic(sample: Sample) -> None:
    run = subprocess.run(
        [sys.executable, "-c", READING, sample.path, sample.device],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    records, lines, modules = json.loads(run.stdout)
    assert (records, lines) == (6, 2)
    assert {name.partition(".")[0] for name in modules} & {"sqlalchemy", "alembic"} == set()
