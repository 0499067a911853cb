"""Charts as shapes, for SVG. Lengths across are per cent of the room there is, so that a chart fits
any screen and its words keep their size; text stays text, to be read out, searched and copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from vault.reports.report import Chart, Point

ROW: Final = 36  # pixels: a line of words and a bar below it
WORDS: Final = 14  # pixels down to the line that the words stand on
BAR: Final = 22  # pixels down to the bar
TREND_WIDE: Final = 200
TREND_HIGH: Final = 40
MARGIN: Final = 4


class Bar(NamedTuple):
    """A bar: its words, its value, how far down both are, and how long it is."""

    label: str
    value: int
    words_at: int
    bar_at: int
    percent: float


class Trend(NamedTuple):
    """A line through points and the area below it, as SVG writes corners; and where it ends."""

    line: str
    area: str
    end: tuple[float, float]


def bars(chart: Chart) -> list[Bar]:
    """Return the bars of a chart, the longest as long as there is room."""
    most = max((point.value for point in chart.points), default=0) or 1
    return [
        Bar(label, value, n * ROW + WORDS, n * ROW + BAR, round(100 * value / most, 1))
        for n, (label, value) in enumerate(chart.points)
    ]


def trend(points: Sequence[Point]) -> Trend:
    """Return the line through some points, of which there is at least one, from none upwards."""
    most, steps = max(point.value for point in points) or 1, max(len(points) - 1, 1)
    floor = TREND_HIGH - MARGIN
    corners = [
        (
            round(MARGIN + (TREND_WIDE - 2 * MARGIN) * number / steps, 1),
            round(floor - (floor - MARGIN) * point.value / most, 1),
        )
        for number, point in enumerate(points)
    ]
    line = " ".join(f"{x},{y}" for x, y in corners)
    area = f"{corners[0][0]},{floor} {line} {corners[-1][0]},{floor}"
    return Trend(line, area, corners[-1])
