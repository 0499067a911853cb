"""Choosing who leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tui.commands import bindings_of
from tui.people_lists import URGENCY
from tui.screens.case import CasePage
from tui.screens.departure import DeparturePage
from tui.screens.list_page import ListPage
from tui.widgets.listing import Column
from vault.domain.holders import roles_of
from vault.domain.ids import Id
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.services.offboarding import open_case_of


class LeaverPage(ListPage):
    """Everybody, by what is most urgent: those who are leaving, those who stay, those who left."""

    NAME = "leaver"
    PLACE = "cases"
    BINDINGS = bindings_of("list", "leaver")
    PLACEHOLDER = "who leaves?"
    EMPTY = "nobody is recorded: add people under People, or import them"
    NOUN = "person"

    def columns(self) -> tuple[Column, ...]:
        """Return the columns."""
        return (
            Column("who", lambda p: p.name, 18, share=2),
            Column("last day", lambda p: str(p.last_day or ""), 10),
            Column("roles", self._roles, 16, share=2),
            Column("case", self._case, 9),
            Column("mail", lambda p: p.mail, 16, share=1, drop=1),
        )

    def find(self, text: str) -> Sequence[Any]:
        """Return those whose name or address holds all the words."""
        words = folded(text).split()
        return [
            person
            for person in self._people()
            if all(word in folded(f"{person.name} {person.mail}") for word in words)
        ]

    def total(self) -> int:
        """Return how many people there are."""
        return len(self._people())

    def choose(self, key: str) -> None:
        """Plan the departure, or go on with the case there is."""
        case = open_case_of(self.desk.registry, key)
        self.safehands.open(CasePage(case.id) if case else DeparturePage(key))

    def _people(self) -> list[Person]:
        now = self.desk.now

        def urgency(person: Person) -> tuple[int, str, str, Id]:
            day = str(person.last_day or "")
            return URGENCY.index(person.status(now)), day, person.name, person.id

        found = (p for p in self.desk.registry.all(Person) if not p.one_with)
        return sorted(found, key=urgency)

    def _roles(self, person: Person) -> str:
        registry = self.desk.registry
        roles: list[Id] = roles_of(registry, person.id, self.desk.now)
        return ", ".join(map(registry.name_of, roles))

    def _case(self, person: Person) -> str:
        return "open" if open_case_of(self.desk.registry, person.id) else ""
