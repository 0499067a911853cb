"""CSV files, read strictly: what cannot be read for certain is refused, with a way out.

RFC 4180, with the liberties that spreadsheets take: a byte order mark, `;` or a tab between cells,
a first line `sep=;`. docs/import.md says it for users.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from typing import Final, NamedTuple, NoReturn

from vault.domain.counting import several
from vault.domain.text import clean
from vault.errors import ImportRefusedError

MAX_BYTES: Final = 128 * 1024 * 1024  # 100,000 accounts take about 20 MB
MAX_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 500
MAX_CHARACTERS: Final = 4 * 1024 * 1024  # of one cell; longer ones come from a quote never closed
DELIMITERS: Final = (",", ";", "\t")

_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_UTF16: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SAVE_AS_UTF8: Final = "save it as “CSV UTF-8” and import that file"


class Row(NamedTuple):
    """One row: its number as a spreadsheet counts (the header is row 1), and its cells as text."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A CSV file: its name, the names of its columns, and its rows without the empty ones."""

    name: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(raw: bytes, name: str, delimiter: str = "") -> Table:
    """Return the table in the bytes of a CSV file; `name` is what messages call it.

    The delimiter is the one given, else that of a `sep=` line, else whichever of comma, semicolon
    and tab the first line has most of. Raises ImportRefusedError for bytes that are neither UTF-8
    nor UTF-16 with a byte order mark, for NUL characters, rows with more or fewer cells than the
    header, stray quotes, a column named twice, no rows at all to name the columns, and for
    anything over the limits above.
    """
    if len(raw) > MAX_BYTES:
        message = f"{name} has more than {MAX_BYTES:,} bytes, and no more are read"
        raise ImportRefusedError(message, "split it into several files")
    text = _decoded(raw, name)
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        text = text[separator.end() :]
    used = delimiter or (separator[1] if separator else _likely_delimiter(text))
    lines = _cells(text, name, used)
    if not lines:
        raise ImportRefusedError(f"{name} is empty", "export it again with its header line")
    header = tuple(cell.strip() for cell in lines[0])
    _check_header(header, name)
    rows = tuple(
        Row(number, cells) for number, cells in enumerate(lines[1:], start=2) if any(cells)
    )
    _check_widths(rows, len(header), name)
    return Table(name, header, rows)


def _decoded(raw: bytes, name: str) -> str:
    encoding, body = "utf-8", raw.removeprefix(codecs.BOM_UTF8)
    for mark, utf16 in _UTF16:
        if raw.startswith(mark):
            encoding, body = utf16, raw[len(mark) :]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        at = len(raw) - len(body) + error.start
        message = f"{name} is not {encoding.upper()}: byte {at + 1:,} is 0x{raw[at]:02x}"
        raise ImportRefusedError(message, _SAVE_AS_UTF8) from None
    nul = text.find("\0")
    if nul >= 0:
        _refuse_nul(raw, name, len(raw) - len(body) + len(text[:nul].encode(encoding)))
    return text


def _refuse_nul(raw: bytes, name: str, at: int) -> NoReturn:
    message = f"{name} holds a NUL character at byte {at + 1:,}"
    beginning = raw[:1000]
    if beginning.count(0) > len(beginning) // 4:
        message += ": it looks like UTF-16 without a byte order mark"
    raise ImportRefusedError(message, _SAVE_AS_UTF8)


def _likely_delimiter(text: str) -> str:
    first = re.sub(r'"[^"]*"', "", text[:MAX_CHARACTERS].partition("\n")[0])
    return max(DELIMITERS, key=first.count)


def _cells(text: str, name: str, delimiter: str) -> list[tuple[str, ...]]:
    # The csv module knows only one limit for the whole process; raising it harms nobody.
    csv.field_size_limit(max(MAX_CHARACTERS, csv.field_size_limit()))
    # A StringIO has four bytes for every character.
    lines = io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8", newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    found: list[tuple[str, ...]] = []
    try:
        for cells in reader:
            found.append(tuple(cells))
            if len(found) > MAX_ROWS:
                message = f"{name} has more than {MAX_ROWS:,} rows"
                raise ImportRefusedError(message, "split it into several files")
    except csv.Error as error:
        message = f"{name}: row {len(found) + 1}, line {reader.line_num}: {error}"
        hint = "look for a quotation mark that is not doubled, or never closed"
        raise ImportRefusedError(message, hint) from None
    return found


def _check_header(header: tuple[str, ...], name: str) -> None:
    if len(header) > MAX_COLUMNS:
        message = f"{name} has {len(header):,} columns; at most {MAX_COLUMNS} are read"
        raise ImportRefusedError(message, "leave out the columns that are not needed")
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        message = f"{name} has two columns named {clean(twice[0])!r}"
        raise ImportRefusedError(message, "rename one of them")


def _check_widths(rows: tuple[Row, ...], columns: int, name: str) -> None:
    uneven = [row for row in rows if len(row.cells) != columns]
    if not uneven:
        return
    first, *others = uneven
    more = f"; so with {several(len(others), 'more row')}" if others else ""
    cells = several(len(first.cells), "cell")
    message = f"{name}: row {first.number} has {cells}, the header {columns}{more}"
    hint = "put cells with a delimiter in them in quotation marks, or name the delimiter"
    raise ImportRefusedError(message, hint)
