"""Departures: the plan, and the case that carries it through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from shlex import quote

import msgspec

from vault.domain.cases import DONE, Case, Mode, Progress
from vault.domain.casework import titled
from vault.domain.changes import Change, Changes, changes
from vault.domain.existence import was_open
from vault.domain.ids import Id
from vault.domain.mending import Names
from vault.domain.naming import resolve
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.steps import Step
from vault.errors import AlreadyError, RefusedError, UsageError
from vault.services.cases import open_case, refuse_empty
from vault.services.editing import fresh_id
from vault.services.session import Session


def departure_of(
    person: Person,
    last_day: date | None,
    mode: Mode,
    successors: Mapping[Id, Id],
    today: date,
    *,
    two_person: bool = False,
) -> Departure:
    """Return a departure on the given last day, or on the one the registry knows.

    Of somebody who has left already it is immediate, whatever the mode: they do not help any more.
    Raises UsageError where neither day is known.
    """
    day = last_day or person.last_day
    if day is None:
        message = f"nobody recorded the last day of {person.name}"
        raise UsageError(message, "give it: --last-day YYYY-MM-DD")
    return Departure(person.id, day, _fitting(person, mode, today), successors, two_person)


def _fitting(person: Person, mode: Mode, today: date) -> Mode:
    """The mode, or immediate where somebody has left: nobody can count on their help."""
    has_left = person.last_day is not None and person.last_day < today
    return "immediate" if has_left else mode


def named_successors(registry: Registry, typed: Mapping[Id, str]) -> dict[Id, Id]:
    """Return who takes over which role ("" for all the rest), from what was typed for each.

    An empty text names nobody. Raises NotFoundError, or AmbiguousError with the candidates.
    """
    return {role: resolve(registry, Person, text).id for role, text in typed.items() if text}


def open_case_of(registry: Registry, person: Id) -> Case | None:
    """Return the open case of somebody's departure, or None."""
    found = (c for c in registry.open_cases if c.what == "offboarding" and c.person == person)
    return next(found, None)


def plan_departure(registry: Registry, departure: Departure, at: datetime) -> Plan:
    """Return the plan for a departure as things stand at a moment; raises what `plan` raises.

    Where its case was open then, that is what making its plan again would give, chosen so.
    """
    open_then = (c for c in registry.all(Case) if c.person == departure.person and was_open(c, at))
    case = next(open_then, None)
    return plan(registry, departure, at, _done(case.as_of(at)) if case else frozenset())


def start_offboarding(session: Session, departure: Departure) -> tuple[Case, Plan]:
    """Make the plan and open a case for it; the person's last day is recorded where it was not.

    One that is over stays: the case of who has left runs from now on. Where a case for that day was
    closed and nothing is left to do, none is opened: that one is returned.

    Raises AlreadyError where a case for this person is open.
    """

    def decide(registry: Registry, now: datetime) -> tuple[Changes, tuple[Case, Plan]]:
        _refuse_second_case(registry, departure.person)
        made = plan(registry, departure, now)
        closed = None if made.steps else _closed_case(registry, departure)
        if closed is not None:
            return (), (closed, made)
        case = Case(
            id=fresh_id(session),
            what="offboarding",
            person=departure.person,
            last_day=departure.last_day,
            mode=departure.mode,
            two_person=departure.two_person,
            successors=tuple(sorted(departure.successors.items())),
            opened_at=now,
            opened_by=session.person,
            progress=tuple(Progress(step) for step in made.steps),
        )
        person = registry.person(departure.person)
        if person.last_day is not None and person.last_day < now.date():
            return (Change(case),), (case, made)
        leaving = msgspec.structs.replace(person, last_day=departure.last_day)
        return changes(case, leaving), (case, made)

    name = session.registry.name_of(departure.person)
    return session.write_returning("offboard.start", decide, note=name)


def _closed_case(registry: Registry, departure: Departure) -> Case | None:
    """The newest case that carried this departure through, of somebody who still leaves then."""
    if registry.person(departure.person).last_day != departure.last_day:
        return None
    theirs = (c for c in registry.all(Case) if c.person == departure.person and c.closed_at)
    fit = [c for c in theirs if c.last_day == departure.last_day and not c.was_given_up]
    return max(fit, key=lambda case: case.opened_at, default=None)


def _refuse_second_case(registry: Registry, person: Id) -> None:
    case = open_case_of(registry, person)
    if case is not None:
        message = f"there is an open case for {registry.name_of(person)}: {case.id[:8]}"
        hint = f"go on with it: safehands case next {case.id[:8]}"
        raise AlreadyError(message, hint, there=case.id)


