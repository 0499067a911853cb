"""New secrets: passwords under a platform's own rules, and passphrases of words to read out.

Each is drawn uniformly from all that keep the rules, by drawing until one does; so its bits are the
logarithm of how many there are, exactly.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from functools import cache
from itertools import chain, combinations, groupby
from math import log2
from typing import Final, NamedTuple

import msgspec

from vault.domain.credential import CredentialKind
from vault.domain.platforms.model import CharacterClass, PasswordRules
from vault.domain.platforms.password_rules import characters, missing
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
PIN_LENGTH: Final = 6  # what WhatsApp asks for, and most others take
MOST_DRAWS: Final = 10_000  # a tenth of a second, where rules leave so few of all texts
LETTERS: Final = frozenset[CharacterClass]({"lower", "upper"})

Pools = Mapping[CharacterClass, str]


class Made(NamedTuple):
    """A new secret, and how many bits a guesser who knows how it was made has to guess."""

    secret: Secret
    bits: float


def generate_password(rules: PasswordRules | None) -> Made:
    """Return a new password under a platform's rules; raises RefusedError where none is safe."""
    rules = rules or PasswordRules(min_length=0)
    pools = _pools(rules)
    return _drawn(rules, pools, GENERATED_LENGTH)


def generate(what: CredentialKind, rules: PasswordRules | None, *, words: bool = False) -> Made:
    """Return a new password, of `words` if they are wanted, or a new PIN; raises RefusedError."""
    if what == "pin":
        return generate_pin(rules)
    return generate_words(rules) if words else generate_password(rules)


def generate_pin(rules: PasswordRules | None) -> Made:
    """Return a new PIN: six digits, or as many as a platform wants whose rules are for digits.

    A platform stops after a few guesses, so it may be short. Raises RefusedError for rules that
    cannot be met.
    """
    rules = rules if rules and rules.only == ("digit",) else PasswordRules(PIN_LENGTH)
    digits = msgspec.structs.replace(rules, only=("digit",))
    return _drawn(rules, _pools(digits), PIN_LENGTH, least_bits=0)


def _drawn(
    rules: PasswordRules,
    pools: Pools,
    usual: int,
    *,
    least_bits: float = LEAST_BITS,
) -> Made:
    """Draw evenly from all texts of a length with a character of each pool that keep the rules."""
    least, most = _lengths(rules)
    length = min(max(usual, least), most)
    if length < len(pools):
        raise _impossible(f"takes no more than {length} characters")
    everything = "".join(pools.values())
    number = _number(rules, pools, length)
    if not number or number * MOST_DRAWS < len(everything) ** length:
        raise _impossible("takes hardly anything")
    if log2(number) < least_bits:
        raise _impossible(f"takes nothing harder to guess than {log2(number):.0f} bits")
    while True:
        made = "".join(secrets.choice(everything) for _ in range(length))
        if _keeps(rules, pools, made):
            return Made(Secret(made), log2(number))


def _keeps(rules: PasswordRules, pools: Pools, made: str) -> bool:
    runs = (len(list(same)) for _, same in groupby(made))
    return (
        all(any(letter in pool for letter in made) for pool in pools.values())
        and (not rules.first_letter or made[0].isalpha())
        and (rules.longest_run is None or max(runs) <= rules.longest_run)
    )


def generate_words(rules: PasswordRules | None) -> Made:
    """Return words of the EFF's long list, joined as a platform's rules want.

    Raises RefusedError where the rules leave no room for words that are hard enough to guess.
    """
    rules = rules or PasswordRules(min_length=0)
    joint, capital, ending = _dressing(rules)
    least, most = _lengths(rules)
    for count in WORD_COUNTS:
        beside = (count - 1) * len(joint) + len(ending)
        ways = _ways(count, least - beside, most - beside)
        if ways and log2(ways) >= LEAST_WORD_BITS:
            break
    else:
        raise _no_words(f"{least or 'any'} to {most} characters")
    while True:
        words = [secrets.choice(words_to_choose()) for _ in range(count)]
        if capital:
            words = [word.capitalize() for word in words]
        made = joint.join(words) + ending
        if least <= len(made) <= most:
            return Made(Secret(made), log2(ways))


