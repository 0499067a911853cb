"""Departure plans on random registries: the verdict is true, and what it denies has a blocker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import fewer
from tests.property.oracle import Oracle
from tests.property.pasts import Records
from tests.property.strategies import (
    LARGE,
    NOW,
    TODAY,
    departures,
    registries,
    stays_beyond,
)
from tests.property.well_kept import KEEPER, well_kept
from vault.domain.access import Access, leaver_side
from vault.domain.effects import effect
from vault.domain.grace import is_closing
from vault.domain.guards import has_one_owner, objection
from vault.domain.horizon import Foreseen, Horizon, without_what_ends
from vault.domain.levels import at_least
from vault.domain.mailbox import Mailbox
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.planning import Planner
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.schedule import ordered
from vault.domain.seat import Seat
from vault.domain.simulation import TICK, Simulation, simulate
from vault.domain.spell import current
from vault.domain.steps import LOGIN_ACTS, SEAT_ACTS, Step
from vault.domain.ties import all_ties
from vault.domain.verdict import _moments_after, required_by_policy

# Planning costs about the square of the steps, so these registries grow to a dozen accounts, and
# one in ten of those to sixty.
MIDDLING = LARGE._replace(
    people=12,
    roles=6,
    mailboxes=8,
    phones=5,
    accounts=12,
    assignments=15,
    factors=12,
    credentials=20,
    exposures=20,
    seats=15,
    grants=5,
)


# A plan takes some 30 ms where a closure takes one. The property that says what a verdict means
# and that it comes true gets all the examples of the profile, the other ones fewer.
@st.composite
def cases(draw: st.DrawFn) -> tuple[Registry, Departure]:
    # One in forty grows to the size given, so one in four hundred to the full one.
    largest = LARGE if draw(st.integers(0, 9)) == 9 else MIDDLING
    registry = draw(registries(largest))
    return registry, draw(departures(registry))


@dataclass(frozen=True)
class Moment:
    """A registry at a moment of a departure, and what each side can do there by the oracle."""

    registry: Registry
    at: datetime
    departure: Departure

    @cached_property
    def records(self) -> Records:
        return Records(self.registry)

    @cached_property
    def leaver(self) -> Oracle:
        return self.leaver_at(self.at)

    def leaver_at(self, at: datetime) -> Oracle:
        """The leaver at another moment, while the registry stays as it is."""
        who = (self.departure.person,)
        return Oracle(self.records, who, at, cautious=True, guessed=who)

    @cached_property
    def company(self) -> Oracle:
        """Those who stay beyond the last day; who leaves no later is not relied on."""
        staying = {
            p.id
            for p in self.registry.all(Person)
            if p.id != self.departure.person and stays_beyond(p, self.departure.last_day)
        }
        return Oracle(self.records, staying, self.at, cautious=False, guessed=())


@dataclass(frozen=True)
class Walk:
    """Steps carried out one after the other, as in a case; what is not possible is passed over."""

    moments: tuple[Moment, ...]
    steps: tuple[Step, ...]

    def pairs(self) -> Iterator[tuple[Step, Moment, Moment]]:
        yield from zip(self.steps, self.moments, self.moments[1:], strict=False)


def simulated(registry: Registry, departure: Departure, steps: Sequence[Step]) -> Simulation:
    staying = as_planned(registry, departure)
    return simulate(staying, departure.person, steps, NOW, departure.mode)


def carried_out(
    registry: Registry, departure: Departure, steps: Sequence[Step], run: Simulation | None = None
) -> Walk:
    stuck = {each.step for each in (run or simulated(registry, departure, steps)).stuck}
    at = NOW
    moments, done = [Moment(registry, at, departure)], []
    for step in steps:
        at += TICK
        if step.id not in stuck:
            registry = registry.apply(effect(registry, step, at, step.assignee))
            moments.append(Moment(registry, at, departure))
            done.append(step)
    if moments[-1].at < at:
        moments.append(Moment(registry, at, departure))
    return Walk(tuple(moments), tuple(done))


@given(cases())
def test_the_verdict_is_what_the_rules_say_and_what_was_planned_is_what_happens(
    case: tuple[Registry, Departure],
) -> None:
    registry, departure = case
    made = plan(registry, departure, NOW)
    run = simulated(registry, departure, made.steps)
    assert [each.step for each in run.stuck] == [each.step for each in made.verdict.stuck]
    staying = as_planned(registry, departure)
    walk = carried_out(staying, departure, made.steps, run)
    _assert_true_and_explained(made, walk)
    assert walk.moments[-1].registry == run.registry
    assert tuple(stage.step for stage in run.stages) == walk.steps


def _assert_true_and_explained(made: Plan, walk: Walk) -> None:
    """What a verdict says is what the oracle says, and what it denies has a blocker."""
    verdict = made.verdict
    blocked = {blocker.account for blocker in made.blockers}

    lost, reopened = set(), set()
    for _, before, after in walk.pairs():
        lost |= before.company.owned() - after.company.owned()
        reopened |= after.leaver.controlled() - before.leaver.controlled()
    assert verdict.never_locked_out is not bool(lost)
    assert {account for account, _ in verdict.lost} == lost
    assert verdict.never_reopened is not bool(reopened)
    assert {account for account, _ in verdict.reopened} == reopened

    end = walk.moments[-1]
    left = set(end.leaver.controlled())
    for days in (4, 10, 40):  # records of random registries begin and end within 30 days
        left |= end.leaver_at(end.at + timedelta(days=days)).controlled()
    assert verdict.sealed is not bool(verdict.remaining)
    assert left <= {each.account for each in verdict.remaining}
    if verdict.sealed:
        assert left == set()
    assert lost | reopened | left <= blocked
    assert all(each.why for each in verdict.remaining)
    assert bool(verdict.stuck) <= bool(made.blockers)
    assert all(each.account in blocked for each in verdict.stuck)


@fewer
@given(cases())
def test_no_step_of_a_plan_is_idle(case: tuple[Registry, Departure]) -> None:
    """Leaving one out leaves a tie, or makes another step impossible, or changes the verdict."""
    registry, departure = case
    made = plan(registry, departure, NOW)
    assert made.verdict.no_idle_step
    assert made.verdict.idle == ()
    stuck = {each.step for each in made.verdict.stuck}
    needed_by_stuck = {need for s in made.steps if s.id in stuck for need in s.depends_on}
    registry = as_planned(registry, departure)
    whole = _ends(registry, departure, made.steps)
    for step in made.steps:
        if required_by_policy(step) or step.id in stuck | needed_by_stuck:
            continue
        rest = tuple(other for other in made.steps if other is not step)
        assert _ends(registry, departure, rest) != whole, step


def _ends(registry: Registry, departure: Departure, steps: tuple[Step, ...]) -> object:
    """The ties and the control left, the steps that were stuck, what either side had on the way."""
    run = simulate(registry, departure.person, steps, NOW, departure.mode)
    ties = {(t.kind, t.account, t.target) for t in all_ties(run.registry, departure.person, run.at)}
    levels = {
        (account, level)
        for stage in run.stages
        for account, level in stage.company_after.items()
        if stage.company_before[account] == "owner" != level
    }
    opened = {
        account
        for stage in run.stages
        for account, level in stage.leaver_after.items()
        if level is not None and stage.leaver_before[account] is None
    }
    left = Access(run.registry, leaver_side(departure.person), run.at).controlled()
    return ties, left, {each.step for each in run.stuck}, levels, opened


@fewer
@given(cases())
def test_leaving_out_idle_steps_opens_nothing(case: tuple[Registry, Departure]) -> None:
    registry, departure = case
    who, mode = departure.person, departure.mode
    staying = as_planned(registry, departure)
    in_order = sorted(staying.records(), key=lambda record: record.id)  # as a plan reads them
    staying = Registry(in_order, staying.catalogue)
    planner = Planner(staying, who, departure.successors, mode, departure.last_day, NOW)
    proposed = ordered(staying, planner.steps(all_ties(staying, who, NOW)), mode)
    whole = carried_out(staying, departure, proposed).moments[-1]
    made = plan(registry, departure, NOW)
    assert {step.id for step in made.steps} <= {step.id for step in proposed}
    end = carried_out(registry, departure, made.steps).moments[-1]
    assert end.leaver.controlled() <= whole.leaver.controlled()


@fewer
@given(cases())
def test_every_step_respects_its_guards_and_makes_no_new_tie(
    case: tuple[Registry, Departure],
) -> None:
    registry, departure = case
    made = plan(registry, departure, NOW)
    people = {person.id for person in registry.all(Person)}
    owned = Moment(registry, NOW, departure).company.owned()
    for step in made.steps:
        if step.act == "add_seat" and step.account in owned:  # a personal tie nobody needs
            assert has_one_owner(registry, _leavers_seat(registry, step))
    for step, before, after in carried_out(registry, departure, made.steps).pairs():
        assert objection(before.registry, step, after.at) == ""
        assert step.assignee != departure.person
        assert step.to != departure.person
        if step.act in {"change_login_mail", "change_recovery_mail"} and step.to:
            mailbox = before.registry.get(step.to, Mailbox)
            assert mailbox.owner not in people
            assert mailbox.type != "personal"
            assert mailbox.proven_at is not None
        assert not (step.act in LOGIN_ACTS | SEAT_ACTS and is_closing(registry, step.account))
        if step.act == "enrol_factor":
            assert isinstance(before.registry.find(step.to), Role)
        if step.act == "release_mailbox":
            assert not _is_in_use(after, step.target)
        if step.act == "remove_seat":
            seat = before.registry.get(step.target, Seat)
            if at_least(seat.level, "full") and seat.holds(after.at):
                assert step.account in after.company.full()
        was_member = before.registry.person(departure.person).is_member(after.at)
        if step.act == "remove_vault_member" and was_member:
            members = (p for p in after.registry.all(Person) if p.is_member(after.at))
            assert any(p.id != departure.person for p in members)


def _leavers_seat(registry: Registry, step: Step) -> Seat:
    seats = registry.seats_on[step.account]
    return next(s for s in seats if s.person == step.person and s.level == "owner")


def _is_in_use(moment: Moment, mailbox: str) -> bool:
    return any(
        mailbox in current((*a.login_mailboxes, *a.recovery_mailboxes), moment.at)
        for a in moment.registry.accounts_on.get(mailbox, ())
        if a.is_open(moment.at)
    )


@fewer
@given(cases(), st.integers(0, 2**32))
def test_a_plan_depends_on_what_is_recorded_and_on_nothing_else(
    case: tuple[Registry, Departure], seed: int
) -> None:
    registry, departure = case
    made = plan(registry, departure, NOW)
    records = list(registry.records())
    Random(seed).shuffle(records)
    assert plan(Registry(records, registry.catalogue), departure, NOW) == made


@fewer
@given(cases())
def test_steps_come_after_what_they_depend_on_and_dates_respect_the_waits(
    case: tuple[Registry, Departure],
) -> None:
    registry, departure = case
    made = plan(registry, departure, NOW)
    earlier: dict[str, Step] = {}
    late = {b.account for b in made.blockers if "after the last day" in b.what}
    awaited = {moment.date() for moment in _moments_after(registry, NOW)}
    for step in made.steps:
        assert step.id not in earlier, "two steps share an id"
        assert set(step.depends_on) <= set(earlier)
        begins = max((earlier[n].not_before or TODAY for n in step.depends_on), default=TODAY)
        over = begins + timedelta(days=step.wait_days)
        if step.act == "release_mailbox":
            keep = registry.get(step.target, Mailbox).keep_until
            works = departure.last_day if departure.mode == "planned" else TODAY
            over = max(over, keep or TODAY, works)
        if step.act == "block_mailbox" and departure.mode == "planned":
            over = max(over, departure.last_day)
        if (step.not_before or TODAY) != over:  # it waits for what is to begin or to end
            assert step.not_before in awaited
            assert step.not_before > over
        assert step.due is not None
        assert step.due <= departure.last_day
        for need in step.depends_on:
            due = earlier[need].due
            assert due is not None
            assert due <= step.due - timedelta(days=step.wait_days)
        if step.wait_days and (step.not_before or TODAY) > step.due:
            assert step.account in late
        assert step.two_person is departure.two_person
        earlier[step.id] = step


def as_planned(registry: Registry, departure: Departure) -> Registry:
    """The registry that a plan is about: others with what they have then, the leaver by then."""
    who = departure.person
    gone = {
        p.id
        for p in registry.all(Person)
        if p.id != who and not stays_beyond(p, departure.last_day)
    }
    ended = without_what_ends(registry.without(gone), Horizon(who, NOW, departure.last_day), ())
    until = departure.last_day if departure.mode == "planned" else TODAY
    return Foreseen(ended, Horizon(who, NOW, until)).registry


@fewer
@given(cases(), st.floats(0, 1))
def test_a_new_plan_after_any_beginning_leads_to_the_same_verdict(
    case: tuple[Registry, Departure], share: float
) -> None:
    registry, departure = case
    made = plan(registry, departure, NOW)
    walk = carried_out(registry, departure, made.steps)
    done = round(share * len(walk.steps))
    moment = walk.moments[done]
    again = plan(moment.registry, departure, moment.at, frozenset(s.id for s in walk.steps[:done]))
    if made.verdict.sealed:
        assert again.verdict.sealed
    if made.verdict.holds and not made.verdict.stuck:
        assert again.verdict.holds
        assert again.verdict.stuck == ()
        ids = {step.id for step in made.steps}
        assert {step.id for step in again.steps} <= ids - {s.id for s in walk.steps[:done]}


@fewer
@given(well_kept(MIDDLING), st.data())
def test_a_departure_from_a_well_kept_company_holds(
    registry: Registry, data: st.DataObject
) -> None:
    leaver = data.draw(st.sampled_from(sorted(p.id for p in registry.all(Person))))
    if leaver == KEEPER:
        return
    mode = data.draw(st.sampled_from(("planned", "immediate")))
    departure = Departure(leaver, TODAY, mode, {"": KEEPER})  # type: ignore[arg-type]
    made = plan(registry, departure, NOW)
    assert made.blockers == ()
    assert made.verdict.holds
