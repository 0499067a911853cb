"""A passphrase file that others may open is read, and its owner told."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote
from threading import Thread

import pytest

from vault.cli.invocation import Invocation


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Return a passphrase file that only its owner may open."""
    path = tmp_path / "it's a $(passphrase)"
    path.touch(mode=0o600)
    path.write_text("correct horse\n", encoding="utf-8")
    return path


def told(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what is said on standard error while the passphrase is read from a file."""
    assert Invocation(passphrase_file=str(path)).passphrase() == "correct horse"
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "correct" not in shown.err
    return shown.err


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_passphrase_file_of_ones_own_is_read_without_a_word(
    secret: Path, capsys: pytest.CaptureFixture[str], mode: int
) -> None:
    secret.chmod(mode)
    assert told(secret, capsys) == ""


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602])
def test_a_passphrase_file_that_others_may_open_is_told_once_with_what_to_run(
    secret: Path, capsys: pytest.CaptureFixture[str], mode: int
) -> None:
    secret.chmod(mode)
    warning, hint = told(secret, capsys).splitlines()
    assert warning.startswith("safehands: warning: ")
    assert f"{mode:o}" in warning
    assert hint == f"  hint: run: chmod 600 {quote(str(secret))}"


def test_a_passphrase_file_of_another_user_is_told_and_one_of_the_administrator_is_not(
    secret: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if secret.stat().st_uid == 0:
        os.chown(secret, 4242, -1)
    else:
        monkeypatch.setattr("os.geteuid", lambda: 4242)
    assert "another user" in told(secret, capsys)
    if os.getuid() == 0:
        os.chown(secret, 0, -1)
        monkeypatch.setattr("os.geteuid", lambda: 4242)
        assert told(secret, capsys) == ""


def test_a_credential_that_systemd_hands_over_is_read_without_a_word(
    secret: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret.chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(secret.parent))
    assert told(secret, capsys) == ""


def test_a_passphrase_from_a_pipe_is_read_without_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o644)
    writer = Thread(target=pipe.write_text, args=("correct horse\n",))
    writer.start()
    assert told(pipe, capsys) == ""
    writer.join()


def test_a_line_that_ends_as_windows_ends_lines_has_the_same_passphrase_in_it(
    secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret.write_bytes(b"correct horse\r\n")
    assert told(secret, capsys) == ""
