"""Help: what the page is for, and what can be done on it with which keys."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Button, Markdown

from tui.screens.dialogue import Dialogue
from tui.screens.page import Page
from tui.widgets.sheet import Section, Sheet


class HelpScreen(Dialogue[None]):
    """The help page of one page, with the keys as they are now."""

    BINDINGS = [("escape,q,f1,question_mark", "dismiss", "Close")]

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    def compose(self) -> ComposeResult:
        """Lay out the text of the page, and its keys."""
        with Vertical(id="box"):
            with VerticalScroll():
                yield Markdown(text_of(self._page.NAME), open_links=False)
                yield Sheet()
            yield Button("Close", id="close", compact=True)

    def on_mount(self) -> None:
        """Fill in the keys, and scroll with the arrows at once."""
        self.query_one(Sheet).say(
            Section("What can be done here", list(self._commands())),
            Section("In what has the focus", list(self._inner())),
        )
        self.query_one(VerticalScroll).focus()

    @on(Button.Pressed, "#close")
    def close(self) -> None:
        """Close."""
        self.dismiss(None)

    def _commands(self) -> Iterator[tuple[str, str]]:
        keys_shown = self._page.safehands.preferences.keys_shown
        for command in self._page.commands():
            yield keys_shown(command), f"{command.title}: {command.help}"

    def _inner(self) -> Iterator[tuple[str, str]]:
        """The keys of the widget that has the focus, which are no commands of a page."""
        keys: dict[str, list[str]] = {}
        for active in self._page.active_bindings.values():
            binding = active.binding
            if binding.id is None and active.node not in {self._page, self.app}:
                keys.setdefault(binding.description, []).append(self.app.get_key_display(binding))
        yield from ((", ".join(each), what) for what, each in keys.items() if what)


def text_of(page: str) -> str:
    """Return the help text of a page, or "" where none is written."""
    file = files("tui") / "help" / f"{page}.md"
    return file.read_text(encoding="utf-8") if file.is_file() else ""
