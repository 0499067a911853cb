"""TOML that people write, or that somebody sends them: whatever is wrong with it is told alike."""

from __future__ import annotations

import tomllib
from typing import Any


def read_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text; raises ValueError that says why it is none.

    Also where the parser itself gives up: of a number of more digits than Python reads it tells by
    a plain ValueError, of brackets in brackets without end by a RecursionError.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        message = "its brackets are nested too deep"
        raise ValueError(message) from None
