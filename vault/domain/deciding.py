"""What was decided about an account, and whether that still stands."""

from __future__ import annotations

from datetime import datetime

from vault.domain.account import Account
from vault.domain.decision import Decision
from vault.domain.dormancy import IDLE, Dormancy
from vault.domain.registry import Registry
from vault.domain.text import clean


def decision_on(registry: Registry, account: Account, at: datetime) -> Decision | None:
    """Return what was decided last about an account at a moment, run out or not, or None."""
    made = (d for d in registry.decisions_on.get(account.id, ()) if d.counts(at))
    return max(made, key=lambda decision: decision.at, default=None)


def is_decided(registry: Registry, account: Account, at: datetime) -> bool:
    """Say whether a decision about an account stands at a moment."""
    decision = decision_on(registry, account, at)
    return decision is not None and decision.stands(at)


def is_settled(registry: Registry, account: Account, at: datetime) -> bool:
    """Say whether nothing is to be decided about an idle account: it is decided, or closing."""
    return account.state == "closing" or is_decided(registry, account, at)


def is_to_decide(registry: Registry, account: Account, found: Dormancy, at: datetime) -> bool:
    """Say whether an account, of that verdict, calls for a decision that is open."""
    return found.verdict in IDLE and not is_settled(registry, account, at)


def in_short(registry: Registry, decision: Decision, at: datetime) -> str:
    """Return a decision in a few words, such as "keep until 2027-01-31"."""
    match decision.what:
        case "keep":
            told = f"keep until {decision.until}"
        case "revive":
            told = f"revive, every {decision.cadence_days} days"
        case "consolidate":
            told = f"into {clean(registry.name_of(decision.into))}"
        case _:
            told = "deactivate"
    if decision.stands(at):
        return told
    return f"{told} ({'taken back' if decision.was_taken_back(at) else 'ran out'})"
