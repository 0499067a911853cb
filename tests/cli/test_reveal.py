"""On a real terminal: a secret is off it again, however its showing ends; a founder is asked."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pexpect  # type: ignore[import-untyped]
import pytest

SHOW = """
from types import SimpleNamespace
from vault.cli.output import standard_output
from vault.cli.reveal import show_secret
from vault.domain.secret import Secret
told = SimpleNamespace(out=standard_output(as_json=False))
show_secret(told, Secret("cana" + "ry-1"), "current password")
"""
LEFT = "\x1b[?1049l"


@pytest.fixture
def shown() -> pexpect.spawn:
    child = pexpect.spawn(sys.executable, ["-c", SHOW], timeout=30, encoding="utf-8")
    child.expect_exact("canary-1")
    child.expect_exact("Enter hides it")
    return child


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT", "SIGTSTP"])
def test_a_signal_takes_the_secret_off_the_screen(shown: pexpect.spawn, name: str) -> None:
    shown.kill(getattr(signal, name))
    shown.expect_exact(LEFT)
    shown.expect(pexpect.EOF)
    assert "canary" not in shown.before


def test_enter_takes_the_secret_off_the_screen(shown: pexpect.spawn) -> None:
    shown.sendline("")
    shown.expect_exact(LEFT)
    shown.expect(pexpect.EOF)
    assert "canary" not in shown.before


def test_who_founds_a_vault_on_a_terminal_is_asked_for_their_name(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    here = {**os.environ, "SAFEHANDS_STATE": str(tmp_path / "state")}
    secret = tmp_path / "passphrase"
    secret.touch(mode=0o600)
    secret.write_text("correct horse battery\n", encoding="utf-8")
    named = ["-m", "vault", "--vault", str(tmp_path / "v"), "--passphrase-file", str(secret)]
    argv = [*named, "init", "--kdf", "floor"]
    child = pexpect.spawn(sys.executable, argv, env=here, timeout=30, encoding="utf-8")
    child.expect("Your name, as colleagues know it.*: ")
    child.sendline("Ana Kramer")
    child.expect("Ana Kramer is its first member")
    child.expect(pexpect.EOF)
    assert "warning" not in child.before
