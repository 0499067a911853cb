"""Who can get in: holdings, the rules that derive further ones, and why.

Section 2 of docs/access-model.md. What is unknown is taken the cautious way on both sides: it may
let a leaver in, and it may not be relied on to let the company in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS, TOKENS, Credential, Version
from vault.domain.factor import Factor
from vault.domain.holders import holders
from vault.domain.horn import Clause, Derived, Fact, branches, derive, explain
from vault.domain.ids import Id
from vault.domain.knowledge import could_know, exposures, is_of_unknown_holder, known_as, reads
from vault.domain.levels import LEVELS, Level, at_least
from vault.domain.mailbox import Mailbox
from vault.domain.numbers import numbers
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.platforms.model import Answer
from vault.domain.registry import Registry
from vault.domain.sessions import has_login, has_session, takes_password
from vault.domain.spell import Spells, current
from vault.domain.whose import account_owners, accounts_of, owners
from vault.domain.wording import in_words


@dataclass(frozen=True)
class Party:
    """People who act together.

    `cautious` grants them whatever a platform is not known to bar. `guessed` are those of them who
    are taken to know what they could know, and to hold what they were never seen to use.
    """

    people: frozenset[Id]
    cautious: bool
    guessed: frozenset[Id] = frozenset()

    def grants(self, answer: Answer) -> bool:
        """Say whether a fact about a platform helps this party."""
        return answer == "yes" or (self.cautious and answer == "unknown")

    def lacks(self, answer: Answer) -> bool:
        """Say whether a hurdle on a platform may be counted as absent for this party."""
        return answer == "no" or (self.cautious and answer == "unknown")


def company_side(registry: Registry, at: datetime, without: Iterable[Id] = ()) -> Party:
    """Return the people who stay: all who work for the company at a moment, but for some."""
    gone = frozenset(without)
    staying = (p.id for p in registry.all(Person) if p.id not in gone and p.stays(at))
    return Party(frozenset(staying), cautious=False)


def leaver_side(*people: Id) -> Party:
    """Return the party of leavers, with everything they hold, know or could have learnt."""
    return Party(frozenset(people), cautious=True, guessed=frozenset(people))


def with_help(company: Party, *leavers: Id) -> Party:
    """Return the company side while leavers still help with what they know and hold."""
    return Party(company.people | set(leavers), cautious=False, guessed=frozenset(leavers))


@dataclass(frozen=True)
class Access:
    """What a party can get into at a moment, each with its shortest derivation."""

    registry: Registry
    party: Party
    at: datetime

    @cached_property
    def derived(self) -> Derived:
        """All facts that hold for the party."""
        return derive(clauses(self.registry, self.party, self.at))

    def can_log_in(self, account: Id) -> bool:
        """Say whether the party can log in to an account."""
        return ("login", account) in self.derived

    def level(self, account: Id) -> Level | None:
        """Return the highest level at which the party controls an account, None for not at all."""
        for level in LEVELS:
            if ("control", account, level) in self.derived:
                return level
        return None

    def controls(self, account: Id, level: Level = "analyse") -> bool:
        """Say whether the party controls an account at that level or better."""
        held = self.level(account)
        return held is not None and at_least(held, level)

    def controlled(self, level: Level = "analyse") -> frozenset[Id]:
        """Return the accounts that the party controls at that level or better."""
        return frozenset(
            fact[1]
            for fact in self.derived
            if fact[0] == "control" and at_least(fact[2], level)  # type: ignore[arg-type]
        )

    def why(self, account: Id) -> tuple[str, ...]:
        """Return the shortest derivation of the party's best control of an account, or ()."""
        level = self.level(account)
        return explain(self.derived, ("control", account, level)) if level else ()

    def tree(self, account: Id) -> tuple[tuple[int, str], ...]:
        """Return that derivation as a tree: texts with their depths, the conclusion first."""
        level = self.level(account)
        return branches(self.derived, ("control", account, level)) if level else ()


def clauses(registry: Registry, party: Party, at: datetime) -> Iterator[Clause]:
    """Yield what a party has at a moment (the clauses without a body), and all that may follow."""
    holdings = Holdings(registry, party, at)
    yield from holdings.of_mailboxes()
    yield from holdings.of_phones()
    for account in registry.all(Account):
        if registry.is_live(account, at):
            yield from holdings.of_account(account)
            yield from _login_rules(registry, party, account, at)
            yield from _control_rules(registry, party, account, at)


