"""Presentation mode: on a shared screen or a picture, names and addresses are others.

Whatever is cleaned for the screen is masked on its way (`tui.widgets.plain.shown`), so no page can
forget to. The same name has the same mask wherever it stands, and it says what kind of name it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from vault.domain.account import Account
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.text import clean

_START: Final = re.compile(r"(?<!\w)\w|\+")
_WORD: Final = re.compile(r"[+\w]+")
_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SHORT: Final = 3  # below it, what is a handle in one place is a word in many others
_NO_ADDRESS: Final = "address@masked"


class _Name(NamedTuple):
    length: int
    lower: str
    mask: str


class Masks:
    """The masks for everything in a registry that names a person, an address or an account."""

    def __init__(self, registry: Registry) -> None:
        self._by_word: dict[str, list[_Name]] = {}
        known: set[str] = set()
        for name, mask in _names(registry):
            for form in (name, clean(name)):
                word = _WORD.search(form)
                if word is not None and form.lower() not in known:
                    known.add(form.lower())
                    self._learn(form[word.start() :], word[0], mask)
        for names in self._by_word.values():
            names.sort(reverse=True)

    def masked(self, text: str) -> str:
        """Return the text with each name in it, on the boundaries of words, replaced."""
        parts: list[str] = []
        done = 0
        for start in _START.finditer(text):
            at = start.start()
            found = self._at(text, at) if at >= done else None
            if found is not None:
                parts += [text[done:at], found.mask]
                done = at + found.length
        # An address in a note may be of nobody the vault knows.
        return _ADDRESS.sub(_NO_ADDRESS, "".join([*parts, text[done:]]))

    def _learn(self, name: str, word: str, mask: str) -> None:
        self._by_word.setdefault(word.lower(), []).append(_Name(len(name), name.lower(), mask))

    def _at(self, text: str, at: int) -> _Name | None:
        word = _WORD.match(text, at)
        for name in self._by_word.get(word[0].lower(), ()) if word else ():
            end = at + name.length
            is_told = name.length >= _SHORT or len(text) == name.length or text[at - 1 : at] == "@"
            if is_told and text[at:end].lower() == name.lower and not text[end : end + 1].isalnum():
                return name
        return None


def _names(registry: Registry) -> Iterator[tuple[str, str]]:
    """Everything that is masked, with its mask: whole names first, then parts of people's."""
    people = sorted(registry.all(Person), key=lambda each: each.id)
    for number, person in enumerate(people, 1):
        yield from ((name, f"Person {number}") for name in (person.name, person.listed_as))
        for address in (person.mail, *person.other_mails):
            yield address, f"mail-{number}"
    for number, mailbox in enumerate(sorted(registry.all(Mailbox), key=lambda m: m.id), 1):
        yield mailbox.address, f"mailbox-{number}"
    for number, phone in enumerate(sorted(registry.all(Phone), key=lambda p: p.id), 1):
        yield phone.number, f"phone-{number}"
    for number, account in enumerate(sorted(registry.all(Account), key=lambda a: a.id), 1):
        handles = (spell.of for spell in account.handles)
        for name in (*handles, *account.aliases, account.platform_id, account.display_name):
            yield name, f"account-{number}"
    for number, person in enumerate(people, 1):
        for part in f"{person.name} {person.listed_as}".split():
            if len(part) >= _SHORT and part[0].isupper():
                yield part, f"Person {number}"


class Presentation:
    """Presentation mode: on where it has a `source` of what there is to mask.

    There is one of it, as there is one terminal. Masks are made anew when the registry changes.
    """

    def __init__(self) -> None:
        self.source: Callable[[], Registry | None] | None = None
        self._masks: Masks | None = None
        self._of: Registry | None = None

    @property
    def is_on(self) -> bool:
        """Whether names are masked now."""
        return self.source is not None

    def masked(self, text: str) -> str:
        """Return the text as it may be seen by others."""
        registry = self.source() if self.source is not None else None
        if registry is not self._of:
            self._of, self._masks = registry, None if registry is None else Masks(registry)
        return text if self._masks is None else self._masks.masked(text)


PRESENTATION: Final = Presentation()