def replan_case(
    session: Session,
    case: Case,
    successors: Mapping[Id, Id] | None = None,
    *,
    last_day: date | None = None,
    mode: Mode | None = None,
) -> tuple[Case, Plan]:
    """Make the plan again from what was really done; steps that were done keep their evidence.

    `successors`, by role, and `mode` take the place of those the case has; a `last_day` is recorded
    with the person too. Raises RefusedError for a case that is closed, and what `replanned` does.
    """

    def decide(registry: Registry, now: datetime) -> tuple[Changes, tuple[Case, Plan]]:
        found = open_case(registry, case.id)
        if successors is not None:
            found = msgspec.structs.replace(found, successors=tuple(sorted(successors.items())))
        leaver = registry.person(found.person)
        moved = () if last_day is None else changes(_leaving(leaver, last_day, now))
        found = msgspec.structs.replace(found, mode=mode or found.mode)
        made = replanned(registry.apply(moved), found, now)
        changed = msgspec.structs.replace(
            found,
            last_day=made.last_day,
            mode=made.mode,
            progress=merged(found.progress, made.steps, now),
        )
        return (*moved, Change(changed)), (changed, made)

    name = session.registry.name_of(case.person)
    return session.write_returning("case.replan", decide, note=name)


def _leaving(person: Person, last_day: date, now: datetime) -> Person:
    """The person with another last day, which is not one that is over."""
    if last_day < now.date():
        message = f"{last_day} is over"
        raise UsageError(message, "give a last day from today on")
    return msgspec.structs.replace(person, last_day=last_day)


def replanned(registry: Registry, case: Case, at: datetime) -> Plan:
    """Return the plan for what a case still has to do, by the last day that the person has now.

    What was waived stays so. Where the leaver got back what a step that was done had taken, a step
    of its own takes it again. Raises RefusedError where the departure was called off, and what
    `plan` raises.
    """
    leaver = registry.person(case.person)
    if leaver.last_day is None:
        message = f"{leaver.name} stays: the departure was called off"
        hint = f"safehands case close {case.id[:8]} --called-off --reason TEXT"
        raise RefusedError(message, f"end its case, or give a last day: {hint}")
    successors, today = dict(case.successors), at.date()
    departure = departure_of(leaver, None, case.mode, successors, today, two_person=case.two_person)
    return plan(registry, departure, at, _done(case))


def _done(case: Case) -> frozenset[str]:
    """The steps of a case that were done: a waived one is still to do, as far as a plan can say."""
    return frozenset(p.step.id for p in case.progress if p.state in DONE - {"waived"})


def call_off(session: Session, case: Case, reason: str) -> Case:
    """Give up the departure of somebody who stays and return its case, closed.

    What was done stays done, and the rest is dropped. Raises UsageError without a reason,
    RefusedError where they still leave, or a new secret is not proved yet.
    """
    refuse_empty(reason, "why they stay: --reason TEXT")

    def decide(registry: Registry, now: datetime) -> Changes:
        found = open_case(registry, case.id)
        _refuse_calling_off(registry, found)
        return (Change(found.given_up(now, session.person, reason)),)

    name = session.registry.name_of(case.person)
    registry = session.write("offboard.stop", decide, note=f"{name}: {reason}")
    return registry.get(case.id, Case)


def _refuse_calling_off(registry: Registry, case: Case) -> None:
    if not case.person:
        message = f"case {case.id[:8]} is no departure"
        stop = f"safehands rotate stop {case.id[:8]} --reason TEXT"
        if case.what == "deactivation":
            stop = f"safehands deactivate stop {Names(registry).of(case.account)} --reason TEXT"
        raise RefusedError(message, f"to give it up: {stop}")
    leaver = registry.person(case.person)
    if leaver.last_day is not None:
        message = f"the last day of {leaver.name} is {leaver.last_day}"
        hint = f"safehands person leave {leaver.id[:8]} --called-off"
        raise RefusedError(message, f"record that they stay first: {hint}")
    begun = next((p.step for p in case.progress if p.state == "pending"), None)
    if begun is not None:
        message = titled(registry, begun, f"the new secret of step {begun.id} is not proved yet")
        hint = f"safehands case verify {case.id[:8]} {quote(begun.id)}"
        raise RefusedError(message, f"log in with it, then: {hint}")


def merged(
    progress: Sequence[Progress], steps: Sequence[Step], at: datetime
) -> tuple[Progress, ...]:
    """Return old progress and a new plan as one: what was done first, then what is to do.

    A step that was begun keeps its progress; one that the new plan no longer has is dropped, and
    one that was blocked is to be tried again.
    """
    planned = {step.id: step for step in steps}
    kept: list[Progress] = []
    for each in progress:
        step = planned.pop(each.step.id, None)
        if each.state in DONE or (each.state == "pending" and step is None):
            kept.append(each)
        elif step is not None and each.state not in {"dropped", "blocked"}:
            kept.append(msgspec.structs.replace(each, step=step))
        elif step is not None:
            kept.append(Progress(step, evidence=each.evidence))
        else:
            kept.append(msgspec.structs.replace(each, state="dropped", changed_at=at))
    order = {step.id: number for number, step in enumerate(steps)}
    todo = [p for p in kept if p.step.id in order] + [Progress(s) for s in planned.values()]
    done = [p for p in kept if p.step.id not in order]
    return (*done, *sorted(todo, key=lambda p: order[p.step.id]))
