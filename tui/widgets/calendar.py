"""A small calendar: one month, a day to choose, and marks on days where something falls due."""

from __future__ import annotations

from calendar import monthcalendar
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta

from textual import events
from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_CELL = 5  # " 12• ": a day, its mark, and a bracket on either side when it is the one chosen
_HEAD = 2  # lines above the first week
_YEAR_MONTHS = 12


class Calendar(Widget, can_focus=True):
    """One month with a chosen `day`; arrows, page keys and the mouse choose another.

    `marks` gives days a sign of one column, explained by whoever shows them. Days before `first`
    cannot be chosen.
    """

    ALLOW_SELECT = False
    BINDINGS = [
        Binding("left", "move(-1)", "Day before", show=False),
        Binding("right", "move(1)", "Next day", show=False),
        Binding("up", "move(-7)", "Week before", show=False),
        Binding("down", "move(7)", "Next week", show=False),
        Binding("pageup", "month(-1)", "Month before", show=False),
        Binding("pagedown", "month(1)", "Next month", show=False),
        Binding("enter", "pick", "Take this day", show=False),
    ]
    COMPONENT_CLASSES = {"calendar--chosen", "calendar--marked", "calendar--quiet"}
    DEFAULT_CSS = """
    Calendar { width: 37; height: 8; padding: 0 1; }
    Calendar > .calendar--chosen { text-style: bold reverse; }
    Calendar > .calendar--marked { text-style: bold; color: $text-accent; }
    Calendar > .calendar--quiet { color: $text-muted; }
    Calendar:focus { background: $panel; }
    """

    day: reactive[date] = reactive(date.today, init=False)

    class Moved(Message):
        """Another day is chosen."""

        def __init__(self, calendar: Calendar, day: date) -> None:
            super().__init__()
            self.calendar, self.day = calendar, day

        @property
        def control(self) -> Calendar:
            """The calendar."""
            return self.calendar

    class Picked(Moved):
        """A day was taken, with enter or the mouse."""

    def __init__(self, day: date, *, first: date | None = None) -> None:
        super().__init__()
        self.set_reactive(Calendar.day, day)
        self._first = first or date.min
        self._marks: Mapping[date, str] = {}

    def mark(self, marks: Mapping[date, str]) -> None:
        """Mark these days and no others."""
        self._marks = marks
        self.refresh()

    def show(self, day: date) -> None:
        """Choose a day, without telling anybody."""
        self.day = max(day, self._first)

    def render(self) -> RenderResult:
        """Return the month of the chosen day."""
        quiet = self.get_visual_style("calendar--quiet")
        parts: list[Content | tuple[str, object] | str] = [
            (f"{self.day:%B %Y}".center(_CELL * 7).rstrip() + "\n", "bold"),
            ("".join(f" {name}  " for name in ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")), quiet),
        ]
        for week in monthcalendar(self.day.year, self.day.month):
            parts.append("\n")
            parts += [self._cell(number) for number in week]
        return Content.assemble(*parts)  # type: ignore[arg-type]  # styles are of Textual's own

    def _cell(self, number: int) -> tuple[str, object]:
        if not number:
            return " " * _CELL, ""
        day = self.day.replace(day=number)
        mark = self._marks.get(day, " ")
        if day == self.day:
            return f"[{number:2}{mark}]", self.get_visual_style("calendar--chosen")
        style = "marked" if day in self._marks else "quiet" if day < self._first else ""
        return f" {number:2}{mark} ", self.get_visual_style(f"calendar--{style}") if style else ""

    def action_move(self, days: int) -> None:
        """Choose a day so many days away."""
        with suppress(OverflowError):
            self._choose(self.day + timedelta(days=days))

    def action_month(self, by: int) -> None:
        """Choose the same day of another month, or its last day where it is shorter."""
        months = self.day.year * _YEAR_MONTHS + self.day.month - 1 + by
        year, month = divmod(months, _YEAR_MONTHS)
        if date.min.year <= year <= date.max.year:
            last = max(max(week) for week in monthcalendar(year, month + 1))
            self._choose(date(year, month + 1, min(self.day.day, last)))

    def action_pick(self) -> None:
        """Take the chosen day."""
        self.post_message(self.Picked(self, self.day))

    def on_click(self, event: events.Click) -> None:
        """Take the day under the mouse."""
        spot = event.get_content_offset(self)
        if spot is None or spot.y < _HEAD:
            return
        weeks = monthcalendar(self.day.year, self.day.month)
        row, column = spot.y - _HEAD, spot.x // _CELL
        if row < len(weeks) and column < len(weeks[row]) and weeks[row][column]:
            self._choose(self.day.replace(day=weeks[row][column]))
            self.action_pick()

    def on_mouse_scroll_down(self) -> None:
        """Turn to the next month."""
        self.action_month(1)

    def on_mouse_scroll_up(self) -> None:
        """Turn to the month before."""
        self.action_month(-1)

    def _choose(self, day: date) -> None:
        chosen = max(day, self._first)
        if chosen != self.day:
            self.day = chosen
            self.post_message(self.Moved(self, chosen))
