"""The order of a plan's steps where another one would leave the leaver a way in."""

from __future__ import annotations

import pytest

from tests.unit.domain.company import (
    account,
    company,
    days,
    holds,
    mailbox,
    password,
    saw,
    since,
    totp,
)
from vault.domain.guards import objection
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.record import Record
from vault.domain.steps import Step


def of(*records: Record) -> Plan:
    registry = company(*records, holds("jan"), holds("ann"))
    return plan(registry, Departure(person="jan", last_day=days(30).date()), days(0))


def test_a_factor_is_enrolled_only_when_the_leaver_is_no_longer_entitled_to_it() -> None:
    steps = {step.act: step for step in of(account(), password(), totp("acme", "jan")).steps}
    order = list(steps)
    assert order.index("end_role_assignment") < order.index("enrol_factor")
    assert steps["end_role_assignment"].id in steps["enrol_factor"].depends_on


def test_what_others_sign_in_with_is_changed_first_whatever_its_name() -> None:
    accounts = (account("alpha", sign_in_accounts=since("zeta")), account("zeta"))
    known = (password("alpha"), password("zeta"), saw("jan", "alpha"), saw("jan", "zeta"))
    changed = [
        step.account for step in of(*accounts, *known).steps if step.act == "rotate_password"
    ]
    assert changed == ["zeta", "alpha"]


def test_a_mailbox_is_released_when_no_account_hangs_on_it_any_more() -> None:
    boxes = (mailbox("own", owner="jan"), mailbox("web", "webcare", owner="webcare"))
    made = of(account(login_mailboxes=since("own")), password(), *boxes)
    order = [step.act for step in made.steps]
    assert order.index("change_login_mail") < order.index("release_mailbox")


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (account(login_mailboxes=since("own")), "is still an address of net/@acme"),
        (account(recovery_mailboxes=since("own")), "is still an address of net/@acme"),
        (totp(mailbox="own"), "still gets codes of net/@acme"),
    ],
)
def test_a_mailbox_that_is_in_use_is_not_released(use: Record, said: str) -> None:
    release = Step(id="release", act="release_mailbox", target="own")
    records = {each.id: each for each in (account(), mailbox("own", owner="jan"), use)}
    assert objection(company(*records.values()), release, days(0)) == f"own@acme.example {said}"
    del records[use.id]
    assert objection(company(account(), *records.values()), release, days(0)) == ""