def _dressing(rules: PasswordRules) -> tuple[str, bool, str]:
    """What is between words, whether each begins with a capital, and what the last one ends with.

    Without anything between them capitals show where a word begins. The digit adds no bits.
    """
    pools, left = _pools(rules), characters(rules)
    joint = next((s for s in SYMBOLS if s in pools.get("symbol", "")), "")
    if "symbol" in rules.required and not joint:
        joint = pools["symbol"][0]
    capital = not joint or "upper" in rules.required
    ending = "7" if "digit" in rules.required else ""
    short = rules.classes - (1 + bool(joint) + capital + bool(ending))
    if short > 0 and not capital:
        capital, short = True, short - 1
    if short > 0 and not ending:
        ending, short = "7", short - 1
    needed = string.ascii_lowercase + string.ascii_uppercase * capital + ending
    doubled = rules.longest_run == 1  # "eggs" has two in a row, and no word three
    if short > 0 or doubled or not set(needed) <= set("".join(left.values())):
        raise _no_words("other characters than words have")
    return joint, capital, ending


@cache
def words_to_choose() -> tuple[str, ...]:
    """Return the words of the EFF's long list that are letters only: 7,772 of 7,776."""
    from xkcdpass import xkcd_password

    listed = xkcd_password.generate_wordlist("eff-long", min_length=3, max_length=9)
    return tuple(sorted({word for word in listed if word.isascii() and word.isalpha()}))


def _pools(rules: PasswordRules) -> Pools:
    """The characters of each class that the platform takes and that a person can read out."""
    left = characters(rules)
    for kind in missing(rules, left):
        raise _impossible(f"asks for a {kind} and allows none that a keyboard has")
    if len(left) < rules.classes:
        raise _impossible(f"asks for {rules.classes} kinds of characters and takes {len(left)}")
    if not left.keys() & LETTERS:
        return left  # among digits none looks like another
    usual = {**dict.fromkeys(left, AMBIGUOUS), "symbol": set(string.punctuation) - set(SYMBOLS)}
    return {
        kind: "".join(c for c in pool if c not in usual[kind]) or pool
        for kind, pool in left.items()
    }


def _lengths(rules: PasswordRules) -> tuple[int, int]:
    most = LONGEST if rules.max_length is None else min(rules.max_length, LONGEST)
    if rules.min_length > most:
        raise _impossible(f"asks for {rules.min_length} characters and takes {most}")
    return rules.min_length, most


def _number(rules: PasswordRules, pools: Pools, length: int) -> int:
    """How many texts of a length keep the rules and have a character of each pool.

    By inclusion and exclusion over the pools that are left out. To the length of a run all
    characters are alike, so as many texts begin with any of them.
    """
    run = rules.longest_run or length
    left_out = chain.from_iterable(combinations(pools, n) for n in range(len(pools) + 1))
    number = 0
    for out in left_out:
        sizes = {kind: len(pool) for kind, pool in pools.items() if kind not in out}
        size = sum(sizes.values())
        first = sum(sizes.get(kind, 0) for kind in LETTERS) if rules.first_letter else size
        if size:
            number += (-1) ** len(out) * _texts(size, length, run) * first // size
    return number


def _texts(size: int, length: int, run: int) -> int:
    """How many texts of so many characters have none more than `run` times in a row.

    Each ends in a run of some length, after a text that ends in another character.
    """
    found: list[int] = [size**n for n in range(min(run, length) + 1)]
    for _ in range(run, length):
        found.append((size - 1) * sum(found[-run:]))
    return found[length]


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


def _no_words(rule: str) -> RefusedError:
    return RefusedError(
        f"no words that are hard to guess keep the platform's rules ({rule})",
        "let a password be made instead: --generate without --words",
    )


def _impossible(why: str) -> RefusedError:
    return RefusedError(
        f"the platform {why}: no password that can be made here is safe",
        "set one by hand (--stdin), and rely on the second factor",
    )
