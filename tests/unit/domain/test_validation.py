from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from tests.unit.domain.company import (
    LONG_AGO,
    NOW,
    account,
    company,
    days,
    holds,
    mailbox,
    seat,
    since,
)
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.records import AnyRecord
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.spell import Spell
from vault.domain.validation import validate
from vault.errors import RefusedError, UsageError

KINDS: tuple[type[Record], ...] = get_args(AnyRecord)
LINKS = [
    (kind, name)
    for kind in KINDS
    for name, typed in kind.__annotations__.items()
    if typed in {"Id", "Spells", "tuple[Id, ...]"} and name not in {"handles", "memberships"}
]
"""The fields of records that name other records; a spell of an account's handle names none."""


@pytest.mark.parametrize(("kind", "name"), LINKS, ids=lambda each: getattr(each, "__name__", each))
def test_every_field_of_a_record_that_is_typed_id_is_among_the_links_that_are_validated(
    kind: type[Record], name: str
) -> None:
    typed = kind.__annotations__[name]
    nowhere = {"Id": "ghost", "Spells": since("ghost"), "tuple[Id, ...]": ("ghost",)}[typed]
    values: dict[str, Any] = {f.name: None for f in msgspec.structs.fields(kind) if f.required}
    record = kind(**{**values, "id": "id", name: nowhere})  # whatever else it holds
    with pytest.raises(RefusedError, match="is not in the registry"):
        validate(company(), changes(record))


def office() -> Registry:
    return company(
        account("acme", login_mailboxes=since("web"), recovery_phones=since("desk")),
        account("parent"),
        mailbox("web", owner="webcare"),
        Phone(id="desk", number="+31 20 123 45 67"),
        Role(id="empty", name="Empty"),
    )


SENSELESS: dict[str, Record] = {
    "a person without a name": Person(id="p", name=" "),
    "their own manager": Person(id="p", name="P", manager="p"),
    "a last day before the first": Person(
        id="p", name="P", joined=NOW.date(), last_day=LONG_AGO.date()
    ),
    "a role without a name": Role(id="r", name=""),
    "a role for nobody": Role(id="r", name="R", min_holders=0),
    "an address without a domain": Mailbox(id="m", address="web@"),
    "an address without a name": Mailbox(id="m", address="@acme.example"),
    "an address with spaces": Mailbox(id="m", address="we b@acme.example"),
    "a phone without digits": Phone(id="t", number="extension"),
    "a seat of nobody": Seat(id="s", account="acme", level="full", since=NOW),
    "a seat of two": Seat(
        id="s", account="acme", level="full", person="jan", role_account="parent", since=NOW
    ),
    "a tool on itself": Grant(id="g", tool="acme", account="acme", since=NOW),
    "an assignment that ends before it begins": Assignment(
        id="a", person="jan", role="webcare", since=NOW, until=days(-2)
    ),
    "a spell that ends before it begins": account(
        "other", owner_roles=(Spell("webcare", NOW, days(-2)),)
    ),
}


@pytest.mark.parametrize("record", SENSELESS.values(), ids=SENSELESS)
def test_a_value_that_makes_no_sense_is_not_written(record: Record) -> None:
    with pytest.raises(UsageError) as caught:
        validate(office(), changes(record))
    assert caught.value.hint


CONTRADICTING: dict[str, tuple[Record, ...]] = {
    "an account that is there": (Account(id="x", platform="net", handles=since("ACME")),),
    "a circle of sign-ins": (
        account("acme", sign_in_accounts=since("parent")),
        account("parent", sign_in_accounts=since("acme")),
    ),
    "a container of itself": (account("acme", containers=since("acme")),),
    "a role that is there": (Role(id="r", name="WEBCARE"),),
    "a mailbox that is there": (Mailbox(id="m", address="WEB@acme.example"),),
    "a personal mailbox of a role": (
        Mailbox(id="m", address="m@acme.example", type="personal", owner="webcare"),
    ),
    "a phone that is there": (Phone(id="t", number="+31201234567"),),
    "a work address of two people": (
        Person(id="p", name="P", mail="p@acme.example"),
        Person(id="q", name="Q", mail="P@acme.example"),
    ),
    "a seat held twice": (
        seat("jan", "full"),
        Seat(id="s", account="acme", level="post", person="jan", since=NOW),
    ),
    "a role held twice": (
        holds("jan"),
        Assignment(id="a", person="jan", role="webcare", since=NOW),
    ),
    "a grant given twice": (
        Grant(id="g", tool="parent", account="acme", since=LONG_AGO),
        Grant(id="h", tool="parent", account="acme", since=NOW),
    ),
    "a role that owns an account": (Role(id="webcare", name="webcare", until=NOW),),
    "a mailbox in use": (mailbox("web", owner="webcare", until=NOW),),
    "a phone in use": (Phone(id="desk", number="+31 20 123 45 67", until=NOW),),
    "a mailbox to be kept": (mailbox("keep", keep_until=days(9).date(), until=NOW),),
    "an account of an unknown role": (account("new", owner_roles=since("ghost")),),
    "a seat of an unknown person": (
        Seat(id="s", account="acme", level="full", person="ghost", since=NOW),
    ),
    "a factor with an unknown holder": (
        Factor(id="f", account="acme", method="totp", holders=since("ghost"), since=NOW),
    ),
}


@pytest.mark.parametrize("records", CONTRADICTING.values(), ids=CONTRADICTING)
def test_a_record_that_contradicts_another_is_refused(records: tuple[Record, ...]) -> None:
    before = company(*office().records(), mailbox("keep", keep_until=days(9).date()))
    with pytest.raises(RefusedError) as caught:
        validate(before, changes(*records))
    assert caught.value.hint


FINE: dict[str, tuple[Record, ...]] = {
    "another handle": (Account(id="x", platform="net", handles=since("acme2")),),
    "a handle whose account ended": (
        account("acme", until=NOW),
        Account(id="x", platform="net", handles=since("acme")),
    ),
    "a role held again later": (
        holds("jan", until=days(-1)),
        Assignment(id="a", person="jan", role="webcare", since=NOW),
    ),
    "a link that ended, the other way round": (
        account("acme", sign_in_accounts=since("parent", until=days(-1))),
        account("parent", sign_in_accounts=since("acme")),
    ),
    "a role that owns nothing": (Role(id="empty", name="Empty", until=NOW),),
    "people without an address": (Person(id="p", name="P"), Person(id="q", name="Q")),
    "a record edited to itself": (account("parent"),),
}


@pytest.mark.parametrize("records", FINE.values(), ids=FINE)
def test_what_makes_sense_is_written(records: tuple[Record, ...]) -> None:
    validate(office(), changes(*records))


def test_what_ended_before_may_be_edited_whatever_hangs_on_it() -> None:
    ended = msgspec.structs.replace(office().get("web", Mailbox), until=days(-3))
    registry = office().apply(changes(ended))
    validate(registry, changes(msgspec.structs.replace(ended, note="gone")))


def test_a_number_that_only_codes_go_to_names_the_factor_to_edit() -> None:
    """A lost phone is no dead end: the command names one second factor."""
    codes = Factor(id="f1a2b3c4d5", account="parent", method="sms", phone="old", since=LONG_AGO)
    old = Phone(id="old", number="+31 6 12 34 56 78")
    ended = changes(msgspec.structs.replace(old, until=NOW))
    registry = company(account("parent"), old, codes)
    with pytest.raises(RefusedError, match="second factor of") as refused:
        validate(registry, ended)
    assert "safehands factor edit f1a2b3c4 --phone NUMBER" in refused.value.hint
