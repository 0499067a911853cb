"""Tables of plain text, aligned by what a terminal shows and as wide as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from vault.domain.text import ELLIPSIS, clean, fit, width

CELL_LIMIT: Final = 1000  # characters; a value that is longer is a mistake or an attack
GAP: Final = 2  # columns between cells
NARROWEST: Final = 6  # columns; below this a cut cell says nothing

Tone = Literal["plain", "heading", "good", "bad", "warn", "quiet"]


class Line(NamedTuple):
    """One line for a reader, and what it is. The tone may become a colour: it adds no meaning."""

    text: str = ""
    tone: Tone = "plain"


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
    rows: Iterable[Sequence[object]],
    room: int | None = None,
    *,
    indent: int = 0,
) -> Iterator[Line]:
    """Yield the lines of a table, its titles first; every cell is cleaned, None is an empty one.

    `room` is the number of columns there are; without it nothing is cut and each row is one line,
    as programs want it. Raises ValueError for a row that is not as long as the titles.
    """
    form = [Column(column) if isinstance(column, str) else column for column in columns]
    cells = [[_shown(value) for value in row] for row in rows]
    natural = [width(column.title) for column in form]
    for row in cells:
        if len(row) != len(form):
            raise ValueError(f"a row has {len(row)} cells, the table {len(form)} columns")
        natural = [max(known, width(cell)) for known, cell in zip(natural, row, strict=True)]
    given = None if room is None else room - indent
    widths = natural if given is None else _narrowed(form, natural, given)
    yield from _laid_out(form, [column.title.upper() for column in form], widths, indent, "heading")
    for row in cells:
        yield from _laid_out(form, row, widths, indent, "plain")


def wrapped(text: str, columns: int) -> list[str]:
    """Return a cleaned text in lines of at most that many columns, broken between words."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer) <= columns:
            line = longer
            continue
        if line:
            lines.append(line)
        while width(word) > columns > 1:
            head = fit(word, columns + 1).removesuffix(ELLIPSIS) or word[0]
            lines.append(head)
            word = word[len(head) :]  # noqa: PLW2901  # what is left of a word wider than a line
        line = word
    return [*lines, line]


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
    stacks = [
        wrapped(cell, wide) if column.wraps and width(cell) > wide else [fit(cell, wide)]
        for column, cell, wide in zip(form, row, widths, strict=True)
    ]
    for index in range(max(map(len, stacks))):
        parts = [
            _padded(stack[index] if index < len(stack) else "", wide, right=column.right)
            for column, stack, wide in zip(form, stacks, widths, strict=True)
        ]
        yield Line((" " * indent + (" " * GAP).join(parts)).rstrip(), tone)


def _padded(text: str, columns: int, *, right: bool) -> str:
    blank = " " * (columns - width(text))
    return blank + text if right else text + blank
