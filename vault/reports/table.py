"""Tables of plain text, aligned by what a terminal shows and as wide as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from vault.domain.text import clean, fit, width
from vault.reports.lines import Line, Tone, wrapped

CELL_LIMIT: Final = 1000  # characters; a value that is longer is a mistake or an attack
GAP: Final = 2  # columns between cells
NARROWEST: Final = 6  # columns; below this a cut cell says nothing


class Column(NamedTuple):
    """A column: its title, and what happens to cells when there is little room.

    `right` aligns numbers; `fixed` cells are never cut (ids, dates); `wraps` lets cells go on in
    the next line instead of being cut.
    """

    title: str
    right: bool = False
    fixed: bool = False
    wraps: bool = False


def table(
    columns: Sequence[Column | str],
    rows: Iterable[Sequence[object] | Line],
    room: int | None = None,
    *,
    indent: int = 0,
) -> Iterator[Line]:
    """Yield the lines of a table, its titles first; every cell is cleaned, None is an empty one.

    A Line among the rows stands as it is, such as a heading over those below it. `room` is the
    number of columns there are; without it nothing is cut and each row is one line, as programs
    want it. Raises ValueError for a row that is not as long as the titles.
    """
    form = [Column(column) if isinstance(column, str) else column for column in columns]
    titles = _Row(column.title.upper() for column in form)
    shown = [row if isinstance(row, Line) else _Row(map(_shown, row)) for row in rows]
    natural = _natural(form, [titles, *(row for row in shown if isinstance(row, _Row))])
    widths = natural if room is None else _narrowed(form, natural, room - indent)
    layout = _Layout(form, widths, indent, cuts=widths != natural)
    for row in (titles, *shown):
        tone: Tone = "heading" if row is titles else "plain"
        lines = [row] if isinstance(row, Line) else layout.lines(row, tone)
        for line in lines:
            # A terminal may be narrower than what may not be cut.
            cut = room is not None and width(line.text) > room
            yield Line(fit(line.text, room or 0), line.tone) if cut else line


class _Row(tuple[str, ...]):
    """Cells as they are shown."""

    __slots__ = ()


def _natural(form: Sequence[Column], rows: Sequence[_Row]) -> list[int]:
    """The width each column has when nothing is cut."""
    for row in rows:
        if len(row) != len(form):
            raise ValueError(f"a row has {len(row)} cells, the table {len(form)} columns")
    return [_widest(cells) for cells in zip(*rows, strict=True)]


def _widest(cells: Sequence[str]) -> int:
    # In a list of ten thousand rows, a call of ours for each cell is what takes time.
    measure = len if all(map(str.isascii, cells)) else width
    return max(map(measure, cells))


def _shown(value: object) -> str:
    if value is None:
        return ""
    return clean(value if isinstance(value, str) else str(value), CELL_LIMIT)


def _narrowed(form: Sequence[Column], natural: Sequence[int], room: int) -> list[int]:
    """Take columns from the widest cells first, until the table fits or nothing can give way."""
    widths = list(natural)
    floors = [
        each if column.fixed else min(each, max(NARROWEST, width(column.title)))
        for column, each in zip(form, natural, strict=True)
    ]
    spare = sum(widths) + GAP * (len(widths) - 1) - room
    while spare > 0:
        widest = max(range(len(widths)), key=lambda i: (widths[i] > floors[i], widths[i]))
        if widths[widest] <= floors[widest]:
            break
        widths[widest] -= 1
        spare -= 1
    return widths


class _Layout:
    """Puts rows into columns of these widths; `cuts` says whether there are cells that exceed them.

    Where nothing is cut and all is ASCII, one format string does for a row.
    """

    def __init__(
        self, form: Sequence[Column], widths: Sequence[int], indent: int, *, cuts: bool
    ) -> None:
        self._form = form
        self._widths = widths
        self._cuts = cuts
        self._lead = " " * indent
        places = (
            f"{{:{'>' if column.right else '<'}{wide}}}"
            for column, wide in zip(form, widths, strict=True)
        )
        self._format = (self._lead + (" " * GAP).join(places)).format

    def lines(self, row: _Row, tone: Tone) -> Iterator[Line]:
        """Yield the lines of one row: as many as its longest wrapped cell has."""
        if not self._cuts or all(map(_fits, row, self._widths)):
            yield Line(self._joined(row), tone)
            return
        stacks = [
            wrapped(cell, wide) if column.wraps and width(cell) > wide else [fit(cell, wide)]
            for column, cell, wide in zip(self._form, row, self._widths, strict=True)
        ]
        for index in range(max(map(len, stacks))):
            cells = [stack[index] if index < len(stack) else "" for stack in stacks]
            yield Line(self._joined(cells), tone)

    def _joined(self, cells: Sequence[str]) -> str:
        if all(map(str.isascii, cells)):
            return self._format(*cells).rstrip()
        parts = [
            _padded(cell, wide, right=column.right)
            for column, cell, wide in zip(self._form, cells, self._widths, strict=True)
        ]
        return (self._lead + (" " * GAP).join(parts)).rstrip()


def _fits(cell: str, columns: int) -> bool:
    return width(cell) <= columns


def _padded(text: str, columns: int, *, right: bool) -> str:
    blank = " " * (columns - width(text))
    return blank + text if right else text + blank
