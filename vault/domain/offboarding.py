"""The departure plan: ties, steps, order, dates, blockers with ways out, and a computed verdict.

Section 5 of docs/access-model.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from vault.domain.cases import Mode
from vault.domain.cautions import (
    carried_by_role,
    continuity,
    of_unknown_readers,
    only_member,
    resets_in_between,
    thinned_roles,
    who_has_left,
)
from vault.domain.grace import (
    could_be_undone,
    ending_by_themselves,
    is_closing,
    left_alone,
    without_gone,
)
from vault.domain.horizon import (
    Foreseen,
    Horizon,
    leaves_by,
    without_what_ends,
    without_who_goes,
)
from vault.domain.ids import Id
from vault.domain.instructions import title
from vault.domain.leavers_own import kept_by, lost_with
from vault.domain.neighbourhood import reach, surroundings
from vault.domain.planning import Planner
from vault.domain.registry import Registry
from vault.domain.schedule import dated, late, linked, ordered
from vault.domain.staff import Staff, absence
from vault.domain.steps import Step
from vault.domain.ties import Tie, all_ties
from vault.domain.verdict import Verdict, judge, without_idle
from vault.domain.ways_out import WAYS_OUT, Blocker, offered, ways_out
from vault.domain.wording import in_words
from vault.errors import RefusedError, UsageError


@dataclass(frozen=True)
class Departure:
    """Who leaves, when, and how. `successors` maps role ids to person ids, "" for all the rest.

    `last_day` is over only where that is the day on which the person left.
    """

    person: Id
    last_day: date
    mode: Mode = "planned"
    successors: Mapping[Id, Id] = field(default_factory=dict)
    two_person: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a departure takes, in order, and whether it suffices.

    `cautions` are sentences on what it risks and leaves thin, which stop no step.
    """

    person: Id
    last_day: date
    mode: Mode
    made_at: datetime
    ties: tuple[Tie, ...]
    steps: tuple[Step, ...]
    blockers: tuple[Blocker, ...]
    verdict: Verdict
    cautions: tuple[str, ...] = ()


def plan(
    registry: Registry, departure: Departure, at: datetime, done: frozenset[str] = frozenset()
) -> Plan:
    """Return the plan for a departure as things stand at a moment.

    `done` are the ids of steps that were done before; none of them is in the plan again.
    Raises UsageError for a last day in the past that is not the one recorded, RefusedError for a
    leaver who would succeed themselves or a successor who does not stay.
    """
    _check(registry, departure, at)
    leaver = departure.person
    manager = registry.person(leaver).manager
    people = (leaver, *departure.successors.values(), *filter(None, (manager,)))
    part = surroundings(registry, reach(registry, leaver), people)
    others = [case for case in registry.open_cases if case.person in part or case.account in part]
    part = without_what_ends(part, Horizon(leaver, at, _ends(departure, at)), others)
    part = without_gone(part, registry, _out_by(departure, at), at)
    foreseen = Foreseen(part, Horizon(leaver, at, _out_by(departure, at)))
    part = foreseen.registry
    ties = all_ties(part, leaver, at)
    planner = Planner(
        part, leaver, departure.successors, departure.mode, _ends(departure, at), at, done
    )
    proposed = [foreseen.dated(step) for step in planner.steps(ties)]
    steps = _arranged(part, proposed, departure, at)
    verdict = judge(part, leaver, steps, at, departure.mode)
    while verdict.idle:
        steps = without_idle(part, leaver, steps, verdict, at, departure.mode)
        steps = _arranged(part, steps, departure, at)
        verdict = judge(part, leaver, steps, at, departure.mode)
    blockers = (*planner.blockers, *_found_blockers(planner, steps, verdict))
    made = Plan(
        person=leaver,
        last_day=departure.last_day,
        mode=departure.mode,
        made_at=at,
        ties=ties,
        steps=steps,
        blockers=blockers,
        verdict=verdict,
    )
    found = _cautions(registry, departure, made, planner.staff)
    return msgspec.structs.replace(made, cautions=tuple(found))


def _cautions(registry: Registry, departure: Departure, made: Plan, staff: Staff) -> Iterator[str]:
    yield from who_has_left(registry.person(made.person), made.mode, made.made_at)
    if made.mode == "immediate" and made.ties:
        yield from continuity(registry, made.ties, made.steps, made.verdict)
        yield from resets_in_between(registry, made.person, made.steps, made.made_at)
    blocked = {blocker.account for blocker in made.blockers}
    yield from left_alone(registry, made.person, made.ties, blocked)
    out_by = _out_by(departure, made.made_at)
    yield from ending_by_themselves(registry, made.person, out_by, made.made_at)
    yield from of_unknown_readers(registry, made.person, made.made_at)
    yield from only_member(registry, made.person, made.made_at)
    yield from carried_by_role(registry, made.person, made.ties, made.made_at)
    yield from thinned_roles(staff, made.ties, made.steps, _ends(departure, made.made_at))


