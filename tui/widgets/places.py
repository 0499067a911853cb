"""The bar on top: the six places, and which vault this is."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Label

from tui.widgets.busy import Busy

PLACES = {
    "today": "1 Today",
    "accounts": "2 Accounts",
    "people": "3 People",
    "cases": "4 Cases",
    "hygiene": "5 Hygiene",
    "journal": "6 Journal",
}

ROOMY = 62
"""Columns that all places take with a blank on both sides."""


class PlaceLabel(Label):
    """One place; a click goes there."""

    ALLOW_SELECT = False

    def __init__(self, place: str, *, is_here: bool) -> None:
        # A bracket says "here" where no colour does.
        text = f"[{PLACES[place]}]" if is_here else f" {PLACES[place]} "
        super().__init__(text, classes="here" if is_here else "", markup=False)
        self.go_to = place
        self._is_here = is_here

    def fit(self, *, is_slim: bool) -> None:
        """Spare the blank behind the place where all of them would not fit."""
        if not self._is_here:
            self.update(f" {PLACES[self.go_to]}{'' if is_slim else ' '}")

    async def on_click(self) -> None:
        """Go to the place."""
        await self.run_action(f"app.go('{self.go_to}')")


class Places(Horizontal):
    """The six places, the one that is shown marked."""

    DEFAULT_CSS = """
    Places { height: 1; background: $panel; }
    Places PlaceLabel { width: auto; color: $text-muted; }
    Places PlaceLabel:hover { color: $text; text-style: underline; }
    Places PlaceLabel.here { color: $text; text-style: bold; }
    """

    def __init__(self, here: str) -> None:
        super().__init__()
        self._here = here

    def compose(self) -> ComposeResult:
        """Lay out one label a place."""
        for place in PLACES:
            yield PlaceLabel(place, is_here=place == self._here)
        yield Busy()

    def on_resize(self, event: events.Resize) -> None:
        """Have the places fit."""
        for each in self.query(PlaceLabel):
            each.fit(is_slim=event.size.width < ROOMY)
