"""CSV that a spreadsheet shows and never executes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from vault.domain.text import clean

CELL_LIMIT: Final = 32_767  # characters in one cell of a spreadsheet (Excel's specification)

# What begins a formula in one spreadsheet or another, full-width forms included (OWASP, "CSV
# Injection"); its tab, CR and LF do not outlive cleaning.
_FORMULA: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render(titles: Sequence[str], rows: Iterable[Sequence[object]], *, raw: bool = False) -> str:
    """Return a CSV document (RFC 4180): all cells quoted, lines ended by CR LF, None empty.

    Text is cleaned, and text that a spreadsheet would take for a formula begins with an
    apostrophe. `raw` leaves text as it is, for programs only.
    """
    document = io.StringIO()
    writer = csv.writer(document, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(titles)
    writer.writerows([value if raw else _harmless(value) for value in row] for row in rows)
    return document.getvalue()


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value  # a number keeps its sign
    text = clean(value, CELL_LIMIT)
    return "'" + text if text.lstrip().startswith(_FORMULA) else text
