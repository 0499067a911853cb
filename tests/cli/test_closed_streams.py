"""A caller that closed standard input or standard error is answered as any other."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stdout

import pytest

from tests.cli.runner import Desk
from vault import cli


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("streams")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    desk.do("account", "add", "x/@acme")
    return desk


def without(stream: str, desk: Desk, *argv: str) -> tuple[int, str]:
    """The exit code and the answer of a command whose caller closed that stream."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        desk._set_up(patch)
        patch.setattr(f"sys.{stream}", None)
        code = cli.main(["--vault", str(desk.vault), *argv])
        getattr(sys, stream).close()  # what stood in for it, until the process ends
    return code, out.getvalue()


@pytest.mark.parametrize(
    ("argv", "code", "kind"),
    [
        (("person", "show", "nobody"), 4, "not_found"),
        (("person", "nonsense"), 2, "usage"),
        (("credential", "totp", "x/@acme", "--stdout"), 4, "not_found"),
        (("person", "edit", "ana", "--name", ""), 2, "usage"),
    ],
)
def test_without_standard_error_exit_codes_and_errors_stay_what_they_are(
    desk: Desk, argv: tuple[str, ...], code: int, kind: str
) -> None:
    told, answer = without("stderr", desk, *argv, "--json")
    assert (told, json.loads(answer)["error"]["kind"]) == (code, kind)


def test_without_standard_error_a_warning_stops_nothing(desk: Desk) -> None:
    for _ in range(2):
        code, answer = without("stderr", desk, "person", "add", "Kim Smit", "--another", "--json")
        assert (code, json.loads(answer)["name"]) == (0, "Kim Smit")


def test_without_standard_input_there_is_no_terminal_and_nothing_is_typed(desk: Desk) -> None:
    for words in ((), ("--stdin",)):
        code, answer = without("stdin", desk, "credential", "set", "x/@acme", *words, "--json")
        assert (code, json.loads(answer)["error"]["kind"]) == (2, "usage")
    desk.held, held = None, desk.held
    code, answer = without("stdin", desk, "status", "--json")
    desk.held = held
    assert (code, json.loads(answer)["error"]["kind"]) == (3, "cannot_unlock")


def test_ctrl_c_before_the_first_command_is_there_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def stopped(**_: object) -> int:
        raise KeyboardInterrupt

    ended: list[int] = []

    def end(code: int) -> None:
        ended.append(code)
        raise SystemExit

    monkeypatch.setattr(cli, "main", stopped)
    monkeypatch.setattr(os, "_exit", end)
    with pytest.raises(SystemExit):
        cli.console()
    assert ended == [130]
    assert capfd.readouterr() == ("", "")
