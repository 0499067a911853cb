"""The rules of carrying a case through: which step can be done when, by whom, and when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from vault.domain.access import Access, company_side, leaver_side
from vault.domain.cases import DONE, Case, Progress
from vault.domain.guards import objection
from vault.domain.ids import Id
from vault.domain.levels import Level
from vault.domain.neighbourhood import reach, surroundings
from vault.domain.registry import Registry
from vault.domain.simulation import Remaining, Verdict
from vault.domain.steps import STAGED
from vault.domain.ties import own_ties
from vault.errors import RefusedError


def ready_on(case: Case, progress: Progress) -> date | None:
    """Return the first day on which a step's waiting time is over, or None where none runs."""
    if not progress.step.wait_days:
        return progress.wait_until
    ends = [
        p.applied_at.date() + timedelta(days=progress.step.wait_days)
        for p in case.progress
        if p.step.id in progress.step.depends_on and p.applied_at is not None
    ]
    if progress.wait_until is not None:
        ends.append(progress.wait_until)
    return max(ends, default=progress.step.not_before)


def open_needs(case: Case, progress: Progress) -> list[Progress]:
    """Return the steps that a step waits for and that are not done."""
    return [
        p for p in case.progress if p.step.id in progress.step.depends_on and p.state not in DONE
    ]


def next_steps(case: Case, at: datetime) -> Iterator[Progress]:
    """Yield the steps that can be done now, in order."""
    for progress in case.progress:
        if progress.state not in {"todo", "waiting", "pending"} or open_needs(case, progress):
            continue
        ready = ready_on(case, progress)
        if ready is None or ready <= at.date():
            yield progress


def refuse_applying(
    registry: Registry, case: Case, progress: Progress, by: Id, at: datetime
) -> None:
    """Raise RefusedError where a step may not be recorded as done by somebody now."""
    step = progress.step
    if progress.state in DONE:
        message = f"step {step.id} is {progress.state} already"
        raise RefusedError(message, "see what is left: safehands case next")
    if progress.state in {"blocked", "dropped"}:
        message = f"step {step.id} is {progress.state}: {progress.reason or 'no longer planned'}"
        raise RefusedError(message, "make the plan again: safehands case replan")
    needs = open_needs(case, progress)
    if needs:
        message = f"step {step.id} waits for {', '.join(p.step.id for p in needs)}"
        raise RefusedError(message, "do those first: safehands case next")
    ready = ready_on(case, progress)
    if ready is not None and at.date() < ready:
        message = f"step {step.id} is possible from {ready} on: the platform makes newcomers wait"
        raise RefusedError(message, "come back then; the calendar of the plan says so too")
    if by == case.person:
        message = f"{registry.name_of(by)} is leaving and cannot do this alone"
        raise RefusedError(message, "let somebody who stays do it: --by PERSON")
    why = objection(registry, step, at)
    if why:
        raise RefusedError(why[0].upper() + why[1:], "make the plan again: safehands case replan")


def refuse_verifying(registry: Registry, case: Case, progress: Progress, by: Id) -> None:
    """Raise RefusedError where somebody may not confirm a step."""
    step = progress.step
    if progress.state not in {"applied", "pending"}:
        message = f"step {step.id} is {progress.state}, so there is nothing to confirm"
        raise RefusedError(message, "record that it was done first: safehands case applied")
    if by == case.person:
        message = f"{registry.name_of(by)} is leaving and cannot confirm their own removal"
        raise RefusedError(message, "let somebody who stays look: --by PERSON")
    if (case.two_person or step.two_person) and by == progress.applied_by:
        message = f"{registry.name_of(by)} did step {step.id}, so somebody else must confirm it"
        raise RefusedError(message, "let a second person look: --by PERSON")


def is_finished(case: Case, progress: Progress) -> bool:
    """Say whether nothing is left to do about a step."""
    if progress.state in {"verified", "waived", "dropped"}:
        return True
    needs_proof = case.two_person or progress.step.two_person or progress.step.act in STAGED
    return progress.state == "applied" and not needs_proof


@dataclass(frozen=True)
class _Moment:
    owned: frozenset[Id]
    reached: frozenset[Id]


def verdict_of_deeds(registry: Registry, case: Case, at: datetime) -> Verdict:
    """Return the verdict on what was really done, from the case's opening to a moment.

    Records keep their times, so each stage is derived from the registry as it was then.
    """
    accounts = reach(registry, case.person)
    part = surroundings(registry, accounts, (case.person,))
    deeds = sorted({p.applied_at for p in case.progress if p.applied_at} | {at})
    moments = [_moment(part, case.person, when) for when in (case.opened_at, *deeds)]
    access = Access(part, leaver_side(case.person), at)
    remaining = tuple(Remaining(a, access.why(a)) for a in sorted(access.controlled()))
    lost: list[tuple[Id, str]] = []
    reopened: list[tuple[Id, str]] = []
    for before, after in zip(moments, moments[1:], strict=False):
        lost += ((account, "") for account in sorted(before.owned - after.owned))
        reopened += ((account, "") for account in sorted(after.reached - before.reached))
    held = tuple(tie.why[0] for tie in own_ties(part, case.person, at))
    remaining += tuple(Remaining("", (why,)) for why in held)
    return Verdict(
        sealed=not remaining,
        never_locked_out=not lost or case.mode == "immediate",
        never_reopened=not reopened,
        no_idle_step=True,
        remaining=remaining,
        lost=tuple(lost),
        reopened=tuple(reopened),
    )


def _moment(part: Registry, leaver: Id, at: datetime) -> _Moment:
    level: Level = "owner"
    company = Access(part, company_side(part, at, without=(leaver,)), at)
    return _Moment(company.controlled(level), Access(part, leaver_side(leaver), at).controlled())
