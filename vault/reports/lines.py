"""Lines of text for a reader, and prose broken to fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from vault.domain.text import beginning, width

NARROWEST: Final = 8  # columns; narrower prose is a column of syllables
PROSE_COLUMNS: Final = 96  # a longer line is hard to read, however wide the terminal is

Tone = Literal["plain", "heading", "good", "bad", "warn", "quiet"]


class Line(NamedTuple):
    """One line for a reader, and what it is. The tone may become a colour: it adds no meaning."""

    text: str = ""
    tone: Tone = "plain"


def prose(lead: str, text: str, room: int | None, tone: Tone = "plain") -> Iterator[Line]:
    """Yield a cleaned text after `lead`, such as a bullet; its further lines begin below the text.

    `room` is the number of columns there are; without it the text is one line.
    """
    hang = width(lead)
    columns = None if room is None else max(min(room, PROSE_COLUMNS) - hang, NARROWEST)
    lines = [text] if columns is None else wrapped(text, columns)
    for index, line in enumerate(lines):
        yield Line((lead if index == 0 else " " * hang) + line, tone)


def wrapped(text: str, columns: int) -> list[str]:
    """Return a cleaned text in lines of at most that many columns, broken between words."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer) <= columns:
            line = longer
            continue
        lines += [line] if line else []
        *parts, line = _broken(word, columns)
        lines += parts
    return [*lines, line]


def _broken(word: str, columns: int) -> list[str]:
    """A word in parts that fit: an address, or a name made to be in the way."""
    parts: list[str] = []
    while width(word) > columns:
        part = beginning(word, columns) or word[0]
        parts.append(part)
        word = word[len(part) :]
    return [*parts, word] if word or not parts else parts
