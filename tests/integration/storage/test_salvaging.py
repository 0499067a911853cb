"""What still opens in a vault that does not verify can be read, and nothing is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.storage.builder import (
    Sample,
    credential,
    environment,
    record_id,
    renamed,
    with_secrets,
)
from vault.errors import IntegrityError, NotAVaultError, RefusedError, UnsupportedFormatError
from vault.services.salvaging import Salvage, salvage
from vault.storage import sealing


def found_in(sample: Sample) -> Salvage:
    before = sample.path.read_bytes()
    made = salvage(str(sample.path), lambda _: sample.keys, environment(sample.device))
    assert sample.path.read_bytes() == before
    return made


RID = (bytes.fromhex(record_id(1)),)
FAULTS: dict[str, Callable[[Sample], object]] = {
    "a record altered": lambda s: s.sql(
        "UPDATE records SET head = zeroblob(80) WHERE rid = ?", values=RID
    ),
    "a record that is no bytes": lambda s: s.sql(
        "UPDATE records SET head = 'text' WHERE rid = ?", values=RID
    ),
    "a record whose head became a text": lambda s: s.sql(
        "UPDATE records SET head = CAST(head AS TEXT) WHERE rid = ?", values=RID
    ),
    "a record whose id became a text": lambda s: s.sql(
        "UPDATE records SET rid = CAST(rid AS TEXT) WHERE rid = ?", values=RID
    ),
    "a record under another id": lambda s: s.sql(
        "UPDATE records SET rid = x'ffffffffffffffffffffffffffffffff' WHERE rid = ?", values=RID
    ),
    "a record gone": lambda s: s.sql("DELETE FROM records WHERE rid = ?", values=RID),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_all_but_what_was_altered_is_given_with_the_reason(sample: Sample, fault: str) -> None:
    FAULTS[fault](sample)
    found = found_in(sample)
    assert isinstance(found.fault, IntegrityError)
    assert len(found.records) == 5  # of the founder and five roles
    assert len(found.unopened) == (0 if fault == "a record gone" else 1)
    assert all(why for _, why in found.unopened)


def test_a_record_of_brackets_in_brackets_is_one_this_program_does_not_know(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = b'{"type":"role","other":' + b"[" * 2000 + b"]" * 2000 + b"}"
    with sample.open() as session, monkeypatch.context() as patch:
        patch.setattr(sealing, "encode_head", lambda _: deep)
        session.write("role.edit", renamed(1, "another name"))
    with pytest.raises(UnsupportedFormatError):
        sample.open()
    sample.sql("UPDATE buckets SET hash = zeroblob(32)")
    found = found_in(sample)
    assert len(found.records) == 5
    assert [rid for rid, _ in found.unopened] == [record_id(1)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal WHERE seq = 2",
        "UPDATE journal SET entry = zeroblob(300) WHERE seq = 2",
        "UPDATE journal SET entry = CAST(entry AS TEXT) WHERE seq = 2",
        "UPDATE buckets SET hash = zeroblob(32)",
        "UPDATE buckets SET hash = CAST(hash AS TEXT)",
    ],
)
def test_all_records_are_given_where_only_the_journal_was_altered(
    sample: Sample, statement: str
) -> None:
    sample.sql(statement)
    found = found_in(sample)
    assert (len(found.records), found.unopened) == (6, [])


def test_a_vault_that_was_set_back_is_given_and_its_mark_stays(
    sample: Sample, tmp_path: Path
) -> None:
    shutil.copy2(sample.path, tmp_path / "old")
    with sample.open() as session:
        session.write("role.edit", renamed(1, "press"))
    shutil.copy2(tmp_path / "old", sample.path)
    (mark,) = sample.device.glob("*.mark.json")
    before = mark.read_bytes()
    assert "this device has seen" in found_in(sample).fault.message
    assert mark.read_bytes() == before


def test_no_secret_is_given(sample: Sample) -> None:
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
    sample.sql("UPDATE buckets SET hash = zeroblob(32)")
    assert "hunter2" not in repr(found_in(sample))


def test_without_a_first_entry_or_tables_of_ours_nothing_is_given(sample: Sample) -> None:
    with pytest.raises(RefusedError, match="verifies"):
        found_in(sample)
    sample.sql("DELETE FROM journal WHERE seq = 1")
    with pytest.raises(IntegrityError):
        found_in(sample)
    sample.sql("DROP TABLE journal")
    with pytest.raises(NotAVaultError):
        found_in(sample)
