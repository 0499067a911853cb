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
    shown = [row if isinstance(row, Line) else _Row(map(_shown, row)) for row in rows]
    widths = _natural(form, (row for row in shown if isinstance(row, _Row)))
    if room is not None:
        widths = _narrowed(form, widths, room - indent)
    titles = _Row(column.title.upper() for column in form)
    for row in (titles, *shown):
        tone: Tone = "heading" if row is titles else "plain"
        lines = [row] if isinstance(row, Line) else _laid_out(form, row, widths, indent, tone)
        for line in lines:
            # A terminal may be narrower than what may not be cut.
            cut = room is not None and width(line.text) > room
            yield Line(fit(line.text, room or 0), line.tone) if cut else line


class _Row(tuple[str, ...]):
    """Cells as they are shown."""

    __slots__ = ()


def _natural(form: Sequence[Column], rows: Iterable[_Row]) -> list[int]:
    """The width each column has when nothing is cut."""
    widths = [width(column.title) for column in form]
    for row in rows:
        if len(row) != len(form):
            raise ValueError(f"a row has {len(row)} cells, the table {len(form)} columns")
        widths = [max(known, width(cell)) for known, cell in zip(widths, row, strict=True)]
    return widths


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


def _laid_out(
    form: Sequence[Column], row: Sequence[str], widths: Sequence[int], indent: int, tone: Tone
) -> Iterator[Line]:
    """Yield the lines of one row: as many as its longest wrapped cell has."""
    if all(width(cell) <= wide for cell, wide in zip(row, widths, strict=True)):
        yield Line(_joined(form, row, widths, indent), tone)
        return
    stacks = [
        wrapped(cell, wide) if column.wraps and width(cell) > wide else [fit(cell, wide)]
        for column, cell, wide in zip(form, row, widths, strict=True)
    ]
    for index in range(max(map(len, stacks))):
        cells = [stack[index] if index < len(stack) else "" for stack in stacks]
        yield Line(_joined(form, cells, widths, indent), tone)


def _joined(
    form: Sequence[Column], cells: Sequence[str], widths: Sequence[int], indent: int
) -> str:
    parts = [
        _padded(cell, wide, right=column.right)
        for column, cell, wide in zip(form, cells, widths, strict=True)
    ]
    return (" " * indent + (" " * GAP).join(parts)).rstrip()


def _padded(text: str, columns: int, *, right: bool) -> str:
    blank = " " * (columns - width(text))
    return blank + text if right else text + blank
