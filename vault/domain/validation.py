"""What a record must be to be written: links that lead somewhere, dates in order, no circles.

These rules hold on every path in, and on every database, since they are checked on the registry
before anything is sealed.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from vault.domain.account import Account
from vault.domain.changes import Changes
from vault.domain.endings import refuse_ending
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.mending import Names
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.span import intersection, span
from vault.domain.spell import Spell, Spells
from vault.domain.wording import in_words
from vault.errors import AlreadyError, RefusedError, UsageError


def validate(registry: Registry, changes: Changes, *, forced: bool = False) -> None:
    """Check changes against the registry they lead to; `forced`: what ended has, whatever needs it.

    Raises UsageError for a value that makes no sense, RefusedError for one that contradicts
    another record.
    """
    after = registry.apply(changes)
    for change in changes:
        record = change.record
        _dates_in_order(record)
        _links_lead_somewhere(after, record)
        ends: datetime | None = getattr(record, "until", None)
        before = registry.find(record.id)
        if ends is not None and getattr(before, "until", None) is None and not forced:
            refuse_ending(after, record, ends)
        if isinstance(record, Phone) and record.number != getattr(before, "number", None):
            _number(record)  # one that was taken before this rule may still be edited and ended
        check = _CHECKS.get(type(record))
        if check is not None:
            check(after, record)


def _as_date(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _dates_in_order(record: Record) -> None:
    pairs = [("since", "until"), ("joined", "last_day"), ("opened_at", "closed_at")]
    for first, second in pairs:
        begins, ends = getattr(record, first, None), getattr(record, second, None)
        if begins is not None and ends is not None and _as_date(ends) < _as_date(begins):
            name = in_words(second)
            message = f"{name} {_as_date(ends)} is before {first} {_as_date(begins)}"
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


_LINKS = frozenset(
    {
        "account",
        "by",
        "closed_by",
        "contract",
        "credential",
        "granted_by",
        "into",
        "mailbox",
        "manager",
        "one_with",
        "opened_by",
        "owner",
        "person",
        "phone",
        "review",
        "role",
        "role_account",
        "roles",
        "started_by",
        "target",
        "tool",
    }
)
"""Fields that are an id, or ids, of other records."""

_TEXTS = frozenset({"handles", "memberships"})
"""Spells of texts; all others are of ids."""


def _links_lead_somewhere(registry: Registry, record: Record) -> None:
    for name, linked in _links(record):
        if linked and linked not in registry:
            kind = type(record).__name__.lower()
            message = f"the {in_words(name)} of this {kind} is not in the registry"
            raise RefusedError(message, "add it first, or name another one")


def _links(record: Record) -> Iterator[tuple[str, Id]]:
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if name in _LINKS:
            yield from ((name, each) for each in (value if isinstance(value, tuple) else (value,)))
        elif isinstance(value, tuple) and name not in _TEXTS:
            yield from ((name, each.of) for each in value if isinstance(each, Spell))


def _account(registry: Registry, account: Account) -> None:
    _no_circle(registry, account)
    _no_double_account(registry, account)


def _no_circle(registry: Registry, account: Account) -> None:
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
    handle = folded(account.handle)
    for other in registry.all(Account):
        if (
            other.id != account.id
            and other.platform == account.platform
            and other.until is None
            and folded(other.handle) == handle
            and (not other.platform_id or other.platform_id == account.platform_id)
        ):
            message = f"{account.label} is in the registry already, as {other.id[:8]}"
            hint = f"edit that one: safehands account edit {other.id[:8]}"
            raise AlreadyError(message, hint, there=other.id)


def _person(registry: Registry, person: Person) -> None:
    if not person.name.strip():
        message = "a person needs a name"
        raise UsageError(message, "give the name as colleagues know it")
    if person.manager == person.id:
        message = f"{person.name} cannot be their own manager"
        raise UsageError(message, "name somebody else with --manager")
    mail = folded(person.mail)
    same = {person.id, person.one_with}
    others = (
        other
        for other in registry.all(Person)
        if other.id not in same and other.one_with != person.id and folded(other.mail) == mail
    )
    other = next(others, None) if mail else None
    if other is not None:
        message = f"{other.name} has the address {person.mail} already"
        hint = "two people cannot share a work address; change the other one first"
        raise RefusedError(message, f"{hint}: safehands person edit {other.id[:8]}")


def _mailbox(registry: Registry, mailbox: Mailbox) -> None:
    name, at, domain = mailbox.address.rpartition("@")
    if not (name and at and domain) or mailbox.address.split() != [mailbox.address]:
        message = f"{mailbox.address!r} is no mail address"
        raise UsageError(message, "give it as name@domain")
    address = folded(mailbox.address)
    others = (o for o in registry.all(Mailbox) if o.id != mailbox.id and o.until is None)
    other = next((o for o in others if folded(o.address) == address), None)
    if mailbox.until is None and other is not None:
        message = f"the mailbox {mailbox.address} is in the registry already"
        edit = f"safehands mailbox edit {shlex.quote(mailbox.address)}"
        raise AlreadyError(message, f"edit that one: {edit}", there=other.id)
    if mailbox.type == "personal" and isinstance(registry.find(mailbox.owner), Role):
        message = f"{mailbox.address} cannot be personal and owned by a role"
        hint = "a role's mailbox is licensed, shared, a group, an alias or a forwarder"
        raise RefusedError(message, hint)


def _role(registry: Registry, role: Role) -> None:
    if not role.name.strip():
        message = "a role needs a name"
        raise UsageError(message, "name the job, such as webcare")
    if role.min_holders < 1:
        message = f"a role needs at least one holder, not {role.min_holders}"
        raise UsageError(message, "give --min-holders 1 or more")
    others = (o for o in registry.all(Role) if o.id != role.id and o.until is None)
    other = next((o for o in others if folded(o.name) == folded(role.name)), None)
    if role.until is None and other is not None:
        message = f"there is a role {role.name!r} already"
        raise AlreadyError(message, "give it another name, or edit that one", there=other.id)


_DIGITS = range(6, 16)
"""How many digits a number has with its country code: at most 15 (ITU-T E.164); shorter ones are
services of one network, to which no platform sends a code."""
_IN_NUMBERS = frozenset("0123456789 .-()/\u00a0")


def _number(phone: Phone) -> None:
    digits = [each for each in phone.number if each.isdigit()]
    is_whole = phone.number.startswith("+") and len(digits) in _DIGITS
    if not is_whole or not set(phone.number[1:]) <= _IN_NUMBERS:
        message = f"{phone.number!r} is no phone number"
        hint = f"give + and the country code, {_DIGITS[0]} to {_DIGITS[-1]} digits in all"
        raise UsageError(message, f"{hint}, such as +31612345678")


def _phone(registry: Registry, phone: Phone) -> None:
    digits = [each for each in phone.number if each.isdigit()]
    for other in registry.all(Phone):
        same = [each for each in other.number if each.isdigit()] == digits
        if same and other.id != phone.id and other.until is None and phone.until is None:
            message = f"the phone {other.number} is in the registry already"
            hint = f"edit that one: safehands phone edit {other.id[:8]}"
            raise AlreadyError(message, hint, there=other.id)


def _assignment(registry: Registry, assignment: Assignment) -> None:
    for other in registry.assignments_of.get(assignment.role, ()):
        same = other.person == assignment.person and other.id != assignment.id
        if same and _overlap(assignment, other):
            who, what = registry.name_of(assignment.person), registry.name_of(assignment.role)
            message = f"{who} holds the role {what} already"
            hint = f"see since when: safehands person holds {other.person[:8]}"
            raise AlreadyError(message, hint, there=other.id)


def _seat(registry: Registry, seat: Seat) -> None:
    if bool(seat.person) == bool(seat.role_account):
        message = "a seat is held by either a person or a role account"
        raise UsageError(message, "name one of them")
    for other in registry.seats_on.get(seat.account, ()):
        holder = (other.person, other.role_account) == (seat.person, seat.role_account)
        if holder and other.id != seat.id and _overlap(seat, other):
            held_by = seat.person or seat.role_account
            who, label = registry.name_of(held_by), registry.name_of(seat.account)
            message = f"{who} has a seat on {label} already"
            edit = f"safehands seat edit {seat.account[:8]} {Names(registry).holder(other)}"
            raise AlreadyError(message, f"change that one: {edit}", there=other.id)


def _factor(registry: Registry, factor: Factor) -> None:
    def told_by(each: Factor) -> tuple[object, ...]:
        held = frozenset(spell.of for spell in each.holders if spell.until is None)
        sent = (each.phone, each.mailbox, each.credential)
        return each.until is None, each.method, folded(each.label), held, sent

    for other in registry.factors_of.get(factor.account, ()):
        if factor.until is None and other.id != factor.id and told_by(other) == told_by(factor):
            message = f"{registry.name_of(factor.account)} has this second factor already"
            hint = f"name another device with --label; see: safehands factor show {other.id[:8]}"
            raise AlreadyError(message, hint, there=other.id)


def _grant(registry: Registry, grant: Grant) -> None:
    if grant.tool == grant.account:
        message = f"{registry.name_of(grant.account)} cannot be its own tool"
        raise UsageError(message, "name the publishing tool's account")
    for other in registry.grants_on.get(grant.account, ()):
        same = (other.tool, other.granted_by) == (grant.tool, grant.granted_by)
        if same and other.id != grant.id and _overlap(grant, other):
            tool = registry.name_of(grant.tool)
            message = f"{tool} is connected to {registry.name_of(grant.account)} already"
            hint = f"change that one: safehands grant edit {other.id[:8]}"
            raise AlreadyError(message, hint, there=other.id)


def _overlap(one: Assignment | Seat | Grant, other: Assignment | Seat | Grant) -> bool:
    return bool(intersection(span(one.since, one.until), span(other.since, other.until)))


_CHECKS: dict[type[Record], Callable[[Registry, Any], None]] = {
    Account: _account,
    Assignment: _assignment,
    Factor: _factor,
    Grant: _grant,
    Mailbox: _mailbox,
    Person: _person,
    Phone: _phone,
    Role: _role,
    Seat: _seat,
}
"""What is checked of records of one kind, beside what holds for all."""
