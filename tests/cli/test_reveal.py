"""A secret on a real terminal is off it again, however its showing ends."""

from __future__ import annotations

import signal
import sys

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
