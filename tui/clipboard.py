"""Secrets on the clipboard: put there for half a minute, and taken away again.

OSC 52 reaches the terminal's own clipboard, over ssh too, but cannot be read back; a helper
program of the desktop can, so it takes away only what is still ours. tmux ignores an empty OSC 52
and puts a text on top of what it keeps (3.3a): it is sent a space, and our buffer is deleted. What
a clipboard manager has kept of it, nobody can take back (docs/threat-model.md).
"""

from __future__ import annotations

import hmac
import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from math import ceil
from time import monotonic
from typing import NamedTuple

from textual.app import App
from textual.timer import Timer

from vault.domain.secret import Secret
from vault.errors import RefusedError

KEPT_S = 30.0
"""How long a secret stays on the clipboard: to change to a browser and paste it, twice."""

HELPER_S = 2.0
"""How long a helper program may take; one without a display to talk to may hang for ever."""


class Helper(NamedTuple):
    """A desktop's clipboard program: how to copy, read and empty with it."""

    copy: Sequence[str]
    paste: Sequence[str]
    empty: Sequence[str]


_WAYLAND = Helper(("wl-copy",), ("wl-paste", "--no-newline"), ("wl-copy", "--clear"))
_X = ("xclip", "-selection", "clipboard")
_X11 = Helper(_X, (*_X, "-o"), _X)
_TMUX_BUFFERS = ("tmux", "list-buffers", "-F", "#{buffer_name}")


class Clipboard:
    """The clipboard as a place for one secret at a time."""

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._timer: Timer | None = None
        self._until = 0.0
        self._key = secrets.token_bytes(32)
        self._ours = b""
        self._in_tmux = b""

    @property
    def seconds_left(self) -> int:
        """How long the secret stays there; 0 where there is none."""
        return max(0, ceil(self._until - monotonic()))

    def refuse_in_browser(self) -> None:
        """Raise RefusedError in a browser: what is shown or copied there, the server has."""
        if self._app.is_web:
            message = "secrets are neither shown nor copied in a browser"
            raise RefusedError(message, "open the vault in a terminal for this")

    def hold(self, secret: Secret) -> None:
        """Put a secret there for `KEPT_S`; the one before it goes. Say so in the journal before."""
        self.refuse_in_browser()
        value = secret.reveal()
        self._app.copy_to_clipboard(value)
        self._forget()
        self._ours = b""
        self._clear_tmux()
        self._in_tmux = self._digest(value.encode()) if is_in_tmux() else b""
        helper = desktop_helper()
        if helper is not None and _run(helper.copy, value.encode()) is not None:
            self._ours = self._digest(value.encode())
        if self._timer is not None:
            self._timer.stop()
        self._until = monotonic() + KEPT_S
        self._timer = self._app.set_timer(KEPT_S, self.clear)

    def clear(self) -> None:
        """Take the secret away; on a desktop, only where nobody has copied anything since."""
        self._forget()  # what was copied from an input, too
        timer, self._timer = self._timer, None
        if timer is None:
            return
        timer.stop()
        self._until = 0.0
        self._clear_terminal()
        self._clear_tmux()

    def _clear_terminal(self) -> None:
        ours, self._ours = self._ours, b""
        nothing = " " if self._in_tmux else ""
        helper = desktop_helper()
        if not ours or helper is None:
            self._app.copy_to_clipboard(nothing)
            return
        there = _run(helper.paste)
        if there is None or hmac.compare_digest(self._digest(there), ours):
            self._app.copy_to_clipboard(nothing)
            _run(helper.empty, b"")

    def _clear_tmux(self) -> None:
        ours, self._in_tmux = self._in_tmux, b""
        for name in (_run(_TMUX_BUFFERS) or b"").decode().splitlines() if ours else ():
            there = _run(("tmux", "show-buffer", "-b", name))
            if there is not None and hmac.compare_digest(self._digest(there), ours):
                _run(("tmux", "delete-buffer", "-b", name))

    def _forget(self) -> None:
        # Textual keeps it for ever, to paste it into its own inputs, and has no way to forget it.
        self._app._clipboard = ""  # noqa: SLF001

    def _digest(self, value: bytes) -> bytes:
        return hmac.digest(self._key, value, "sha256")


def is_in_tmux() -> bool:
    """Say whether this terminal is one of tmux, which keeps what is copied."""
    return bool(os.environ.get("TMUX"))


def kept_by_tmux() -> str:
    """Return what to say where tmux keeps a secret that cannot be deleted from here, else ""."""
    is_kept = is_in_tmux() and not shutil.which("tmux")
    return "tmux keeps it: tmux delete-buffer" * is_kept


def is_elsewhere() -> bool:
    """Say whether whoever sits at this terminal is at another machine."""
    return bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))


def desktop_helper() -> Helper | None:
    """Return the desktop's clipboard program, where this terminal is on the desktop itself."""
    if is_elsewhere():
        return None
    for display, helper in (("WAYLAND_DISPLAY", _WAYLAND), ("DISPLAY", _X11)):
        if os.environ.get(display) and all(shutil.which(p[0]) for p in helper):
            return helper
    return None


def _run(command: Sequence[str], given: bytes | None = None) -> bytes | None:
    """Return what a helper prints, or None where it fails; a secret goes in by standard input.

    What copies stays behind to serve the clipboard, so its output is not waited for.
    """
    copies = given is not None
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            command,
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            stdout=subprocess.DEVNULL if copies else subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=HELPER_S,
            check=True,
        )
        return done.stdout or b""
    return None
