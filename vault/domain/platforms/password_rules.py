"""What a platform's rules for passwords come to: which characters they leave, and what is wrong."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from vault.domain.platforms.model import CharacterClass, PasswordRules

FOUR: Final[Mapping[CharacterClass, str]] = {
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "digit": string.digits,
    "symbol": string.punctuation,
}
"""The characters of each class that a keyboard has; "letter" is lower and upper."""


def characters(rules: PasswordRules) -> dict[CharacterClass, str]:
    """Return what the rules leave of each of the four classes; one without any is left out."""
    allowed = string.punctuation if rules.allowed_symbols is None else rules.allowed_symbols
    taken = spelled_out(rules.only) or FOUR.keys()
    left = {
        kind: "".join(
            c for c in pool if c not in rules.forbidden and (kind != "symbol" or c in allowed)
        )
        for kind, pool in FOUR.items()
        if kind in taken
    }
    return {kind: pool for kind, pool in left.items() if pool}


def spelled_out(kinds: Iterable[CharacterClass]) -> set[CharacterClass]:
    """Return classes with "letter" as the two that it stands for."""
    halves: tuple[CharacterClass, ...] = ("lower", "upper")
    return {each for kind in kinds for each in (halves if kind == "letter" else (kind,))}


def missing(rules: PasswordRules, pools: Mapping[CharacterClass, str]) -> Iterator[CharacterClass]:
    """Yield the required classes of which no character is left."""
    return (kind for kind in rules.required if not spelled_out([kind]) & pools.keys())


def faults(rules: PasswordRules) -> Iterator[tuple[str, str]]:
    """Yield, for rules that contradict themselves, the key and what is wrong with it."""
    if rules.min_length < 1:
        yield "min_length", "must be 1 or more"
    if rules.max_length is not None and rules.max_length < rules.min_length:
        yield "max_length", f"is less than min_length, {rules.min_length}"
    pools = characters(rules)
    for kind in missing(rules, pools):
        yield "required", f"asks for a {kind}, and the other rules leave none"
    if not 0 <= rules.classes <= len(pools):
        yield "classes", f"must be from 0 to {len(pools)}, the classes that are left"
    if rules.longest_run is not None and rules.longest_run < 1:
        yield "longest_run", "must be 1 or more"
    if rules.first_letter and not pools.keys() & spelled_out(["letter"]):
        yield "first_letter", "asks for a letter, and the other rules leave none"
