"""The records of a registry as the oracle reads them: by kind, and whose each thing is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, TypeVar

from vault.domain.account import Account
from vault.domain.credential import Credential, Version
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.platforms import Platform
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.spell import ALWAYS, Spell, Spells

R = TypeVar("R", bound=Record)


def on(spells: Spells, at: datetime) -> list[str]:
    return [s.of for s in spells if s.since <= at and (s.until is None or at < s.until)]


def is_freemail(address: str) -> bool:
    """Whether it is with the one freemail provider of random registries."""
    return address.endswith("@gmail.com")


def exists(mailbox: Mailbox, at: datetime) -> bool:
    return mailbox.until is None or at < mailbox.until


def accepted(credential: Credential, version: Version, at: datetime) -> bool:
    """Whether the platform took this version at a moment."""
    in_use = credential.until is None or at < credential.until
    return in_use and version.stage(at) == "current"


@lru_cache(maxsize=2**14)  # from step to step of a plan nearly all records stay
def _moments(value: object) -> frozenset[datetime]:
    if isinstance(value, datetime):
        return frozenset((value,))
    fields = getattr(value, "__struct_fields__", ())
    parts = value if isinstance(value, tuple) else (getattr(value, name) for name in fields)
    return frozenset[datetime]().union(*map(_moments, parts))


class Told:
    """The records of a registry by kind, and every moment at which anything may have changed."""

    def __init__(self, registry: Registry) -> None:
        self.catalogue = registry.catalogue
        deaths = [p.died_on for p in registry.catalogue.platforms if p.died_on]
        moments = {ALWAYS, *(datetime.combine(day, time(), UTC) for day in deaths)}
        self.kinds: dict[type[Record], list[Record]] = {}
        for record in registry.records():
            self.kinds.setdefault(type(record), []).append(record)
            moments |= _moments(record)
        self.moments = sorted(moments)

    def all(self, kind: type[R]) -> list[R]:
        found: list[Any] = self.kinds.get(kind, [])  # asked a thousand times an example
        return found

    def platform(self, account: Account) -> Platform:
        for platform in self.catalogue.platforms:
            if platform.id == account.platform:
                return platform
        return Platform(id="?", name="?", kind="?", status="living")

    def known_by(self, address: str) -> set[str]:
        """Whose address it is by the records of people."""
        people = self.all(Person)
        return {p.one_with or p.id for p in people if address in (p.mail, *p.other_mails)}

    def owners(self, mailbox: Mailbox) -> set[str]:
        """Whose own a mailbox is: by its owner, or else by its address."""
        owners = {mailbox.owner} & {p.id for p in self.all(Person)}
        if not mailbox.owner or is_freemail(mailbox.address):
            owners |= self.known_by(mailbox.address)
        return owners

    def goes_by(self, account: Account, mailbox: Mailbox) -> bool:
        """Whether an account that one signs in with has the name of a mailbox."""
        named = mailbox.address in {spell.of for spell in account.handles}
        return named and self.platform(account).kind == "identity"

    def is_the(self, account: Account, mailbox: Mailbox) -> bool:
        """Whether an account and a mailbox are one thing."""
        has = is_freemail(mailbox.address) and "gmail.com" in self.platform(account).domains
        return has and self.goes_by(account, mailbox)

    def account_owners(self, account: Account) -> set[str]:
        """Whose own an account is, by the address that it goes by."""
        owners: set[str] = set()
        for spell in account.handles:
            if "@" in spell.of and (not account.owner_roles or is_freemail(spell.of)):
                owners |= self.known_by(spell.of)
        return owners.union(*(self.owners(m) for m in self.all(Mailbox) if self.is_the(account, m)))

    def numbers(self, account: Account) -> Spells:
        """The phones that let in: as recorded, and by the number that an account goes by."""
        named = {spell.of for spell in account.recovery_phones}
        if "number" not in (account.models or self.platform(account).models):
            return account.recovery_phones
        own = (
            Spell(phone.id, handle.since, handle.until)
            for handle in account.handles
            for phone in self.all(Phone)
            if phone.number == f"+{handle.of}" and phone.id not in named
        )
        return (*account.recovery_phones, *own)

    def is_live(self, account: Account, at: datetime) -> bool:
        if account.since is not None and at < account.since:
            return False
        if account.until is not None and account.until <= at:
            return False
        platform = self.platform(account)
        return platform.status != "dead" or at.date() < (platform.died_on or date.min)
