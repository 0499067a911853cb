"""Single points of failure: what the company loses, or can no longer do, without one person.

An account hangs on somebody if the company has full control of it with them and not without them.
That is asked of all people at once. A fact needs whoever is needed by each of the clauses that
lead to it, and a clause needs whoever is needed by any of its premises; the greatest such sets are
reached by starting at "everybody" and taking away (dominators, as of Cooper, Harvey and Kennedy,
"A Simple, Fast Dominance Algorithm", 2001, over clauses instead of edges).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

import msgspec

from vault.domain.access import Party, active_factors, clauses, company_side
from vault.domain.account import Account
from vault.domain.credential import Credential
from vault.domain.holders import holders
from vault.domain.horn import Clause, Fact
from vault.domain.ids import Id
from vault.domain.knowledge import exposures
from vault.domain.levels import LEVELS
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import Spells, current

SinglePointKind = Literal["account", "role", "mailbox", "factor"]

_FULL = LEVELS[: LEVELS.index("full") + 1]


class SinglePoint(msgspec.Struct, frozen=True, gc=False):
    """One thing that hangs on one person; `about` is the id of its record.

    An account may hang on each of several people, who are all needed: one knows the password, the
    other has the second factor. It is then a single point for each of them.
    """

    kind: SinglePointKind
    about: Id
    person: Id


def single_points(registry: Registry, at: datetime) -> list[SinglePoint]:
    """Return what hangs on one person at a moment, accounts first, each kind by name."""
    company = company_side(registry, at)
    found = [
        SinglePoint("account", account, person)
        for account, people in sole_controllers(registry, at).items()
        for person in people
    ]
    held = _Held(registry, company, at)
    for kind, record, people in (*held.roles(), *held.mailboxes(), *held.factors()):
        if len(people) == 1:
            found.append(SinglePoint(kind, record.id, *people))
    order = ("account", "role", "mailbox", "factor")
    found.sort(key=lambda p: (order.index(p.kind), registry.name_of(p.about), p.person))
    return found


def sole_controllers(registry: Registry, at: datetime) -> dict[Id, frozenset[Id]]:
    """Return the accounts the company has full control of only as long as certain people stay.

    Each of these people alone would be missed; accounts that nobody alone is needed for are left
    out, and so are those that nobody gets into.
    """
    company = company_side(registry, at)
    rules = [rule for rule in clauses(registry, company, at) if rule.body]
    needed = _needed(_Held(registry, company, at).givens(), rules)
    found = {}
    for account in registry.all(Account):
        ways = [needed.get(("control", account.id, level)) for level in _FULL]
        known = [way for way in ways if way is not None]
        people = frozenset.intersection(*known) if known else frozenset()
        if people:
            found[account.id] = people
    return found


def _needed(
    givens: Iterable[tuple[Fact, frozenset[Id]]], rules: Iterable[Clause]
) -> dict[Fact, frozenset[Id]]:
    """Return the facts that hold, each with the people without any one of whom it does not."""
    needed: dict[Fact, frozenset[Id]] = {}
    watching: defaultdict[Fact, list[Clause]] = defaultdict(list)
    for rule in rules:
        for fact in rule.body:
            watching[fact].append(rule)
    # Several who have the same thing are none of them needed for it.
    waiting = [(fact, who if len(who) == 1 else frozenset()) for fact, who in givens if who]
    while waiting:
        head, people = waiting.pop()
        before = needed.get(head)
        after = people if before is None else before & people
        if after == before:
            continue
        needed[head] = after
        for rule in watching.get(head, ()):
            premises = [needed.get(fact) for fact in rule.body]
            if None not in premises:
                waiting.append((rule.head, frozenset().union(*filter(None, premises))))
    return needed


class _Held:
    """What those who work here have, each thing with all of them who have it."""

    def __init__(self, registry: Registry, company: Party, at: datetime) -> None:
        self._registry = registry
        self._people = company.people
        self._at = at

    def givens(self) -> Iterator[tuple[Fact, frozenset[Id]]]:
        """Yield what is written in the registry, before any rule (as `access.Holdings` does)."""
        for mailbox in self._registry.all(Mailbox):
            if mailbox.exists(self._at):
                yield ("reads", mailbox.id), self._readers(mailbox)
        for phone in self._registry.all(Phone):
            if phone.exists(self._at):
                yield ("receives", phone.id), self._among(phone.carriers)
        members = self._members()
        for account in self._registry.all(Account):
            if self._registry.is_live(account, self._at):
                yield from self._of_account(account, members)

    def _of_account(
        self, account: Account, members: frozenset[Id]
    ) -> Iterator[tuple[Fact, frozenset[Id]]]:
        for credential in self._registry.credentials_of.get(account.id, ()):
            yield ("knows", credential.id), self._knowers(account, credential, members)
        for factor in active_factors(self._registry, account, self._at):
            yield ("has", factor.id), self._among(factor.holders)
        for seat in self._registry.seats_on.get(account.id, ()):
            if seat.person in self._people and seat.is_confirmed(self._at):
                yield ("control", account.id, seat.level), frozenset((seat.person,))

    def roles(self) -> Iterator[tuple[SinglePointKind, Record, frozenset[Id]]]:
        """Yield the roles that have not ended, with those who hold them."""
        for role in self._registry.all(Role):
            if role.until is None or self._at < role.until:
                yield "role", role, self._holders(role.id)

    def mailboxes(self) -> Iterator[tuple[SinglePointKind, Record, frozenset[Id]]]:
        """Yield the mailboxes that accounts in use hang on, with those who read them."""
        for mailbox in self._registry.all(Mailbox):
            if mailbox.exists(self._at) and any(
                account.is_open(self._at)
                and mailbox.id
                in current((*account.login_mailboxes, *account.recovery_mailboxes), self._at)
                for account in self._registry.accounts_on.get(mailbox.id, ())
            ):
                yield "mailbox", mailbox, self._readers(mailbox)

    def factors(self) -> Iterator[tuple[SinglePointKind, Record, frozenset[Id]]]:
        """Yield the second factors of accounts in use, with those who have them."""
        for account in self._registry.all(Account):
            if self._registry.is_live(account, self._at):
                for factor in active_factors(self._registry, account, self._at):
                    yield "factor", factor, self._among(factor.holders)

    def _among(self, spells: Spells) -> frozenset[Id]:
        found: set[Id] = set()
        for holder in current(spells, self._at):
            if holder in self._people:
                found.add(holder)
            found |= self._holders(holder)
        return frozenset(found)

    def _holders(self, role: Id) -> frozenset[Id]:
        return self._people.intersection(holders(self._registry, role, self._at))

    def _readers(self, mailbox: Mailbox) -> frozenset[Id]:
        owner = {mailbox.owner} if mailbox.lets_owner_in(self._at) else set()
        return self._among(mailbox.readers) | (owner & self._people)

    def _members(self) -> frozenset[Id]:
        people = (p for p in self._registry.all(Person) if p.id in self._people)
        return frozenset(person.id for person in people if person.is_member(self._at))

    def _knowers(
        self, account: Account, credential: Credential, members: frozenset[Id]
    ) -> frozenset[Id]:
        version = credential.at_stage("current", self._at)
        if version is None or (credential.what == "recovery_codes" and credential.codes_left == 0):
            return frozenset()
        saw = {
            exposure.person
            for _, exposure in exposures(self._registry, credential, version)
            if exposure.was_seen and exposure.at <= self._at and exposure.person in self._people
        }
        return self._among(account.owner_roles) | saw | (members if version.stored else frozenset())
