"""Departures: the plan, and the case that carries it through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from vault.domain.cases import DONE, Case, Mode, Progress
from vault.domain.changes import Change, Changes
from vault.domain.ids import Id
from vault.domain.naming import resolve
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.steps import Step
from vault.errors import RefusedError, UsageError
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

    For somebody who has left already it is `today`: what they still hold goes now. Raises
    UsageError where neither day is known.
    """
    day = last_day or (person.last_day and max(person.last_day, today))
    if day is None:
        message = f"nobody recorded the last day of {person.name}"
        raise UsageError(message, "give it: --last-day YYYY-MM-DD")
    return Departure(person.id, day, mode, successors, two_person)


def roles_of(registry: Registry, person: Id, at: datetime) -> list[Id]:
    """Return the roles that somebody holds, by name: each wants a successor when they leave."""
    held = {
        each.role
        for each in registry.assignments_of.get(person, ())
        if each.person == person and each.holds(at)
    }
    return sorted(held, key=lambda role: (registry.name_of(role), role))


def named_successors(registry: Registry, typed: Mapping[Id, str]) -> dict[Id, Id]:
    """Return who takes over which role ("" for all the rest), from what was typed for each.

    An empty text names nobody. Raises NotFoundError, or AmbiguousError with the candidates.
    """
    return {role: resolve(registry, Person, text).id for role, text in typed.items() if text}


def open_case_of(registry: Registry, person: Id) -> Case | None:
    """Return the open case of somebody's departure, or None."""
    found = (c for c in registry.open_cases if c.what == "offboarding" and c.person == person)
    return next(found, None)


def start_offboarding(session: Session, departure: Departure) -> tuple[Case, Plan]:
    """Make the plan and open a case for it; the person's last day is recorded where it was not.

    One that is over stays: the case of who has left runs from now on.

    Raises RefusedError where a case for this person is open already.
    """
    case_id = fresh_id(session)
    made: list[Plan] = []

    def decide(registry: Registry, now: datetime) -> Changes:
        _refuse_second_case(registry, departure.person)
        made.append(plan(registry, departure, now))
        case = Case(
            id=case_id,
            what="offboarding",
            person=departure.person,
            last_day=departure.last_day,
            mode=departure.mode,
            two_person=departure.two_person,
            successors=tuple(sorted(departure.successors.items())),
            opened_at=now,
            opened_by=session.person,
            progress=tuple(Progress(step) for step in made[-1].steps),
        )
        person = registry.person(departure.person)
        if person.last_day is not None and person.last_day < now.date():
            return (Change(case),)
        leaving = msgspec.structs.replace(person, last_day=departure.last_day)
        return (Change(case), Change(leaving))

    name = session.registry.name_of(departure.person)
    registry = session.write("offboard.start", decide, note=name)
    return registry.get(case_id, Case), made[-1]


def _refuse_second_case(registry: Registry, person: Id) -> None:
    case = open_case_of(registry, person)
    if case is not None:
        message = f"there is an open case for {registry.name_of(person)}: {case.id[:8]}"
        raise RefusedError(message, f"go on with it: safehands case next {case.id[:8]}")


def replan_case(session: Session, case: Case) -> tuple[Case, Plan]:
    """Make the plan again from what was really done; steps that were done keep their evidence.

    Raises RefusedError for a case that is closed.
    """
    made: list[Plan] = []

    def decide(registry: Registry, now: datetime) -> Changes:
        found = registry.get(case.id, Case)
        if found.closed_at is not None:
            message = f"case {found.id[:8]} was closed on {found.closed_at.date()}"
            raise RefusedError(message, "start a new one if there is more to do")
        made.append(replanned(registry, found, now))
        progress = merged(found.progress, made[-1].steps, now)
        return (Change(msgspec.structs.replace(found, progress=progress)),)

    name = session.registry.name_of(case.person)
    registry = session.write("case.replan", decide, note=name)
    return registry.get(case.id, Case), made[-1]


def replanned(registry: Registry, case: Case, at: datetime) -> Plan:
    """Return the plan for what a case still has to do; a last day that is over counts as today.

    What was waived stays so. Where the leaver got back what a step that was done had taken, a step
    of its own takes it again.
    """
    last_day = max(case.last_day or at.date(), at.date())
    departure = Departure(case.person, last_day, case.mode, dict(case.successors), case.two_person)
    done = frozenset(p.step.id for p in case.progress if p.state in DONE - {"waived"})
    return plan(registry, departure, at, done)


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
