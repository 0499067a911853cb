"""How hard a passphrase is to guess, as far as its length and its words say."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

SHORT: Final = 12  # characters; four common words have more
LONG: Final = 20  # with that many, or with that many words, guessing costs more than anybody has
WORDS: Final = 4
FEW: Final = 6  # different characters; fewer are a repeated syllable, or one key held down


class Strength(NamedTuple):
    """How a passphrase is judged, and one sentence that says why."""

    word: Literal["weak", "fair", "good"]
    why: str


def strength(passphrase: str) -> Strength:
    """Return how hard a passphrase is to guess; only its shape is judged, not whether it is known.

    A saying, a line of a song or what was used elsewhere is weak however long it is, and nothing
    here can tell.
    """
    count, words = len(passphrase), {word.casefold() for word in passphrase.split()}
    if count < SHORT:
        why = f"a passphrase of {count} characters is soon guessed by whoever has the file"
        return Strength("weak", why)
    if len(set(passphrase.casefold())) < FEW:
        return Strength("weak", "a passphrase of few different characters is soon guessed")
    if len(words) < WORDS and count < LONG:
        return Strength("fair", "one or two words more make it much harder to guess")
    return Strength("good", "long enough, if nobody would put these words together")
