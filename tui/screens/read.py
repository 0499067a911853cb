"""Something to read, and a line of it to copy."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button

from tui.screens.dialogue import Dialogue
from tui.widgets.plain import Plain
from tui.widgets.sheet import Section, Sheet


class ReadScreen(Dialogue[None]):
    """A dialogue that only tells. `to_copy`, such as a command, has a button that copies it."""

    BINDINGS = [("escape,q", "dismiss", "Close")]

    def __init__(self, title: str, *sections: Section, to_copy: str = "") -> None:
        super().__init__()
        self._title, self._sections, self._to_copy = title, sections, to_copy

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        with Vertical(id="box"):
            yield Plain(self._title, id="title")
            with VerticalScroll():
                yield Sheet()
            with Horizontal(id="answers"):
                if self._to_copy:
                    yield Button("Copy", id="copy", compact=True)
                yield Button("Close", id="close", compact=True, variant="primary")

    def on_mount(self) -> None:
        """Fill it."""
        self.query_one(Sheet).say(*self._sections)
        self.query_one("#close", Button).focus()

    @on(Button.Pressed, "#copy")
    def copy(self) -> None:
        """Copy the line."""
        self.app.copy_to_clipboard(self._to_copy)

    @on(Button.Pressed, "#close")
    def close(self) -> None:
        """Close."""
        self.dismiss(None)
