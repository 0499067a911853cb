"""What one person could do at any moment of the past, by the records alone: half of the oracle.

Who could do what when is found by asking anew at every moment at which a record begins or ends.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from tests.property.told import Told, accepted, exists, is_freemail, on
from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure, Version
from vault.domain.factor import Factor
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.spell import Spells

Fact = tuple[str, ...]
Rule = tuple[Fact, tuple[Fact, ...]]


class Records(Told):
    """The records of a registry, and what each person could do at any moment."""

    def __init__(self, registry: Registry) -> None:
        super().__init__(registry)
        self._pasts: dict[str, Past] = {}

    def past(self, person: str) -> Past:
        """What one person could do at any moment; worked out once, whoever asks."""
        return self._pasts.setdefault(person, Past(self, person))

    def alike(self, credential: Credential, version: Version) -> list[tuple[Credential, Version]]:
        """The version, and every one with the same secret."""
        of_all = [(c, v) for c in self.all(Credential) for v in c.versions if v.fingerprint]
        same = [(c, v) for c, v in of_all if v.fingerprint == version.fingerprint]
        return same or [(credential, version)]


class Past:
    """What one person could do at any moment, by the records alone."""

    def __init__(self, records: Records, person: str) -> None:
        self.person = person
        self.records = records
        self.all = records.all
        self.moments = records.moments
        self._learnt_at: dict[tuple[str, int], datetime | None] = {}

    def is_among(self, spells: Spells, at: datetime) -> bool:
        roles = {a.role for a in self.all(Assignment) if a.person == self.person and a.holds(at)}
        return any(of == self.person or of in roles for of in on(spells, at))

    def works_here(self, at: datetime) -> bool:
        people = [p for p in self.all(Person) if p.id == self.person]
        return all(p.last_day is None or at.date() <= p.last_day for p in people)

    def is_member(self, at: datetime) -> bool:
        people = [p for p in self.all(Person) if p.id == self.person]
        return any(on(p.memberships, at) for p in people)

    def exposures(self, credential: Credential, version: Version) -> list[Exposure]:
        wanted = (credential.id, version.number, self.person)
        return [e for e in self.all(Exposure) if (e.credential, e.version, e.person) == wanted]

    def learns(self, credential: Credential, version: Version, at: datetime) -> bool:
        """Whether at this moment the person is in a position to learn the version for good."""
        if any(e.at <= at and e.until is None for e in self.exposures(credential, version)):
            return True
        owned = [a for a in self.all(Account) if a.id == credential.account]
        entitled = any(self.is_among(a.owner_roles, at) for a in owned)
        if entitled and self.works_here(at) and accepted(credential, version, at):
            return True
        if credential.what in {"password", "pin"} and accepted(credential, version, at):
            boxes = (m for a in owned for m in self.all(Mailbox) if self.records.is_the(a, m))
            if any(self.reads(box.id, at) for box in boxes):
                return True
        gone = [m for m in (version.retired_at, version.dropped_at) if m is not None]
        kept = version.made_at <= at and all(at < moment for moment in gone)
        return version.stored and kept and self.is_member(at)

    def learnt(self, credential: Credential, version: Version, at: datetime) -> bool:
        """Whether the person has been in that position by this moment."""
        key = (credential.id, version.number)
        if key not in self._learnt_at:
            alike = self.records.alike(credential, version)
            chances = (t for t in self.moments if any(self.learns(*each, t) for each in alike))
            self._learnt_at[key] = next(chances, None)
        first = self._learnt_at[key]
        return first is not None and first <= at

    def could_know(self, credential: Credential, version: Version, at: datetime) -> bool:
        return self.learnt(credential, version, at) or any(
            e.at <= at and (e.until is None or at < e.until)
            for each in self.records.alike(credential, version)
            for e in self.exposures(*each)
        )

    def reads(self, mailbox_id: str, at: datetime) -> bool:
        return any(
            m.id == mailbox_id and (self.is_let_into(m, at) or self.keeps(m, at))
            for m in self.all(Mailbox)
        )

    def is_let_into(self, mailbox: Mailbox, at: datetime) -> bool:
        """Whether the records say that the person reads a mailbox."""
        reading = self.records.owners(mailbox).difference(on(mailbox.shut_out, at))
        among = self.person in reading or self.is_among(mailbox.readers, at)
        return among and exists(mailbox, at)

    def keeps(self, mailbox: Mailbox, at: datetime) -> bool:
        """Whether nobody has changed the password of a freemail mailbox since they read it."""
        if not (is_freemail(mailbox.address) and exists(mailbox, at)):
            return False
        changes = [
            v.current_from
            for a in self.all(Account)
            if self.records.is_the(a, mailbox)
            for c in self.all(Credential)
            if c.account == a.id and c.what in {"password", "pin"}
            for v in c.versions
            if v.number > 1 and v.current_from is not None
        ]
        read = (t for t in self.moments if t <= at and self.is_let_into(mailbox, t))
        last = max(read, default=None)
        return last is not None and not any(last < change <= at for change in changes)

    def carries(self, phone_id: str, at: datetime) -> bool:
        for p in self.all(Phone):
            if p.id == phone_id and (p.until is None or at < p.until):
                return p.contract == self.person or self.is_among(p.carriers, at)
        return False

    def has(self, factor: Factor, at: datetime, mail: set[str]) -> bool:
        recorded = factor.holders or factor.phone or factor.mailbox or factor.credential
        if not recorded or self.is_among(factor.holders, at):
            return True
        if factor.mailbox in mail or self.carries(factor.phone, at):
            return True
        return any(
            accepted(c, v, at) and self.could_know(c, v, at)
            for c in self.all(Credential)
            if c.id == factor.credential
            for v in c.versions
        )

    def passes_second_factor(self, account: Account, at: datetime, mail: set[str]) -> bool:
        factors = [f for f in self.all(Factor) if f.account == account.id and f.holds(at)]
        codes = [
            (c, v)
            for c in self.all(Credential)
            if c.account == account.id and c.what == "recovery_codes"
            for v in c.versions
        ]
        return (
            not factors
            or any(self.has(f, at, mail) for f in factors)
            or any(accepted(c, v, at) and self.could_know(c, v, at) for c, v in codes)
        )

    def is_let_in_unseen(self, account: Account, at: datetime, mail: set[str]) -> bool:
        """Whether there is no password to change, and mail or a phone is what lets one in."""
        platform = self.records.platform(account)
        if "rotate_password" not in platform.not_applicable:
            return False
        asked = platform.reset_keeps_second_factor == "yes"
        if asked and not self.passes_second_factor(account, at, mail):
            return False
        boxes = on((*account.login_mailboxes, *account.recovery_mailboxes), at)
        by_mail = platform.resets_by_mail != "no" and not mail.isdisjoint(boxes)
        phones = on(self.records.numbers(account), at)
        by_phone = platform.resets_by_phone != "no" and any(self.carries(p, at) for p in phones)
        return by_mail or by_phone

    def knows_password(self, account: Account, at: datetime) -> bool:
        return any(
            accepted(c, v, at) and self.learnt(c, v, at)
            for c in self.all(Credential)
            if c.account == account.id and c.what in {"password", "pin"}
            for v in c.versions
        )

    def has_login(self, account: Account) -> bool:
        """Whether the account is more than people's seats, or theirs all the same."""
        models = account.models or self.records.platform(account).models
        return set(models) != {"seats"} or self.person in self.records.account_owners(account)

    def logs_in_to(self, account: Account, at: datetime, mail: set[str]) -> bool:
        """Whether they have what the account asks for, or it is theirs, or mail that they read."""
        return self.has_login(account) and (
            (self.knows_password(account, at) and self.passes_second_factor(account, at, mail))
            or self.is_let_in_unseen(account, at, mail)
            or self.person in self.records.account_owners(account)
            or any(
                self.records.is_the(account, m) and self.reads(m.id, at) for m in self.all(Mailbox)
            )
        )

    def mail(self, at: datetime, inside: set[str]) -> set[str]:
        """The mailboxes that they read: by the records, or since they are inside what it is."""
        named = [a for a in self.all(Account) if a.id in inside]
        return {
            m.id
            for m in self.all(Mailbox)
            if self.reads(m.id, at)
            or (exists(m, at) and any(self.records.goes_by(a, m) for a in named))
        }

    @cached_property
    def inside(self) -> dict[datetime, set[str]]:
        """The accounts that they are inside by a quiet log-in, from each moment to the next."""
        found: dict[datetime, set[str]] = {}
        before: set[str] = set()
        for t in self.moments:
            live = [a for a in self.all(Account) if self.records.is_live(a, t)]
            kept = {a.id for a in live if a.id in before and t not in a.sessions_ended}
            found[t] = before = self._let_in(live, kept, t)
        return found

    def _let_in(self, live: list[Account], kept: set[str], at: datetime) -> set[str]:
        """The accounts that they get into while they are inside those."""
        inside, mail, able = kept, set[str](), set[str]()
        while True:
            reading = self.mail(at, inside)
            if reading != mail or not able:
                mail, able = reading, {a.id for a in live if self.logs_in_to(a, at, reading)}
            parents = {a.id: on(a.sign_in_accounts, at) for a in live if self.has_login(a)}
            through = {child for child, named in parents.items() if not inside.isdisjoint(named)}
            if able | through <= inside:
                return inside
            inside = inside | able | through

    def has_session(self, account: Account, at: datetime) -> bool:
        last = max(t for t in self.moments if t <= at)
        return account.id in self.inside[last]
