"""New secrets: passwords under a platform's own rules, and passphrases of words to read out.

Each is drawn uniformly from all that keep the rules, by drawing until one does; so its bits are the
logarithm of how many there are, exactly.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from functools import cache
from itertools import chain, combinations
from math import log2
from typing import Final, NamedTuple

from vault.domain.platforms.model import CharacterClass, PasswordRules
from vault.domain.secret import Secret
from vault.errors import RefusedError

GENERATED_LENGTH: Final = 20  # 20 of 66 characters are 120 bits: past guessing, and still typeable
LONGEST: Final = 512  # a rule that asks for more is a mistake; nobody's platform takes it
SYMBOLS: Final = "-_.!@#%+=:"
AMBIGUOUS: Final = frozenset("Il1O0o")  # read out over the phone, these cost a lock-out
STRENGTH: Final = 4  # of 4: what zxcvbn makes of everything that is made here
LEAST_BITS: Final = 40.0  # a trillion guesses, where a platform stops after ten
LEAST_WORD_BITS: Final = 50.0  # four words of 7,776; five are tried first
WORD_COUNTS: Final = (5, 4, *range(6, 41))

Choice = Callable[[str], str]
Pools = Mapping[CharacterClass, str]


class Made(NamedTuple):
    """A new secret, and how many bits a guesser who knows how it was made has to guess."""

    secret: Secret
    bits: float


def generate_password(rules: PasswordRules | None, choice: Choice = secrets.choice) -> Made:
    """Return a new password under a platform's rules; raises RefusedError where none is safe."""
    rules = rules or PasswordRules(min_length=0)
    pools = _pools(rules)
    least, most = _lengths(rules)
    length = min(max(GENERATED_LENGTH, least), most)
    if length < len(pools):
        raise _impossible(f"takes no more than {length} characters")
    everything = "".join(pools.values())
    bits = _bits([len(pool) for pool in pools.values()], length)
    if bits < LEAST_BITS:
        raise _impossible(f"takes nothing harder to guess than {bits:.0f} bits")
    while True:
        made = [choice(everything) for _ in range(length)]
        if all(any(letter in pool for letter in made) for pool in pools.values()):
            return Made(Secret("".join(made)), bits)


def generate_words(
    rules: PasswordRules | None, choice: Callable[[tuple[str, ...]], str] = secrets.choice
) -> Made:
    """Return words of the EFF's long list, joined as a platform's rules want.

    Raises RefusedError where the rules leave no room for words that are hard enough to guess.
    """
    rules = rules or PasswordRules(min_length=0)
    pools, (least, most) = _pools(rules), _lengths(rules)
    joint = next((s for s in SYMBOLS if s in pools.get("symbol", "")), "")
    if "symbol" in rules.required and not joint:
        joint = pools["symbol"][0]
    # Without anything between them capitals show where a word begins. The digit adds no bits.
    capital = not joint or "upper" in rules.required
    ending = "7" if "digit" in rules.required else ""
    for count in WORD_COUNTS:
        beside = (count - 1) * len(joint) + len(ending)
        ways = _ways(count, least - beside, most - beside)
        if ways and log2(ways) >= LEAST_WORD_BITS:
            break
    else:
        raise RefusedError(
            f"no words that are hard to guess keep the platform's rules ({_told(least, most)})",
            "let a password be made instead: --generate without --words",
        )
    while True:
        words = [choice(words_to_choose()) for _ in range(count)]
        if capital:
            words = [word.capitalize() for word in words]
        made = joint.join(words) + ending
        if least <= len(made) <= most:
            return Made(Secret(made), log2(ways))


@cache
def words_to_choose() -> tuple[str, ...]:
    """Return the words of the EFF's long list that are letters only: 7,772 of 7,776."""
    from xkcdpass import xkcd_password

    listed = xkcd_password.generate_wordlist("eff-long", min_length=3, max_length=9)
    return tuple(sorted({word for word in listed if word.isascii() and word.isalpha()}))


def _pools(rules: PasswordRules) -> Pools:
    """The characters of each class that the platform takes and that a person can read out."""
    allowed = rules.allowed_symbols
    symbols = SYMBOLS
    if allowed is not None:
        printable = "".join(s for s in string.punctuation if s in allowed)
        symbols = "".join(s for s in SYMBOLS if s in allowed) or printable
    if not symbols and "symbol" in rules.required:
        raise _impossible("asks for a symbol and allows none that a keyboard has")
    classes: dict[CharacterClass, str] = {
        "lower": string.ascii_lowercase,
        "upper": string.ascii_uppercase,
        "digit": string.digits,
        "symbol": symbols,
    }
    return {
        kind: "".join(c for c in pool if c not in AMBIGUOUS)
        for kind, pool in classes.items()
        if pool
    }


def _lengths(rules: PasswordRules) -> tuple[int, int]:
    most = LONGEST if rules.max_length is None else min(rules.max_length, LONGEST)
    if rules.min_length > most:
        raise _impossible(f"asks for {rules.min_length} characters and takes {most}")
    return rules.min_length, most


def _bits(pools: list[int], length: int) -> float:
    """The logarithm of how many texts of a length have a character of each pool.

    By inclusion and exclusion over the pools that are left out.
    """
    left_out = chain.from_iterable(combinations(pools, n) for n in range(len(pools) + 1))
    number = sum((-1) ** len(out) * (sum(pools) - sum(out)) ** length for out in left_out)
    return log2(number) if number > 0 else 0.0


def _ways(count: int, least: int, most: int) -> int:
    """Return in how many ways so many words have from `least` to `most` letters together."""
    return sum(n for letters, n in _sums(count) if least <= letters <= most)


@cache
def _sums(count: int) -> tuple[tuple[int, int], ...]:
    """How many ways there are to each number of letters of so many words."""
    if count == 0:
        return ((0, 1),)
    sums: dict[int, int] = {}
    for letters, ways in _sums(count - 1):
        for length, words in _word_lengths().items():
            sums[letters + length] = sums.get(letters + length, 0) + ways * words
    return tuple(sums.items())


@cache
def _word_lengths() -> dict[int, int]:
    lengths: dict[int, int] = {}
    for word in words_to_choose():
        lengths[len(word)] = lengths.get(len(word), 0) + 1
    return lengths


def _told(least: int, most: int) -> str:
    return f"{least or 'any'} to {most} characters"


def _impossible(why: str) -> RefusedError:
    return RefusedError(
        f"the platform {why}: no password that can be made here is safe",
        "set one by hand (--stdin), and rely on the second factor",
    )
