"""Numbers and their nouns in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_IRREGULAR: Final = {"person": "people", "mailbox": "mailboxes", "entry": "entries"}


def several(number: int, singular: str, plural: str = "") -> str:
    """Return a number and its noun, such as "1 step", "2 people" or "no steps"."""
    many = plural or _IRREGULAR.get(singular, f"{singular}s")
    return f"{number or 'no'} {singular if number == 1 else many}"


def few(names: Sequence[str], most: int = 3, joint: str = ", ") -> str:
    """Return the first of some names, and how many more there are: "A, B, C and 2 more"."""
    more = f" and {len(names) - most:,} more" if names[most:] else ""
    return joint.join(names[:most]) + more


def ago(days: int) -> str:
    """Return how long ago something was, in the largest unit of which it is at least two."""
    for noun, length in (("year", 365), ("month", 30)):
        if days >= 2 * length:
            return f"{several(days // length, noun)} ago"
    return f"{several(days, 'day')} ago"
