from __future__ import annotations

import resource
import shlex
import stat
from pathlib import Path

import pytest

from vault.errors import StorageError
from vault.services.doctor import examine
from vault.services.files import write_new_file


def test_a_report_is_for_its_owner_only(tmp_path: Path) -> None:
    write_new_file(tmp_path / "plan.html", b"<p>")
    assert (tmp_path / "plan.html").read_bytes() == b"<p>"
    assert stat.S_IMODE((tmp_path / "plan.html").stat().st_mode) == 0o600


def test_nothing_that_is_there_is_overwritten_or_followed(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link", "no/folder"):
        with pytest.raises(StorageError) as caught:
            write_new_file(tmp_path / name, b"new")
        assert caught.value.hint
    assert (tmp_path / "there").read_bytes() == b"mine"
    assert not (tmp_path / "elsewhere").exists()


def test_a_report_that_does_not_fit_on_the_disk_leaves_nothing(tmp_path: Path) -> None:
    # A limit on the size of files stands for the full disk: the kernel refuses to write.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(StorageError, match="cannot be written"):
            write_new_file(tmp_path / "plan.html", b"x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_says_what_is_open_to_others_and_how_to_close_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    vault = tmp_path / "it's a $(vault)"
    vault.write_bytes(b"")
    vault.chmod(0o600)
    assert all(check.ok for check in examine(str(vault)))
    vault.chmod(0o644)
    tmp_path.chmod(0o777)
    wrong = [check for check in examine(str(vault)) if not check.ok]
    assert [check.to_do for check in wrong] == [
        f"chmod 600 {shlex.quote(str(vault))}",
        f"chmod go-w {shlex.quote(str(tmp_path))}",
    ]
    vault.unlink()
    assert [c.to_do for c in examine(str(vault)) if not c.ok] == ["safehands init"]


def test_the_doctor_names_a_platform_folder_that_others_may_write_to(tmp_path: Path) -> None:
    assert "platforms" not in [check.what[:9] for check in examine("/", tmp_path / "none")]
    folder = tmp_path / "platforms"
    folder.mkdir(mode=0o700)
    assert examine("/", folder)[-1].ok
    folder.chmod(0o777)
    told = examine("/", folder)[-1]
    assert (told.what, told.ok) == (f"platforms in {folder}", False)
    assert f"chmod go-w {folder}" in told.to_do