@dataclass(frozen=True)
class Holdings:
    """The givens: what the party has by what is written in the registry, before any rule."""

    registry: Registry
    party: Party
    at: datetime

    def _first_holder(self, spells: Spells, people: frozenset[Id] | None = None) -> str | None:
        """The name of a member of the party among the holders, directly or by role."""
        among = self.party.people if people is None else people
        for holder in current(spells, self.at):
            if holder in among:
                return self.registry.name_of(holder)
            person = self.holder_of_role(holder, among)
            if person:
                role = self.registry.name_of(holder)
                return f"{self.registry.name_of(person)} (as {role})"
        return None

    def holder_of_role(self, role: Id, among: Collection[Id]) -> Id | None:
        """One of these people who holds the role now."""
        return next((p for p in holders(self.registry, role, self.at) if p in among), None)

    @cached_property
    def _employed(self) -> frozenset[Id]:
        """Those of the party who have not left: a role hands no new secret on to anybody else."""
        found = ((person, self.registry.find(person)) for person in self.party.people)
        left = {p for p, r in found if isinstance(r, Person) and r.status(self.at) == "left"}
        return self.party.people - left

    def of_mailboxes(self) -> Iterator[Clause]:
        """What the party reads."""
        for mailbox in self.registry.all(Mailbox):
            if not mailbox.exists(self.at):
                continue
            head, address = ("reads", mailbox.id), mailbox.address
            reader = self._first_holder(mailbox.readers) or self._owner_let_in(mailbox)
            if reader:
                yield Clause(head, (), f"{reader} reads {address}")
            if not self.party.cautious:
                continue
            for person in () if reader else self.party.people:
                if reads(self.registry, person, mailbox.id, self.at):
                    name = self.registry.name_of(person)
                    yield Clause(head, (), f"{name} could know the password of {address}")
            for account in accounts_of(self.registry, mailbox):
                yield Clause(head, (("login", account.id),), f"reads {address}")

    def _owner_let_in(self, mailbox: Mailbox) -> str | None:
        """The name of a member of the party whose mailbox it is, and who is not shut out of it."""
        recorded = (mailbox.owner,)
        for person in owners(self.registry, mailbox) if self.party.cautious else recorded:
            if person in self.party.people and mailbox.lets_in(person, self.at):
                return self.registry.name_of(person)
        return None

    def of_phones(self) -> Iterator[Clause]:
        """What the party receives calls and messages on."""
        for phone in self.registry.all(Phone):
            carrier = self._first_holder(phone.carriers)
            text = f"{carrier} carries {phone.number}"
            if carrier is None and self.party.cautious and phone.contract in self.party.people:
                text = f"{phone.number} is on a contract of {self.registry.name_of(phone.contract)}"
            elif carrier is None:
                continue
            if phone.exists(self.at):
                yield Clause(("receives", phone.id), (), text)

    def of_account(self, account: Account) -> Iterator[Clause]:
        """What the party knows of, holds of and has seats on one account."""
        for credential in self.registry.credentials_of.get(account.id, ()):
            yield from self._of_credential(account, credential)
        for factor in self.registry.factors_of.get(account.id, ()):
            if factor.holds(self.at):
                yield from self._of_factor(account, factor)
        if self.party.cautious:
            for person in self.party.people:
                if has_session(self.registry, person, account, self.at):
                    name = self.registry.name_of(person)
                    text = f"{name} may still be logged in to {account.label}"
                    if person in account_owners(self.registry, account):
                        text = f"{account.label} is an account of {name}'s own"
                    yield Clause(("session", account.id), (), text)

    def _of_credential(self, account: Account, credential: Credential) -> Iterator[Clause]:
        version = credential.at_stage("current", self.at)
        if version is None or (credential.what == "recovery_codes" and credential.codes_left == 0):
            return
        what = in_words(credential.what)
        knower, as_what = self._knower(account, credential, version)
        if knower:
            text = f"{knower} the {what} of {account.label} (version {version.number}){as_what}"
            yield Clause(("knows", credential.id), (), text)

    def _knower(
        self, account: Account, credential: Credential, version: Version
    ) -> tuple[str | None, str]:
        """Who knows it, with the verb, and as which equal secret where it is by that alone."""
        for person in self.party.guessed:
            if could_know(self.registry, person, credential, version, self.at):
                same = known_as(self.registry, person, credential, version, self.at)
                return f"{self.registry.name_of(person)} could know", same
        return self._reliable_knower(account, credential, version), ""

    def _reliable_knower(
        self, account: Account, credential: Credential, version: Version
    ) -> str | None:
        """A member who did see it, is entitled to it now, or can open it in the vault now."""
        for _, exposure in exposures(self.registry, credential, version):
            if (
                exposure.was_seen
                and exposure.at <= self.at
                and exposure.person in self.party.people
            ):
                return f"{self.registry.name_of(exposure.person)} knows"
        entitled = self._first_holder(account.owner_roles, self._employed)
        if entitled:
            return f"{entitled} knows"
        if version.stored:
            for person in self.party.people:
                record = self.registry.find(person)
                if isinstance(record, Person) and record.is_member(self.at):
                    return f"{record.name} can open in the vault"
        return None

    def _of_factor(self, account: Account, factor: Factor) -> Iterator[Clause]:
        head = ("has", factor.id)
        what = f"{in_words(factor.method)} of {account.label}"
        holder = self._first_holder(factor.holders)
        if holder:
            yield Clause(head, (), f"{holder} has the {what}")
        elif self.party.cautious and is_of_unknown_holder(factor):
            yield Clause(head, (), f"nobody recorded who has the {what}")
        if factor.phone:
            yield Clause(head, (("receives", factor.phone),), f"gets the {what}")
        if factor.mailbox:
            yield Clause(head, (("reads", factor.mailbox),), f"gets the {what}")
        if factor.credential:
            yield Clause(head, (("knows", factor.credential),), f"makes the {what}")


