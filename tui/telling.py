"""Warnings that stop nothing, shown long enough to be read."""

from __future__ import annotations

from typing import Any, Final

from textual.app import App

from tui.widgets.plain import LONG, shown

SHOWN_S: Final = 20.0


def warn(app: App[Any], text: str, hint: str = "") -> None:
    """Show a warning and what to do about it."""
    said = "\n".join(shown(each[:1].upper() + each[1:], LONG) for each in (text, hint) if each)
    app.notify(said, severity="warning", timeout=SHOWN_S, markup=False)
