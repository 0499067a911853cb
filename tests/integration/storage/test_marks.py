from __future__ import annotations

import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.storage.builder import Sample, record_id, renamed
from vault.errors import RollbackError, StorageError, UnsafePathError, WrongVaultError
from vault.services.marks import Marks
from vault.storage.verifying import Mark

VAULT = bytes(range(16))
EARLY, LATE = Mark(3, b"\3" * 32), Mark(9, b"\x09" * 32)


def test_a_vault_never_seen_has_no_mark(tmp_path: Path) -> None:
    assert Marks(tmp_path / "device").mark(VAULT) is None


def test_a_mark_only_grows(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "device")
    for mark in (EARLY, LATE, EARLY):
        marks.advance(VAULT, mark, "")
    assert marks.mark(VAULT) == LATE


def test_another_entry_at_the_same_place_is_a_vault_split_in_two(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "device")
    marks.advance(VAULT, LATE, "ann")
    with pytest.raises(RollbackError, match="another entry 9"):
        marks.advance(VAULT, Mark(LATE.seq, b"x" * 32), "ann")
    assert marks.mark(VAULT) == LATE


@pytest.mark.parametrize("ahead", [1, 3])
def test_of_two_copies_that_are_open_one_grows_and_nothing_is_written_to_the_other(
    sample: Sample, ahead: int
) -> None:
    copy = sample.path.with_name("copy.safehands")
    shutil.copy(sample.path, copy)
    with sample.open() as session, replace(sample, path=copy).open() as other:
        for number in range(ahead):
            session.write("role.edit", renamed(1, f"webcare {number}"))
        before = other.seq
        for _ in range(2):  # the device is not won over by trying again
            with pytest.raises(RollbackError, match="this device has seen"):
                other.write("role.edit", renamed(1, "press"))
            with pytest.raises(RollbackError, match="this device has seen"):
                other.refresh()
        assert other.seq == before
        session.write("role.edit", renamed(1, "press"))


def test_a_vault_that_grew_from_a_copy_takes_no_device_over_while_it_is_open(
    sample: Sample,
) -> None:
    copy = sample.path.with_name("copy.safehands")
    shutil.copy(sample.path, copy)
    far = replace(sample, path=copy, device=sample.device.with_name("far"))
    with sample.open() as session, replace(sample, path=copy).open() as other, far.open() as abroad:
        session.write("role.edit", renamed(1, "webcare"))
        for name in ("press", "sales"):
            abroad.write("role.edit", renamed(1, name))
        before = other.registry
        with pytest.raises(RollbackError, match="another entry"):
            other.refresh()
        assert other.registry is before
        session.write("role.edit", renamed(1, "press"))


def test_marks_of_vaults_are_kept_apart(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "device")
    marks.advance(VAULT, LATE, "")
    marks.advance(bytes(16), EARLY, "")
    assert (marks.mark(VAULT), marks.mark(bytes(16))) == (LATE, EARLY)


def test_who_unlocked_last_is_remembered(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "device")
    marks.advance(VAULT, LATE, "ann")
    marks.advance(VAULT, LATE, "bob")
    seen = marks.seen(VAULT)
    assert seen is not None
    assert seen.member == "bob"


def test_the_entry_at_which_a_device_saw_a_vault_first_is_remembered(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "device")
    for mark in (EARLY, LATE):
        marks.advance(VAULT, mark, "ann")
    seen = marks.seen(VAULT)
    assert seen is not None
    assert seen.first == EARLY.seq
    marks.give_up(VAULT, Mark(2, b"\2" * 32), "ann")
    again = marks.seen(VAULT)
    assert again is not None
    assert again.first == 2, "what was given up is not known of any more"


def test_a_mark_of_an_earlier_release_says_nothing_of_when_it_began(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "device")
    marks.advance(VAULT, EARLY, "ann")
    file = tmp_path / "device" / f"{VAULT.hex()}.mark.json"
    file.write_bytes(file.read_bytes().replace(b',"first":3', b""))
    marks.advance(VAULT, LATE, "ann")
    seen = marks.seen(VAULT)
    assert seen is not None
    assert (seen.seq, seen.first) == (LATE.seq, 0)


def test_what_is_remembered_is_ours_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "device"
    Marks(folder).advance(VAULT, LATE, "")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir()} == {0o600}


def test_a_mark_that_others_could_have_written_is_refused(tmp_path: Path) -> None:
    marks = Marks(tmp_path / "device")
    marks.advance(VAULT, LATE, "")
    (tmp_path / "device" / f"{VAULT.hex()}.mark.json").chmod(0o666)
    with pytest.raises(UnsafePathError):
        marks.mark(VAULT)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"seq":"9","hash":""}', b'{"seq":9,"hash":"xyz"}', b"\xff"]
)
def test_a_damaged_mark_is_not_taken_for_none(tmp_path: Path, content: bytes) -> None:
    marks = Marks(tmp_path / "device")
    marks.advance(VAULT, LATE, "")
    (tmp_path / "device" / f"{VAULT.hex()}.mark.json").write_bytes(content)
    with pytest.raises(StorageError, match="damaged"):
        marks.mark(VAULT)


def test_a_place_holds_the_vault_it_held(tmp_path: Path) -> None:
    marks, here = Marks(tmp_path / "device"), tmp_path / "acme.safehands"
    marks.check_place(here, VAULT)
    marks.remember_place(here, VAULT)
    marks.check_place(here, VAULT)
    marks.check_place(tmp_path / "other.safehands", bytes(16))
    with pytest.raises(WrongVaultError):
        marks.check_place(here, bytes(16))


def test_a_write_that_the_device_cannot_note_says_so_and_stays_written(sample: Sample) -> None:
    with sample.open() as session:
        (mark,) = sample.device.glob("*.mark.json")
        in_the_way = mark.with_name(f"{mark.name}.new")
        in_the_way.mkdir()
        with pytest.raises(StorageError, match="The vault is as it should be"):
            session.write("role.edit", renamed(1, "webcare"))
        assert session.registry.role(record_id(1)).name == "webcare"
        in_the_way.rmdir()
    with sample.open() as again:
        assert again.registry.role(record_id(1)).name == "webcare"


def test_where_what_the_device_has_seen_is_damaged_nothing_is_written(sample: Sample) -> None:
    with sample.open() as session:
        (mark,) = sample.device.glob("*.mark.json")
        kept, before = mark.read_bytes(), session.seq
        mark.write_bytes(b"damaged")
        with pytest.raises(StorageError, match="damaged"):
            session.write("role.edit", renamed(1, "webcare"))
        mark.write_bytes(kept)
        assert session.refresh().role(record_id(1)).name != "webcare"
        assert session.seq == before
