"""A bar of lists: which one is shown, and how much is in each.

They are not called `Tab` and `Tabs`: the styles of Textual's own would hold for these as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Label


class ListTab(Label):
    """One list; a click shows it."""

    ALLOW_SELECT = False

    class Chosen(Message):
        """A list was clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, key: str, title: str) -> None:
        super().__init__(f" {title} ", markup=False)
        self.key = key
        self._title = title

    def tell(self, count: int | None, *, is_here: bool) -> None:
        """Show the number, as far as it is known, and whether this list is shown."""
        text = self._title if count is None else f"{self._title} {count:,}"
        # A bracket says "here" where no colour does.
        self.update(f"[{text}]" if is_here else f" {text} ")
        self.set_class(is_here, "here")

    def on_click(self) -> None:
        """Show the list."""
        self.post_message(self.Chosen(self.key))


class ListTabs(Horizontal):
    """The lists side by side; `titles` are theirs by key."""

    DEFAULT_CSS = """
    ListTabs { height: 1; background: $surface; }
    ListTabs ListTab { width: auto; color: $text-muted; }
    ListTabs ListTab:hover { color: $text; text-style: underline; }
    ListTabs ListTab.here { color: $text; text-style: bold; }
    """

    def __init__(self, titles: Mapping[str, str]) -> None:
        super().__init__()
        self._titles = titles

    def compose(self) -> ComposeResult:
        """Lay out one label a list."""
        for key, title in self._titles.items():
            yield ListTab(key, title)

    def tell(self, here: str, counts: Mapping[str, int]) -> None:
        """Say which list is shown, and how much is in those that are known."""
        for tab in self.query(ListTab):
            tab.tell(counts.get(tab.key), is_here=tab.key == here)
            if tab.key == here:  # the last ones have no room in a narrow terminal
                self.call_after_refresh(self.scroll_to_widget, tab, animate=False, force=True)
