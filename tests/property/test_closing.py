"""Closing a departure on random registries: what was waived is excused, and nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import fewer
from tests.property.strategies import NOW, TODAY
from tests.property.test_departure import MIDDLING
from tests.property.well_kept import KEEPER, well_kept
from vault.domain.account import Account
from vault.domain.case_ending import left_open, plan_of_the_rest, verdict_of_deeds
from vault.domain.cases import Case, Progress
from vault.domain.changes import changes
from vault.domain.effects import effect
from vault.domain.guards import objection
from vault.domain.levels import LEVELS
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.seat import Seat
from vault.domain.simulation import TICK


@st.composite
def finished(draw: st.DrawFn) -> tuple[Registry, Case, datetime]:
    """A departure of which each step was done, or waived: by choice, or since a guard says no."""
    registry = draw(well_kept(MIDDLING))
    leaver = draw(st.sampled_from(sorted(p.id for p in registry.all(Person) if p.id != KEEPER)))
    mode = draw(st.sampled_from(("planned", "immediate")))
    made = plan(registry, Departure(leaver, TODAY, mode, {"": KEEPER}), NOW)  # type: ignore[arg-type]
    waived = draw(st.sets(st.sampled_from([s.id for s in made.steps]))) if made.steps else set()
    return _carried_out(registry, made, waived)


def _carried_out(
    registry: Registry, made: Plan, waived: set[str]
) -> tuple[Registry, Case, datetime]:
    at, progress = NOW, list[Progress]()
    for step in made.steps:
        at += TICK
        if step.id in waived or objection(registry, step, at):
            progress.append(Progress(step, state="waived", approved_by=KEEPER))
            continue
        registry = registry.apply(effect(registry, step, at, step.assignee))
        progress.append(Progress(step, state="applied", applied_by=KEEPER, applied_at=at))
    case = Case(
        id="the case",
        what="offboarding",
        person=made.person,
        last_day=TODAY,
        mode=made.mode,
        successors=(("", KEEPER),),
        opened_at=NOW,
        progress=tuple(progress),
    )
    return registry.apply(changes(case)), case, at + TICK


def _standing(registry: Registry, case: Case, at: datetime) -> Sequence[str]:
    verdict = verdict_of_deeds(registry, case, at)
    return [*left_open(registry, case, verdict, at)]


@fewer
@given(finished())
def test_a_case_whose_steps_were_all_done_or_waived_can_be_closed(
    given_up: tuple[Registry, Case, datetime],
) -> None:
    registry, case, at = given_up
    assert _standing(registry, case, at) == []
    assert plan_of_the_rest(registry, case, at).steps == ()


@fewer
@given(finished(), st.data())
def test_what_nobody_waived_keeps_a_case_open_whatever_else_was(
    given_up: tuple[Registry, Case, datetime], data: st.DataObject
) -> None:
    registry, case, at = given_up
    live = sorted(a.id for a in registry.all(Account) if registry.is_live(a, at))
    if not live:
        return
    account = data.draw(st.sampled_from(live))
    begins = at + timedelta(days=data.draw(st.sampled_from((0, 20))))
    level = data.draw(st.sampled_from(LEVELS))
    given = Seat(id="given", account=account, person=case.person, level=level, since=begins)
    again = registry.apply(changes(given))
    if again.is_live(again.account(account), begins):
        assert _standing(again, case, at)
    assert "given" in {step.target for step in plan_of_the_rest(again, case, at).steps}
