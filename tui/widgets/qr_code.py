"""A QR code in half blocks: two modules to a letter, black on white whatever the theme."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

QUIET = 2
"""Light modules around it: four by the standard (ISO/IEC 18004), two so that it fits 24 lines."""

_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def half_blocks(text: str) -> list[str]:
    """Return the lines of the smallest QR code of a text, dark as ink and light as paper."""
    import segno

    code = segno.make(text, micro=False, error="l")
    rows = [list(row) for row in code.matrix_iter(border=QUIET)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    return [_line(*pair) for pair in zip(rows[::2], rows[1::2], strict=True)]


def _line(upper: list[int], lower: list[int]) -> str:
    def halves() -> Iterator[str]:
        for pair in zip(upper, lower, strict=True):
            yield _HALVES[pair]

    return "".join(halves())


class QrCode(Static):
    """The QR code of a text, `lines` high."""

    DEFAULT_CSS = "QrCode { width: auto; height: auto; color: #000000; background: #ffffff; }"

    def __init__(self, text: str) -> None:
        made = half_blocks(text)
        super().__init__(Content("\n".join(made)), markup=False)
        self.lines = len(made)
