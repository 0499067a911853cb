"""The rules of docs/access-model.md once more, as naively as they can be said.

Nothing is shared with `vault.domain.access`, `knowledge`, `horn` or `ties`: records are scanned, no
index is asked; facts are derived by applying every rule until nothing new follows; and who could do
what when is found by asking anew at every moment at which a record begins or ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property

from tests.property.told import Told, accepted, exists, is_freemail, on
from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure, Version
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.levels import LEVELS
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.seat import Seat
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
        gone = [m for m in (version.retired_at, version.dropped_at) if m is not None]
        kept = version.made_at <= at and all(at < moment for moment in gone)
        return version.stored and kept and self.is_member(at)

    def learnt(self, credential: Credential, version: Version, at: datetime) -> bool:
        """Whether the person has been in that position by this moment."""
        key = (credential.id, version.number)
        if key not in self._learnt_at:
            chances = (t for t in self.moments if self.learns(credential, version, t))
            self._learnt_at[key] = next(chances, None)
        first = self._learnt_at[key]
        return first is not None and first <= at

    def could_know(self, credential: Credential, version: Version, at: datetime) -> bool:
        return self.learnt(credential, version, at) or any(
            e.at <= at and (e.until is None or at < e.until)
            for e in self.exposures(credential, version)
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

    def has(self, factor: Factor, at: datetime) -> bool:
        recorded = factor.holders or factor.phone or factor.mailbox or factor.credential
        if not recorded or self.is_among(factor.holders, at):
            return True
        if self.reads(factor.mailbox, at) or self.carries(factor.phone, at):
            return True
        boxes = [m for m in self.all(Mailbox) if m.id == factor.mailbox]
        named = [a for a in self.all(Account) for m in boxes if self.records.goes_by(a, m)]
        if any(self.knows_password(a, at) for a in named):
            return True
        return any(
            accepted(c, v, at) and self.could_know(c, v, at)
            for c in self.all(Credential)
            if c.id == factor.credential
            for v in c.versions
        )

    def passes_second_factor(self, account: Account, at: datetime) -> bool:
        factors = [f for f in self.all(Factor) if f.account == account.id and f.holds(at)]
        codes = [
            (c, v)
            for c in self.all(Credential)
            if c.account == account.id and c.what == "recovery_codes"
            for v in c.versions
        ]
        return (
            not factors
            or any(self.has(f, at) for f in factors)
            or any(accepted(c, v, at) and self.could_know(c, v, at) for c, v in codes)
        )

    def knows_password(self, account: Account, at: datetime) -> bool:
        return any(
            accepted(c, v, at) and self.learnt(c, v, at)
            for c in self.all(Credential)
            if c.account == account.id and c.what in {"password", "pin"}
            for v in c.versions
        )

    def logs_in_to(self, account: Account, at: datetime) -> bool:
        """Whether they have what the account asks for, or it is theirs, or mail that they read."""
        return (
            (self.knows_password(account, at) and self.passes_second_factor(account, at))
            or self.person in self.records.account_owners(account)
            or any(
                self.records.is_the(account, m) and self.reads(m.id, at) for m in self.all(Mailbox)
            )
        )

    @cached_property
    def inside(self) -> dict[str, list[datetime]]:
        """For each account, the moments at which a quiet log-in was possible or lasted.

        From the first such moment to the last: a session begins with the ability to log in, ends
        when sessions are ended, and whoever is inside an account can use it to sign in elsewhere.
        """
        accounts = self.all(Account)
        live: dict[tuple[str, datetime], bool] = {}
        before: datetime | None = None
        for t in self.moments:
            direct = {a.id: self.records.is_live(a, t) and self.logs_in_to(a, t) for a in accounts}
            ended = {a.id: t in a.sessions_ended for a in accounts}
            kept = {
                a.id: before is not None
                and live[a.id, before]
                and not ended[a.id]
                and self.records.is_live(a, t)
                for a in accounts
            }
            now = {a.id: direct[a.id] for a in accounts}
            changed = True
            while changed:
                changed = False
                for a in accounts:
                    if (
                        not now[a.id]
                        and self.records.is_live(a, t)
                        and any(now.get(p) or kept.get(p) for p in on(a.sign_in_accounts, t))
                    ):
                        now[a.id] = changed = True
            for a in accounts:
                live[a.id, t] = now[a.id] or kept[a.id]
            before = t
        return {a.id: [t for t in self.moments if live[a.id, t]] for a in accounts}

    def has_session(self, account: Account, at: datetime) -> bool:
        last = max(t for t in self.moments if t <= at)
        return last in self.inside[account.id]


class Oracle:
    """All facts that hold for some people at a moment."""

    def __init__(
        self,
        records: Records,
        people: Iterable[str],
        at: datetime,
        *,
        cautious: bool,
        guessed: Iterable[str],
    ) -> None:
        self.records = records
        self.all = records.all
        self.people = frozenset(people)
        self.at = at
        self.cautious = cautious
        self.guessed = frozenset(guessed)
        self.pasts = {person: records.past(person) for person in self.people}
        self.facts = _closure(list(self.rules()))

    def level(self, account: str) -> str | None:
        return next((v for v in LEVELS if ("control", account, v) in self.facts), None)

    def controlled(self) -> set[str]:
        return {fact[1] for fact in self.facts if fact[0] == "control"}

    def owned(self) -> set[str]:
        return {fact[1] for fact in self.facts if fact[0] == "control" and fact[2] == "owner"}

    def full(self) -> set[str]:
        return {f[1] for f in self.facts if f[0] == "control" and f[2] in {"owner", "full"}}

    def can_log_in(self, account: str) -> bool:
        return ("login", account) in self.facts

    # -- the rules, one paragraph of section 2 after the other ---------------------------------

    def rules(self) -> Iterator[Rule]:
        for m in self.all(Mailbox):
            owners = self.records.owners(m) if self.cautious else {m.owner}
            reading = owners.difference(on(m.shut_out, self.at)) & self.people
            kept = self.cautious and any(past.keeps(m, self.at) for past in self.pasts.values())
            if m.until is None or self.at < m.until:
                if reading or kept or self.somebody(m.readers):
                    yield ("reads", m.id), ()
                for a in self.all(Account) if self.cautious else ():
                    if self.records.goes_by(a, m):
                        yield ("reads", m.id), (("login", a.id),)
        for p in self.all(Phone):
            payer = {p.contract} & self.people if self.cautious else set()
            if (p.until is None or self.at < p.until) and (payer or self.somebody(p.carriers)):
                yield ("receives", p.id), ()
        for account in self.all(Account):
            if self.records.is_live(account, self.at):
                yield from self.knowing(account)
                yield from self.factors(account)
                yield from self.logging_in(account)
                yield from self.controlling(account)

    def somebody(self, spells: Spells) -> bool:
        return any(past.is_among(spells, self.at) for past in self.pasts.values())

    def helps(self, answer: str) -> bool:
        return answer == "yes" or (self.cautious and answer == "unknown")

    def hinders(self, answer: str) -> bool:
        return answer == "yes" or (not self.cautious and answer == "unknown")

    def current(self, credential: Credential) -> Version | None:
        found = [v for v in credential.versions if accepted(credential, v, self.at)]
        return found[-1] if found else None

    def knowing(self, account: Account) -> Iterator[Rule]:
        for c in self.all(Credential):
            version = self.current(c)
            if c.account != account.id or version is None:
                continue
            if c.what == "recovery_codes" and c.codes_left == 0:
                continue
            if any(self.pasts[p].could_know(c, version, self.at) for p in self.guessed):
                yield ("knows", c.id), ()
            working = (past for past in self.pasts.values() if past.works_here(self.at))
            if any(past.is_among(account.owner_roles, self.at) for past in working):
                yield ("knows", c.id), ()
            if version.stored and any(past.is_member(self.at) for past in self.pasts.values()):
                yield ("knows", c.id), ()
            for e in self.all(Exposure):
                seen = e.how != "assumed" and e.at <= self.at and e.person in self.people
                if seen and (e.credential, e.version) == (c.id, version.number):
                    yield ("knows", c.id), ()

    def asked(self, account: Account) -> list[Factor]:
        return [f for f in self.all(Factor) if f.account == account.id and f.holds(self.at)]

    def factors(self, account: Account) -> Iterator[Rule]:
        for f in self.asked(account):
            recorded = f.holders or f.phone or f.mailbox or f.credential
            if self.somebody(f.holders) or (self.cautious and not recorded):
                yield ("has", f.id), ()
            yield ("has", f.id), (("receives", f.phone),)
            yield ("has", f.id), (("reads", f.mailbox),)
            yield ("has", f.id), (("knows", f.credential),)

    def logging_in(self, account: Account) -> Iterator[Rule]:
        platform = self.records.platform(account)
        models = account.models or platform.models
        if models and set(models) == {"seats"}:
            return
        login: Fact = ("login", account.id)
        own = [c for c in self.all(Credential) if c.account == account.id]
        asked = self.asked(account)
        proofs: list[tuple[Fact, ...]] = [(("has", f.id),) for f in asked]
        proofs += [(("knows", c.id),) for c in own if c.what == "recovery_codes"] if asked else [()]
        starts = [(("knows", c.id), proofs) for c in own if c.what in {"password", "pin"}]
        after_reset: list[tuple[Fact, ...]] = (
            proofs if self.hinders(platform.reset_keeps_second_factor) else [()]
        )
        if self.helps(platform.resets_by_mail):
            mailboxes = on((*account.login_mailboxes, *account.recovery_mailboxes), self.at)
            starts += [(("reads", mailbox), after_reset) for mailbox in mailboxes]
        if self.helps(platform.resets_by_phone):
            phones = on(account.recovery_phones, self.at)
            starts += [(("receives", phone), after_reset) for phone in phones]
        for first, seconds in starts:
            for second in seconds:
                yield login, (first, *second)
        for parent in on(account.sign_in_accounts, self.at):
            yield login, (("login", parent),)
        if self.cautious and any(p.has_session(account, self.at) for p in self.pasts.values()):
            yield login, ()

    def controlling(self, account: Account) -> Iterator[Rule]:
        def control(level: str) -> Fact:
            return ("control", account.id, level)

        yield control(self.records.platform(account).login_level), (("login", account.id),)
        yield from self.seats(account)
        for container in on(account.containers, self.at):
            for level in ("owner", "full"):
                yield control(level), (("control", container, level),)
        for g in self.all(Grant):
            if g.account == account.id and g.holds(self.at):
                for level in ("owner", "full", "edit", "post"):
                    yield control("post"), (("control", g.tool, level),)
        for c in self.all(Credential):
            if c.account == account.id and c.what in {"api_token", "app_password", "stream_key"}:
                yield control("post"), (("knows", c.id),)

    def seats(self, account: Account) -> Iterator[Rule]:
        for s in self.all(Seat):
            confirmed = s.confirmed_on is not None and s.confirmed_on <= self.at
            trusted = confirmed or self.cautious or s.person in self.guessed
            if s.account == account.id and s.holds(self.at) and trusted:
                if s.person in self.people:
                    yield ("control", account.id, s.level), ()
                if s.role_account:
                    yield ("control", account.id, s.level), (("login", s.role_account),)


def _closure(rules: list[Rule]) -> frozenset[Fact]:
    facts: set[Fact] = set()
    grown = True
    while grown:
        grown = False
        for head, body in rules:
            if head not in facts and all(fact in facts for fact in body):
                facts.add(head)
                grown = True
    return frozenset(facts)
