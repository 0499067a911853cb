"""A report as plain values: what it answers, its figures, tables, charts and dates.

A report is made by one function of a registry and a moment (`vault.reports.about`), and shown by
renderers that know no report (`vault.reports.render`). Texts are as they are stored: each renderer
makes them fit to be read where it puts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import compress
from typing import Final, Literal, NamedTuple

from vault.domain.counting import several
from vault.domain.wording import in_words

Cell = str | int | date | None
CellKind = Literal["text", "number", "date"]

POINTS: Final = 12
"""Of a chart: more are not told apart at a glance."""


class Column(NamedTuple):
    """A column: `key` is its name for programs, and with blanks its title for people.

    `drifts` marks what differs from day to day although nothing happened, such as days idle; it
    makes no row a changed one.
    """

    key: str
    kind: CellKind = "text"
    drifts: bool = False

    @property
    def title(self) -> str:
        """What stands above the column."""
        return in_words(self.key)


class Row(NamedTuple):
    """A row: `key` is the same in the report of another moment if it is about the same thing."""

    key: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Section:
    """A table: `name` for programs, `title` for people, `empty` the sentence for no rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str

    @property
    def filled(self) -> Section:
        """The table for people: a column that says nothing only takes room from the others."""
        columns = zip(*(row.cells for row in self.rows), strict=True)
        told = [any(cell not in {None, ""} for cell in cells) for cells in columns]
        rows = (Row(key, tuple(compress(cells, told))) for key, cells in self.rows)
        return replace(self, columns=tuple(compress(self.columns, told)), rows=tuple(rows))


class Point(NamedTuple):
    """One value of a chart, or of a figure at an earlier moment, whose label is an ISO date."""

    label: str
    value: int


def points_in_words(points: Iterable[Point]) -> str:
    """Return points as a text, for those who do not see the chart."""
    return "; ".join(f"{point.label}: {point.value}" for point in points)


@dataclass(frozen=True)
class Figure:
    """A number and what it counts: a noun in the singular, and words that follow it.

    `calls` marks what should be none: somebody is to do something as long as there is one. `past`
    is what it was at earlier moments, the oldest first, where that was asked for.
    """

    name: str
    number: int
    noun: str
    which: str = ""
    calls: bool = False
    past: tuple[Point, ...] = ()

    @property
    def words(self) -> str:
        """The number and what it counts, such as "3 accounts on dead platforms"."""
        return f"{several(self.number, self.noun)} {self.which}".rstrip()

    @property
    def counted(self) -> str:
        """What is counted, without the number."""
        return self.words.partition(" ")[2]


@dataclass(frozen=True)
class Chart:
    """A series of numbers, each for itself, drawn as bars."""

    title: str
    points: tuple[Point, ...]


class Due(NamedTuple):
    """Something that has a day; `uid` is the same in every report about the same thing."""

    uid: str
    title: str
    day: date
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """One report as of a moment (aware UTC).

    `name` is the word of the command line, `answers` the question in a sentence. `dates` is None
    for a report that never has any.
    """

    name: str
    title: str
    as_of: datetime
    answers: str
    figures: tuple[Figure, ...] = ()
    sections: tuple[Section, ...] = ()
    charts: tuple[Chart, ...] = ()
    dates: tuple[Due, ...] | None = None

    @property
    def is_clean(self) -> bool:
        """Whether nothing in it calls for somebody to do something."""
        return not any(figure.calls and figure.number for figure in self.figures)


def section(
    name: str,
    title: str,
    columns: Iterable[Column | str],
    rows: Iterable[Row],
    empty: str,
) -> Section:
    """Return a table; a column that is only named holds text."""
    form = tuple(Column(each) if isinstance(each, str) else each for each in columns)
    return Section(name, title, form, tuple(rows), empty)


def most(counts: Iterable[tuple[str, int]]) -> tuple[Point, ...]:
    """Return the highest counts as points of a chart, the others together as the last."""
    ordered = sorted(counts, key=lambda each: (-each[1], each[0]))
    rest = sum(number for _, number in ordered[POINTS:])
    points = tuple(Point(*each) for each in ordered[:POINTS])
    return (*points, Point("all others", rest)) if rest else points


Maker = Callable[..., Report]
"""Makes a report of a registry and a moment, and of what else it may be asked by keyword."""
