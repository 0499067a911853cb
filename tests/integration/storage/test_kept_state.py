"""A device goes on from what it verified of a large vault, and says what it would say anyway."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.storage.builder import (
    Clock,
    Sample,
    credential,
    environment,
    record_id,
    renamed,
    with_secrets,
)
from vault.domain.changes import Change
from vault.domain.role import Role
from vault.errors import IntegrityError, RecordTamperedError, RollbackError
from vault.services import holding, kept_state, vaults
from vault.services.environment import Environment
from vault.services.session import Session
from vault.services.vaults import open_with

ALTER = "UPDATE records SET head = zeroblob(length(head)) WHERE rid = ?"


@pytest.fixture(autouse=True)
def small_vaults_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the few records of a test be worth keeping."""
    monkeypatch.setattr(kept_state, "WORTH_KEEPING", 6)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets an item for each opening that reads all rows."""
    told: list[str] = []

    def load(*args: object, **options: object) -> object:
        told.append("all rows")
        return real(*args, **options)  # type: ignore[arg-type]

    real = holding.load
    monkeypatch.setattr(vaults, "load", load)
    return told


def kept(sample: Sample) -> Path:
    (file,) = sample.device.glob("*.kept")
    return file


def later(sample: Sample, **by: int) -> Environment:
    clock = Clock()
    clock.now += timedelta(**by)
    return replace(environment(sample.device), now=clock)


def opened_at(sample: Sample, env: Environment) -> Session:
    return open_with(str(sample.path), lambda _: sample.keys, env)


def held(session: Session) -> tuple[object, ...]:
    """Return all that a session knows of the vault."""
    with session:
        inside = session._held
        return inside.position, list(inside.leaves), inside.leaves.hashes, inside.registry


def test_the_second_opening_reads_no_row_and_knows_the_same(
    sample: Sample, loads: list[str]
) -> None:
    assert held(sample.open()) == held(sample.open())
    assert loads == ["all rows"]


def test_what_was_written_since_is_followed(sample: Sample, loads: list[str]) -> None:
    sample.open().close()
    with sample.open() as session:
        session.write("role.edit", renamed(1, "by this device"))
    with sample.open(sample.device.with_name("another device")) as colleague:
        colleague.write("role.edit", renamed(2, "by a colleague"))
        colleague.write("role.add", lambda *_: (Change(Role(id="fe" * 16, name="new")),))
    del loads[:]
    with sample.open() as session:
        names = {role.name for role in session.registry.all(Role)}
    assert {"by this device", "by a colleague", "new"} <= names
    assert loads == []
    env = environment(sample.device)
    afresh = open_with(str(sample.path), lambda _: sample.keys, env, afresh=True)
    assert held(sample.open()) == held(afresh)


def test_a_secret_is_written_and_shown_on_top_of_it(sample: Sample, loads: list[str]) -> None:
    sample.open().close()
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
    with sample.open() as session:
        shown = session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())
    assert shown.reveal() == "hunter2"
    assert loads == ["all rows"]


@pytest.mark.parametrize("days", [2, -2])
def test_all_rows_are_read_again_on_another_day(
    sample: Sample, loads: list[str], days: int
) -> None:
    sample.open().close()
    opened_at(sample, later(sample, hours=23)).close()
    assert len(loads) == 1
    opened_at(sample, later(sample, days=days)).close()
    assert len(loads) == 2


def test_an_altered_row_is_found_the_next_day_and_by_whoever_asks(sample: Sample) -> None:
    sample.open().close()
    sample.sql(ALTER, values=(bytes.fromhex(record_id(3)),))
    with sample.open() as session:
        assert session.registry.get(record_id(3), Role).name == "role 3"
    with pytest.raises(RecordTamperedError):
        opened_at(sample, later(sample, days=2))
    env = environment(sample.device)
    with pytest.raises(RecordTamperedError):
        open_with(str(sample.path), lambda _: sample.keys, env, afresh=True)


def test_an_altered_row_cannot_be_written_over(sample: Sample) -> None:
    sample.open().close()
    sample.sql("UPDATE records SET body = zeroblob(length(body))")
    with sample.open() as session, pytest.raises(IntegrityError):
        session.write("role.edit", renamed(3, "another name"))


def test_a_vault_that_was_set_back_is_refused_as_ever(sample: Sample, tmp_path: Path) -> None:
    older = sample.copy(tmp_path / "older")
    with sample.open() as session:
        session.write("role.edit", renamed(1, "later"))
    sample.open().close()
    sample.path.write_bytes(older.path.read_bytes())
    with pytest.raises(RollbackError):
        sample.open()


def test_a_copy_that_went_on_by_itself_is_not_taken_for_this_vault(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing but the journal tells one from the other.
    monkeypatch.setattr(kept_state, "_source", lambda _: bytes(16))
    copy = sample.copy(tmp_path / "copy")
    with copy.open() as session:
        session.write("role.edit", renamed(1, "in the copy"))
    with sample.open() as session:
        session.write("role.edit", renamed(1, "in the vault"))
    copy.open().close()
    kept(sample).write_bytes(kept(copy).read_bytes())
    with sample.open() as session:
        assert session.registry.role(record_id(1)).name == "in the vault"


def damages() -> list[object]:
    return [
        pytest.param(lambda raw: b"", id="empty"),
        pytest.param(lambda raw: raw[:30], id="cut in its origin"),
        pytest.param(lambda raw: raw[:-1], id="cut at its end"),
        pytest.param(lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]), id="a bit turned"),
        pytest.param(lambda raw: b"SMRP\x02" + raw[5:], id="of another version"),
        pytest.param(lambda raw: b"\0" * len(raw), id="zeros"),
    ]


@pytest.mark.parametrize("damaged", damages())
def test_what_is_damaged_is_made_anew(sample: Sample, loads: list[str], damaged: object) -> None:
    known = held(sample.open())
    file = kept(sample)
    whole = len(file.read_bytes())
    file.write_bytes(damaged(file.read_bytes()))  # type: ignore[operator]
    assert held(sample.open()) == known
    assert len(loads) == 2
    assert len(file.read_bytes()) == whole
    sample.open().close()
    assert len(loads) == 2


def test_a_file_that_others_may_write_to_is_not_read(sample: Sample, loads: list[str]) -> None:
    sample.open().close()
    kept(sample).chmod(0o666)
    sample.open().close()
    assert len(loads) == 2
    assert kept(sample).stat().st_mode & 0o777 == 0o600


def test_it_is_closed_to_others_and_tells_nobody_anything(sample: Sample) -> None:
    sample.open().close()
    assert kept(sample).stat().st_mode & 0o777 == 0o600
    assert b"role" not in kept(sample).read_bytes()


def test_too_many_new_entries_are_not_followed(
    sample: Sample, loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_state, "MOST_ENTRIES", 1)
    sample.open().close()
    for name in ("one", "two"):
        with sample.open(sample.device.with_name("another device")) as colleague:
            colleague.write("role.edit", renamed(1, name))
    del loads[:]
    sample.open().close()
    assert loads == ["all rows"]


def test_of_a_small_vault_nothing_is_kept(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    sample.open().close()
    monkeypatch.setattr(kept_state, "WORTH_KEEPING", 7)
    kept(sample).write_bytes(b"left from when it was larger")
    sample.open().close()
    assert list(sample.device.glob("*.kept*")) == []


def test_a_device_that_cannot_keep_anything_opens_the_vault_all_the_same(sample: Sample) -> None:
    sample.open().close()
    file = kept(sample)
    file.unlink()
    file.with_name(f"{file.name}.new").mkdir()  # where it is written first
    with sample.open() as session:
        assert len(session.registry) == 6
    assert not file.exists()


def test_another_version_of_the_program_reads_all_rows_itself(
    sample: Sample, loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.open().close()
    monkeypatch.setattr(kept_state, "__version__", "0.2.0")
    sample.open().close()
    assert len(loads) == 2
    sample.open().close()
    assert len(loads) == 2
