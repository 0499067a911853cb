"""The place "Cases": departures, rotations and closings under way, and those that are over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tui.case_kinds import day_of, kind_of
from tui.commands import bindings_of
from tui.opening import page_about
from tui.screens.list_page import ListPage
from tui.widgets.listing import Column
from vault.domain.cases import Case
from vault.domain.casework import next_after, next_day, steps_done, subject
from vault.domain.instructions import title
from vault.domain.naming import folded


class CasesPage(ListPage):
    """All cases, the open ones first, by the day they are about."""

    NAME = "cases"
    PLACE = "cases"
    BINDINGS = bindings_of("list", "cases")
    PLACEHOLDER = "who or what  rotation"
    EMPTY = "no cases yet: a departure, a rotation or a closing is carried through here"
    NOUN = "case"

    def columns(self) -> tuple[Column, ...]:
        """Return the columns."""
        return (
            Column("kind", kind_of, 9),
            Column("of", lambda c: subject(self.desk.registry, c), 18, share=2),
            Column("by", lambda c: str(day_of(c) or ""), 10),
            Column("done", _done, 9, drop=1),
            Column("when", self._when, 10),
            Column("next step", self._next, 20, share=3, drop=2),
        )

    def find(self, text: str) -> Sequence[Any]:
        """Return the cases whose kind and subject hold all the words."""
        registry, words = self.desk.registry, folded(text).split()
        found = [
            case
            for case in registry.all(Case)
            if all(word in folded(f"{kind_of(case)} {subject(registry, case)}") for word in words)
        ]
        return sorted(found, key=lambda c: (c.closed_at is not None, str(day_of(c)), c.opened_at))

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
            return case.ended_as
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
