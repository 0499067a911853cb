"""The departure plan: ties, steps, order, dates, blockers with ways out, and a computed verdict.

Section 5 of docs/access-model.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import msgspec

from vault.domain.cases import Mode
from vault.domain.changes import changes
from vault.domain.ids import Id
from vault.domain.neighbourhood import reach, surroundings
from vault.domain.person import Person
from vault.domain.planning import Blocker, Planner
from vault.domain.registry import Registry
from vault.domain.schedule import dated, late, linked, ordered
from vault.domain.steps import Act, Step
from vault.domain.ties import Tie, all_ties
from vault.domain.verdict import Verdict, judge, without_idle
from vault.errors import RefusedError, UsageError


@dataclass(frozen=True)
class Departure:
    """Who leaves, when, and how. `successors` maps role ids to person ids, "" for all the rest."""

    person: Id
    last_day: date
    mode: Mode = "planned"
    successors: Mapping[Id, Id] = field(default_factory=dict)
    two_person: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a departure takes, in order, and whether it suffices."""

    person: Id
    last_day: date
    mode: Mode
    made_at: datetime
    ties: tuple[Tie, ...]
    steps: tuple[Step, ...]
    blockers: tuple[Blocker, ...]
    verdict: Verdict


def plan(
    registry: Registry, departure: Departure, at: datetime, done: frozenset[str] = frozenset()
) -> Plan:
    """Return the plan for a departure as things stand at a moment.

    `done` are the ids of steps that were done before; none of them is in the plan again.
    Raises UsageError for a last day in the past, RefusedError for a leaver who would succeed
    themselves or a successor who does not stay.
    """
    _check(registry, departure, at)
    leaver = departure.person
    people = (leaver, *departure.successors.values())
    part = surroundings(registry, reach(registry, leaver), people)
    part = _as_of_the_last_day(part, departure, at)
    ties = all_ties(part, leaver, at)
    planner = Planner(part, leaver, departure.successors, departure.mode, at, done)
    proposed = planner.steps(ties)
    steps = _arranged(part, proposed, departure, at)
    verdict = judge(part, leaver, steps, at, departure.mode)
    while verdict.idle:
        steps = without_idle(part, leaver, steps, verdict, at, departure.mode)
        steps = _arranged(part, steps, departure, at)
        verdict = judge(part, leaver, steps, at, departure.mode)
    blockers = (*planner.blockers, *_found_blockers(part, planner.blockers, steps, verdict, at))
    return Plan(
        person=leaver,
        last_day=departure.last_day,
        mode=departure.mode,
        made_at=at,
        ties=ties,
        steps=steps,
        blockers=blockers,
        verdict=verdict,
    )


def _as_of_the_last_day(registry: Registry, departure: Departure, at: datetime) -> Registry:
    """The registry with others who leave no later counted as gone already.

    Two people who leave together must not be left to each other.
    """
    yesterday = at.date() - timedelta(days=1)
    gone = (
        msgspec.structs.replace(person, last_day=yesterday)
        for person in registry.all(Person)
        if person.id != departure.person and _leaves_by(person, departure.last_day)
    )
    return registry.apply(changes(*gone))


def _leaves_by(person: Person, day: date) -> bool:
    return person.last_day is not None and person.last_day <= day


def _check(registry: Registry, departure: Departure, at: datetime) -> None:
    name = registry.person(departure.person).name
    if departure.last_day < at.date():
        message = f"the last day of {name}, {departure.last_day}, is before {at.date()}"
        raise UsageError(
            message, "give a last day from today on, or ask about the past with --as-of"
        )
    for successor in departure.successors.values():
        person = registry.person(successor)
        if successor == departure.person:
            message = f"{name} cannot succeed themselves"
            raise RefusedError(message, "name somebody who stays with --successor")
        if _leaves_by(person, departure.last_day) or not person.stays(at):
            message = f"{person.name} does not stay beyond {departure.last_day}"
            raise RefusedError(message, "name somebody who stays with --successor")


