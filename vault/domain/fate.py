"""What is to become of an account: what was decided, and until when its closing can be undone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.deciding import decision_on, in_short
from vault.domain.existence import was_open
from vault.domain.ids import Id
from vault.domain.registry import Registry
from vault.domain.steps import CLOSING

UNKNOWN_GRACE: Final = "nobody knows how long it can be undone, so it counts as at once"


def open_closings(registry: Registry, at: datetime | None = None) -> dict[Id, Case]:
    """Return the cases in which accounts are closed, by account: the open ones.

    With a moment, those that were open then, as they were.
    """
    cases = (c for c in registry.all(Case) if c.what == "deactivation")
    if at is None:
        return {case.account: case for case in cases if case.closed_at is None}
    return {case.account: case.as_of(at) for case in cases if was_open(case, at)}


def reversible_until(case: Case) -> date | None:
    """Return the last day on which a closing can be undone: as it was done, or as it is planned.

    That is the day before the end where the end is final at once; None where nobody knows.
    """
    ends = [p for p in case.progress if p.step.act in CLOSING]
    seen = [p.step for p in case.progress if p.step.act == "verify_closed"]
    if not ends or not seen or seen[0].reason == UNKNOWN_GRACE:
        return None
    done = ends[0].applied_at
    day = done.date() if done else ends[0].step.due
    return day and day + timedelta(seen[0].wait_days - 1)


def until_when(until: date | None) -> str:
    """Return, in a few words, until when a closing can be undone; None is what nobody knows."""
    return f"reversible until {until}" if until else "nobody knows until when it is reversible"


def fate(registry: Registry, account: Account, at: datetime, case: Case | None) -> str:
    """Return what was decided about an account, and until when its closing can be undone.

    `case` is the open one of that, if any; the answer is "" where nothing was decided.
    """
    decision = decision_on(registry, account, at)
    told = in_short(registry, decision, at) if decision else ""
    if case is None:
        return told
    until = reversible_until(case)
    is_reversible = until is not None and at.date() <= until
    closing = f"reversible until {until}" if is_reversible else "being closed"
    return f"{told}, {closing}" if told else closing


def why_not_into(registry: Registry, account: Account, at: datetime) -> str:
    """Return why nothing can go on in an account, as a sentence, or "" for one that stays."""
    label = account.label
    if not registry.is_live(account, at) or account.state in {"closing", "lost"}:
        return f"{label} is closed, closing or lost itself"
    case = open_closings(registry).get(account.id)
    if case is not None:
        return f"{label} is being closed itself: case {case.id[:8]}"
    decision = decision_on(registry, account, at)
    if decision and decision.stands(at) and decision.what in {"consolidate", "deactivate"}:
        told = in_short(registry, decision, at)
        return f"{label} is not to stay itself: decided on {decision.at.date()}, {told}"
    return ""
