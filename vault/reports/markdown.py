"""Markdown in which data stays text: nothing of it becomes a heading, a link or an entity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from vault.domain.text import clean

TEXT_LIMIT: Final = 2000  # characters; the longest derivation is far below

# All punctuation that CommonMark 0.31 or GitHub's tables, strikethrough, mathematics and bare
# addresses give a meaning; a backslash before ASCII punctuation makes it literal (section 2.4).
_MEANINGFUL: Final = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|&~$=^]|:(?=\S)")


def escape(text: str) -> str:
    """Return a text that Markdown shows as it is, cleaned and on one line."""
    return _MEANINGFUL.sub(r"\\\g<0>", clean(text, TEXT_LIMIT))


def address(url: str) -> str:
    """Return a web address as code: to be read and copied, never followed by accident."""
    return "`" + clean(url, TEXT_LIMIT).replace("`", "%60") + "`"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table, its cells escaped."""
    lines = [_row(titles), "|" + " --- |" * len(titles)]
    return [*lines, *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(escape(cell) for cell in cells) + " |"
