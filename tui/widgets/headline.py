"""The headline: four numbers, each with what it counts and how it moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message

from tui.widgets.plain import Plain
from tui.widgets.spark import change, spark
from vault.domain.headline import WEEKS, Headline


class Number(NamedTuple):
    """One number of the headline: its field, its words, and the list behind it with its filter."""

    field: str
    words: str
    behind: str
    filter: str = ""


NUMBERS = (
    Number("personal", "tied to persons", "accounts", "tie:personal"),
    Number("knowledge_debt", "knowledge debt", "rotation", "debt:yes"),
    Number("single_points", "single points", "single", "kind:account"),
    Number("dormant", "dormant", "dormancy", "status:dormant"),
)


class NumberBox(Vertical):
    """One number above its chart; a click opens its list."""

    class Opened(Message):
        """A number was clicked."""

        def __init__(self, number: Number) -> None:
            super().__init__()
            self.number = number

    def __init__(self, number: Number) -> None:
        super().__init__()
        self.number = number
        self.tooltip = f"Below: how it moved in {WEEKS} weeks. Click to see what it counts."

    def compose(self) -> ComposeResult:
        """Lay out the number and the chart."""
        yield Plain(self.number.words, classes="number")
        yield Plain("", classes="chart")

    def tell(self, values: Sequence[int], *, is_known: bool) -> None:
        """Show the values, the oldest first; the last is the number of today."""
        now = f"{values[-1]:,}" if is_known else "…"
        self.query_one(".number", Plain).say(f"{now} {self.number.words}")
        self.query_one(".chart", Plain).say(f"{spark(values, WEEKS)} {change(values)}")

    def on_click(self) -> None:
        """Open the list."""
        self.post_message(self.Opened(self.number))


class HeadlineBar(Horizontal):
    """The four numbers side by side, each with its chart of the last quarter below."""

    DEFAULT_CSS = """
    HeadlineBar { height: 4; background: $surface; padding: 1 1 0 1; }
    HeadlineBar NumberBox { width: 1fr; height: 2; }
    HeadlineBar Plain { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    HeadlineBar .number { text-style: bold; }
    HeadlineBar .chart { color: $text-muted; }
    HeadlineBar NumberBox:hover { background: $panel; }
    """

    def compose(self) -> ComposeResult:
        """Lay out one box a number."""
        for number in NUMBERS:
            yield NumberBox(number)

    def tell(self, now: Headline | None, past: Sequence[Headline]) -> None:
        """Show the numbers of now, and of the past as far as it is known, the latest first."""
        known = [*reversed(past), *([now] if now else [])]
        for box in self.query(NumberBox):
            box.tell([getattr(each, box.number.field) for each in known], is_known=now is not None)
