"""Showing a secret: on the terminal's alternate screen, so that nothing stays in the scrollback."""

from __future__ import annotations

import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from vault.cli.invocation import Invocation
from vault.domain.secret import SHOWN_S, Secret
from vault.domain.text import clean, legible, said_of_hidden

SCANNED_S = 60  # somebody has to find the phone

# DEC private mode 1049: save the cursor, use the alternate screen, clear it; and back.
_ENTER, _LEAVE = "\x1b[?1049h\x1b[H", "\x1b[?1049l"


def show_secret(invocation: Invocation, secret: Secret, label: str, drawing: str = "") -> None:
    """Show a secret, and a drawing of it, for ten seconds or until Enter; a drawing for sixty.

    Into a pipe the secret goes as it is.
    """
    value = secret.reveal()
    if not sys.stdout.isatty():
        invocation.out.text(value)
        return
    warning = said_of_hidden(value)
    seconds = SCANNED_S if drawing else SHOWN_S
    lines = (
        f"{clean(label)}:",
        "",
        legible(value),
        "",
        *((warning,) if warning else ()),
        *((drawing,) if drawing else ()),
        f"Enter hides it; so do {seconds} seconds.",
    )
    with _hidden_whatever_comes():
        try:
            invocation.out.text(_ENTER + "\n".join(lines))
            # Where standard input is no terminal, what is piped in must not hide it at once.
            watched = [sys.stdin] if sys.stdin.isatty() else []
            ready, _, _ = select.select(watched, [], [], seconds)
            if ready:
                sys.stdin.readline()
        finally:
            invocation.out.text(_LEAVE)


@contextmanager
def _hidden_whatever_comes() -> Iterator[None]:
    """Turn what would end or stop the program, its screen left as it is, into an interruption."""
    names = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP")  # Windows has only the first
    known = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, _stop) for number in known}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
