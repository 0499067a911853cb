"""Departures that are open and no longer fit what is recorded of the people in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from vault.domain.cases import Case
from vault.domain.existence import was_open
from vault.domain.ids import Id
from vault.domain.mending import Options
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry


class Doubt(NamedTuple):
    """What does not fit: its code in KINDS, whom it is about, and what the command names."""

    code: str
    about: Record
    what: str
    options: Options = ()


def doubts(registry: Registry, at: datetime) -> Iterator[Doubt]:
    """Yield what does not fit in the departures that are open at a moment."""
    for case in registry.all(Case):
        if was_open(case, at) and case.what == "offboarding":
            yield from _in_case(registry, case, registry.person(case.person))


def _in_case(registry: Registry, case: Case, leaver: Person) -> Iterator[Doubt]:
    if leaver.last_day is None:
        what = f"{leaver.name} stays, but the case of the departure is open"
        yield Doubt("departure_called_off", leaver, what)
        return
    if leaver.last_day != case.last_day:
        what = f"{leaver.name} leaves on {leaver.last_day}, but is planned for {case.last_day}"
        yield Doubt("departure_moved", leaver, what)
    for role, successor in case.successors:
        ends = registry.person(successor).last_day
        if ends is not None:
            name, of = registry.name_of(successor), _of(registry, role)
            what = f"{name} takes over{of} from {leaver.name}, but leaves too, on {ends}"
            yield Doubt("successor_leaves", leaver, what, (("--successor", _another(role)),))


def _of(registry: Registry, role: Id) -> str:
    return f" {registry.name_of(role)}" if role else ""


def _another(role: Id) -> str:
    return "ROLE=PERSON" if role else "PERSON"
