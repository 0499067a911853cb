"""Platform names in any spelling: what they compare as, and the spellings worth trying."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_GENERIC_WORDS: Final = frozenset(
    [
        "account",
        "accounts",
        "business",
        "channel",
        "company",
        "corporate",
        "feed",
        "group",
        "groep",
        "handle",
        "kanaal",
        "kanal",
        "official",
        "officieel",
        "page",
        "pages",
        "pagina",
        "pro",
        "profiel",
        "profil",
        "profile",
        "seite",
        "site",
    ]
)
_BRACKETED: Final = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
_ALTERNATIVES: Final = re.compile(
    r"\s*(?:[/|,;]|\bor\b|\bof\b|\bformerly\b|\bvoorheen\b)\s*", re.IGNORECASE
)
_WORD_BREAK: Final = re.compile(r"[\s_-]+")


def fold_name(text: str) -> str:
    """`text` reduced to what a name compares as: letters and digits, no case, no accents.

    "+" counts as the word it is read as, so that Google+ is not Google.
    """
    decomposed = unicodedata.normalize("NFKD", text.replace("+", " plus "))
    return "".join(c for c in decomposed.casefold() if c.isalnum())


def spellings(text: str) -> Iterator[str]:
    """The folded names that `text` may stand for, likeliest first; may repeat, none is empty.

    Tried in turn: the whole, what is outside and inside brackets, the parts around "/" or "or",
    each also without words such as "page" or "account"; then a domain without its last label.
    """
    for part in _parts(text):
        words = [word for word in _WORD_BREAK.split(part.strip()) if word]
        while words:
            folded = fold_name(" ".join(words))
            if folded:
                yield folded
            if words[-1].casefold() in _GENERIC_WORDS:
                words.pop()
            elif words[0].casefold() in _GENERIC_WORDS:
                words.pop(0)
            else:
                break


def _parts(text: str) -> Iterator[str]:
    yield text
    outside = _BRACKETED.sub(" ", text)
    inside = _BRACKETED.findall(text)
    for part in (outside, *inside):
        yield part
        alternatives = _ALTERNATIVES.split(part)
        if len(alternatives) > 1:
            yield from alternatives
    host = re.sub(r"^www\.", "", text.strip().casefold())
    if "." in host and " " not in host:
        yield host.rpartition(".")[0]
