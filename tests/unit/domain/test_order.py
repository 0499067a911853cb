"""The order of a plan's steps where another one would leave the leaver a way in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.domain.company import (
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
from vault.domain.guards import objection
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.record import Record
from vault.domain.steps import Step


def of(*records: Record, to: str = "", **facts: Any) -> Plan:
    registry = company(*records, holds("jan"), holds("ann"), **facts)
    successors = {"": to} if to else {}
    departure = Departure("jan", days(30).date(), successors=successors)
    return plan(registry, departure, days(0))


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


def test_a_mailbox_is_released_when_no_second_factor_sends_codes_there_any_more() -> None:
    boxes = (mailbox("own", owner="jan"), mailbox("web", "webcare", owner="webcare"))
    codes = totp("acme", mailbox="own")
    made = of(account(login_mailboxes=since("own")), password(), codes, *boxes)
    steps = {step.act: step for step in made.steps}
    needed = {steps["remove_factor"].id, steps["change_login_mail"].id}
    assert set(steps["release_mailbox"].depends_on) == needed


def test_a_seat_is_removed_when_who_stays_got_in_where_none_of_theirs_is_relied_on() -> None:
    alone = (account(owner_roles=()), password(), saw("jan"), seat("jan", "full"))
    made = of(*alone, to="ann", waits={"remove_seat": 7})
    steps = {step.act: step for step in made.steps}
    assert not set(steps) & {"add_seat", "confirm_seat"}
    assert steps["remove_seat"].depends_on == (steps["rotate_password"].id,)
    assert steps["remove_seat"].not_before is None
    two = (seat("jan", "full"), seat("ann", "full"))
    made = of(account(owner_roles=()), password(), saw("jan"), *two, to="ann")
    assert next(s for s in made.steps if s.act == "remove_seat").depends_on == ()


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
