"""Small charts of one line: how a number moved, in block characters."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"


def spark(values: Sequence[int], width: int = 0) -> str:
    """Return a chart of the values, the oldest first, padded at the left to `width`.

    The lowest block is zero, not the lowest value: a number that hardly moved looks so. The
    highest value leaves room above it, so that a line is seen and not a bar.
    """
    top = max(values, default=0)
    highest = len(BLOCKS) - 3
    chart = "".join(BLOCKS[-(-value * highest // top) if top else 0] for value in values)
    return chart.rjust(width)


def change(values: Sequence[int]) -> str:
    """Return how the last value differs from the first, such as "+3" or "±0"."""
    if len(values) < 2:  # noqa: PLR2004  # one value is no change
        return ""
    by = values[-1] - values[0]
    return f"{'+' if by > 0 else '–' if by else '±'}{abs(by):,}"
