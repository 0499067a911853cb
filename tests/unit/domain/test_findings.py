from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.unit.domain.company import (
    NOW,
    account,
    company,
    days,
    holds,
    mailbox,
    password,
    saw,
    seat,
    since,
    totp,
)
from vault.domain.findings import SEVERITIES, findings, knowledge_debt
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.role import Role

FREEMAIL = Mailbox(id="free", address="acme@gmail.com", readers=since("webcare"))
SOUND: tuple[Record, ...] = (
    account(login_mailboxes=since("web")),
    password(),
    holds("jan"),
    holds("ann"),
    mailbox("web", "webcare", owner="webcare", proven_at=days(-9)),
    totp("acme", "webcare"),
    seat("jan", "full"),
    seat("ann", "full"),
)


def codes(*records: Record) -> list[str]:
    """Return the codes of what is found when these records take the place of sound ones."""
    return [each.code for each in findings(company(*SOUND, *records), NOW)]


def test_nothing_is_found_where_all_is_well() -> None:
    assert codes() == []


WRONG: dict[str, Sequence[Record]] = {
    "personal_login_address": [
        account(login_mailboxes=since("own")),
        mailbox("own", owner="jan", type="personal"),
    ],
    "personal_recovery_address": [
        account(login_mailboxes=since("web"), recovery_mailboxes=since("free")),
        FREEMAIL,
    ],
    "address_gone": [
        account(login_mailboxes=since("old")),
        mailbox("old", "webcare", until=days(-1)),
    ],
    "no_owner_role": [account(login_mailboxes=since("web"), owner_roles=())],
    "no_login_address": [account()],
    "personal_recovery_phone": [
        account(login_mailboxes=since("web"), recovery_phones=since("phone")),
        Phone(id="phone", number="+31612345678", contract="jan"),
    ],
    "factor_of_one_person": [totp("acme", "jan")],
    "factor_of_unknown": [totp("acme")],
    "one_full_seat": [seat("ann", "post")],
    "nobody_gets_in": [account("other", login_mailboxes=since("web")), totp("other")],
    "role_without_holder": [Role(id="press", name="press")],
    "role_below_minimum": [Role(id="webcare", name="webcare", min_holders=3)],
    "mailbox_unread": [mailbox("web", owner="webcare", proven_at=days(-9))],
    "mailbox_unproven": [mailbox("web", "webcare", owner="webcare", proven_at=days(-366))],
    "knowledge_debt": [Person(id="eva", name="Eva", last_day=days(-9).date()), saw("eva")],
    "seat_of_former": [
        Person(id="eva", name="Eva", last_day=days(-9).date()),
        seat("eva", "post"),
    ],
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_found_and_says_what_to_do(code: str) -> None:
    assert code in codes(*WRONG[code])
    for each in findings(company(*SOUND, *WRONG[code]), NOW):
        assert each.what
        assert each.to_do
        assert each.severity in SEVERITIES


def test_the_worst_comes_first() -> None:
    everything = [record for records in WRONG.values() for record in records]
    found = findings(company(*SOUND, *everything), NOW)
    ranks = [SEVERITIES.index(each.severity) for each in found]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 3


def test_a_closed_account_is_no_finding() -> None:
    assert codes(account(until=days(-1))) == []


def test_a_mailbox_that_an_account_used_once_needs_no_proof() -> None:
    moved = account(login_mailboxes=(*since("was", until=days(-1)), *since("web", at=days(-1))))
    assert codes(moved, mailbox("was")) == []


def test_knowledge_debt_counts_each_current_secret_of_each_who_left() -> None:
    left = Person(id="eva", name="Eva", last_day=days(-9).date())
    other = account("other", login_mailboxes=since("web"))
    registry = company(*SOUND, left, saw("eva"), other, password("other"), saw("eva", "other"))
    assert knowledge_debt(registry, NOW) == 2
    assert knowledge_debt(registry, days(-20)) == 0
    assert knowledge_debt(company(*SOUND, saw("jan")), NOW) == 0
