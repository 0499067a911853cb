"""The process of a command ends at once, and nothing is lost by that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.runner import Desk
from vault.cli import main
from vault.cli.invocation import Invocation


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    tmp_path.chmod(0o700)
    return Desk(tmp_path).found()


def console(*words: object, out: str = os.devnull) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, its output going to a file."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, "-m", "vault", *map(str, words)]
    with Path(out).open("wb") as file:
        return subprocess.run(
            command, stdout=file, stderr=subprocess.PIPE, env=environment, check=False
        )


def test_what_was_written_is_in_the_file_and_nothing_of_it_beside(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFEHANDS_STATE", str(desk.folder / "state"))
    places = ("--vault", desk.vault, "--passphrase-file", desk.passphrase_file)
    beside = desk.vault.with_name(desk.vault.name + "-wal")
    assert console("role", "add", "Press", *places).returncode == 0
    assert not beside.exists()


def test_an_answer_that_waits_to_be_written_is_written_or_missed_aloud(tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    assert console("--version", out=str(answer)).returncode == 0
    assert answer.read_text(encoding="utf-8").count("\n") == 1
    full = console("--version", out="/dev/full")
    assert full.returncode == 120
    assert b"No space left on device" in full.stderr


def test_what_a_command_opened_lives_as_long_as_it_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFEHANDS_STATE", str(desk.folder / "state"))
    places = ("--vault", str(desk.vault), "--passphrase-file", str(desk.passphrase_file))
    kept: list[object] = []
    assert main(["role", "list", *places], kept) == 0
    (invocation,) = kept
    assert isinstance(invocation, Invocation)
    assert invocation._session is not None
    assert len(invocation._session.registry) == 1  # the founder
