"""Rows that are found by words and filters as one types, whatever they are about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from vault.domain.naming import sought
from vault.domain.query import parse_query

R = TypeVar("R")
Passes = Callable[[R], bool]
Filters = Mapping[str, Callable[[str], Passes[R]]]
"""What may stand before a colon, each with what makes a test of the value behind it."""


class Rows(Generic[R]):
    """Rows in their order. `text` says what words are looked for in; it is asked once a row."""

    def __init__(
        self, rows: Iterable[R], text: Callable[[R], str], filters: Filters[R] | None = None
    ) -> None:
        self.all: list[R] = list(rows)
        self._text = text
        self._texts: list[str] = []
        self._filters: Filters[R] = filters or {}

    @property
    def filters(self) -> Collection[str]:
        """The names of its filters."""
        return self._filters

    def prepare(self) -> Sequence[str]:
        """Return the texts that words are looked for in, so that the first word takes no longer.

        Another thread may do so as well: each puts all of them in place at once.
        """
        texts = self._texts
        if len(texts) < len(self.all):
            texts = texts + [sought(self._text(row)) for row in self.all[len(texts) :]]
            self._texts = texts
        return texts

    def add(self, more: Iterable[R]) -> None:
        """Put more rows at the end."""
        self.all.extend(more)

    def find(self, text: str) -> Sequence[R]:
        """Return the rows that hold all words and pass all filters of a text, in their order."""
        query = parse_query(text, self._filters)
        found: Sequence[R] = self.all
        if query.words:
            first, *others = query.words
            texts = zip(self.all, self.prepare(), strict=True)
            hits = [hit for hit in texts if first in hit[1]]
            for word in others:
                hits = [hit for hit in hits if word in hit[1]]
            found = [row for row, _ in hits]
        for name, value in query.filters:
            passes = self._filters[name](value)
            found = [row for row in found if passes(row)]
        return found


def beginning(of: Callable[[R], str]) -> Callable[[str], Passes[R]]:
    """Return a filter that passes rows of which a word of ours begins with the value.

    Such words are in lower case, so they are compared as they are, which takes a third of the time.
    """

    def passes_with(value: str) -> Passes[R]:
        return lambda row: of(row).startswith(value)

    return passes_with


def holding(of: Callable[[R], str]) -> Callable[[str], Passes[R]]:
    """Return a filter that passes rows of which something holds the value."""

    def passes_with(value: str) -> Passes[R]:
        return lambda row: value in sought(of(row))

    return passes_with
