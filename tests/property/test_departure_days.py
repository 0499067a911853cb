"""Departures as they are carried out: in any order that a plan allows, on any day that it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import fewer
from tests.property.strategies import NOW, TODAY, Dice
from tests.property.test_departure import MIDDLING, Moment, cases
from tests.property.well_kept import KEEPER, well_kept
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.credential import Credential, Exposure, Version
from vault.domain.effects import effect
from vault.domain.factor import Factor
from vault.domain.grace import is_closing
from vault.domain.grant import Grant
from vault.domain.guards import objection
from vault.domain.knowledge import is_of_unknown_holder
from vault.domain.mailbox import Mailbox
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.simulation import TICK
from vault.domain.spell import Spell, midnight
from vault.domain.steps import Step
from vault.domain.ties import Tie, all_ties


@st.composite
def departures_from_restless_companies(draw: st.DrawFn) -> tuple[Registry, Departure]:
    """Who takes over has some of what the leaver has; much begins, opens or ends before the end."""
    registry = draw(well_kept(MIDDLING))
    dice = Dice(str(draw(st.integers(0, 2**32))))
    lacking = [r.id for r in registry.records() if r.id.startswith("keeps") and dice.chance(0.6)]
    registry = registry.without(lacking)
    moved = (_moved(record, dice) for record in sorted(registry.records(), key=lambda r: r.id))
    registry = _with_later_openings(registry.apply(changes(*moved)), dice)
    people = sorted(p.id for p in registry.all(Person) if p.id != KEEPER)
    day = TODAY + timedelta(days=draw(st.sampled_from((1, 8, 30))))
    mode = draw(st.sampled_from(("planned", "planned", "immediate")))
    return registry, Departure(draw(st.sampled_from(people)), day, mode, {"": KEEPER})  # type: ignore[arg-type]


def _moved(record: Record, dice: Dice) -> Record:
    """The record, which perhaps begins or ends within three weeks, or whose spells do."""
    if isinstance(record, Assignment | Seat | Grant):
        return replace(record, **_other_times(dice))
    name = {Mailbox: "readers", Phone: "carriers", Factor: "holders"}.get(type(record))
    if name is None:
        return record
    spells = getattr(record, name)
    people = (s if s.of.startswith("role") else replace(s, **_other_times(dice)) for s in spells)
    spells = tuple(people)
    return replace(record, **{name: spells})


def _other_times(dice: Dice) -> dict[str, datetime]:
    if dice.chance(0.7):
        return {}
    field = dice.any_of(("since", "until"))
    return {field: NOW + timedelta(days=dice.random.randint(1, 21))}


def _with_later_openings(registry: Registry, dice: Dice) -> Registry:
    """The registry in which some accounts, which no other one hangs on, open within three weeks."""
    needed = {spell.of for account in registry.all(Account) for spell in account.supports}
    needed |= {seat.role_account for seat in registry.all(Seat)}
    needed |= {grant.tool for grant in registry.all(Grant)}
    first: dict[str, datetime] = {}
    for account in sorted(registry.all(Account), key=lambda a: a.id):
        if account.id not in needed and dice.chance(0.2):
            first[account.id] = NOW + timedelta(days=dice.random.randint(1, 21))
    secrets = [c for c in registry.all(Credential) if c.account in first]
    known = {each.id for each in secrets}
    early = [e.id for e in registry.all(Exposure) if e.credential in known]
    early += (grant.id for grant in registry.all(Grant) if grant.account in first)
    opened = (_opening(registry.account(each), at) for each, at in first.items())
    made = (replace(c, versions=_made_at(first[c.account])) for c in secrets)
    return registry.without(early).apply(changes(*opened, *made))


def _opening(account: Account, at: datetime) -> Account:
    links = ("owner_roles", "login_mailboxes", "recovery_mailboxes", "recovery_phones")
    moved = {name: tuple(Spell(s.of, at) for s in getattr(account, name)) for name in links}
    return replace(account, since=at, sign_in_accounts=(), containers=(), **moved)


def _made_at(at: datetime) -> tuple[Version, ...]:
    return (Version(number=1, stored=True, made_at=at, current_from=at),)


@dataclass
class Diary:
    """A plan that is carried out: which step next and when is for chance to say."""

    registry: Registry
    departure: Departure
    at: datetime
    random: Random

    def carry_out(self, made: Plan) -> Iterator[tuple[Step, Moment, Moment]]:
        waiting, done = list(made.steps), set[str]()
        while waiting:
            possible = [s for s in waiting if done.issuperset(s.depends_on)]
            step = self.random.choice(possible)
            self.at = self._when(step)
            before = Moment(self.registry, self.at, self.departure)
            assert objection(self.registry, step, self.at) == "", step
            changed = effect(self.registry, step, self.at, step.assignee)
            self.registry = self.registry.apply(changed)
            yield step, before, Moment(self.registry, self.at, self.departure)
            waiting.remove(step)
            done.add(step.id)

    def _when(self, step: Step) -> datetime:
        """As soon as it may be, or in a planned departure on any later day up to the last."""
        soonest = max(self.at + TICK, _late_on(step.not_before) if step.not_before else self.at)
        end = _late_on(self.departure.last_day)
        if self.departure.mode == "immediate" or end <= soonest or self.random.random() < 0.5:
            return soonest
        return soonest + (end - soonest) * self.random.choice((0.1, 0.5, 0.9))


def _late_on(day: date) -> datetime:
    return midnight(day) + timedelta(hours=22)


@fewer
@given(cases() | departures_from_restless_companies(), st.integers(0, 2**32))
def test_a_plan_without_blockers_comes_true_in_any_order_and_on_any_days_that_it_allows(
    case: tuple[Registry, Departure], seed: int
) -> None:
    registry, departure = case
    made = plan(registry, departure, NOW)
    if made.blockers:
        return
    diary = Diary(registry, departure, NOW, Random(seed))
    owned = Moment(registry, NOW, departure).company.owned()
    for step, before, after in diary.carry_out(made):
        live = {a for a in owned & before.company.owned() if _is_live(after, a)}
        assert live <= after.company.owned(), step
    end = max(diary.at, _late_on(departure.last_day))
    moment = Moment(diary.registry, end, departure)
    assert moment.leaver.controlled() == set()
    for days in (4, 10, 40):
        assert moment.leaver_at(end + timedelta(days=days)).controlled() == set()
    assert [t for t in all_ties(diary.registry, departure.person, end) if _counts(moment, t)] == []


def _is_live(moment: Moment, account: str) -> bool:
    registry = moment.registry
    return registry.is_live(registry.account(account), moment.at)


def _counts(moment: Moment, tie: Tie) -> bool:
    """Whether the plan had to cut it: what is closed and what nobody knows the holder of, not."""
    record = moment.registry.find(tie.target)
    if isinstance(record, Factor) and is_of_unknown_holder(record):
        return False
    return not is_closing(moment.registry, tie.account)
