"""The rules of docs/access-model.md once more, as naively as they can be said.

Nothing is shared with `vault.domain.access`, `knowledge`, `horn` or `ties`: records are scanned, no
index is asked; facts are derived by applying every rule until nothing new follows; and who could do
what when is found by asking anew at every moment at which a record begins or ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from tests.property.pasts import Fact, Records, Rule
from tests.property.told import accepted, on
from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure, Version
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.levels import LEVELS
from vault.domain.mailbox import Mailbox
from vault.domain.phone import Phone
from vault.domain.seat import Seat
from vault.domain.spell import Spells


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
            alike = {(each.id, v.number) for each, v in self.records.alike(c, version)}
            for e in self.all(Exposure):
                seen = e.how != "assumed" and e.at <= self.at and e.person in self.people
                if seen and (e.credential, e.version) in alike:
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
            phones = on(self.records.numbers(account), self.at)
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
