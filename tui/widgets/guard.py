"""The last look at every line before it goes to the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from vault.domain.text import clean

_REPLACEMENT: Final = "\ufffd"


class Guard(LineFilter):
    """Takes out of a line what steers a terminal or is not seen, whichever widget drew it.

    Pages clean what they show (`tui.widgets.plain`). An input shows its value as it is, so that
    who edits a name may mend it; Textual would send the control sequences in it to the terminal,
    where OSC 52 sets the clipboard. Columns stay where they are.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Return the segments without hidden characters."""
        if all(segment.text.isascii() and segment.text.isprintable() for segment in segments):
            return segments
        return [
            Segment("".join(_seen(each.text)), each.style, each.control)
            if not each.text.isascii() or not each.text.isprintable()
            else each
            for each in segments
        ]


def _seen(text: str) -> Iterator[str]:
    if clean(text, len(text) + 1) == text:
        yield text
        return
    for letter in text:
        # Alone, a combining mark is itself; only what `clean` would name or replace goes.
        if clean(letter, 9) == letter or letter in {"\u200d", "\u00a0"}:
            yield letter
        else:
            yield _REPLACEMENT * max(0, cell_len(letter))
