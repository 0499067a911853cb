"""Asking before something that cannot be taken back, with Cancel as the answer at hand."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button

from tui.screens.dialogue import Dialogue
from tui.widgets.plain import Plain


class ConfirmScreen(Dialogue[None]):
    """Says what would happen, and asks; `then` is called for yes, and nothing for anything else."""

    BINDINGS = [
        ("escape", "dismiss", "Cancel"),
        ("right", "app.focus_next", "Next answer"),
        ("left", "app.focus_previous", "Previous answer"),
    ]

    def __init__(self, title: str, *texts: str, yes: str, then: Callable[[], None]) -> None:
        super().__init__()
        self._title, self._texts, self._yes = title, texts, yes
        self._then = then

    def compose(self) -> ComposeResult:
        """Lay out the question and the two answers."""
        with Vertical(id="box"):
            yield Plain(self._title, id="title")
            with VerticalScroll(can_focus=False):
                yield Plain(*self._texts)
            with Horizontal(id="answers"):
                yield Button("Cancel", id="no", compact=True)
                yield Button(self._yes, id="yes", compact=True, variant="primary")

    def on_mount(self) -> None:
        """Begin with Cancel: whoever presses enter by habit has changed nothing."""
        self.query_one("#no", Button).focus()

    @on(Button.Pressed, "#yes")
    def yes(self) -> None:
        """Go on."""
        self.dismiss(None)
        self._then()

    @on(Button.Pressed, "#no")
    def no(self) -> None:
        """Leave all as it is."""
        self.dismiss(None)
