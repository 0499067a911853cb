"""A command that opens a vault by a passphrase in a file begins with the key, and says the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.cli.runner import PASSPHRASE, Desk
from vault.cli import main
from vault.cli.deriving import WITHOUT_A_KEY, derive_for
from vault.cli.root import COMMANDS
from vault.crypto import kdf


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("deriving")
    folder.chmod(0o700)
    return Desk(folder).found()


@pytest.fixture
def desk(founded: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    founded.passphrase_file.chmod(0o600)
    founded._set_up(monkeypatch)
    monkeypatch.setenv("SAFEHANDS_VAULT", str(founded.vault))
    monkeypatch.setenv("SAFEHANDS_PASSPHRASE_FILE", str(founded.passphrase_file))
    return founded


@pytest.fixture
def begun(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """For what locations and passphrases a key is begun; none is derived."""
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr("vault.services.deriving.derive_ahead", lambda *of: asked.append(of[:2]))
    return asked


@pytest.fixture
def derived(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passphrases from which keys are derived."""
    asked: list[str] = []
    stretch = kdf.stretch

    def counted(passphrase: str, salt: bytes, cost: kdf.KdfCost) -> bytes:
        asked.append(passphrase)
        return stretch(passphrase, salt, cost)

    monkeypatch.setattr(kdf, "stretch", counted)
    return asked


def console(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    command = [sys.executable, "-m", "vault", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "line",
    [
        "account list",
        "account list --json --as-of 2026-01-01",
        "--json status",
        "import people.csv --mapping people.toml",
        "offboard plan jan --last-day 2026-01-01 --passphrase-file {file} --vault {vault}",
        "--passphrase-file={file} --vault={vault} check",
    ],
)
def test_a_command_that_opens_a_vault_begins_with_its_key(
    desk: Desk, begun: list[tuple[str, str]], line: str
) -> None:
    derive_for(line.format(file=desk.passphrase_file, vault=desk.vault).split())
    assert begun == [(str(desk.vault), PASSPHRASE)]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "--help",
        "--version",
        "account list --help",
        "account list --passphrase-fd 0",
        "account list --vault",
        "account list --passphrase-file",
        "--as-of= account list",
        "-- account list",
        *sorted(WITHOUT_A_KEY),
    ],
)
def test_a_line_that_opens_none_or_says_another_passphrase_derives_nothing(
    begun: list[tuple[str, str]], line: str
) -> None:
    derive_for(line.split())
    assert not begun


def test_the_commands_that_derive_nothing_are_commands() -> None:
    assert COMMANDS.keys() >= WITHOUT_A_KEY


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_passphrase_file_that_cannot_be_read_is_left_to_who_reads_it(
    desk: Desk, begun: list[tuple[str, str]], tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "passphrase"
    if content is not None:
        file.write_bytes(content)
    derive_for(["account", "list", "--passphrase-file", str(file)])
    assert not begun


def test_where_no_passphrase_file_is_named_nothing_is_derived(
    begun: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAFEHANDS_PASSPHRASE_FILE")
    derive_for(["account", "list"])
    assert not begun


def test_a_pipe_is_read_once_and_by_who_opens_the_vault(
    desk: Desk, derived: list[str], tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    writer = Thread(target=pipe.write_text, args=(PASSPHRASE + "\n",), daemon=True)
    writer.start()
    assert main(["role", "list", "--passphrase-file", str(pipe)], ahead=True) == 0
    writer.join()
    assert derived == [PASSPHRASE]


def test_a_command_opens_the_vault_by_the_key_it_began_with(derived: list[str]) -> None:
    assert main(["role", "list"], ahead=True) == 0
    assert derived == [PASSPHRASE]


def test_a_wrong_passphrase_is_derived_once_and_told_as_ever(
    desk: Desk, derived: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong"
    file.touch(mode=0o600)
    file.write_text("wrong\n", encoding="utf-8")
    line = ["role", "list", "--passphrase-file", str(file)]
    assert (main(line), main(line, ahead=True)) == (3, 3)
    first, second = capsys.readouterr().err.split("safehands: ")[1:]
    assert first == second
    assert derived == ["wrong", "wrong"]


@pytest.mark.parametrize(
    "line", ["role nonsense", "rolle list", "role list --nonsense", "role list --as-of nonsense"]
)
def test_a_line_that_is_refused_does_not_wait_for_a_key(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    begun, may_end, ended = Event(), Event(), []

    def endless(*_: object) -> bytes:
        begun.set()
        may_end.wait(60)
        ended.append(_)
        return bytes(32)

    monkeypatch.setattr(kdf, "stretch", endless)
    try:
        assert main(line.split(), ahead=True) == 2
        assert begun.wait(60)
        assert not ended
    finally:
        may_end.set()


def test_a_passphrase_file_that_others_may_open_is_warned_of_once(desk: Desk) -> None:
    desk.passphrase_file.chmod(0o644)
    answer = console("role", "list")
    assert (answer.returncode, answer.stderr.count("is open to others")) == (0, 1)
    refused = console("role", "nonsense")
    assert (refused.returncode, refused.stderr.count("is open to others")) == (2, 0)


def test_before_the_passphrase_is_read_the_process_is_closed_to_others(
    desk: Desk, begun: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    read = os.open

    def opened(path: str, flags: int) -> int:
        seen.append(path)
        return read(path, flags)

    monkeypatch.setattr("vault.cli.hardening.close_to_others", lambda: seen.append("closed"))
    monkeypatch.setattr(os, "open", opened)
    derive_for(["role", "list"])
    assert seen == ["closed", str(desk.passphrase_file)]
    assert begun