def _ends(departure: Departure, at: datetime) -> date:
    """The day by which all is to be done: the last day, or today where that is over."""
    return max(departure.last_day, at.date())


def _out_by(departure: Departure, at: datetime) -> date:
    """The day from which the leaver is to control nothing: today, where they do not help."""
    return _ends(departure, at) if departure.mode == "planned" else at.date()


def staying(registry: Registry, departure: Departure, at: datetime) -> Staff:
    """Return those who stay beyond the last day of a departure, and who of them takes over what."""
    then = without_who_goes(registry, Horizon(departure.person, at, _ends(departure, at)))
    return Staff(then, departure.person, departure.successors, at)


def _check(registry: Registry, departure: Departure, at: datetime) -> None:
    leaver, day = registry.person(departure.person), _ends(departure, at)
    name = leaver.name
    if departure.last_day not in (day, leaver.last_day):
        message = f"the last day of {name}, {departure.last_day}, is before {at.date()}"
        raise UsageError(
            message, "give a last day from today on, or ask about the past with --as-of"
        )
    for successor in departure.successors.values():
        person = registry.person(successor)
        if successor == departure.person:
            message = f"{name} cannot succeed themselves"
            raise RefusedError(message, "name somebody who stays with --successor")
        leaves = f"does not stay beyond {day}" if leaves_by(person, day) else ""
        why_not = absence(person, at) or leaves
        if why_not:
            message = f"{person.name} {why_not}"
            raise RefusedError(message, "name somebody who is here and stays with --successor")


def _arranged(
    registry: Registry, steps: Sequence[Step], departure: Departure, at: datetime
) -> tuple[Step, ...]:
    in_order = ordered(registry, steps, departure.mode)
    if departure.two_person:
        in_order = tuple(msgspec.structs.replace(s, two_person=True) for s in in_order)
    today, last_day = at.date(), _ends(departure, at)
    return dated(linked(registry, in_order, at), today, last_day, departure.mode)


def _found_blockers(planner: Planner, steps: Sequence[Step], verdict: Verdict) -> Iterator[Blocker]:
    """What the simulation stumbled over, each account named once."""
    registry, at = planner.registry, planner.at
    by_id = {step.id: step for step in steps}
    named = {blocker.account for blocker in planner.blockers}
    for stuck in verdict.stuck:
        if stuck.account not in named or not stuck.account:
            named.add(stuck.account)
            yield Blocker(stuck.account, stuck.why, ways_out(registry, by_id[stuck.step], at))
    for blocker in _denials(planner, verdict, by_id):
        if blocker.account not in named:
            named.add(blocker.account)
            yield blocker
    for step in steps:
        if step.wait_days and late(step, at.date()):
            act, when = in_words(step.act), f"from {step.not_before} on, after the last day"
            what = f"{act} is possible {when}: a matter of dates, by which nobody is locked out"
            ways = offered(registry, WAYS_OUT["transfer_ownership"], at, step.account)
            yield Blocker(step.account, what, ways)


def _denials(planner: Planner, verdict: Verdict, steps: Mapping[str, Step]) -> Iterator[Blocker]:
    """What the verdict denies, account by account."""
    registry, leaver, at = planner.registry, planner.leaver, planner.at
    for account, step_id in verdict.lost:
        own = lost_with(registry, steps[step_id], account, at)
        if own:
            yield own
            continue
        after = title(registry, steps[step_id])
        what = f"{registry.name_of(account)} would be lost to the company after: {after}"
        yield Blocker(account, what, offered(registry, WAYS_OUT["add_seat"], at, account))
    for account, step_id in verdict.reopened:
        after = title(registry, steps[step_id])
        what = f"{registry.name_of(account)} would be open to the leaver again after: {after}"
        yield Blocker(account, what, offered(registry, WAYS_OUT["record_loss"], at, account))
    for remaining in verdict.remaining:
        if is_closing(registry, remaining.account):
            yield could_be_undone(registry, remaining.account, remaining.why)
            continue
        own = kept_by(registry, leaver, remaining.account, at)
        if own:
            yield own
            continue
        ways = offered(registry, WAYS_OUT["record_loss"], at, remaining.account)
        yield Blocker(remaining.account, " -> ".join(remaining.why), ways)
