"""The place "Cases": departures under way, and those that are closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tui.commands import bindings_of
from tui.opening import page_about
from tui.screens.list_page import ListPage
from tui.widgets.listing import Column
from vault.domain.cases import Case
from vault.domain.casework import next_after, next_day, steps_done
from vault.domain.instructions import title
from vault.domain.naming import folded


class CasesPage(ListPage):
    """All cases, the open ones first, by last day."""

    NAME = "cases"
    PLACE = "cases"
    BINDINGS = bindings_of("list", "cases")
    PLACEHOLDER = "who"
    EMPTY = "no cases yet: start a departure, and it is carried through here"
    NOUN = "case"

    def columns(self) -> tuple[Column, ...]:
        """Return the columns."""
        return (
            Column("who", lambda c: self.desk.registry.name_of(c.person), 14, share=1),
            Column("last day", lambda c: str(c.last_day or ""), 10),
            Column("done", _done, 9),
            Column("when", self._when, 10),
            Column("next step", self._next, 20, share=3, drop=1),
        )

    def find(self, text: str) -> Sequence[Any]:
        """Return the cases of those whose name holds all the words."""
        registry, words = self.desk.registry, folded(text).split()
        found = [
            case
            for case in registry.all(Case)
            if all(word in folded(registry.name_of(case.person)) for word in words)
        ]
        return sorted(found, key=lambda c: (c.closed_at is not None, str(c.last_day), c.opened_at))

    def total(self) -> int:
        """Return how many cases there are."""
        return len(list(self.desk.registry.all(Case)))

    def choose(self, key: str) -> None:
        """Carry the case on."""
        self.safehands.open(page_about("case", key))

    def action_start_departure(self) -> None:
        """Choose who leaves."""
        # Planning and carrying cases through is 0.1 s of imports, which the first page can spare.
        from tui.screens.leaver import LeaverPage

        self.safehands.open(LeaverPage())

    def _when(self, case: Case) -> str:
        if case.closed_at is not None:
            return "closed"
        if next_after(case, "", self.desk.now):
            return "now"
        done, total = steps_done(case)
        if done == total:
            return "to close"
        return str(next_day(case, self.desk.now) or "stuck")

    def _next(self, case: Case) -> str:
        following = case.find(next_after(case, "", self.desk.now) or "-")
        return title(self.desk.registry, following.step) if following else ""


def _done(case: Case) -> str:
    done, total = steps_done(case)
    return f"{done} of {total}"
