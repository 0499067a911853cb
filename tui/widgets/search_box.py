"""The box above a list: what is typed filters the list as it is typed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from tui.widgets.plain import Plain, PlainInput


class FilterInput(PlainInput):
    """The input of a search box: escape empties it, then leaves it; down goes to the list."""

    BINDINGS = [("escape", "leave", "Leave"), ("down,enter", "to_list", "To the list")]

    def action_leave(self) -> None:
        """Empty the box; leave it when it is empty."""
        if self.value:
            self.value = ""
        else:
            self.action_to_list()

    def action_to_list(self) -> None:
        """Go to the list."""
        self.screen.query("Listing").first().focus()


class SearchBox(Horizontal):
    """An input with the number of what was found beside it; posts `Changed` with the text."""

    DEFAULT_CSS = """
    SearchBox { height: 1; background: $surface; }
    SearchBox FilterInput {
        width: 1fr; border: none; height: 1; padding: 0 1; background: $surface;
    }
    SearchBox FilterInput:focus { background: $panel; border: none; }
    SearchBox #found { width: auto; padding: 0 1; color: $text-muted; }
    """

    class Changed(Message):
        """What is looked for has changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Lay out the input and the count."""
        yield FilterInput(placeholder=self._placeholder, id="filter", compact=True)
        yield Plain("", id="found")

    @property
    def text(self) -> str:
        """What is looked for."""
        return self.query_one(FilterInput).value

    @text.setter
    def text(self, value: str) -> None:
        self.query_one(FilterInput).value = value

    def say(self, text: str) -> None:
        """Say beside the box how much was found."""
        self.query_one("#found", Plain).say(text)

    def focus_input(self) -> None:
        """Begin to type."""
        self.query_one(FilterInput).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell the page."""
        event.stop()
        self.post_message(self.Changed(event.value))
