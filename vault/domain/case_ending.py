"""When a case is over: the verdict on what was done, and what is in the way of closing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from vault.domain.access import Access, company_side, leaver_side
from vault.domain.cases import DONE, Case, CaseKind, Mode
from vault.domain.deactivation import still_open
from vault.domain.grace import without_gone
from vault.domain.ids import Id
from vault.domain.neighbourhood import reach, surroundings
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.rotation_ending import standing
from vault.domain.spell import midnight
from vault.domain.ties import own_ties
from vault.domain.verdict import Remaining, Verdict, by_name, returning
from vault.domain.waiving import without_waived

Standing = Callable[[Registry, Case, datetime], Iterator[str]]

_STANDING: Final[dict[CaseKind, Standing]] = {"rotation": standing, "deactivation": still_open}
"""What is in the way of closing a case that nobody leaves by, as sentences; by what it is."""


@dataclass(frozen=True)
class _Moment:
    owned: frozenset[Id]
    reached: frozenset[Id]


def verdict_of_deeds(registry: Registry, case: Case, at: datetime) -> Verdict:
    """Return the verdict on what was really done, from the case's opening to a moment.

    Records keep their times, so each stage is derived from the registry as it was then. Where
    nobody leaves, `sealed` says that nothing is in the way of closing, and `remaining` what is.
    """
    if not case.person:
        check = _STANDING.get(case.what)
        left = tuple(check(registry, case, at)) if check else ()
        return Verdict(
            sealed=not left,
            never_locked_out=True,
            never_reopened=True,
            no_idle_step=True,
            remaining=tuple(Remaining(case.account, (each,)) for each in left),
        )
    part = _concerned(registry, case, at)
    deeds = sorted({p.applied_at for p in case.progress if p.applied_at} | {at})
    moments = [_moment(part, case.person, when) for when in (case.opened_at, *deeds)]
    remaining = tuple(_left(part, case, at))
    lost: list[tuple[Id, str]] = []
    reopened: list[tuple[Id, str]] = []
    for when, before, after in zip(deeds, moments, moments[1:], strict=False):
        gone = _lost_by_a_deed(part, case, before.owned - after.owned, when)
        lost += ((account, "") for account in gone)
        reopened += ((account, "") for account in by_name(part, after.reached - before.reached))
    return Verdict(
        sealed=not remaining,
        never_locked_out=not lost or case.mode == "immediate",
        never_reopened=not reopened,
        no_idle_step=True,
        remaining=remaining,
        lost=tuple(lost),
        reopened=tuple(reopened),
    )


def _concerned(registry: Registry, case: Case, at: datetime) -> Registry:
    """The part of a registry that a departure is about, without what is gone for good."""
    part = surroundings(registry, reach(registry, case.person), (case.person,))
    return without_gone(part, registry, at.date(), at)


def _left(part: Registry, case: Case, at: datetime) -> Iterator[Remaining]:
    """What the leaver has, or will have; of a case that is closed not what was recorded since."""
    access = Access(part, leaver_side(case.person), at)
    yield from (Remaining(a, access.why(a)) for a in by_name(part, access.controlled()))
    later = returning(part, case.person, at)
    if case.closed_at is not None:
        rest = without_waived(part, case, at)
        new = {each.account for each in returning(rest, case.person, at)}
        later = (each for each in later if each.account not in new)
    yield from later
    yield from (Remaining("", tie.why[:1]) for tie in own_ties(part, case.person, at))


def _lost_by_a_deed(part: Registry, case: Case, gone: frozenset[Id], at: datetime) -> list[Id]:
    """Those of the accounts that the company owned until just before a step of the case was done.

    What was lost before by something else, such as another departure, is not for this case to mend.
    """
    if not gone or at not in {p.applied_at for p in case.progress}:
        return []
    return by_name(part, gone & _owned(part, case.person, at - datetime.resolution))


def _moment(part: Registry, leaver: Id, at: datetime) -> _Moment:
    reached = Access(part, leaver_side(leaver), at).controlled()
    return _Moment(_owned(part, leaver, at), reached)


def _owned(part: Registry, leaver: Id, at: datetime) -> frozenset[Id]:
    return Access(part, company_side(part, at, without=(leaver,)), at).controlled("owner")


def left_open(registry: Registry, case: Case, verdict: Verdict, at: datetime) -> Iterator[str]:
    """Yield, as sentences, what stands in the way of closing a case: it is neither cut nor waived.

    Excused is what does not open any more once all that was waived is taken out. What was lost or
    reopened on the way and has been put right since is history, and in the verdict; it stands in
    nobody's way.
    """
    if not case.person:
        yield from (" -> ".join(remaining.why) for remaining in verdict.remaining)
        return
    part = _concerned(registry, case, at)
    for remaining in _left(without_waived(part, case, at), case, at):
        yield "the leaver still gets in: " + " -> ".join(remaining.why)
    for account in lost_still(registry, case, verdict, at):
        yield f"the company lost {registry.name_of(account)} on the way"


def lost_still(registry: Registry, case: Case, verdict: Verdict, at: datetime) -> list[Id]:
    """Return the accounts lost on the way that are neither back, nor given up, nor waived."""
    if not verdict.lost:
        return []
    waived = {p.step.account for p in case.progress if p.state == "waived"}
    mended = waived | _owned(registry, case.person, at)
    lost = by_name(registry, {account for account, _ in verdict.lost} - mended)
    return [each for each in lost if not _is_given_up(registry, each, at)]


def _is_given_up(registry: Registry, account_id: Id, at: datetime) -> bool:
    account = registry.account(account_id)
    return account.state == "lost" or not registry.is_live(account, at)


def plan_of_the_rest(registry: Registry, case: Case, at: datetime) -> Plan:
    """Return the plan for what a departure's case neither did nor waived.

    Where it has steps, making the plan of the case again has them too: a tie is to be cut also
    where it opens nothing by itself.
    """
    leaver = registry.person(case.person)
    last_day = max(leaver.last_day or case.last_day or at.date(), at.date())
    gone = midnight(last_day + timedelta(days=1))
    stay = {p.id for p in registry.all(Person) if p.stays(at) and p.stays(gone)}
    successors = {role: person for role, person in case.successors if person in stay}
    mode: Mode = "immediate" if leaver.status(at) == "left" else case.mode
    departure = Departure(case.person, last_day, mode, successors)
    done = frozenset(p.step.id for p in case.progress if p.state in DONE)
    return plan(without_waived(registry, case, at), departure, at, done)
