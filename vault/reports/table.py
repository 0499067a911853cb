"""Tables of plain text, aligned by what a terminal shows and as wide as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, repeat, zip_longest
from typing import Any, Final, NamedTuple

from vault.domain.text import clean_all, fit, is_simple, width
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
    listed = list(rows)
    shown = _shown(form, [row for row in listed if not isinstance(row, Line)])
    natural = list(map(_widest, shown))
    widths = natural if room is None else _narrowed(form, natural, room - indent)
    heights: Iterator[int] = repeat(1)
    if widths != natural:
        heights, shown = _fitted(form, shown, widths)
    tones: Iterator[Tone] = chain(["heading"], repeat("plain"))
    laid = map(Line, _joined(form, shown, widths, indent), tones)
    lines = _among(laid, heights, listed)
    # A terminal may be narrower than what may not be cut.
    yield from lines if room is None else (_held(line, room) for line in lines)


def _shown(form: Sequence[Column], rows: Sequence[Sequence[object]]) -> list[Sequence[str]]:
    """The cells as they are shown, titles first, by column: many rows have few columns."""
    for row in rows:
        if len(row) != len(form):
            raise ValueError(f"a row has {len(row)} cells, the table {len(form)} columns")
    found = zip(*rows, strict=True) if rows else [()] * len(form)
    return [
        (column.title.upper(), *clean_all(_texts(cells), CELL_LIMIT))
        for column, cells in zip(form, found, strict=True)
    ]


def _texts(cells: Sequence[Any]) -> Sequence[str]:
    if set(map(type, cells)) == {str}:
        return cells
    return ["" if cell is None else str(cell) for cell in cells]


def _widest(cells: Sequence[str]) -> int:
    return max(map(len if is_simple("".join(cells)) else width, cells))


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


def _fitted(
    form: Sequence[Column], columns: Sequence[Sequence[str]], widths: Sequence[int]
) -> tuple[Iterator[int], list[Sequence[str]]]:
    """How many lines each row takes, and the columns with their cells cut or broken to fit."""
    cut = [
        cells if column.wraps else [fit(cell, wide) for cell in cells]
        for column, cells, wide in zip(form, columns, widths, strict=True)
    ]
    if not any(column.wraps for column in form):
        return repeat(1), cut
    stacks = [
        [
            wrapped(cell, wide) if width(cell) > wide else [cell]
            for cell, wide in zip(cells, widths, strict=True)
        ]
        for cells in zip(*cut, strict=True)
    ]
    lines = (line for row in stacks for line in zip_longest(*row, fillvalue=""))
    return iter([max(map(len, row)) for row in stacks]), list(zip(*lines, strict=True))


def _joined(
    form: Sequence[Column], columns: Sequence[Sequence[str]], widths: Sequence[int], indent: int
) -> Iterator[str]:
    """Yield the lines of which these are the columns, none with a blank at its end."""
    padded: list[Iterable[str]] = []
    for column, cells, wide in zip(form, columns, widths, strict=True):
        if is_simple("".join(cells)):
            padded.append(map(str.rjust if column.right else str.ljust, cells, repeat(wide)))
        else:
            padded.append([_padded(cell, wide, right=column.right) for cell in cells])
    lead, gap = " " * indent, " " * GAP
    return (f"{lead}{gap.join(cells)}".rstrip() for cells in zip(*padded, strict=True))


def _among(laid: Iterator[Line], heights: Iterator[int], rows: Sequence[object]) -> Iterator[Line]:
    """Yield the lines laid out, and among them, where they stand, those that came as lines."""
    before = -1  # the titles are a row too
    for place, row in enumerate(rows):
        if isinstance(row, Line):
            yield from islice(laid, sum(islice(heights, place - before)))
            yield row
            before = place + 1
    yield from laid


def _held(line: Line, room: int) -> Line:
    return Line(fit(line.text, room), line.tone) if width(line.text) > room else line


def _padded(text: str, columns: int, *, right: bool) -> str:
    blank = " " * (columns - width(text))
    return blank + text if right else text + blank
