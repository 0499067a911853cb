from __future__ import annotations

import resource
import shlex
import stat
from datetime import date
from pathlib import Path

import pytest

from vault.errors import StorageError
from vault.services.doctor import Check, examine
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


TODAY = date(2026, 11, 22)


def wrong_with(vault: Path) -> list[str]:
    return [check.to_do for check in examine(str(vault), None, TODAY) if not check.ok]


def test_the_doctor_says_what_is_open_to_others_and_how_to_close_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    vault = tmp_path / "it's a $(vault)"
    vault.write_bytes(b"")
    vault.chmod(0o600)
    assert wrong_with(vault) == []
    vault.chmod(0o644)
    tmp_path.chmod(0o777)
    folder, file = wrong_with(vault)
    assert f"chmod go-w {shlex.quote(str(tmp_path))}" in folder
    assert file == f"chmod 600 {shlex.quote(str(vault))}"
    vault.unlink()
    assert ["safehands init" in each for each in wrong_with(vault)] == [True]


def test_the_doctor_names_a_vault_that_no_command_would_open(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    vault, other = tmp_path / "vault", tmp_path / "other"
    vault.touch(mode=0o600)
    other.symlink_to(vault)
    assert wrong_with(other) == [f"Name the file itself: {vault}"]
    other.unlink()
    other.hardlink_to(vault)
    assert "hard links" in wrong_with(vault)[0]


def test_the_doctor_names_what_is_wrong_with_the_platforms_of_the_user(tmp_path: Path) -> None:
    def told() -> Check:
        return examine("/", folder, TODAY)[-1]

    folder = tmp_path / "platforms"
    assert "platforms" not in told().what
    folder.mkdir(mode=0o700)
    assert told().ok
    folder.chmod(0o777)
    assert (told().what, told().ok) == (f"platforms in {folder}", False)
    assert f"chmod go-w {folder}" in told().to_do
    folder.chmod(0o700)
    (folder / "a.toml").write_text("x =")
    assert "this is not TOML" in told().found
    (folder / "a.toml").unlink()
    (folder / "a.toml").symlink_to(folder / "nowhere")
    assert "cannot be read" in told().found
