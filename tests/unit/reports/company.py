"""A small company with one leaver who holds a bit of everything, and the plan for the departure.

`named` puts any text in the place of every name, to see what hostile data does to a report.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from vault.domain.account import Account
from vault.domain.cases import Mode
from vault.domain.credential import Credential, Version
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id, derived_id
from vault.domain.mailbox import Mailbox
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.platforms import Catalogue
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.rotation_policy import USUAL
from vault.domain.seat import Seat
from vault.domain.spell import Spell
from vault.services.catalogue import load_catalogue

HIRED = datetime(2024, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
LAST_DAY = date(2026, 12, 31)

Naming = Callable[[str], str]


ASKED: Final[dict[str, dict[str, Any]]] = {"rotation": {"policy": USUAL}}
"""What a report must be asked beside the registry and the moment, by its name."""


@cache
def catalogue() -> Catalogue:
    return load_catalogue()


def record_id(name: str) -> Id:
    return derived_id("company", name)


def since(*names: str) -> tuple[Spell, ...]:
    return tuple(Spell(record_id(name), HIRED) for name in names)


def handle(text: str) -> tuple[Spell, ...]:
    return (Spell(text, HIRED),)


def company(named: Naming = str) -> Registry:
    return Registry([*_people(named), *_mail_and_phones(named), *_accounts(named)], catalogue())


def _people(named: Naming) -> list[Record]:
    holds = (("eva", "webcare"), ("noor", "webcare"), ("eva", "video"))
    return [
        Person(id=record_id("eva"), name=named("Eva Lindqvist"), memberships=since("member")),
        Person(id=record_id("noor"), name=named("Noor Haddad")),
        Role(id=record_id("webcare"), name=named("Webcare")),
        Role(id=record_id("video"), name=named("Video")),
        *(
            Assignment(
                id=record_id(f"{person} as {role}"),
                person=record_id(person),
                role=record_id(role),
                since=HIRED,
            )
            for person, role in holds
        ),
    ]


def _mail_and_phones(named: Naming) -> list[Record]:
    return [
        Mailbox(
            id=record_id("webcare@"),
            address=named("webcare@acme.example"),
            owner=record_id("webcare"),
            readers=since("webcare", "eva"),
        ),
        Mailbox(
            id=record_id("eva@"),
            address=named("eva.lindqvist@mail.example"),
            type="personal",
            owner=record_id("eva"),
        ),
        Phone(
            id=record_id("mobile"),
            number=named("+31 6 00000000"),
            contract=record_id("eva"),
            carriers=since("eva"),
        ),
        Phone(id=record_id("desk"), number=named("+31 20 0000000"), carriers=since("eva")),
    ]


def _accounts(named: Naming) -> list[Record]:
    return [
        _shared("x", named("acme_helps"), login="eva@", recovery_phones=since("mobile")),
        _shared("instagram", named("acme"), login="webcare@", recovery_mailboxes=since("eva@")),
        _shared("buffer", named("acme-planning"), login="webcare@"),
        _shared("tiktok", named("acme.lost"), login="eva@", owner=""),
        Account(id=record_id("youtube"), platform="youtube", handles=handle(named("acmevideo")),
                owner_roles=since("video"), since=HIRED),
        Account(id=record_id("linkedin"), platform="linkedin", handles=handle(named("acme-bv")),
                owner_roles=since("webcare"), since=HIRED),
        _password("x"), _password("instagram"), _password("buffer"),
        _seat("youtube", "eva", "owner"), _seat("linkedin", "eva", "full"),
        _seat("linkedin", "noor", "full"),
        Factor(id=record_id("totp"), account=record_id("instagram"), method="totp",
               label=named(""), holders=since("eva"), seed="device", since=HIRED),
        Grant(id=record_id("grant"), tool=record_id("buffer"), account=record_id("x"),
              granted_by=record_id("eva"), since=HIRED),
    ]  # fmt: skip


def _shared(
    platform: str,
    name: str,
    login: str,
    *,
    owner: str = "webcare",
    recovery_mailboxes: tuple[Spell, ...] = (),
    recovery_phones: tuple[Spell, ...] = (),
) -> Account:
    return Account(
        id=record_id(platform),
        platform=platform,
        handles=handle(name),
        owner_roles=since(owner) if owner else (),
        login_mailboxes=since(login),
        recovery_mailboxes=recovery_mailboxes,
        recovery_phones=recovery_phones,
        since=HIRED,
    )


def _password(platform: str) -> Credential:
    version = Version(number=1, made_at=HIRED, current_from=HIRED)
    return Credential(
        id=record_id(f"{platform} password"), account=record_id(platform), versions=(version,)
    )


def _seat(platform: str, person: str, level: str) -> Seat:
    return Seat(
        id=record_id(f"{person} on {platform}"),
        account=record_id(platform),
        level=level,  # type: ignore[arg-type]  # the callers above write levels
        person=record_id(person),
        since=HIRED,
        confirmed_on=HIRED,
    )


def departure(registry: Registry, mode: Mode = "planned") -> Plan:
    """The plan for Eva's departure, with Noor as successor in everything but the lost account."""
    successors = {record_id("webcare"): record_id("noor"), record_id("video"): record_id("noor")}
    return plan(registry, Departure(record_id("eva"), LAST_DAY, mode, successors), NOW)
