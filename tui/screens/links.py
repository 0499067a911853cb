"""The links of a step: which of them, and one as a QR code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from tui.clipboard import is_elsewhere
from tui.screens.dialogue import Dialogue
from tui.widgets.listing import Column, Listing
from tui.widgets.plain import Plain
from tui.widgets.qr_code import QrCode


class LinkChoice(Dialogue[str]):
    """Asks which of several links is meant."""

    BINDINGS = [("escape,q", "dismiss", "Cancel")]

    def __init__(self, links: Sequence[str]) -> None:
        super().__init__()
        self._links = links

    def compose(self) -> ComposeResult:
        """Lay out the links."""
        with Vertical(id="box"):
            yield Plain("Which of these?", id="title")
            yield Listing[str]((Column("", lambda link: link, 20, share=1),), lambda link: link)

    def on_mount(self) -> None:
        """Fill it."""
        listing = self.query_one(Listing)
        listing.show(self._links)
        listing.focus()

    @on(Listing.Chosen)
    def chosen(self, message: Listing.Chosen) -> None:
        """Answer."""
        self.dismiss(message.key)


class QrScreen(Dialogue[None]):
    """A link as a QR code, for the phone that the step is done with."""

    BINDINGS = [("escape,q,enter", "dismiss", "Close")]

    def __init__(self, link: str) -> None:
        super().__init__()
        self._link = link

    def compose(self) -> ComposeResult:
        """Lay out the code beside its link; one that does not fit could not be scanned."""
        code = QrCode(self._link)
        with Horizontal(id="box"):
            with Vertical():
                yield Plain("Scan this", id="title")
                yield Plain(self._link)
                if code.lines > self.app.size.height:
                    yield Plain(
                        "This terminal is too low for the code: make it higher.", id="error"
                    )
                yield Button("Close", id="close", compact=True, variant="primary")
            if code.lines <= self.app.size.height:
                yield code

    @on(Button.Pressed, "#close")
    def close(self) -> None:
        """Close."""
        self.dismiss(None)


def has_desktop() -> bool:
    """Tell whether a browser can be opened beside this terminal, and not in it or elsewhere."""
    if is_elsewhere():
        return False
    has_display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    return bool(has_display) or sys.platform in {"darwin", "win32"}
