"""Beginning without a log, and being ended from outside."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from vault.errors import RefusedError

if TYPE_CHECKING:
    from tui.app import SafehandsApp


def leave_on_signals(app: SafehandsApp) -> None:
    """Have SIGTERM and SIGHUP lock the vault, empty the clipboard and leave, as `ctrl+q` does."""
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # Not every system has both, and only the main thread may ask for them.
        if number is not None:
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, lambda: loop.create_task(app.action_quit()))


def refuse_logging() -> None:
    """Return if Textual keeps no log; raises RefusedError, since a log holds every key pressed."""
    if os.environ.get("TEXTUAL_LOG") or "devtools" in os.environ.get("TEXTUAL", ""):
        raise RefusedError(
            "Textual's log is switched on, and would hold the passphrase as it is typed.",
            "Unset TEXTUAL_LOG and TEXTUAL, and start again.",
        )