def has_password(registry: Registry, account: Account) -> bool:
    """Say whether one logs in to an account with a password of its own, as far as is known."""
    return takes_password(registry, account) and has_login(registry, account)


def active_factors(registry: Registry, account: Account, at: datetime) -> list[Factor]:
    """Return the second factors that the platform asks for at a moment."""
    return [f for f in registry.factors_of.get(account.id, ()) if f.holds(at)]


def _login_rules(
    registry: Registry, party: Party, account: Account, at: datetime
) -> Iterator[Clause]:
    if not has_login(registry, account):
        return
    head: Fact = ("login", account.id)
    factors: list[Fact] = [("has", f.id) for f in active_factors(registry, account, at)]
    codes = [
        ("knows", c.id)
        for c in registry.credentials_of.get(account.id, ())
        if c.what == "recovery_codes"
    ]
    if factors:
        factors += codes
    for credential in registry.credentials_of.get(account.id, ()):
        if credential.what in LOGIN_SECRETS:
            known: Fact = ("knows", credential.id)
            yield from _with_factor(head, known, factors, f"logs in to {account.label}")
    yield from _reset_rules(registry, party, account, factors, at)
    for parent in current(account.sign_in_accounts, at):
        text = f"signs in to {account.label} with {registry.name_of(parent)}"
        yield Clause(head, (("login", parent),), text)
    yield Clause(head, (("session", account.id),), "")


def _with_factor(head: Fact, first: Fact, factors: list[Fact], text: str) -> Iterator[Clause]:
    """The head follows from `first` alone, or with any one of the factors where there are some."""
    if not factors:
        yield Clause(head, (first,), text)
    for factor in factors:
        yield Clause(head, (first, factor), text)


def _reset_rules(
    registry: Registry, party: Party, account: Account, factors: list[Fact], at: datetime
) -> Iterator[Clause]:
    platform = registry.platform(account)
    head: Fact = ("login", account.id)
    asked = [] if party.lacks(platform.reset_keeps_second_factor) else factors
    channels: list[Fact] = []
    if party.grants(platform.resets_by_mail):
        mailboxes = (*account.login_mailboxes, *account.recovery_mailboxes)
        channels += [("reads", mailbox) for mailbox in dict.fromkeys(current(mailboxes, at))]
    if party.grants(platform.resets_by_phone):
        channels += [("receives", phone) for phone in current(numbers(registry, account), at)]
    for channel in channels:
        yield from _with_factor(head, channel, asked, f"resets the password of {account.label}")


def _control_rules(
    registry: Registry, party: Party, account: Account, at: datetime
) -> Iterator[Clause]:
    label = account.label
    login_level = registry.platform(account).login_level
    yield Clause(("control", account.id, login_level), (("login", account.id),), "")
    yield from _seat_rules(registry, party, account, at)
    yield from _tool_rules(registry, account, at)
    for container in current(account.containers, at):
        for level in ("owner", "full"):
            text = f"controls {label} through {registry.name_of(container)}"
            yield Clause(("control", account.id, level), (("control", container, level),), text)
    for credential in registry.credentials_of.get(account.id, ()):
        if credential.what in TOKENS:
            text = f"posts to {label} with it"
            yield Clause(("control", account.id, "post"), (("knows", credential.id),), text)


def _seat_rules(
    registry: Registry, party: Party, account: Account, at: datetime
) -> Iterator[Clause]:
    for seat in registry.seats_on.get(account.id, ()):
        doubted = not party.cautious and seat.person not in party.guessed
        held = seat.is_confirmed(at) if doubted else seat.holds(at)
        head: Fact = ("control", account.id, seat.level)
        right = seat.level if seat.is_confirmed(at) else f"{seat.level}, not confirmed"
        text = f"has a seat ({right}) on {account.label}"
        if held and seat.person in party.people:
            yield Clause(head, (), f"{registry.name_of(seat.person)} {text}")
        elif held and seat.role_account:
            yield Clause(head, (("login", seat.role_account),), text)


def _tool_rules(registry: Registry, account: Account, at: datetime) -> Iterator[Clause]:
    posting: Fact = ("control", account.id, "post")
    for grant in registry.grants_on.get(account.id, ()):
        if grant.holds(at):
            text = f"posts to {account.label} by {registry.name_of(grant.tool)}"
            for level in LEVELS[: LEVELS.index("post") + 1]:
                yield Clause(posting, (("control", grant.tool, level),), text)
