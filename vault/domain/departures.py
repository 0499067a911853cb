"""Departures that are open and no longer fit what is recorded of the people in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from vault.domain.cases import Case
from vault.domain.existence import was_open
from vault.domain.ids import Id
from vault.domain.mending import Seen
from vault.domain.person import Person
from vault.domain.registry import Registry


def doubts(registry: Registry, at: datetime) -> Iterator[Seen]:
    """Yield what does not fit in the departures that are open at a moment."""
    for case in registry.all(Case):
        if was_open(case, at) and case.what == "offboarding":
            yield from _in_case(registry, case, registry.person(case.person))


def _in_case(registry: Registry, case: Case, leaver: Person) -> Iterator[Seen]:
    if leaver.last_day is None:
        what = f"{leaver.name} stays, but the case of the departure is open"
        yield Seen("departure_called_off", leaver, what)
        return
    if leaver.last_day != case.last_day:
        what = f"{leaver.name} leaves on {leaver.last_day}, but is planned for {case.last_day}"
        yield Seen("departure_moved", leaver, what)
    for role, successor in case.successors:
        ends = registry.person(successor).last_day
        if ends is not None:
            name, of = registry.name_of(successor), _of(registry, role)
            what = f"{name} takes over{of} from {leaver.name}, but leaves too, on {ends}"
            yield Seen("successor_leaves", leaver, what, (("--successor", _another(role)),))


def _of(registry: Registry, role: Id) -> str:
    return f" {registry.name_of(role)}" if role else ""


def _another(role: Id) -> str:
    return "ROLE=PERSON" if role else "PERSON"
