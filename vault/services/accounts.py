"""Accounts: added and edited with what they hang on, so that the past can be asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec

from vault.domain.access import has_password
from vault.domain.account import Account
from vault.domain.changes import Changes, changes
from vault.domain.counting import several
from vault.domain.credential import Credential, Version
from vault.domain.effects import effect
from vault.domain.ids import Id
from vault.domain.platforms.model import Platform
from vault.domain.platforms.urls import full_address
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.rotation_ending import over_with
from vault.domain.spell import Spell, ended, exactly, replaced
from vault.domain.steps import Step
from vault.domain.text import clean
from vault.domain.validation import validate
from vault.errors import RefusedError, UsageError
from vault.services.editing import edit_record, fresh_id, tidied, write_checked
from vault.services.reopening import not_closed_here, reopen_account
from vault.services.session import Session


@dataclass(frozen=True)
class Links:
    """What an account is to hang on from now on; None leaves a link as it is, "" ends it."""

    owner_role: Id | None = None
    login_mailbox: Id | None = None
    recovery_mailboxes: tuple[Id, ...] | None = None
    recovery_phones: tuple[Id, ...] | None = None
    sign_in_account: Id | None = None
    container: Id | None = None


def add_account(
    session: Session,
    platform: Platform,
    handle: str,
    links: Links,
    *,
    another: bool = False,
    **values: Any,
) -> Account:
    """Add an account and, where it has a log-in, its password as something nobody stored yet.

    Raises UsageError for a handle the platform cannot have, and for an address that is not the
    web's; RefusedError where an account of that handle was closed, unless it is `another`.
    """
    now = session.env.now()
    since = values.get("since") or now
    read = session.registry.catalogue.handle(platform, handle)
    if read.problem:
        raise UsageError(read.problem, "give it as the platform shows it")
    values["url"] = _on_the_web(values.get("url", ""))
    account = Account(
        id=fresh_id(session),
        platform=platform.id,
        platform_id=values.pop("platform_id", "") or read.platform_id,
        handles=(Spell(read.canonical, since),) if read.canonical else (),
        **values,
    )
    account = tidied(_linked(account, links, since))
    new: list[Record] = [account]
    if has_password(session.registry, account):
        version = Version(number=1, made_at=since, current_from=since)
        new.append(Credential(id=fresh_id(session), account=account.id, versions=(version,)))
    guard = None if another else not_closed_here(account)
    write_checked(session, "account.add", changes(*new), account.label, guard=guard)
    return account


def _on_the_web(text: str) -> str:
    """Return an address as it is stored: "" or in full; raises UsageError for any but the web's.

    Plans and reports make links of it, and a link may run what it names (`javascript:`).
    """
    full = full_address(text.strip())
    if full or not text.strip():
        return full
    message = f"{clean(text)!r} is no address on the web"
    raise UsageError(message, "give it in full, such as https://example.com/acme")


def _linked(account: Account, links: Links, at: datetime) -> Account:
    """Return the account with its links replaced from a moment on."""
    single = {
        "owner_roles": links.owner_role,
        "login_mailboxes": links.login_mailbox,
        "sign_in_accounts": links.sign_in_account,
        "containers": links.container,
    }
    values: dict[str, Any] = {}
    for name, target in single.items():
        if target is not None:
            spells = getattr(account, name)
            values[name] = replaced(spells, target, at) if target else ended(spells, at)
    many = {
        "recovery_mailboxes": links.recovery_mailboxes,
        "recovery_phones": links.recovery_phones,
    }
    for name, targets in many.items():
        if targets is not None:
            values[name] = exactly(getattr(account, name), targets, at)
    return msgspec.structs.replace(account, **values)


def edit_account(
    session: Session,
    account: Account,
    links: Links,
    handle: str | None = None,
    *,
    reopen: bool = False,
    **values: Any,
) -> Account:
    """Change an account; a new handle begins, and the old one stays as history.

    With `reopen` it is open after all, too. Raises UsageError as `add_account` does, and what
    `reopen_account` raises.
    """
    now = session.env.now()
    edited = _linked(account, links, now)
    if values.get("url", account.url) != account.url:
        values["url"] = _on_the_web(values["url"])
    if handle:
        platform = session.registry.platform(account)
        read = session.registry.catalogue.handle(platform, handle)
        if read.problem or not read.canonical:
            own = f"{clean(handle)!r} is a number of {platform.name}'s own, and no handle"
            raise UsageError(read.problem or own, "give it as the platform shows it")
        values["handles"] = replaced(edited.handles, read.canonical, now)
    wanted = msgspec.structs.replace(edited, **values)
    if reopen:
        return reopen_account(session, account, wanted)
    fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    return edit_record(session, account, **fields)


def end_account(session: Session, account: Account, *, lost: bool = False) -> Account:
    """Record that an account is closed, or lost; raises RefusedError while others hang on it.

    With one that is closed its seats and second factors end. Of a lost one nobody took them back.
    """
    return _end(session, [account.id], account.label, lost=lost).account(account.id)


def link_accounts(session: Session, accounts: Collection[Id], links: Links) -> int:
    """Give several accounts the same links, as one act; return how many there were.

    Raises RefusedError where one of them has ended, and writes nothing then.
    """

    def decide(registry: Registry, now: datetime) -> Changes:
        found = [_open(registry.account(each), now) for each in accounts]
        made = changes(*(_linked(account, links, now) for account in found))
        validate(registry, made)
        return made

    session.write("account.edit", decide, note=several(len(accounts), "account"))
    return len(accounts)


def end_accounts(session: Session, accounts: Collection[Id]) -> int:
    """Record that several accounts are closed, as one act; raises as `end_account` does."""
    _end(session, accounts, several(len(accounts), "account"))
    return len(accounts)


def _end(session: Session, accounts: Collection[Id], note: str, *, lost: bool = False) -> Registry:
    def decide(registry: Registry, now: datetime) -> Changes:
        found = [_open(registry.account(each), now) for each in accounts]
        gone = (_lost(each, now) if lost else _closed(registry, each, now) for each in found)
        rotations = over_with(registry, {a.id for a in found}, now, session.person)
        made = (*chain(*gone), *changes(*rotations))
        validate(registry, made)
        return made

    return session.write("account.end", decide, note=note)


def _lost(account: Account, now: datetime) -> Changes:
    return changes(msgspec.structs.replace(account, state="lost", until=now))


def _closed(registry: Registry, account: Account, now: datetime) -> Changes:
    """What the last step of closing it records."""
    step = Step(id="end", act="archive_record", account=account.id)
    return effect(registry, step, now, "")


def _open(account: Account, now: datetime) -> Account:
    if account.until is not None and account.until <= now:
        message = f"{account.label} ended {account.until.date()}"
        raise RefusedError(message, "name accounts that are open")
    return account
