"""A company in a few lines, for examples: records with short ids, at one fixed moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from vault.domain.access import Access, company_side, leaver_side
from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure, Version
from vault.domain.factor import Factor
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.platforms import Catalogue, Platform
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.spell import Spell, Spells

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=300)


def days(number: int) -> datetime:
    """Return the moment so many days from now (negative: ago)."""
    return NOW + timedelta(days=number)


def since(*ids: str, at: datetime = LONG_AGO, until: datetime | None = None) -> Spells:
    """Return spells of these ids from a moment on."""
    return tuple(Spell(each, at, until) for each in ids)


def catalogue(**facts: Any) -> Catalogue:
    """Return a catalogue of one platform, "net", that resets nothing but for what is said."""
    known: dict[str, Any] = {"resets_by_mail": "no", "resets_by_phone": "no", "status": "living"}
    known |= facts
    known.setdefault("reset_keeps_second_factor", "yes")
    known.setdefault("models", ("login", "seats"))
    net = Platform(id="net", name="Net", kind="social network", **known)
    return Catalogue(platforms=(net,), generic={}, dead={}, sources={})


def company(*records: Record, **facts: Any) -> Registry:
    """Return a registry of jan (leaving in the examples), ann (who stays), and the role webcare."""
    usual: tuple[Record, ...] = (
        Person(id="jan", name="Jan"),
        Person(id="ann", name="Ann"),
        Role(id="webcare", name="webcare"),
    )
    named = {record.id: record for record in (*usual, *records)}
    return Registry(named.values(), catalogue(**facts))


def account(name: str = "acme", **fields: Any) -> Account:
    """Return an account on the platform, owned by the role webcare unless said otherwise."""
    fields.setdefault("owner_roles", since("webcare"))
    fields.setdefault("handles", since(name))
    return Account(id=name, platform="net", **fields)


def holds(person: str, role: str = "webcare", until: datetime | None = None) -> Assignment:
    """Return that a person holds a role."""
    return Assignment(
        id=f"{person} as {role}", person=person, role=role, since=LONG_AGO, until=until
    )


def password(of: str = "acme", *versions: Version, **fields: Any) -> Credential:
    """Return an account's password, by default of one version that was always current."""
    return Credential(
        id=f"password of {of}", account=of, versions=versions or (version(),), **fields
    )


def version(number: int = 1, at: datetime = LONG_AGO, **fields: Any) -> Version:
    """Return a version that became current at a moment."""
    fields.setdefault("current_from", at)
    return Version(number=number, made_at=at, **fields)


def saw(person: str, of: str = "acme", number: int = 1, **fields: Any) -> Exposure:
    """Return that a person entered a password."""
    fields.setdefault("at", LONG_AGO)
    fields.setdefault("how", "entered")
    name = f"{person} saw {of} {number}"
    return Exposure(
        id=name, credential=f"password of {of}", version=number, person=person, **fields
    )


def totp(of: str = "acme", *holders: str, **fields: Any) -> Factor:
    """Return a second factor of an account."""
    fields.setdefault("since", LONG_AGO)
    name = fields.pop("id", f"factor of {of}")
    return Factor(id=name, account=of, method="totp", holders=since(*holders), **fields)


def seat(person: str, level: Any, on: str = "acme", **fields: Any) -> Seat:
    """Return a confirmed seat of a person."""
    fields.setdefault("confirmed_on", LONG_AGO)
    fields.setdefault("since", LONG_AGO)
    name = fields.pop("id", f"{person} on {on}")
    return Seat(id=name, account=on, person=person, level=level, **fields)


def mailbox(name: str, *readers: str, **fields: Any) -> Mailbox:
    """Return a mailbox that these people and roles read."""
    return Mailbox(id=name, address=f"{name}@acme.example", readers=since(*readers), **fields)


def of_jan(registry: Registry, at: datetime = NOW) -> Access:
    """Return what Jan can get into as a leaver."""
    return Access(registry, leaver_side("jan"), at)


def of_those_who_stay(registry: Registry, at: datetime = NOW) -> Access:
    """Return what the company can get into without Jan."""
    return Access(registry, company_side(registry, at, without=("jan",)), at)
