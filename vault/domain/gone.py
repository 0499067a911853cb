"""Gone tonight: what the company loses if a person, mailbox, phone, tool or domain is not there.

The same questions are asked of the registry as it is and as it would be, and the answers compared:
an account is lost if those who work here have full control of it now, and would not have it then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from vault.domain.access import Access, company_side, leaver_side
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.factor import Factor
from vault.domain.holders import holders
from vault.domain.ids import Id
from vault.domain.levels import Level, at_least
from vault.domain.mailbox import Mailbox
from vault.domain.naming import folded
from vault.domain.neighbourhood import hanging_on, reach, resting_on, surroundings
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.seat import Seat
from vault.domain.single_points import SinglePoint, single_points, sole_controllers
from vault.domain.unconfirmed import on_unconfirmed_seats

ThingKind = Literal["person", "mailbox", "phone", "tool", "domain"]


class Loss(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An account on which the company could do less: at `now` (None: nothing) instead of `was`.

    `why` is the derivation that breaks, in words, premises first.
    """

    account: Id
    was: Level
    now: Level | None
    why: tuple[str, ...]


class Kept(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An account that is touched, and that the company would still have full control of."""

    account: Id
    level: Level
    why: tuple[str, ...]


class Unproved(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An account that hangs on unconfirmed seats, of which what is gone takes one away."""

    account: Id
    seats: tuple[Seat, ...]


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """What would be lost, what weaker, what kept; and what would rest on too few.

    Of what is `unproved` nobody can say: the company does not have it for certain even now.

    `singles` are what would hang on one person and does not now; `bare` the roles nobody would
    hold, the mailboxes nobody would read and the second factors nobody would have.
    """

    lost: tuple[Loss, ...]
    weaker: tuple[Loss, ...]
    kept: tuple[Kept, ...]
    unproved: tuple[Unproved, ...]
    singles: tuple[SinglePoint, ...]
    bare: tuple[Id, ...]

    @property
    def is_harmless(self) -> bool:
        """Say whether nothing would be lost, for certain."""
        return not self.lost and not self.unproved


def gone_tonight(registry: Registry, things: Iterable[Id], at: datetime) -> Gone:
    """Return what it would mean if these records were not there from a moment on.

    People have left then, mailboxes and phones do not exist, accounts (such as tools) are closed.
    """
    missing = [each for thing in things if (each := registry.find(thing)) is not None]
    people = [each.id for each in missing if isinstance(each, Person)]
    touched, now, then = _now_and_then(registry, missing, at)
    lost, weaker = _losses(now, then)
    known = frozenset(single_points(now.registry, at))
    return Gone(
        lost=tuple(lost),
        weaker=tuple(weaker),
        kept=tuple(_kept(then, _of_interest(now.registry, touched, people, at))),
        unproved=tuple(_unproved(now, then)),
        singles=tuple(each for each in single_points(then.registry, at) if each not in known),
        bare=tuple(_bare(now, then)),
    )


def _now_and_then(
    registry: Registry, missing: Iterable[Record], at: datetime
) -> tuple[frozenset[Id], Access, Access]:
    """The accounts that are touched, and what the company can do on them now and then."""
    gone = tuple(missing)
    touched = _touched(registry, gone)
    people = [each.id for each in gone if isinstance(each, Person)]
    part = surroundings(registry, touched, people)
    then = part.apply(changes(*(_ended(each, at) for each in gone)))
    return (
        touched,
        Access(part, company_side(part, at), at),
        Access(then, company_side(then, at), at),
    )


def _touched(registry: Registry, missing: Iterable[Record]) -> frozenset[Id]:
    found: set[Id] = set()
    for record in missing:
        if isinstance(record, Person):
            found |= reach(registry, record.id)
        else:
            own = {record.id} if isinstance(record, Account) else set()
            found |= resting_on(registry, hanging_on(registry, record.id) | own)
    return frozenset(found)


def _ended(record: Record, at: datetime) -> Record:
    if isinstance(record, Person):
        return msgspec.structs.replace(record, last_day=at.date() - timedelta(days=1))
    # The others that can be gone have an `until`.
    return msgspec.structs.replace(record, until=at)


def _of_interest(
    part: Registry, touched: frozenset[Id], people: Iterable[Id], at: datetime
) -> frozenset[Id]:
    """Of what somebody was ever tied to, what they get into now counts."""
    leavers = tuple(people)
    if not leavers:
        return touched
    return touched & Access(part, leaver_side(*leavers), at).controlled()


def _losses(now: Access, then: Access) -> tuple[list[Loss], list[Loss]]:
    """The accounts that the company would lose, and those on which it could do less."""
    lost: list[Loss] = []
    weaker: list[Loss] = []
    for account in sorted(now.registry.all(Account), key=lambda a: a.label):
        if not then.registry.is_live(then.registry.account(account.id), then.at):
            continue  # it is gone itself
        was, left = now.level(account.id), then.level(account.id)
        if was is None or (left and at_least(left, was)):
            continue
        loss = Loss(account=account.id, was=was, now=left, why=now.why(account.id))
        has_full = left is not None and at_least(left, "full")
        (lost if at_least(was, "full") and not has_full else weaker).append(loss)
    return lost, weaker


def _kept(then: Access, accounts: frozenset[Id]) -> Iterator[Kept]:
    """Yield the accounts that the company would have full control of all the same."""
    for account in sorted(accounts, key=then.registry.name_of):
        level = then.level(account)
        if level and at_least(level, "full"):
            yield Kept(account=account, level=level, why=then.why(account))


def _unproved(now: Access, then: Access) -> Iterator[Unproved]:
    """Yield the accounts that hang on unconfirmed seats, and would not on the same ones."""
    before = on_unconfirmed_seats(now.registry, now.at)
    after = on_unconfirmed_seats(then.registry, then.at)
    for account, seats in before.items():
        is_there = then.registry.is_live(then.registry.account(account), then.at)
        if is_there and seats != after.get(account):
            yield Unproved(account=account, seats=seats)


def _bare(now: Access, then: Access) -> Iterator[Id]:
    """Yield what somebody has now and nobody would have, but for what is itself gone."""
    for role in now.registry.all(Role):
        if _is_held(now, role) and not _is_held(then, role):
            yield role.id
    for mailbox in then.registry.all(Mailbox):
        read = ("reads", mailbox.id)
        if mailbox.exists(then.at) and read in now.derived and read not in then.derived:
            yield mailbox.id
    for factor in then.registry.all(Factor):
        has = ("has", factor.id)
        account = then.registry.account(factor.account)
        is_asked = factor.holds(then.at) and then.registry.is_live(account, then.at)
        if is_asked and has in now.derived and has not in then.derived:
            yield factor.id


def _is_held(access: Access, role: Role) -> bool:
    held = holders(access.registry, role.id, access.at)
    return not access.party.people.isdisjoint(held)


def domain_of(address: str) -> str:
    """Return the domain of a mail address, as domains are compared."""
    return folded(address.rpartition("@")[2]).rstrip(".")


def mailboxes_at(registry: Registry, domain: str, at: datetime) -> list[Mailbox]:
    """Return the mailboxes in use at a domain and below it."""
    wanted = folded(domain).removeprefix("@").rstrip(".")
    return [
        mailbox
        for mailbox in registry.all(Mailbox)
        if mailbox.exists(at) and f".{domain_of(mailbox.address)}".endswith(f".{wanted}")
    ]


class Ranked(msgspec.Struct, frozen=True, gc=False):
    """How many accounts would be lost with one thing; `about` is its record's id, or a domain."""

    kind: ThingKind
    about: str
    lost: int


def ranking(registry: Registry, at: datetime) -> list[Ranked]:
    """Return everything without which accounts would be lost, what most hang on first."""
    found = [
        Ranked("person", person, number)
        for person, number in Counter(
            person for people in sole_controllers(registry, at).values() for person in people
        ).items()
    ]
    for kind, about, things in _candidates(registry, at):
        missing = filter(None, map(registry.find, things))
        lost, _ = _losses(*_now_and_then(registry, missing, at)[1:])
        if lost:
            found.append(Ranked(kind, about, len(lost)))
    found.sort(key=lambda each: (-each.lost, each.kind, registry.name_of(each.about)))
    return found


def _candidates(registry: Registry, at: datetime) -> Iterator[tuple[ThingKind, str, list[Id]]]:
    domains: dict[str, list[Id]] = {}
    for mailbox in registry.all(Mailbox):
        if mailbox.exists(at) and hanging_on(registry, mailbox.id):
            domains.setdefault(domain_of(mailbox.address), []).append(mailbox.id)
            yield "mailbox", mailbox.id, [mailbox.id]
    for phone in registry.all(Phone):
        if hanging_on(registry, phone.id):
            yield "phone", phone.id, [phone.id]
    for account in registry.all(Account):
        if registry.is_live(account, at) and resting_on(registry, {account.id}) != {account.id}:
            yield "tool", account.id, [account.id]
    for domain, mailboxes in domains.items():
        yield "domain", domain, mailboxes
