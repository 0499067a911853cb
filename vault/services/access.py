"""The questions of the access model, asked of a session's registry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from vault.domain.access import Access, company_side, leaver_side
from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure, Version
from vault.domain.grace import without_gone
from vault.domain.ids import Id
from vault.domain.knowledge import could_know, did_see, exposures
from vault.domain.levels import Level
from vault.domain.mailbox import Mailbox
from vault.domain.neighbourhood import reach, surroundings
from vault.domain.numbers import numbers
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.spell import current
from vault.domain.ties import Tie, account_ties, all_ties
from vault.domain.unconfirmed import Unconfirmed, on_unconfirmed_seats
from vault.domain.whose import owners


@dataclass(frozen=True)
class WhoGetsIn:
    """One person's access to one account: its level and derivation, what they could know or saw.

    `could` and `saw` are (credential, version number) pairs; `level` is None for somebody who
    holds a tie that does not suffice alone. `tree` is `why` with its depths, conclusion first.
    """

    person: Person
    level: Level | None
    why: tuple[str, ...]
    tree: tuple[tuple[int, str], ...]
    ties: tuple[Tie, ...]
    could: tuple[tuple[Credential, int], ...]
    saw: tuple[Exposure, ...]


def who_gets_in(registry: Registry, account: Account, at: datetime) -> list[WhoGetsIn]:
    """Return everybody with a tie to an account at a moment, those with the best access first."""
    part = surroundings(registry, (account.id,))
    found = []
    for person in part.all(Person):
        access = Access(part, leaver_side(person.id), at)
        found_ties = account_ties(part, person.id, account, at)
        ties = tuple(tie for tie in found_ties if _holds(part, person.id, tie, at))
        level = access.level(account.id)
        if level is None and not ties:
            continue
        could, saw = _knowledge(part, person.id, account, at)
        why, tree = access.why(account.id), access.tree(account.id)
        found.append(WhoGetsIn(person, level, why, tree, ties, could, saw))
    order = {"owner": 0, "full": 1, "edit": 2, "post": 3, "analyse": 4}
    found.sort(key=lambda w: (order.get(w.level or "", 9), w.person.name))
    return found


def _holds(registry: Registry, person: Id, tie: Tie, at: datetime) -> bool:
    """Whether a tie is there already: a departure cuts those that begin later too."""
    account = registry.find(tie.account)
    if isinstance(account, Account) and account.since is not None and at < account.since:
        return False
    held = {
        "login_mail": (tie.target, getattr(account, "login_mailboxes", ())),
        "recovery_mail": (tie.target, getattr(account, "recovery_mailboxes", ())),
        "recovery_phone": (
            tie.target,
            numbers(registry, account) if isinstance(account, Account) else (),
        ),
    }
    match registry.find(tie.target):
        case Seat() | Assignment() as right:
            return right.holds(at)
        case Mailbox(readers=readers) as mailbox if tie.kind == "mailbox":
            return person in owners(registry, mailbox) or person in current(readers, at)
        case Phone(carriers=carriers) if tie.kind == "device":
            return person in current(carriers, at)
        case Person(memberships=memberships) if tie.kind == "vault_member":
            return bool(current(memberships, at))
    of, spells = held.get(tie.kind, ("", ()))
    return not of or of in current(spells, at)


def _versions(
    registry: Registry, account: Account, at: datetime
) -> Iterator[tuple[Credential, Version]]:
    for credential in registry.credentials_of.get(account.id, ()):
        version = credential.at_stage("current", at)
        if version is not None:
            yield credential, version


def _knowledge(
    registry: Registry, person: Id, account: Account, at: datetime
) -> tuple[tuple[tuple[Credential, int], ...], tuple[Exposure, ...]]:
    could: list[tuple[Credential, int]] = []
    saw: list[Exposure] = []
    for credential, version in _versions(registry, account, at):
        if could_know(registry, person, credential, version, at):
            could.append((credential, version.number))
        saw += [e for e in did_see(registry, person, credential, version.number) if e.at <= at]
    return tuple(could), tuple(saw)


@dataclass(frozen=True)
class Holdings:
    """What one person holds: their ties, and what they get into with the derivations."""

    person: Person
    ties: tuple[Tie, ...]
    controls: tuple[tuple[Id, Level, tuple[str, ...]], ...]


def what_they_hold(registry: Registry, person: Person, at: datetime) -> Holdings:
    """Return a person's ties and the accounts they get into at a moment.

    Nobody gets into what is gone for good, though it is yet to be archived.
    """
    accounts = reach(registry, person.id)
    part = surroundings(registry, accounts, (person.id,))
    part = without_gone(part, registry, at.date(), at)
    access = Access(part, leaver_side(person.id), at)
    controls = [
        (account.id, level, access.why(account.id))
        for account in part.all(Account)
        if (level := access.level(account.id)) is not None
    ]
    controls.sort(key=lambda each: part.name_of(each[0]))
    ties = tuple(tie for tie in all_ties(part, person.id, at) if _holds(part, person.id, tie, at))
    return Holdings(person, ties, tuple(controls))


def company_gets_in(registry: Registry, account: Account, at: datetime) -> bool:
    """Say whether those who work here have full control of an account at a moment."""
    part = surroundings(registry, (account.id,))
    return Access(part, company_side(part, at), at).controls(account.id, "full")


def unconfirmed_of(registry: Registry, account: Account, at: datetime) -> Unconfirmed:
    """Return the account if those who work here have it only by unconfirmed seats, with these."""
    found = on_unconfirmed_seats(surroundings(registry, (account.id,)), at)
    return {each: seats for each, seats in found.items() if each == account.id}


def knowers(
    registry: Registry, credential: Credential, version: Version, at: datetime
) -> tuple[list[Person], list[Exposure]]:
    """Return who could know a version, and by which exposures somebody did see it."""
    part = surroundings(registry, (credential.account,))
    could = [p for p in part.all(Person) if could_know(part, p.id, credential, version, at)]
    saw = [e for _, e in exposures(registry, credential, version) if e.was_seen and e.at <= at]
    return sorted(could, key=lambda p: p.name), saw
