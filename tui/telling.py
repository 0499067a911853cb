"""What went wrong and what to do about it here, and warnings that stop nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from textual.app import App

from tui.widgets.plain import LONG, shown
from vault.errors import AmbiguousError, SafehandsError

if TYPE_CHECKING:
    from tui.app import SafehandsApp

SHOWN_S: Final = 20.0
"""How long a warning stays: long enough to be read."""


def here(app: App[Any], text: str) -> str:
    """Return a text with what to press here in place of each command for the command line."""
    return cast("SafehandsApp", app).preferences.here(text)


def told(app: App[Any], error: SafehandsError) -> tuple[str, ...]:
    """Return what went wrong, what could be meant, and what to do about it here."""
    candidates = error.candidates if isinstance(error, AmbiguousError) else ()
    return (error.message, *candidates, *filter(None, [here(app, error.hint)]))


def warn(app: App[Any], text: str, hint: str = "") -> None:
    """Show a warning and what to do about it."""
    texts = filter(None, (text, here(app, hint)))
    said = "\n".join(shown(each[:1].upper() + each[1:], LONG) for each in texts)
    app.notify(said, severity="warning", timeout=SHOWN_S, markup=False)
