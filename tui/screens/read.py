"""Something to read."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button

from tui.screens.dialogue import Dialogue
from tui.widgets.plain import Plain
from tui.widgets.sheet import Section, Sheet


class ReadScreen(Dialogue[None]):
    """A dialogue that only tells."""

    BINDINGS = [("escape,q", "dismiss", "Close")]

    def __init__(self, title: str, *sections: Section) -> None:
        super().__init__()
        self._title, self._sections = title, sections

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        with Vertical(id="box"):
            yield Plain(self._title, id="title")
            with VerticalScroll():
                yield Sheet()
            with Horizontal(id="answers"):
                yield Button("Close", id="close", compact=True, variant="primary")

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(Sheet).say(*self._sections)
        self.query_one("#close", Button).focus()

    @on(Button.Pressed, "#close")
    def close(self) -> None:
        """Close."""
        self.dismiss(None)