def _arranged(
    registry: Registry, steps: Sequence[Step], departure: Departure, at: datetime
) -> tuple[Step, ...]:
    in_order = ordered(registry, steps, departure.mode)
    if departure.two_person:
        in_order = tuple(msgspec.structs.replace(s, two_person=True) for s in in_order)
    return dated(linked(registry, in_order), at.date(), departure.last_day)


def _found_blockers(
    registry: Registry,
    known: Sequence[Blocker],
    steps: Sequence[Step],
    verdict: Verdict,
    at: datetime,
) -> Iterator[Blocker]:
    """What the simulation stumbled over, each account named once."""
    by_id = {step.id: step for step in steps}
    named = {blocker.account for blocker in known}
    for stuck in verdict.stuck:
        if stuck.account not in named or not stuck.account:
            named.add(stuck.account)
            yield Blocker(stuck.account, stuck.why, ways_out(by_id[stuck.step].act))
    for blocker in _denials(registry, verdict):
        if blocker.account not in named:
            named.add(blocker.account)
            yield blocker
    for step in steps:
        if step.wait_days and late(step, at.date()):
            what = f"{step.act.replace('_', ' ')} takes until {step.not_before}, after the last day"
            yield Blocker(step.account, what, ways_out("transfer_ownership"))


def _denials(registry: Registry, verdict: Verdict) -> Iterator[Blocker]:
    """What the verdict denies, account by account."""
    for account, step_id in verdict.lost:
        what = f"{registry.name_of(account)} would be lost to the company after step {step_id}"
        yield Blocker(account, what, ways_out("add_seat"))
    for account, step_id in verdict.reopened:
        what = f"{registry.name_of(account)} would be open to the leaver again after {step_id}"
        yield Blocker(account, what, ways_out("record_loss"))
    for remaining in verdict.remaining:
        yield Blocker(remaining.account, " -> ".join(remaining.why), ways_out("record_loss"))


_WAYS_OUT: dict[Act, tuple[str, ...]] = {
    "add_seat": (
        "ask the leaver to give somebody who stays full rights before the last day",
        "ask the platform's support to recover the account, with proof of business",
    ),
    "remove_seat": (
        "give somebody who stays the same rights and see that they can use them",
        "ask the platform's support to recover the account, with proof of business",
    ),
    "transfer_ownership": (
        "start the waiting time today, and keep the leaver's help until it is over",
        "ask the platform's support to transfer the account, with proof of business",
    ),
    "end_role_assignment": (
        "name a successor: --successor ROLE=PERSON",
        "give the role to somebody: safehands role assign",
    ),
    "remove_vault_member": (
        "one member is all a vault has for now: let somebody who stays make a new vault",
        "write the lists out before the last day: safehands export",
    ),
    "prove_mailbox": ("prove the mailbox: safehands mailbox prove",),
    "release_mailbox": ("move the accounts that use it first, then make the plan again",),
    "enrol_factor": (
        "give the account an owner role: safehands account edit --role ROLE",
        "take the second factor over by hand and record it: safehands factor add",
    ),
    "rotate_password": (
        "name a successor: --successor PERSON",
        "have the leaver log in and change the password together with somebody who stays",
        "recover the account by a mailbox or phone of the company",
    ),
    "change_login_mail": (
        "add a mailbox for the role: safehands mailbox add --role ROLE",
        "have the leaver log in and change the address together with somebody who stays",
    ),
    "record_loss": (
        "cut what is left by hand, record it, and make the plan again",
        "record the account as lost: safehands account end --lost",
    ),
}


def ways_out(act: Act) -> tuple[str, ...]:
    """Return what a person can try when a step of this act is not possible."""
    nearest: dict[str, Act] = {
        "rotate_token": "rotate_password",
        "renew_recovery_codes": "rotate_password",
        "end_sessions": "rotate_password",
        "change_recovery_mail": "change_login_mail",
        "change_recovery_phone": "change_login_mail",
        "remove_factor": "enrol_factor",
        "confirm_seat": "add_seat",
    }
    return _WAYS_OUT.get(nearest.get(act, act), _WAYS_OUT["rotate_password"])
