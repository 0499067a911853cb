"""Tables of plain text, aligned by what a terminal shows and as wide as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, compress, islice, repeat, zip_longest
from operator import add
from typing import Final, NamedTuple

from vault.domain.text import clean_all, fit, is_plain_ascii, is_simple, width
from vault.reports.lines import Line, Tone, wrapped

CELL_LIMIT: Final = 1000  # characters; a value that is longer is a mistake or an attack
GAP: Final = 2  # columns between cells
ROWS_AT_ONCE: Final = 500  # rows laid out together
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
    cells = _by_column(form, [row for row in listed if not isinstance(row, Line)])
    heights, laid = _laid(form, list(_blocks(cells)), room, indent)
    tones: Iterator[Tone] = chain(["heading"], repeat("plain"))
    lines = map(Line, chain.from_iterable(laid), tones)
    for line in _among(lines, heights, listed):
        yield line if room is None else Line(fit(line.text, room), line.tone)


def table_of(
    form: Sequence[Column],
    blocks: Iterable[Sequence[Sequence[str]]],
    room: int | None = None,
) -> Iterator[Sequence[str]]:
    """Yield the titles and then, for each block of rows, its lines, laid out as `table` does.

    A block has the cells of each column, best of `ROWS_AT_ONCE` rows. A column in which nothing is
    recorded only takes room from the others, and is left out. Raises ValueError where a column of a
    block has more cells than another.
    """
    shown = [list(map(_shown, block)) for block in blocks]
    filled = [any(any(cells.texts) for cells in column) for column in zip(*shown, strict=True)]
    kept = [list(compress(block, filled)) for block in shown]
    _, laid = _laid(list(compress(form, filled)), kept, room, 0)
    for lines in laid:
        yield list(lines) if room is None else [fit(line, room) for line in lines]


def _by_column(form: Sequence[Column], rows: Sequence[Sequence[object]]) -> Sequence[Sequence[str]]:
    for row in rows:
        if len(row) != len(form):
            raise ValueError(f"a row has {len(row)} cells, the table {len(form)} columns")
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return list(zip(*texts, strict=True)) if rows else [()] * len(form)


class _Cells(NamedTuple):
    """Some cells of a column, as they are shown.

    `is_simple` tells that each character takes one column of the terminal; a cut cell stays so.
    """

    texts: Sequence[str]
    is_simple: bool
    widest: int


def _laid(
    form: Sequence[Column], rows: Sequence[list[_Cells]], room: int | None, indent: int
) -> tuple[Iterator[int], Iterator[Iterator[str]]]:
    """How many lines each row takes, and the lines of the titles and of each block of rows."""
    blocks = [[_shown([column.title.upper()]) for column in form], *rows]
    natural = [max(part.widest for part in parts) for parts in zip(*blocks, strict=True)]
    widths = natural if room is None else _narrowed(form, natural, room - indent)
    heights: Iterator[int] = repeat(1)
    if widths != natural:
        fitted = [_fitted(form, block, widths) for block in blocks]
        heights = chain.from_iterable(each for each, _ in fitted)
        blocks = [block for _, block in fitted]
    return heights, (_joined(form, block, widths, " " * indent) for block in blocks)


def _blocks(cells: Sequence[Sequence[str]]) -> Iterator[list[_Cells]]:
    """Yield the columns a few rows at a time, which stay in the processor's cache meanwhile.

    At 100,000 rows that takes half the time.
    """
    for start in range(0, max(map(len, cells), default=0), ROWS_AT_ONCE):
        yield [_shown(column[start : start + ROWS_AT_ONCE]) for column in cells]


def _shown(cells: Sequence[str]) -> _Cells:
    """The cells cleaned and measured; most are plain, and one look at all of them shows it."""
    longest = max(map(len, cells), default=0)
    if longest <= CELL_LIMIT and is_plain_ascii("".join(cells)):
        return _Cells(cells, is_simple=True, widest=longest)
    texts = clean_all(cells, CELL_LIMIT)
    simple = is_simple("".join(texts))
    return _Cells(texts, simple, max(map(len if simple else width, texts), default=0))


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
    form: Sequence[Column], block: Sequence[_Cells], widths: Sequence[int]
) -> tuple[Iterable[int], list[_Cells]]:
    """How many lines each row takes, and the columns with their cells cut or broken to fit."""
    cut = [
        cells.texts if column.wraps else [fit(cell, wide) for cell in cells.texts]
        for column, cells, wide in zip(form, block, widths, strict=True)
    ]
    heights: Iterable[int] = repeat(1, len(cut[0]))
    if any(column.wraps for column in form):
        stacks = [
            [
                wrapped(cell, wide) if width(cell) > wide else [cell]
                for cell, wide in zip(cells, widths, strict=True)
            ]
            for cells in zip(*cut, strict=True)
        ]
        heights = [max(map(len, row)) for row in stacks]
        lines = (line for row in stacks for line in zip_longest(*row, fillvalue=""))
        cut = list(zip(*lines, strict=True))
    return heights, [cells._replace(texts=texts) for cells, texts in zip(block, cut, strict=True)]


def _joined(
    form: Sequence[Column], block: Sequence[_Cells], widths: Sequence[int], lead: str
) -> Iterator[str]:
    """Return the lines of which these are the columns, none with a blank at its end."""
    padded = [
        _padded(cells, wide, right=column.right)
        for cells, wide, column in zip(block, widths, form, strict=True)
    ]
    lines = map((" " * GAP).join, zip(*padded, strict=True))
    return map(str.rstrip, map(lead.__add__, lines) if lead else lines)


def _padded(cells: _Cells, wide: int, *, right: bool) -> Iterable[str]:
    """The cells with blanks beside them, until each is as wide as the column."""
    if cells.is_simple:
        return map(str.rjust if right else str.ljust, cells.texts, repeat(wide))
    blanks = [" " * (wide - width(cell)) for cell in cells.texts]
    return map(add, blanks, cells.texts) if right else map(add, cells.texts, blanks)


def _among(laid: Iterator[Line], heights: Iterator[int], rows: Sequence[object]) -> Iterator[Line]:
    """Yield the lines laid out, and among them, where they stand, those that came as lines."""
    before = -1  # the titles are a row too
    for place, row in enumerate(rows):
        if isinstance(row, Line):
            yield from islice(laid, sum(islice(heights, place - before)))
            yield row
            before = place + 1
    yield from laid
