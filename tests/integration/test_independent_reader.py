"""A vault made by the program, read by the second reader that shares nothing with it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.conftest import REPOSITORY
from tests.independent.primitives import RefusedError
from tests.independent.reader import read_vault
from tests.integration.storage.builder import (
    PASSPHRASE,
    Sample,
    credential,
    new_sample,
    record_id,
    renamed,
    with_secrets,
)
from vault.domain.records import encode_head


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    made = new_sample(tmp_path_factory.mktemp("independent") / "vault", records=40)
    with made.open() as session:
        session.write("role.edit", renamed(1, "pers & “webcare” ✓"))
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
    return made


def test_it_lists_the_same_records(sample: Sample) -> None:
    theirs = {record["id"]: record for record in read_vault(sample.path, PASSPHRASE)}
    with sample.open() as session:
        ours = {r.id: msgspec.json.decode(encode_head(r)) for r in session.registry.records()}
    assert len(theirs) == 42
    assert theirs == ours


def test_it_refuses_a_wrong_passphrase(sample: Sample) -> None:
    with pytest.raises(RefusedError, match="wrong passphrase"):
        list(read_vault(sample.path, "wrong"))


def test_it_refuses_what_the_program_refuses(sample: Sample, tmp_path: Path) -> None:
    altered = sample.copy(tmp_path / "altered")
    altered.sql("DELETE FROM records WHERE rid = ?", values=(bytes.fromhex(record_id(1)),))
    with pytest.raises(RefusedError, match="number of records"):
        list(read_vault(altered.path, PASSPHRASE))


def test_it_is_a_program_of_its_own(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    reader = REPOSITORY / "tests" / "independent" / "reader.py"
    run = subprocess.run(
        [sys.executable, reader, sample.path, "--passphrase-file", tmp_path / "passphrase"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(run.stdout.splitlines()) == 42


def test_the_file_holds_no_name_and_no_secret_in_clear(sample: Sample) -> None:
    sqlite3.connect(sample.path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = b"".join(f.read_bytes() for f in sample.path.parent.glob(f"{sample.path.name}*"))
    assert b"CREATE TABLE records" in content
    clear = ("hunter2", "webcare", "role 2", "Ann", "credential", "role.edit", record_id(2))
    assert [word for word in clear if word.encode() in content] == []
