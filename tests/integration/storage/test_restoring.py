"""A vault that was set back on purpose is accepted on purpose, and all members can see it."""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.integration.storage.builder import Sample, environment, record_id, renamed
from tests.integration.storage.test_members import add
from vault.errors import RefusedError, RollbackError, StateMismatchError, UsageError
from vault.formats.entry import EntryKind
from vault.formats.member import MemberKind
from vault.services.marks import Marks
from vault.services.restoring import accept, set_back

REASON = "the disk broke"


@pytest.fixture
def older(sample: Sample, tmp_path: Path) -> Sample:
    """Return a vault whose device has seen two entries more."""
    backup = tmp_path / "backup"
    shutil.copy2(sample.path, backup)
    with sample.open() as session:
        session.write("role.edit", renamed(1, "press"))
        session.write("role.edit", renamed(1, "newsroom"))
    shutil.copy2(backup, sample.path)
    return sample


def take(sample: Sample, typed: str | None = None) -> None:
    env = environment(sample.device)
    with set_back(str(sample.path), lambda _: sample.keys, env) as found:
        accept(found, typed or found.session.head_hash[:16], REASON, env)


def test_an_older_vault_is_refused_then_accepted_and_the_journal_says_so(older: Sample) -> None:
    with pytest.raises(RollbackError) as refused:
        older.open()
    assert "safehands journal accept-older" in refused.value.hint
    take(older)
    with older.open() as session:
        line = list(session.journal())[-1]
        assert (line.kind, line.act, line.note) == (
            EntryKind.ACCEPT_RESTORE,
            "journal.accept_older",
            REASON,
        )
        assert session.registry.role(record_id(1)).name == "role 1"
        session.write("role.edit", renamed(1, "goes on"))
        session.audit()
        assert len(older.sql("SELECT slot FROM keyslots")) == 1


def test_each_device_decides_for_itself(older: Sample, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(older.device, other)
    take(older)
    with pytest.raises(RollbackError):
        older.open(other)


@pytest.mark.parametrize("typed", ["", "0" * 64, "g"])
def test_without_the_fingerprint_nothing_changes(older: Sample, typed: str) -> None:
    before = older.path.read_bytes()
    with pytest.raises(UsageError, match="not the fingerprint"):
        take(older, typed=typed or " ")
    assert older.path.read_bytes() == before
    with pytest.raises(RollbackError):
        older.open()


def test_without_a_reason_nothing_changes(older: Sample) -> None:
    env = environment(older.device)
    with set_back(str(older.path), lambda _: older.keys, env) as found:
        newest = found.session.seq
        with pytest.raises(UsageError, match="without a reason"):
            accept(found, found.session.head_hash, " ", env)
        assert found.session.seq == newest


def test_a_vault_that_goes_on_from_what_was_seen_is_not_accepted(sample: Sample) -> None:
    with pytest.raises(RefusedError, match="not older"):
        take(sample)


def test_what_was_altered_as_well_is_not_accepted(older: Sample) -> None:
    older.sql("DELETE FROM records WHERE rid = (SELECT max(rid) FROM records)")
    with pytest.raises(StateMismatchError):
        take(older)


def test_one_that_stopped_midway_is_taken_up_and_said_once(
    older: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Marks, "give_up", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take(older)
    take(older)
    with older.open() as session:
        kinds = [line.kind for line in session.journal()]
        assert kinds.count(EntryKind.ACCEPT_RESTORE) == 1


def test_a_reporter_accepts_for_its_machine_and_writes_nothing(
    sample: Sample, tmp_path: Path
) -> None:
    machine = add(sample, MemberKind.REPORTER)
    backup = tmp_path / "backup"
    shutil.copy2(sample.path, backup)
    with sample.open() as session:
        session.write("role.edit", renamed(1, "press"))
    machine.open().close()
    shutil.copy2(backup, sample.path)
    take(machine)
    assert sample.path.read_bytes() == backup.read_bytes()
    machine.open().close()
