"""Accounts that were recorded as closed or lost, and are not: open again, or added as another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from vault.domain.account import Account
from vault.domain.cases import DONE, Case
from vault.domain.changes import Changes, changes
from vault.domain.factor import Factor
from vault.domain.fate import reversible_until
from vault.domain.mending import Names
from vault.domain.platforms.handles import fold_handle
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.seat import Seat
from vault.domain.steps import CLOSING
from vault.domain.validation import validate
from vault.errors import ConflictError, RefusedError
from vault.services.editing import Guard, tidied
from vault.services.session import Session


def reopen_account(session: Session, account: Account, edited: Account | None = None) -> Account:
    """Record that an account is open after all, with the seats and factors that ended along.

    `edited` is the same account with what is changed of it at once. Raises RefusedError for one
    that is open, that a closing deleted for good, whose platform is gone, or whose handle another
    account has by now; ConflictError where it was changed meanwhile.
    """

    def decide(registry: Registry, now: datetime) -> Changes:
        found = registry.account(account.id)
        _refuse_open_or_gone(registry, found, now)
        if edited is not None and found != account:
            message = f"somebody else changed {account.label} meanwhile"
            raise ConflictError(message, "look at it again, and repeat what still applies")
        opened = msgspec.structs.replace(tidied(edited or found), state="living", until=None)
        made = changes(opened, *_ended_along(registry, found))
        validate(registry, made)
        return made

    registry = session.write("account.reopen", decide, note=account.label)
    return registry.account(account.id)


def _refuse_open_or_gone(registry: Registry, account: Account, now: datetime) -> None:
    if account.until is None:
        message = f"{account.label} is open"
        raise RefusedError(message, "nothing to do")
    if not registry.is_live(msgspec.structs.replace(account, until=None), now):
        message = f"{registry.platform(account).name} is gone, and {account.label} with it"
        raise RefusedError(message, "it stays as history")
    for case in registry.all(Case):
        if case.account == account.id and _deleted(case, now):
            message = f"{account.label} was deleted for good, by case {case.id[:8]}"
            again = f"safehands account add {Names(registry).typed(account)} --another"
            raise RefusedError(message, f"if there is a new one of that name, add it: {again}")


def _deleted(case: Case, now: datetime) -> bool:
    """Whether a closing went so far that the platform brings the account back no more."""
    if case.what != "deactivation":
        return False
    acts = {each.step.act for each in case.progress if each.state in DONE - {"waived"}}
    until = reversible_until(case)
    return bool(acts & CLOSING) and (until is None or until < now.date())


def _ended_along(registry: Registry, account: Account) -> Iterator[Record]:
    """What ended at the moment at which the account did, holding again."""
    held: list[Seat | Factor] = [*registry.seats_on.get(account.id, ())]
    held += registry.factors_of.get(account.id, ())
    for each in held:
        if each.until == account.until:
            yield msgspec.structs.replace(each, until=None)


def not_closed_here(account: Account) -> Guard:
    """Return what raises RefusedError where an account of ours of that handle was closed or lost.

    A second record of it would have none of what is known of the first.
    """

    def guard(registry: Registry, now: datetime) -> None:
        closed = [each for each in registry.all(Account) if _is_former(registry, each, account)]
        if closed:
            other = max(closed, key=lambda each: each.until or now)
            day = (other.until or now).date()
            message = f"{other.label} is in the registry already, {_gone(other)} on {day}"
            same = f"if it is that one: safehands account edit {other.id[:8]} --reopen"
            raise RefusedError(message, f"{same}, or say it is another one with --another")

    return guard


def _gone(account: Account) -> str:
    return "lost" if account.state == "lost" else "closed"


def _is_former(registry: Registry, other: Account, account: Account) -> bool:
    """Whether another account ended under the handle that one is to be added with."""
    if other.until is None or other.platform != account.platform or not account.handle:
        return False
    ids, platform = (other.platform_id, account.platform_id), registry.platform(account)
    if all(ids) and ids[0] != ids[1]:
        return False
    return fold_handle(platform, other.handle) == fold_handle(platform, account.handle)
