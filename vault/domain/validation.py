"""What a record must be to be written: references that exist, dates in order, no cycles, no doubles.

These rules hold on every path in, and on every database, since they are checked on the registry
before anything is sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from vault.domain.account import Account
from vault.domain.changes import Changes
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import Spell, Spells
from vault.errors import RefusedError, UsageError


def validate(registry: Registry, changes: Changes) -> None:
    """Check changes against the registry they lead to.

    Raises UsageError for a value that makes no sense, RefusedError for one that contradicts
    another record.
    """
    after = registry.apply(changes)
    for change in changes:
        record = change.record
        _dates_in_order(record)
        if isinstance(record, Account):
            _no_cycle(after, record)
            _no_double_account(after, record)
        elif isinstance(record, Person):
            _person(after, record)
        elif isinstance(record, Mailbox):
            _mailbox(after, record)
        elif isinstance(record, Role):
            _role(after, record)


def _as_date(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _dates_in_order(record: Record) -> None:
    pairs = [("since", "until"), ("joined", "last_day"), ("opened_at", "closed_at")]
    for first, second in pairs:
        begins, ends = getattr(record, first, None), getattr(record, second, None)
        if begins is not None and ends is not None and _as_date(ends) < _as_date(begins):
            message = (
                f"{second.replace('_', ' ')} {_as_date(ends)} is before {first} {_as_date(begins)}"
            )
            raise UsageError(message, "give the dates in their order")
    for spell in _spells(record):
        if spell.until is not None and spell.until < spell.since:
            message = f"a spell ends {spell.until.date()}, before it begins {spell.since.date()}"
            raise UsageError(message, "give the dates in their order")


def _spells(record: Record) -> Iterable[Spell]:
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if isinstance(value, tuple):
            yield from (each for each in value if isinstance(each, Spell))


def _no_cycle(registry: Registry, account: Account) -> None:
    for spells, what in (("sign_in_accounts", "signs in with"), ("containers", "is contained in")):
        seen: set[Id] = set()
        waiting = [spell.of for spell in getattr(account, spells) if spell.until is None]
        while waiting:
            parent = waiting.pop()
            if parent == account.id:
                message = f"{account.label} {what} itself, in a circle"
                raise RefusedError(message, "end one link of the circle first")
            record = registry.find(parent)
            if parent not in seen and isinstance(record, Account):
                seen.add(parent)
                linked: Spells = getattr(record, spells)
                waiting += [spell.of for spell in linked if spell.until is None]


def _no_double_account(registry: Registry, account: Account) -> None:
    if account.until is not None or not account.handle:
        return
    name = (account.platform, folded(account.handle))
    for other in registry.all(Account):
        if (
            other.id != account.id
            and other.platform == account.platform
            and other.until is None
            and (other.platform, folded(other.handle)) == name
            and (not other.platform_id or other.platform_id == account.platform_id)
        ):
            message = f"{account.label} is in the registry already, as {other.id[:8]}"
            raise RefusedError(message, f"edit that one: safehands account edit {other.id[:8]}")


def _person(registry: Registry, person: Person) -> None:
    if not person.name.strip():
        message = "a person needs a name"
        raise UsageError(message, "give the name as colleagues know it")
    if person.mail and any(
        other.id != person.id and folded(other.mail) == folded(person.mail)
        for other in registry.all(Person)
    ):
        message = f"somebody else has the address {person.mail}"
        raise RefusedError(
            message, "two people cannot share a work address; edit the other one first"
        )


def _mailbox(registry: Registry, mailbox: Mailbox) -> None:
    if "@" not in mailbox.address.strip("@"):
        message = f"{mailbox.address!r} is no mail address"
        raise UsageError(message, "give it as name@domain")
    if mailbox.until is None and any(
        other.id != mailbox.id
        and other.until is None
        and folded(other.address) == folded(mailbox.address)
        for other in registry.all(Mailbox)
    ):
        message = f"the mailbox {mailbox.address} is in the registry already"
        raise RefusedError(message, f"edit that one: safehands mailbox edit {mailbox.address}")
    if mailbox.type == "personal" and isinstance(registry.find(mailbox.owner), Role):
        message = f"{mailbox.address} cannot be personal and owned by a role"
        raise RefusedError(
            message, "a role's mailbox is licensed, shared, a group, an alias or a forwarder"
        )


def _role(registry: Registry, role: Role) -> None:
    if not role.name.strip():
        message = "a role needs a name"
        raise UsageError(message, "name the job, such as webcare")
    if role.min_holders < 1:
        message = f"a role needs at least one holder, not {role.min_holders}"
        raise UsageError(message, "give --min-holders 1 or more")
    if role.until is None and any(
        other.id != role.id and other.until is None and folded(other.name) == folded(role.name)
        for other in registry.all(Role)
    ):
        message = f"there is a role {role.name!r} already"
        raise RefusedError(message, "give it another name, or edit that one")
