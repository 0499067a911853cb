"""How soon a password that somebody chose would be guessed, as zxcvbn judges it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from vault.domain.account import Account
from vault.domain.credential import WEAK
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.secret import Secret

JUDGED: Final = 72  # characters; zxcvbn refuses more, and takes 50 ms at worst for so many
MOST_PEOPLE: Final = 500  # a longer list takes zxcvbn milliseconds more and finds little
SHORTEST: Final = 3  # letters; shorter words are in every password


class Strength(NamedTuple):
    """What a password is worth: 0 (guessed at once) to 4, and in a sentence why."""

    score: int
    why: str


def judge(secret: Secret, known: Iterable[str] = ()) -> Strength:
    """Return how hard a password is to guess, for somebody who would try the words `known` first.

    Only its first 72 characters are looked at. The sentence never quotes the password.
    """
    from zxcvbn import zxcvbn

    text = secret.reveal()[:JUDGED]
    if not text:
        return Strength(0, "it is empty")
    found = zxcvbn(text, user_inputs=sorted({word for word in known if word}))
    score, feedback = int(found["score"]), found["feedback"]
    hints = (feedback["warning"], *feedback["suggestions"][:1])
    why = " ".join(f"{hint.rstrip('.')}." for hint in hints if hint)
    return Strength(score, why or "It would be guessed soon." if score <= WEAK else why)


def words_around(registry: Registry, account: Account) -> set[str]:
    """Return what a guesser who knows the company tries first: platform, handles, names."""
    platform = registry.platform(account)
    names = [platform.id, platform.name, account.display_name, account.brand]
    names += [spell.of for spell in account.handles]
    names += [registry.name_of(spell.of) for spell in account.owner_roles]
    names += [person.name for person in registry.all(Person)][:MOST_PEOPLE]
    return {word for name in names for word in folded(name).split() if len(word) >= SHORTEST}
