"""Deciding what is to become of accounts: several at once, as one act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from vault.domain.account import Account
from vault.domain.changes import Changes, changes
from vault.domain.counting import several
from vault.domain.decision import Decision, Fate
from vault.domain.fate import open_closings, why_not_into
from vault.domain.ids import Id
from vault.domain.mending import Names
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.errors import RefusedError, UsageError
from vault.services.editing import fresh_id
from vault.services.session import Session


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided about accounts; the fields are those of `Decision`."""

    what: Fate
    until: date | None = None
    reason: str = ""
    into: Id = ""
    cadence_days: int | None = None


def decide_on(session: Session, accounts: Sequence[Id], choice: Choice) -> list[Decision]:
    """Record the same decision on several accounts, as one act, and return it for each.

    Reviving gives an account its cadence as well. Raises UsageError for a decision that lacks
    what it needs, RefusedError for accounts that are closed, went with their platform or
    are consolidated into themselves.
    """

    def decide(registry: Registry, now: datetime) -> tuple[Changes, list[Decision]]:
        closings = open_closings(registry)
        made: list[Decision] = []
        records: list[Record] = []
        for each in dict.fromkeys(accounts):
            account = registry.account(each)
            refuse(registry, account, choice, now)
            if each in closings:
                message = f"{account.label} is being closed: case {closings[each].id[:8]}"
                stop = f"safehands deactivate stop {Names(registry).typed(account)} --reason TEXT"
                hint = f"give that up first: {stop}"
                raise RefusedError(message, hint)
            made.append(decision(session, each, choice, now))
            records.append(made[-1])
            if choice.cadence_days:
                records.append(msgspec.structs.replace(account, cadence_days=choice.cadence_days))
        return changes(*records), made

    note = f"{choice.what}: {several(len(set(accounts)), 'account')}"
    return session.write_returning("dormant.decide", decide, note=note)


def decision(session: Session, account: Id, choice: Choice, now: datetime) -> Decision:
    """Return a new record of a decision on an account, by whoever is in this session."""
    fields = msgspec.structs.asdict(choice)
    return Decision(id=fresh_id(session), account=account, by=session.person, at=now, **fields)


def refuse(registry: Registry, account: Account, choice: Choice, now: datetime) -> None:
    """Raise UsageError or RefusedError where a decision makes no sense for an account."""
    if not account.is_open(now):
        message = f"{account.label} is closed"
        raise RefusedError(message, "nothing to decide about it")
    refuse_gone(registry, account, now)
    if choice.what == "keep":
        if choice.until is None or choice.until <= now.date():
            message = f"an account is kept until a day to come, not {choice.until}"
            raise UsageError(message, "give a later day: --keep-until DATE")
        if not choice.reason.strip():
            message = "an account that nobody uses is kept for a reason"
            raise UsageError(message, "say why: --reason TEXT")
    if choice.what == "revive" and not choice.cadence_days:
        message = "an account is revived with a cadence"
        raise UsageError(message, "say how often it will post: --cadence DAYS")
    if choice.what == "consolidate":
        refuse_successor(registry, account, choice.into, now)


def refuse_gone(registry: Registry, account: Account, now: datetime) -> None:
    """Raise RefusedError where an account went with its platform, so that it can only be retired.

    Nobody can revive it, move or close anything there; and retired, its record is kept anyway.
    """
    if not registry.is_live(account, now):
        message = f"{registry.platform(account).name} is gone, and {account.label} with it"
        retire = "safehands deactivate start --dead"
        raise RefusedError(message, f"retire all such accounts, their history stays: {retire}")


def refuse_successor(registry: Registry, account: Account, into: Id, now: datetime) -> None:
    """Raise RefusedError where an account cannot go on in another one."""
    if into == account.id:
        message = f"{account.label} cannot be consolidated into itself"
        raise RefusedError(message, "name the account that stays")
    message = why_not_into(registry, registry.account(into), now)
    if message:
        raise RefusedError(message, "name an account that stays")
