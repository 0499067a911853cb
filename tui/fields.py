"""What dialogues ask for, as data, and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from vault.domain.naming import folded, resolve
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.domain.spell import midnight
from vault.domain.text import clean, one_line
from vault.errors import UsageError

Choices = Mapping[str, str]
"""What can be chosen, as it is shown, with the id or word that stands for it."""

_NO_CHOICES: Choices = {}


@dataclass(frozen=True)
class Field:
    """One thing that is asked.

    `one` takes one of the `choices`, `several` takes some of them with commas between, and `words`
    takes any words with commas between; a line is offered its choices and takes anything. A text
    has several lines, a secret is masked. The choices are made when the field is first looked at.
    `first` is the first day that a calendar offers.
    """

    name: str
    label: str
    kind: Literal["line", "day", "number", "one", "several", "words", "text", "secret"] = "line"
    value: str = ""
    help: str = ""
    choices: Callable[[], Choices] = field(default=lambda: _NO_CHOICES)
    first: date | None = None


class Answers:
    """What was typed, by the names of the fields; `wrong` is the field that was read last.

    Each reading raises UsageError, NotFoundError or AmbiguousError for what makes no sense. It
    never prints itself: there may be a secret in it.
    """

    def __init__(self, fields: Sequence[Field], typed: Mapping[str, str]) -> None:
        self._fields = {each.name: each for each in fields}
        self._typed = typed
        self.wrong = ""

    def __repr__(self) -> str:
        return "<Answers>"

    @contextmanager
    def _reading(self, name: str) -> Iterator[str]:
        self.wrong = name
        yield self._typed[name].strip()
        self.wrong = ""

    def text(self, name: str) -> str:
        """Return an answer without white space around it; one of several lines as one."""
        with self._reading(name) as typed:
            return one_line(typed) if self._fields[name].kind == "text" else typed

    def secret(self, name: str) -> Secret:
        """Return an answer that nobody may see, as it was typed."""
        return Secret(self._typed[name])

    def needed(self, name: str) -> str:
        """Return a line that must not be empty."""
        with self._reading(name) as typed:
            if not typed:
                message = f"{self._fields[name].label.lower()} is needed"
                raise UsageError(message, self._fields[name].help)
            return typed

    def words(self, name: str) -> tuple[str, ...]:
        """Return words that were separated by commas."""
        return tuple(each.strip() for each in self.text(name).split(",") if each.strip())

    def day(self, name: str) -> date | None:
        """Return a day, or None for nothing."""
        with self._reading(name) as typed:
            try:
                return date.fromisoformat(typed) if typed else None
            except ValueError as error:
                message = f"{clean(typed)!r} is no date"
                raise UsageError(message, "give it as YYYY-MM-DD, such as 2026-11-30") from error

    def needed_day(self, name: str) -> date:
        """Return a day that must not be left out."""
        return self.day(name) or date.fromisoformat(self.needed(name))

    def moment(self, name: str, default: datetime) -> datetime:
        """Return the first moment of a day, or a default for nothing."""
        day = self.day(name)
        return midnight(day) if day else default

    def number(self, name: str) -> int | None:
        """Return a whole number from 1 on, or None for nothing."""
        with self._reading(name) as typed:
            if typed and not (typed.isascii() and typed.isdecimal() and int(typed[:9])):
                message = f"{clean(typed)!r} is no whole number from 1 on"
                raise UsageError(message, "give it in digits")
            return int(typed[:9]) if typed else None

    def word(self, name: str) -> str:
        """Return the word that stands for the choice, "" for nothing; it must be one of them."""
        with self._reading(name) as typed:
            return self._chosen(name, typed) if typed else ""

    def record(self, name: str, read: Callable[[str], str]) -> str:
        """Return the id of a record that was chosen or named, "" for nothing."""
        with self._reading(name) as typed:
            return self._known(name, typed) or read(typed) if typed else ""

    def records(self, name: str, read: Callable[[str], str]) -> tuple[str, ...]:
        """Return the ids of records that were chosen or named."""
        texts = self.words(name)
        with self._reading(name):
            return tuple(dict.fromkeys(self._known(name, text) or read(text) for text in texts))

    def _known(self, name: str, text: str) -> str:
        return self._fields[name].choices().get(text, "")

    def _chosen(self, name: str, text: str) -> str:
        choices = self._fields[name].choices()
        for shown, word in choices.items():
            if folded(text) in {folded(shown), folded(word)}:
                return word
        message = f"{clean(text)!r} is none of the choices"
        raise UsageError(message, f"give one of: {', '.join(choices)}")


def by_name(registry: Registry, kind: type[Record]) -> Callable[[str], str]:
    """Return what finds a record of a kind by what was typed, as the command line does."""
    return lambda text: resolve(registry, kind, text).id
