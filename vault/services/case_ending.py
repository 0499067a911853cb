"""Closing a case: what is in the way, by what was really done, and what changes that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from vault.domain.case_ending import left_open, lost_still, plan_of_the_rest, verdict_of_deeds
from vault.domain.cases import Case
from vault.domain.casework import is_finished, subject
from vault.domain.changes import Change, Changes
from vault.domain.counting import few, several
from vault.domain.instructions import title
from vault.domain.mending import Names
from vault.domain.offboarding import Plan
from vault.domain.registry import Registry
from vault.domain.verdict import Verdict
from vault.domain.ways_out import way
from vault.errors import RefusedError
from vault.services.cases import open_case
from vault.services.session import Session


def close_case(session: Session, case: Case) -> tuple[Case, Verdict]:
    """Close a case whose steps are finished and which leaves nothing open but what was waived.

    Raises RefusedError with what is left, and what to do about it.
    """

    def decide(registry: Registry, now: datetime) -> tuple[Changes, tuple[Case, Verdict]]:
        found = open_case(registry, case.id)
        unfinished = [p.step.id for p in found.progress if not is_finished(found, p)]
        if unfinished:
            many = several(len(unfinished), "step is", "steps are")
            message = f"{many} not finished: {few(unfinished, 5)}"
            raise RefusedError(message, f"see what is next: safehands case next {found.id[:8]}")
        verdict = verdict_of_deeds(registry, found, now)
        _refuse_open(registry, found, verdict, now)
        closed = msgspec.structs.replace(found, closed_at=now, closed_by=session.person)
        return (Change(closed),), (closed, verdict)

    name = subject(session.registry, case)
    return session.write_returning("case.close", decide, note=name)


def _refuse_open(registry: Registry, case: Case, verdict: Verdict, now: datetime) -> None:
    """Raise RefusedError for what is neither cut nor waived, with commands that change it."""
    standing = list(left_open(registry, case, verdict, now))
    replan = f"make the plan again: safehands case replan {case.id[:8]}"
    ways = [] if case.person else [replan]
    if case.person:
        rest = plan_of_the_rest(registry, case, now)
        if rest.steps and not standing:
            titles = few([title(registry, step) for step in rest.steps])
            standing = [f"a tie is left that no step of this case cut: {titles}"]
        ways += _given_back(registry, case, verdict, now)
        ways += [replan] if rest.steps else []
        ways += _ways_beside(registry, rest)
    if standing:
        raise RefusedError(few(standing, joint="; "), few(ways or [replan], joint="; or "))


def _given_back(registry: Registry, case: Case, verdict: Verdict, now: datetime) -> Iterator[str]:
    """What can be done about an account that a step of the case cost the company."""
    names = Names(registry)
    for account_id in lost_still(registry, case, verdict, now):
        account = registry.account(account_id)
        give = f"safehands seat add {names.typed(account)} PERSON --level owner"
        yield f"record who owns it now: {give}"
        yield way(names, "record_loss", "record the account as lost", account).text


def _ways_beside(registry: Registry, rest: Plan) -> list[str]:
    """What changes what a plan has no step for: its ways out, and to give the account up."""
    ways = [way.text for each in rest.blockers for way in each.ways_out]
    accounts = (registry.find(each.account) for each in rest.verdict.remaining)
    names, lost = Names(registry), "record the account as lost"
    ways += [way(names, "record_loss", lost, each).text for each in accounts if each]
    return sorted(dict.fromkeys(ways), key=lambda text: "safehands " not in text)
