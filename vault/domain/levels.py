"""How much a seat, a login or a token lets its holder do on an account: five levels, in order."""

from __future__ import annotations

from typing import Final, Literal

Level = Literal["owner", "full", "edit", "post", "analyse"]

LEVELS: Final[tuple[Level, ...]] = ("owner", "full", "edit", "post", "analyse")
"""Highest first. An owner may give the account away; full may add and remove people; edit changes
the profile and what is posted; post publishes; analyse only looks."""

_RANK: Final[dict[Level, int]] = {level: rank for rank, level in enumerate(LEVELS)}


def at_least(level: Level, wanted: Level) -> bool:
    """Whether `level` allows everything that `wanted` allows."""
    return _RANK[level] <= _RANK[wanted]
