"""What all pages with a list have in common: filtering, sorting, and opening a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from textual import on

from tui.screens.page import Page
from tui.widgets.listing import Column, Listing
from tui.widgets.search_box import FilterInput, SearchBox
from vault.domain.counting import several


class ListPage(Page):
    """A search box above a list. A page says what its rows are, and what opening one does."""

    COLUMNS: ClassVar[tuple[Column, ...]] = ()
    PLACEHOLDER: ClassVar[str] = "type to filter"
    EMPTY: ClassVar[str] = "nothing here yet"
    NOUN: ClassVar[str] = "row"
    AUTO_FOCUS = "Listing"  # not the box above it, which would swallow a key pressed at once

    def __init__(self, *ids: str) -> None:
        super().__init__(*ids)
        self._shown_for = ""

    def columns(self) -> tuple[Column, ...]:
        """Return the columns; they may read the registry of the moment they are drawn in."""
        return self.COLUMNS

    def find(self, text: str) -> Sequence[Any]:
        """Return the rows for a text that was typed."""
        raise NotImplementedError

    def total(self) -> int:
        """Return how many rows there are without a filter."""
        raise NotImplementedError

    def why_nothing(self, text: str) -> str:  # noqa: ARG002
        """Return what to say where a text that was typed finds nothing."""
        return "nothing fits this filter"

    def choose(self, key: str) -> None:
        """Open a row."""

    def key_of(self, row: Any) -> str:
        """Return what a row is known by: its record's id."""
        return str(row.id)

    def widgets(self) -> Iterator[Any]:
        """Yield the box and the list."""
        yield SearchBox(self.PLACEHOLDER)
        yield Listing[Any](self.columns(), self.key_of, empty=self.EMPTY)

    @property
    def listing(self) -> Listing[Any]:
        """The list."""
        return self.query_one(Listing)

    def on_mount(self) -> None:
        """Come back to where one was: the filter, and the row."""
        self.listing.focus()
        self.query_one(SearchBox).text = self.place.get("filter", "")
        self.show()
        self.listing.go_to(self.place.get("row", ""))

    def show(self) -> None:
        """Fill the list; the cursor stays on its row."""
        self._fill(keep=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no key for the box in the box itself, where a slash is a letter."""
        if action == "filter" and isinstance(self.focused, FilterInput):
            return False
        return super().check_action(action, parameters)

    def take_back(self, *, is_place: bool) -> bool:
        """Take the filter of a place back; the cursor stays on its row."""
        box = self.query_one(SearchBox)
        if not (is_place and box.text):
            return False
        box.text = ""
        self._fill(keep=True)
        return True

    def remember(self) -> None:
        """Note the filter and the row."""
        self.place["filter"] = self.query_one(SearchBox).text
        self.place["row"] = self.listing.key

    def action_filter(self) -> None:
        """Begin to type a filter."""
        self.query_one(SearchBox).focus_input()

    def action_sort(self) -> None:
        """Sort by the next column; after the last one in the usual order again."""
        column = self.place.get("sort", -1) + 1
        self._sort(column if column < len(self.listing.columns) else -1)

    @on(Listing.SortedBy)
    def sorted_by(self, message: Listing.SortedBy) -> None:
        """Sort by the column that was clicked; in the usual order again at the second click."""
        self._sort(-1 if self.place.get("sort", -1) == message.column else message.column)

    @on(SearchBox.Changed)
    def filter_changed(self, message: SearchBox.Changed) -> None:
        """Show what the text finds, if it is not shown already."""
        if message.text != self._shown_for:
            self._fill(keep=False)

    @on(Listing.Chosen)
    def row_chosen(self, message: Listing.Chosen) -> None:
        """Open the row."""
        self.choose(message.key)

    def _sort(self, column: int) -> None:
        self.place["sort"] = column
        self._fill(keep=True)
        title = self.listing.columns[column].title if column >= 0 else ""
        self.safehands.tell(f"Sorted by {title}." if title else "In the usual order again.")

    def _fill(self, *, keep: bool) -> None:
        box = self.query_one(SearchBox)
        self._shown_for = box.text
        rows = self.find(box.text)
        column = self.place.get("sort", -1)
        if column >= 0:
            text: Callable[[Any], str] = self.listing.columns[column].text
            rows = sorted(rows, key=lambda row: text(row).casefold())
        total = self.total()
        found = len(rows)
        box.say(several(total, self.NOUN) if found == total else f"{found:,} of {total:,}")
        self.listing.say_when_empty(self.why_nothing(box.text) if box.text else self.EMPTY)
        self.listing.show(rows, keep=keep)
