"""Hands that know the way through a departure, for the tests that need a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.tui.conftest import Hands
from vault.domain.cases import Case
from vault.domain.person import Person
from vault.services.offboarding import departure_of, start_offboarding

LAST_DAY = "2026-04-01"  # a month after the demo company's today


async def later(hands: Hands, **by: float) -> None:
    """Let time pass: the company was built in seconds, which this interface has yet to live."""
    clock: Any = hands.app.desk.env.now
    clock.now += timedelta(**by)
    await hands.settle()


def person(hands: Hands, name: str) -> Person:
    return next(p for p in hands.app.desk.registry.all(Person) if p.name == name)


def case_of(hands: Hands, name: str) -> Case:
    """Return somebody's newest case."""
    who = person(hands, name).id
    found = [c for c in hands.app.desk.registry.all(Case) if c.person == who]
    return max(found, key=lambda c: c.opened_at)


async def plan_for(hands: Hands, name: str) -> None:
    """Open the departure of somebody, as a page about a person does."""
    from tui.screens.departure import DeparturePage

    await later(hands, hours=1)
    await hands.press("4")
    hands.app.open(DeparturePage(person(hands, name).id))
    await hands.settle()


def planned(hands: Hands) -> Any:
    """Return the plan that is shown."""
    return hands.page._planned.view


async def start_case(hands: Hands, name: str, *, two_person: bool = False) -> None:
    """Open a case as the departure's page does, and its page."""
    desk = hands.app.desk
    await later(hands, hours=1)
    leaver = person(hands, name)
    day = leaver.last_day or desk.today + timedelta(days=30)
    departure = departure_of(leaver, day, "planned", {}, desk.today, two_person=two_person)
    start_offboarding(desk.session, departure)
    await hands.press("4")
    hands.page.listing.go_to(case_of(hands, name).id)
    await hands.press("enter")


def step_of(hands: Hands, act: str) -> str:
    """Return the id of the first step of an act in the case that is shown."""
    return str(next(p.step.id for p in hands.page.case.progress if p.step.act == act))


async def go_to(hands: Hands, step: str) -> None:
    """Put the cursor on a step."""
    hands.page.rail.go_to(step)
    hands.page._show_step()
    await hands.settle()


def state_of(hands: Hands, step: str) -> str:
    progress = hands.page.case.find(step)
    assert progress is not None
    return str(progress.state)
