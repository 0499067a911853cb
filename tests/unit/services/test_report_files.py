from __future__ import annotations

import resource
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vault.errors import StorageError
from vault.reports.render import render
from vault.reports.report import Report, Row, section
from vault.services.report_files import save_report

FIRST, SECOND = b"Accounts nobody uses, the first", b"Accounts nobody uses, the second"


def test_a_new_report_is_its_owners_only_and_a_second_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "owners.html"
    assert save_report(path, FIRST) == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(StorageError, match="is there already"):
        save_report(path, SECOND)
    assert path.read_bytes() == FIRST


def test_with_replace_the_new_report_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "owners.html"
    save_report(path, FIRST, replace=True)
    path.chmod(0o644)
    with path.open("rb") as reader:
        save_report(path, SECOND, replace=True)
        assert reader.read() == FIRST  # who reads it meanwhile has the old one, whole
    assert path.read_bytes() == SECOND
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("there", ["link", "dead link", "folder"])
def test_nothing_but_a_plain_file_is_ever_replaced(tmp_path: Path, there: str) -> None:
    path, target = tmp_path / "owners.html", tmp_path / "target"
    if there == "folder":
        path.mkdir()
    else:
        path.symlink_to(target)
    if there == "link":
        target.write_bytes(b"mine")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StorageError):
        save_report(path, SECOND, replace=True)
    assert sorted(tmp_path.iterdir()) == before
    if there == "link":
        assert target.read_bytes() == b"mine"


def test_a_full_folder_keeps_the_old_report_and_nothing_else(tmp_path: Path) -> None:
    path = save_report(tmp_path / "owners.html", FIRST)
    # A limit on the size of files stands for the full disk: the kernel refuses to write.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(StorageError, match="cannot be replaced: File too large"):
            save_report(path, SECOND + b"x" * 1000, replace=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == FIRST
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written") as caught:
        save_report(tmp_path / "no" / "owners.html", b"x", replace=True)
    assert caught.value.hint


def test_a_report_that_cannot_take_the_place_of_the_old_one_leaves_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_report(tmp_path / "owners.html", FIRST)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StorageError, match="cannot be replaced: Operation not permitted"):
        save_report(path, SECOND, replace=True)
    assert path.read_bytes() == FIRST
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("other", [b"SQLite format 3\0 a vault", b"correct horse", b"\0"])
def test_what_is_no_earlier_report_is_not_replaced(tmp_path: Path, other: bytes) -> None:
    path = tmp_path / "company.vault"
    path.write_bytes(other)
    with pytest.raises(StorageError, match="is no earlier report"):
        save_report(path, FIRST, replace=True)
    assert path.read_bytes() == other


@pytest.mark.parametrize("form", ["html", "calendar", "json", "markdown", "csv", "table"])
def test_a_report_takes_the_place_of_its_own_of_another_day_and_of_no_other_file(
    tmp_path: Path, form: str
) -> None:
    def made(name: str, day: int) -> bytes:
        what = section("all", name, ("account",), [Row("1", (f"x/@acme{day}",))], "none")
        at = datetime(2026, 11, day, tzinfo=UTC)
        return render(Report(name, f"{name} accounts", at, name, sections=(what,), dates=()), form)

    path = save_report(tmp_path / "kept", made("dormant", 21))
    save_report(path, made("dormant", 22), replace=True)
    foreign = {"html": b"<!doctype html>\n<p>mine", "calendar": b"BEGIN:VCALENDAR\r\nmine"}
    for other in (made("owned", 21), foreign.get(form, b'{\n  "schema": "mine/1"\n}')):
        path.write_bytes(other)
        if form != "csv" or other != made("owned", 21):  # whose columns are the same
            with pytest.raises(StorageError, match="is no earlier report"):
                save_report(path, made("dormant", 22), replace=True)
            assert path.read_bytes() == other


def test_an_empty_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "owners.html"
    path.touch()
    save_report(path, FIRST, replace=True)
    assert path.read_bytes() == FIRST
