"""The one list of the interface: it draws the lines on the screen and no others.

A row costs nothing until it is drawn, so a list of 100,000 fills as fast as one of ten; Textual's
own table measures every cell of every row first (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import Any, Generic, NamedTuple, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.widgets.plain import all_shown

T = TypeVar("T")

_MARK, _NO_MARK, _GAP = "✓ ", "  ", "  "
_WHEEL_ROWS = 3
_NARROW = 8  # a column of names that is narrower tells nothing


class Column(NamedTuple):
    """One column: its title, the text of a row in it, its least width, and its share of the rest.

    A column with `drop` is left out, the highest number first, where the widths do not fit.
    """

    title: str
    text: Callable[[Any], str]
    width: int = 10
    share: int = 0
    drop: int = 0


class Listing(ScrollView, Generic[T], can_focus=True):
    """Rows in columns, with a cursor; `show` fills it. It never interprets what is in a row."""

    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "edge(0)", "First", show=False),
        Binding("end,G", "edge(1)", "Last", show=False),
        Binding("enter", "choose", "Open", show=False),
        Binding("space", "mark", "Mark", show=False),
    ]
    COMPONENT_CLASSES = {"listing--header", "listing--cursor", "listing--marked", "listing--empty"}
    DEFAULT_CSS = """
    Listing {
        height: 1fr; background: $background; scrollbar-gutter: stable; overflow-x: hidden;
    }
    Listing > .listing--header { text-style: bold; color: $text-muted; background: $panel; }
    Listing > .listing--cursor { background: $panel-lighten-2; text-style: bold; }
    Listing:focus > .listing--cursor { background: $primary; color: $text; text-style: bold; }
    Listing > .listing--marked { color: $text-accent; }
    Listing > .listing--empty { color: $text-muted; }
    """
    ALLOW_SELECT = False

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor is on another row; `key` is that row's, or "" in an empty list."""

        def __init__(self, listing: Listing[Any], key: str) -> None:
            super().__init__()
            self.listing, self.key = listing, key

        @property
        def control(self) -> Listing[Any]:
            """The list."""
            return self.listing

    class Chosen(Moved):
        """A row was opened, with enter or a double click."""

    class SortedBy(Message):
        """The title of a column was clicked."""

        def __init__(self, listing: Listing[Any], column: int) -> None:
            super().__init__()
            self.listing, self.column = listing, column

        @property
        def control(self) -> Listing[Any]:
            """The list."""
            return self.listing

    def __init__(
        self,
        columns: Sequence[Column],
        key: Callable[[T], str],
        *,
        empty: str = "",
        can_mark: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.rows: Sequence[T] = ()
        self.marked: set[str] = set()
        self._key = key
        self._empty = empty
        self._can_mark = can_mark

    def show(self, rows: Sequence[T], *, keep: bool = True) -> None:
        """Show these rows. With `keep` the cursor stays on the row it is on, if that is there."""
        on = self.key if keep else ""
        self.rows = rows
        self.virtual_size = Size(self.scrollable_size.width, len(rows) + 1)
        if not self.go_to(on):
            self.cursor = min(self.cursor, max(0, len(rows) - 1)) if keep else 0
            self._reveal()
        self.refresh()
        self.post_message(self.Moved(self, self.key))

    def say_when_empty(self, text: str) -> None:
        """Say that in place of rows where there are none."""
        self._empty = text
        self.refresh()

    @property
    def current(self) -> T | None:
        """The row under the cursor, or None in an empty list."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    @property
    def key(self) -> str:
        """The key of the row under the cursor, or "" in an empty list."""
        row = self.current
        return "" if row is None else self._key(row)

    def go_to(self, key: str) -> bool:
        """Put the cursor on the row with that key; tell whether there is one."""
        if not key:
            return False
        found = next((n for n, row in enumerate(self.rows) if self._key(row) == key), None)
        if found is None:
            return False
        self.cursor = found
        self._reveal()
        return True

    def watch_cursor(self) -> None:
        """Redraw when the cursor moves."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen: the titles, a row, or nothing."""
        width = self.scrollable_size.width
        if y == 0:
            titles = [column.title for column in self.columns]
            return self._line(titles, _NO_MARK, self._style("header"))
        number = y - 1 + self.scroll_offset.y
        if number >= len(self.rows):
            return Strip([Segment(set_cell_size(self._when_empty(y), width), self._style("empty"))])
        row = self.rows[number]
        is_marked = self._key(row) in self.marked
        style = self.rich_style
        if number == self.cursor:
            style = self._style("cursor")
        elif is_marked:
            style = self._style("marked")
        texts = all_shown([column.text(row) for column in self.columns])
        return self._line(texts, _MARK if is_marked else _NO_MARK, style)

    def _when_empty(self, y: int) -> str:
        """A line of what is said of a list without rows, below the titles."""
        said = [] if self.rows else wrap(self._empty, max(1, self.scrollable_size.width - 4))
        return f"  {said[y - 1]}" if 0 < y <= len(said) else ""

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.virtual_size = Size(self.scrollable_size.width, len(self.rows) + 1)
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is, open the row at a double click, sort by a title."""
        if event.y == 0:
            self._sort_at(event.x)
            return
        number = event.y - 1 + self.scroll_offset.y
        if number >= len(self.rows):
            return
        self._move_to(number)
        if event.chain > 1:
            self.action_choose()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll by a few rows."""
        self.scroll_relative(y=_WHEEL_ROWS, animate=False)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll back by a few rows."""
        self.scroll_relative(y=-_WHEEL_ROWS, animate=False)
        event.stop()

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._move_to(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by screens."""
        self._move_to(self.cursor + by * max(1, self.size.height - 2))

    def action_edge(self, at_end: int) -> None:
        """Move the cursor to the first or the last row."""
        self._move_to(len(self.rows) - 1 if at_end else 0)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if self.current is not None:
            self.post_message(self.Chosen(self, self.key))

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark off, and go on to the next."""
        if self._can_mark and self.current is not None:
            self.marked ^= {self.key}
            self.refresh()
            self.action_move(1)

    def _move_to(self, number: int) -> None:
        last = len(self.rows) - 1
        if last < 0:
            return
        self.cursor = max(0, min(number, last))
        self._reveal()
        self.post_message(self.Moved(self, self.key))

    def _reveal(self) -> None:
        # The titles hide the first line of what is scrolled.
        self.scroll_to_region(
            Region(0, self.cursor, max(1, self.scrollable_size.width), 2), animate=False, force=True
        )

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"listing--{part}")

    def _line(self, texts: Sequence[str], mark: str, style: Style) -> Strip:
        width = self.scrollable_size.width
        cells = [
            set_cell_size(_shortened(text, room), room)
            for text, room in zip(texts, self._widths(width - len(_NO_MARK)), strict=True)
            if room
        ]
        line = mark + _GAP.join(cells)
        return Strip([Segment(set_cell_size(line, width), style)], width)

    def _widths(self, room: int) -> list[int]:
        """Return the width of each column; 0 for one that has no room."""
        kept = list(self.columns)
        while len(kept) > 1 and _least(kept) > room:
            first_to_go = max(kept, key=lambda column: column.drop)
            if not first_to_go.drop:
                break
            kept.remove(first_to_go)
        spare, least = max(0, room - _least(kept)), _narrowed(kept, room)
        shares = sum(column.share for column in kept) or 1
        widths = {c: least[c] + spare * c.share // shares for c in kept}
        return [widths.get(column, 0) for column in self.columns]

    def _sort_at(self, x: int) -> None:
        left = len(_NO_MARK)
        for number, width in enumerate(self._widths(self.scrollable_size.width - left)):
            if width and left <= x < left + width:
                self.post_message(self.SortedBy(self, number))
                return
            left += width + len(_GAP) if width else 0


def _least(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def _narrowed(columns: Sequence[Column], room: int) -> dict[Column, int]:
    """The least widths; where they do not fit, the widest that may grow are narrower."""
    widths = {column: column.width for column in columns}
    elastic = [column for column in columns if column.share]
    for _ in range(_least(columns) - room if elastic else 0):
        widest = max(elastic, key=widths.__getitem__)
        if widths[widest] <= _NARROW:
            break
        widths[widest] -= 1
    return widths


def _shortened(text: str, room: int) -> str:
    return text if cell_len(text) <= room else f"{set_cell_size(text, max(0, room - 1))}…"
