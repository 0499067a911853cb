"""What may not end yet, since accounts still hang on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from vault.domain.account import Account
from vault.domain.counting import few
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.mending import Names
from vault.domain.numbers import going_by, own_number
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import current
from vault.errors import RefusedError


def refuse_ending(registry: Registry, record: Record, at: datetime) -> None:
    """Raise RefusedError where something that is in use still hangs on a record at a moment."""
    kept = why_kept(record, at) if isinstance(record, Mailbox) else ""
    if kept:
        raise RefusedError(kept, "wait for that day, or change it with --keep-until")
    users = sorted(set(what_hangs_on(registry, record, at)))
    if users:
        name = registry.name_of(record.id)
        message = f"{name} cannot end yet: {few(users)} {'hang' if users[1:] else 'hangs'} on it"
        raise RefusedError(
            message, _TO_DO[type(record)].format(move=_move(registry, record.id, at))
        )


def why_kept(mailbox: Mailbox, at: datetime) -> str:
    """Return until when a mailbox must be kept, as a clause, or "" where it need not be."""
    if mailbox.keep_until is None or mailbox.keep_until <= at.date():
        return ""
    return f"{mailbox.address} must be kept until {mailbox.keep_until}"


def _move(registry: Registry, record_id: Id, at: datetime) -> str:
    """The command that moves the first account, or else the first second factor, away."""
    for account in sorted(accounts_on(registry, record_id, at), key=lambda account: account.label):
        for option, spells in (
            ("--login-mailbox ADDRESS", account.login_mailboxes),
            ("--recovery-mailbox ADDRESS", account.recovery_mailboxes),
            ("--recovery-phone NUMBER", account.recovery_phones),
            ("--handle NUMBER", own_number(registry, account)),
        ):
            if record_id in current(spells, at):
                return f"safehands account edit {Names(registry).typed(account)} {option}"
    for factor in registry.factors_on.get(record_id, ()):
        if factor.holds(at) and registry.account(factor.account).is_open(at):
            option = "--phone NUMBER" if factor.phone == record_id else "--mailbox ADDRESS"
            return f"safehands factor edit {factor.id[:8]} {option}"
    return "safehands factor list"


_TO_DO: dict[type[Record], str] = {
    Role: "give them to another role first: --role or --owner of their edit command",
    Mailbox: "move them to another address first: {move}",
    Phone: "move them to another number first: {move}",
    Account: "give them another sign-in or container, or end the grants first",
}


def what_hangs_on(registry: Registry, record: Record, at: datetime) -> Iterator[str]:
    """Yield the names of what still needs a role, mailbox, phone or account at a moment."""
    if type(record) not in _TO_DO:
        return
    yield from (account.label for account in accounts_on(registry, record.id, at))
    for account in sending_codes_to(registry, record.id, at):
        yield f"the second factor of {account.label}"
    if isinstance(record, Role):
        for mailbox in registry.mailboxes_of.get(record.id, ()):
            if mailbox.owner == record.id and mailbox.exists(at):
                yield mailbox.address
    if isinstance(record, Account):
        for grant in registry.grants_by.get(record.id, ()):
            on = registry.account(grant.account)
            if grant.tool == record.id and grant.holds(at) and on.is_open(at):
                yield f"the grant on {on.label}"


def accounts_on(registry: Registry, record_id: Id, at: datetime) -> Iterator[Account]:
    """Yield the open accounts that hang on a role, mailbox, phone or account at a moment."""
    for account in (*registry.accounts_on.get(record_id, ()), *going_by(registry, record_id)):
        needed = (*account.supports, *own_number(registry, account))
        if account.is_open(at) and record_id in current(needed, at):
            yield account


def sending_codes_to(registry: Registry, record_id: Id, at: datetime) -> Iterator[Account]:
    """Yield the open accounts whose second factor goes to a mailbox or phone at a moment."""
    for factor in registry.factors_on.get(record_id, ()):
        if record_id in (factor.phone, factor.mailbox) and factor.holds(at):
            account = registry.account(factor.account)
            if account.is_open(at):
                yield account
