"""When a case is over: the verdict on what was done, and what is in the way of closing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from vault.domain.access import Access, company_side, leaver_side
from vault.domain.cases import Case, CaseKind
from vault.domain.deactivation import still_open
from vault.domain.grace import without_gone
from vault.domain.ids import Id
from vault.domain.levels import Level
from vault.domain.neighbourhood import hanging_on, islands, reach, surroundings
from vault.domain.registry import Registry
from vault.domain.rotation_ending import standing
from vault.domain.ties import own_ties
from vault.domain.verdict import Remaining, Verdict, by_name

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
    accounts = reach(registry, case.person)
    part = surroundings(registry, accounts, (case.person,))
    part = without_gone(part, registry, at.date(), at)
    deeds = sorted({p.applied_at for p in case.progress if p.applied_at} | {at})
    moments = [_moment(part, case.person, when) for when in (case.opened_at, *deeds)]
    access = Access(part, leaver_side(case.person), at)
    remaining = tuple(Remaining(a, access.why(a)) for a in by_name(part, access.controlled()))
    lost: list[tuple[Id, str]] = []
    reopened: list[tuple[Id, str]] = []
    for before, after in pairwise(moments):
        lost += ((account, "") for account in by_name(part, before.owned - after.owned))
        reopened += ((account, "") for account in by_name(part, after.reached - before.reached))
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


def left_open(registry: Registry, case: Case, verdict: Verdict, at: datetime) -> Iterator[str]:
    """Yield, as sentences, what stands in the way of closing a case: it is neither cut nor waived.

    What was lost or reopened on the way and has been put right since is history, and in the
    verdict; it stands in nobody's way.
    """
    if not case.person:
        yield from (" -> ".join(remaining.why) for remaining in verdict.remaining)
        return
    accounts, targets = _waived(registry, case)
    waived = {tie.why[0] for tie in own_ties(registry, case.person, at) if tie.target in targets}
    for remaining in verdict.remaining:
        if remaining.account not in accounts and remaining.why[0] not in waived:
            yield "the leaver still gets in: " + " -> ".join(remaining.why)
    owned = _moment(registry, case.person, at).owned if verdict.lost else frozenset()
    for account_id in by_name(registry, {account for account, _ in verdict.lost}):
        account = registry.account(account_id)
        given_up = account.state == "lost" or not registry.is_live(account, at)
        if account_id not in owned | accounts and not given_up:
            yield f"the company lost {account.label} on the way"


def _waived(registry: Registry, case: Case) -> tuple[frozenset[Id], frozenset[Id]]:
    """The accounts that waived steps leave open, and all they affect; and the steps' targets."""
    steps = [p.step for p in case.progress if p.state == "waived"]
    begun = {step.account for step in steps if step.account}
    for step in steps:
        if not step.account:
            begun |= hanging_on(registry, step.target)
    if not begun:
        return frozenset(), frozenset(step.target for step in steps)
    whole = islands(registry)
    spread = frozenset().union(*(whole.get(each, frozenset((each,))) for each in begun))
    return spread, frozenset(step.target for step in steps)
