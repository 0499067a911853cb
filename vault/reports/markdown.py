"""Markdown in which data stays text: nothing of it becomes a heading, a link or an entity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from vault.domain.text import clean

TEXT_LIMIT: Final = 2000  # characters; the longest derivation is far below

# What CommonMark 0.31 or GitHub's strikethrough, mathematics and bare addresses give a meaning
# anywhere in a line; a backslash before ASCII punctuation makes it literal (section 2.4). An
# underscore between letters or digits has none (6.2), nor has a `#` that does not end a heading
# (4.2), a `]` or `(` without a `[` before it (6.3), or an `&` that begins no entity (2.5).
_MEANINGFUL: Final = re.compile(
    r"""[\\`*\[<~$]
    | (?<![^\W_])_ | _(?![^\W_])
    | &(?=\#?\w+;)
    | (?<!\S)\#(?=\#*\s*$)
    | :(?=//)
    | (?<=www)\.
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What begins a heading, a quotation, a list or a rule (sections 4.1, 4.2, 5.1 and 5.2).
_BEGINS: Final = re.compile(
    r"^(?:\d{1,9}(?=[.)](?:\s|$))|(?=>|\#{1,6}(?:\s|$)|[+-](?:[\s-]|$)))", re.VERBOSE
)


def escape(text: str) -> str:
    """Return a text that Markdown shows as it is within a line, cleaned and on one line."""
    return _MEANINGFUL.sub(r"\\\g<0>", clean(text, TEXT_LIMIT))


def opening(text: str) -> str:
    """Return a text that Markdown shows as it is where a paragraph or a list item begins."""
    return _BEGINS.sub(r"\g<0>\\", escape(text.lstrip()))


def address(url: str) -> str:
    """Return a web address as code: to be read and copied, never followed by accident."""
    return "`" + clean(url, TEXT_LIMIT).replace("`", "%60") + "`"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table, its cells escaped."""
    lines = [_row(titles), "|" + " --- |" * len(titles)]
    return [*lines, *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(escape(cell).replace("|", r"\|") for cell in cells) + " |"
