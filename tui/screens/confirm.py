"""Asking before something that cannot be taken back, with Cancel as the answer at hand."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input

from tui.screens.dialogue import Dialogue
from tui.widgets.plain import Plain


class ConfirmScreen(Dialogue[None]):
    """Says what would happen, and asks; `then` is called for yes, and nothing for anything else.

    With `typed`, "yes" can be pressed only once that word has been typed: for what cannot be undone
    outside the registry.
    """

    BINDINGS = [
        ("escape", "dismiss", "Cancel"),
        ("right", "app.focus_next", "Next answer"),
        ("left", "app.focus_previous", "Previous answer"),
    ]

    def __init__(
        self, title: str, *texts: str, yes: str, then: Callable[[], None], typed: str = ""
    ) -> None:
        super().__init__()
        self._title, self._texts, self._yes, self._typed = title, texts, yes, typed
        self._then = then

    def compose(self) -> ComposeResult:
        """Lay out the question and the two answers."""
        with Vertical(id="box"):
            yield Plain(self._title, id="title")
            with VerticalScroll(can_focus=False):
                yield Plain(*self._texts)
            if self._typed:
                yield Plain(f"Type {self._typed} to go on:")
                yield Input(id="typed")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="no", compact=True)
                yield Button(self._yes, id="yes", compact=True, variant="primary")

    def on_mount(self) -> None:
        """Begin with Cancel: whoever presses enter by habit has changed nothing."""
        self.query_one("#yes", Button).disabled = bool(self._typed)
        self.query_one("#no", Button).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Allow "yes" once the word is there."""
        self.query_one("#yes", Button).disabled = event.value.strip() != self._typed

    @on(Button.Pressed, "#yes")
    def yes(self) -> None:
        """Go on."""
        self.dismiss(None)
        self._then()

    @on(Button.Pressed, "#no")
    def no(self) -> None:
        """Leave all as it is."""
        self.dismiss(None)
