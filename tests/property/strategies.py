"""Random registries: small as a rule, sometimes thirty people and sixty accounts.

Hypothesis draws the sizes and a seed; each record then has its own random numbers, made from the
seed and the record's name. So an example costs milliseconds, and a failing one shrinks by losing
records while the others stay much as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple, TypeVar, get_args

from hypothesis import strategies as st

from vault.domain.account import Account
from vault.domain.credential import Credential, CredentialKind, Exposure, How, Version
from vault.domain.factor import Factor, FactorMethod
from vault.domain.grant import Grant
from vault.domain.levels import LEVELS
from vault.domain.mailbox import Mailbox, MailboxKind
from vault.domain.offboarding import Departure
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.platforms import Answer, Catalogue, OwnershipModel, Platform
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.spell import Spell, Spells

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=99)

ANSWERS: tuple[Answer, ...] = get_args(Answer)
METHODS: tuple[FactorMethod, ...] = get_args(FactorMethod)
MAILBOX_KINDS: tuple[MailboxKind, ...] = get_args(MailboxKind)
SECRETS: tuple[CredentialKind, ...] = get_args(CredentialKind)
HOWS: tuple[How, ...] = get_args(How)
MODELS: tuple[OwnershipModel, ...] = get_args(OwnershipModel)

T = TypeVar("T")


class Sizes(NamedTuple):
    """How many records of each kind a registry has at most."""

    people: int
    roles: int
    mailboxes: int
    phones: int
    platforms: int
    accounts: int
    assignments: int
    factors: int
    credentials: int
    exposures: int
    seats: int
    grants: int


class Dice:
    """Random choices in the words of the registry; every moment is whole days from NOW."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)

    def chance(self, likelihood: float) -> bool:
        return self.random.random() < likelihood

    def any_of(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def one(self, options: Sequence[str]) -> str:
        """One of the options, "" where there are none."""
        return self.random.choice(options) if options else ""

    def maybe(self, options: Sequence[str], likelihood: float = 0.5) -> str:
        return self.one(options) if self.chance(likelihood) else ""

    def past(self) -> datetime:
        return NOW - timedelta(days=self.random.randint(1, 30))

    def begin(self) -> datetime:
        return self.past() if self.chance(0.95) else NOW + timedelta(days=self.random.randint(1, 9))

    def end(self, likelihood: float = 0.2) -> datetime | None:
        if not self.chance(likelihood):
            return None
        return NOW + timedelta(days=self.random.choice((-20, -10, -4, -2, -1, -1, 3, 30)))

    def spells(self, options: Sequence[str], most: int = 2, likelihood: float = 0.6) -> Spells:
        if not options or not self.chance(likelihood):
            return ()
        number = self.random.randint(1, most)
        return tuple(Spell(self.one(options), self.begin(), self.end()) for _ in range(number))


class Maker:
    """Makes one registry out of sizes and a seed."""

    def __init__(self, sizes: Sizes, seed: int) -> None:
        self.sizes = sizes
        self.seed = seed
        self.people = _names("person", sizes.people)
        self.roles = _names("role", sizes.roles)
        self.mailboxes = _names("mailbox", sizes.mailboxes)
        self.phones = _names("phone", sizes.phones)
        self.platforms = _names("platform", sizes.platforms)
        self.accounts = _names("account", sizes.accounts)
        self.credentials = _names("credential", sizes.credentials)
        self.of_account: dict[str, list[str]] = {}
        self.versions: dict[str, int] = {}

    def registry(self) -> Registry:
        kinds = (
            [self.person(n) for n in self.people],
            [self.role(n) for n in self.roles],
            [self.mailbox(n) for n in self.mailboxes],
            [self.phone(n) for n in self.phones],
            [self.account(n) for n in self.accounts],
            [self.assignment(n) for n in _names("assignment", self.sizes.assignments)],
            [self.credential(n) for n in self.credentials],
            [self.exposure(n) for n in _names("exposure", self.sizes.exposures)],
            [self.factor(n) for n in _names("factor", self.sizes.factors)],
            [self.seat(n) for n in _names("seat", self.sizes.seats)],
            [self.grant(n) for n in _names("grant", self.sizes.grants)],
        )
        records: list[Record] = [record for kind in kinds for record in kind]
        self._dice("order").random.shuffle(records)
        platforms = tuple(self.platform(n) for n in self.platforms)
        return Registry(records, Catalogue(platforms=platforms, generic={}, dead={}, sources={}))

    def _dice(self, name: str) -> Dice:
        return Dice(f"{self.seed}/{name}")

    def platform(self, name: str) -> Platform:
        dice = self._dice(name)
        dead = dice.chance(0.05)
        return Platform(
            id=name,
            name=name,
            kind="identity" if dice.chance(0.4) else "social network",
            domains=("gmail.com",) if dice.chance(0.7) else (),
            status="dead" if dead else "living",
            died_on=TODAY + timedelta(days=dice.any_of((-9, 0, 9))) if dead else None,
            models=tuple(m for m in MODELS if dice.chance(0.35)),
            login_level=dice.any_of(LEVELS) if dice.chance(0.3) else "owner",
            resets_by_mail=dice.any_of(ANSWERS),
            resets_by_phone=dice.any_of(ANSWERS),
            reset_keeps_second_factor=dice.any_of(ANSWERS),
            password_change_ends_sessions=dice.any_of(ANSWERS),
            group_mailbox_may_own=dice.any_of(ANSWERS),
            login_mail_changeable="no" if dice.chance(0.1) else "yes",
            waits={act: dice.any_of((1, 7, 30)) for act in _WAITED_FOR if dice.chance(0.3)},
            not_applicable={"rotate_password": "no password"} if dice.chance(0.25) else {},
        )

    def person(self, name: str) -> Person:
        dice = self._dice(name)
        leaves = dice.chance(0.15)
        return Person(
            id=name,
            name=name,
            mail=self.address(dice.one(self.mailboxes)) if dice.chance(0.2) else "",
            other_mails=(self.address(dice.one(self.mailboxes)),) if dice.chance(0.2) else (),
            manager=dice.maybe(self.people),
            joined=dice.begin().date() if dice.chance(0.2) else None,
            last_day=TODAY + timedelta(days=dice.any_of((-9, -1, 0, 5, 40))) if leaves else None,
            memberships=dice.spells((f"member of {name}",), 1, 0.25),
        )

    def role(self, name: str) -> Role:
        return Role(id=name, name=name)

    def assignment(self, name: str) -> Assignment:
        dice = self._dice(name)
        return Assignment(
            id=name,
            person=dice.one(self.people),
            role=dice.one(self.roles),
            since=dice.begin(),
            until=dice.end(),
        )

    def address(self, mailbox: str) -> str:
        """The address of a mailbox, "" for none; some are with a freemail provider."""
        freemail = self._dice(f"address of {mailbox}").chance(0.3)
        return f"{mailbox}@{'gmail.com' if freemail else 'acme.example'}" if mailbox else ""

    def mailbox(self, name: str) -> Mailbox:
        dice = self._dice(name)
        kind = dice.any_of(MAILBOX_KINDS)
        owner = dice.one(self.people if kind == "personal" or dice.chance(0.2) else self.roles)
        return Mailbox(
            id=name,
            address=self.address(name),
            type=kind,
            owner=owner if dice.chance(0.8) else "",
            readers=dice.spells((*self.roles, *self.people)),
            proven_at=dice.past() if dice.chance(0.4) else None,
            keep_until=TODAY + timedelta(days=9) if dice.chance(0.1) else None,
            since=dice.begin() if dice.chance(0.3) else None,
            until=dice.end(0.1),
            shut_out=dice.spells((owner,), 1, 0.1),
        )

    def phone(self, name: str) -> Phone:
        dice = self._dice(name)
        return Phone(
            id=name,
            number=name.replace("phone-", "+31600"),
            contract=dice.maybe(self.people),
            carriers=dice.spells((*self.people, *self.roles)),
            until=dice.end(0.1),
        )

    def account(self, name: str) -> Account:
        dice = self._dice(name)
        others = [other for other in self.accounts if other != name]
        named_by = self.address(dice.maybe(self.mailboxes, 0.25))
        named_by = named_by or dice.maybe(self.phones, 0.2).replace("phone-", "31600")
        return Account(
            id=name,
            platform=dice.one(self.platforms) if dice.chance(0.95) else "foreign",
            handles=(Spell(named_by or name, LONG_AGO),),
            owner_roles=dice.spells(self.roles, 2, 0.9),
            login_mailboxes=dice.spells(self.mailboxes, 1, 0.7),
            recovery_mailboxes=dice.spells(self.mailboxes, 2, 0.3),
            recovery_phones=dice.spells(self.phones, 2, 0.3),
            sign_in_accounts=dice.spells(others, 2, 0.15),
            containers=dice.spells(others, 2, 0.15),
            models=(dice.any_of(MODELS),) if dice.chance(0.1) else (),
            sessions_ended=(dice.past(),) if dice.chance(0.3) else (),
            until=dice.end(0.05),
            state="closing" if dice.chance(0.05) else "living",
        )

    def credential(self, name: str) -> Credential:
        dice = self._dice(name)
        account = dice.one(self.accounts)
        self.of_account.setdefault(account, []).append(name)
        what: CredentialKind = "password" if dice.chance(0.5) else dice.any_of(SECRETS)
        versions = _versions(dice, self.sizes.credentials)
        self.versions[name] = len(versions)
        return Credential(
            id=name,
            account=account,
            what=what,
            versions=versions,
            codes_left=dice.any_of((0, 1, 8)) if what == "recovery_codes" else None,
            until=dice.end(0.05),
        )

    def exposure(self, name: str) -> Exposure:
        dice = self._dice(name)
        how = dice.any_of(HOWS)
        credential = dice.one(self.credentials)
        return Exposure(
            id=name,
            credential=credential,
            version=dice.random.randint(1, self.versions[credential]),
            person=dice.one(self.people),
            how=how,
            at=dice.past(),
            until=dice.end(0.6) if how == "assumed" else None,
        )

    def factor(self, name: str) -> Factor:
        dice = self._dice(name)
        account = dice.one(self.accounts)
        return Factor(
            id=name,
            account=account,
            method=dice.any_of(METHODS),
            holders=dice.spells((*self.roles, *self.people), 2, 0.5),
            phone=dice.maybe(self.phones, 0.3),
            mailbox=dice.maybe(self.mailboxes, 0.2),
            credential=dice.maybe(self.of_account.get(account, ()), 0.3),
            company_device=dice.chance(0.3),
            since=dice.begin(),
            until=dice.end(0.15),
        )

    def seat(self, name: str) -> Seat:
        dice = self._dice(name)
        account = dice.one(self.accounts)
        others = [other for other in self.accounts if other != account]
        role_account = dice.maybe(others, 0.2)
        since = dice.begin()
        return Seat(
            id=name,
            account=account,
            level=dice.any_of(LEVELS),
            person="" if role_account else dice.one(self.people),
            role_account=role_account,
            since=since,
            confirmed_on=since if dice.chance(0.7) else None,
            until=dice.end(),
        )

    def grant(self, name: str) -> Grant:
        dice = self._dice(name)
        account = dice.one(self.accounts)
        return Grant(
            id=name,
            tool=dice.one([other for other in self.accounts if other != account]),
            account=account,
            granted_by=dice.maybe(self.people, 0.8),
            since=dice.begin(),
            until=dice.end(),
        )


_WAITED_FOR = ("transfer_ownership", "remove_seat")


def _names(kind: str, number: int) -> list[str]:
    return [f"{kind}-{n}" for n in range(number)]


def _versions(dice: Dice, secrets: int) -> tuple[Version, ...]:
    """One to three versions, each current until the next one is; the last may still be pending.

    Of some that were stored the secret is that of others too: of each number of them there is one.
    """
    count = dice.any_of((1, 1, 1, 2, 2, 3))
    moments = sorted(dice.past() for _ in range(count))
    pending = count > 1 and dice.chance(0.3)
    made: list[Version] = []
    for at, following in zip(moments, (*moments[1:], None), strict=True):
        number = len(made) + 1
        waits = pending and number == count
        followed = following is not None and not (pending and number == count - 1)
        superseded = following if followed else None
        stored = dice.chance(0.5)
        retired = superseded if superseded and dice.chance(0.2) else NOW - timedelta(hours=1)
        made.append(
            Version(
                number=number,
                stored=stored,
                made_at=at,
                current_from=None if waits else at,
                superseded_at=superseded,
                retired_at=retired if superseded and dice.chance(0.4) else None,
                dropped_at=dice.past() if waits and dice.chance(0.2) else None,
                fingerprint=f"{dice.random.randint(0, secrets):x}" if stored else "",
            )
        )
    return tuple(made)


SMALL = Sizes(4, 3, 3, 2, 3, 4, 5, 4, 5, 5, 5, 2)
LARGE = Sizes(30, 12, 25, 15, 6, 60, 40, 40, 80, 80, 60, 15)


@st.composite
def sizes(draw: st.DrawFn, large: Sizes = LARGE) -> Sizes:
    """Mostly up to `SMALL`, one time in forty up to `large`."""
    most = large if draw(st.integers(0, 39)) == 39 else SMALL
    least = Sizes(2, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0)
    drawn = Sizes(*(draw(st.integers(a, b)) for a, b in zip(least, most, strict=True)))
    # An exposure needs a credential.
    return drawn if drawn.credentials else drawn._replace(exposures=0)


@st.composite
def registries(draw: st.DrawFn, large: Sizes = LARGE) -> Registry:
    """Registries with everything that can be recorded about access, at NOW."""
    return Maker(draw(sizes(large)), draw(st.integers(0, 2**32))).registry()


@st.composite
def departures(draw: st.DrawFn, registry: Registry) -> Departure:
    """A departure that `plan` accepts: any leaver, either mode, with and without successors."""
    people = sorted(p.id for p in registry.all(Person))
    leaver = draw(st.sampled_from(people))
    last_day = TODAY + timedelta(days=draw(st.sampled_from((0, 1, 7, 8, 30, 90))))
    fit = [p for p in people if p != leaver and stays_beyond(registry.person(p), last_day)]
    named: dict[str, str] = {}
    if fit:
        for role in ("", *sorted(r.id for r in registry.all(Role))[:3]):
            chosen = draw(st.sampled_from(("", *fit)))
            if chosen:
                named[role] = chosen
    return Departure(
        person=leaver,
        last_day=last_day,
        mode=draw(st.sampled_from(("planned", "immediate"))),
        successors=named,
        two_person=draw(st.booleans()),
    )


def stays_beyond(person: Person, last_day: date) -> bool:
    """Say whether somebody may be named as a successor of a leaver with that last day."""
    gone = person.last_day is not None and person.last_day <= last_day
    return not gone and person.stays(NOW)
