"""Accounts that are being closed while somebody leaves: until that is final, a log-in undoes it.

So nobody is sent to log in to one: who could undo it is told, and the day from which nobody can.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

import msgspec

from vault.domain.account import Account
from vault.domain.cases import DONE, Case
from vault.domain.changes import changes
from vault.domain.fate import open_closings, reversible_until
from vault.domain.ids import Id
from vault.domain.mending import Names
from vault.domain.registry import Registry
from vault.domain.spell import midnight
from vault.domain.ties import Tie, account_ties
from vault.domain.ways_out import Blocker, way


def is_closing(registry: Registry, account: Id) -> bool:
    """Say whether an account was closed on its platform, so that a log-in may bring it back."""
    record = registry.find(account)
    return isinstance(record, Account) and record.state == "closing"


def final_on(case: Case | None) -> date | None:
    """Return the first day on which nobody can undo a closing, None where no day is known.

    Whoever saw that the account is gone need not wait for its day.
    """
    if case is None:
        return None
    looks = (p for p in case.progress if p.step.act == "verify_closed" and p.state in DONE)
    seen = [moment.date() for p in looks if (moment := p.applied_at or p.changed_at)]
    until = reversible_until(case)
    return min([*seen, *([until + timedelta(1)] if until else [])], default=None)


def gone_by(registry: Registry, day: date) -> Iterator[tuple[Account, date]]:
    """Yield the accounts whose closing is final by a day, each with its own day."""
    for account_id, case in open_closings(registry).items():
        final = final_on(case) if is_closing(registry, account_id) else None
        if final is not None and final <= day:
            yield registry.account(account_id), final


def without_gone(part: Registry, registry: Registry, day: date, at: datetime) -> Registry:
    """Return part of a registry in which what is gone for good by a day does not exist any more.

    It did until its own day; what is gone only after the moment counts as gone at it already.
    """
    ended = [
        msgspec.structs.replace(account, until=min(midnight(final), at))
        for account, final in gone_by(registry, day)
        if account.id in part
    ]
    return part.apply(changes(*ended)) if ended else part


def could_be_undone(registry: Registry, account: Id, why: tuple[str, ...]) -> Blocker:
    """Return the blocker of a closing that the leaver could undo, by the derivation `why`."""
    case, found = open_closings(registry).get(account), registry.account(account)
    final = final_on(case)
    when = f"until {final - timedelta(1)}" if final else "nobody knows until when"
    could = f"the leaver could bring it back, {when}"
    what = f"{found.label} is being closed, and {could}: {' -> '.join(why)}"
    look = f"look on {final}" if final else "look at its public page"
    wait = f"let nobody log in to it, and {look}, signed in nowhere, whether it is gone"
    names = Names(registry)
    if case is None:
        return Blocker(account, what, (way(names, "by_hand", wait, found),))
    out = "if they must be out before, take it back, plan again, then close it"
    ways = way(names, "look_whether_gone", wait, case), way(names, "stop_closing", out, found)
    return Blocker(account, what, ways)


def left_alone(
    registry: Registry, leaver: Id, ties: Collection[Tie], blocked: Collection[Id]
) -> Iterator[str]:
    """Yield that nobody logs in to what is being closed, so that ties to it stay for a while.

    What is `blocked` says so itself.
    """
    closing = {tie.account for tie in ties if is_closing(registry, tie.account)} - set(blocked)
    for account in sorted(closing, key=lambda each: (registry.name_of(each), each)):
        yield keep_out(registry, account, f"the ties of {registry.name_of(leaver)} end")


def keep_out(registry: Registry, account: Id, what: str) -> str:
    """Return that nobody is to log in to what is being closed, and when `what` with its closing."""
    final = final_on(open_closings(registry).get(account))
    when = f"when that is final, on {final}" if final else "with it"
    return f"let nobody log in to {registry.name_of(account)}, which is being closed: {what} {when}"


def ending_by_themselves(registry: Registry, leaver: Id, day: date, at: datetime) -> Iterator[str]:
    """Yield what a plan leaves out, since it is gone for good by a day."""
    for account, final in sorted(gone_by(registry, day), key=lambda each: each[0].label):
        if registry.is_live(account, at) and any(account_ties(registry, leaver, account, at)):
            told = f"the plan takes {account.label} for gone: its closing"
            if final > at.date():
                yield f"{told} is final on {final}, and nobody is to log in to it until then"
            else:
                yield f"{told} was final on {final}"
