"""The order of a plan's steps where another one would leave the leaver a way in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

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
from vault.domain.account import Account
from vault.domain.guards import objection
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.role import Role
from vault.domain.steps import Act, Step


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


def test_a_new_password_that_ends_sessions_waits_for_the_one_of_what_others_sign_in_with() -> None:
    accounts = (account("alpha", sign_in_accounts=since("zeta")), account("zeta"))
    known = (password("alpha"), password("zeta"), saw("jan", "alpha"), saw("jan", "zeta"))
    made = of(*accounts, *known, password_change_ends_sessions="yes")
    parent, child = (step for step in made.steps if step.act == "rotate_password")
    assert parent.account == "zeta"
    assert parent.id in child.depends_on


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


def test_a_mailbox_is_released_when_an_account_moved_off_another_that_both_are_addresses_of() -> (
    None
):
    boxes = (
        mailbox("own", owner="jan"),
        mailbox("web", "webcare", owner="webcare"),
        mailbox("home", owner="jan", type="personal"),
    )
    made = of(account(login_mailboxes=since("own", "home")), password(), *boxes)
    (moved,) = (step for step in made.steps if step.act == "change_login_mail")
    assert moved.target == "home"
    assert the("release_mailbox", made.steps).depends_on == (moved.id,)


def test_sessions_end_after_the_leaver_is_off_a_mailbox_that_is_an_address_in_two_ways() -> None:
    own = since("own")
    use = account(owner_roles=(), login_mailboxes=own, recovery_mailboxes=own)
    facts = {"resets_by_mail": "yes", "not_applicable": NO_PASSWORD}
    steps = of(use, mailbox("own", owner="jan"), to="ann", **facts).steps
    cut = [step for step in steps if step.act in {"block_mailbox", "change_recovery_mail"}]
    assert len(cut) == 2
    assert {step.id for step in cut} <= set(the("end_sessions", steps).depends_on)


def test_a_number_is_taken_off_when_who_stays_gets_the_mail_that_the_account_moves_to() -> None:
    home = mailbox("home", owner="jan", type="personal")
    web = mailbox("web", "webcare", owner="webcare", proven_at=days(-1))
    phone = Phone(id="phone", number="+31 6", contract="jan", carriers=since("webcare"))
    use = account(login_mailboxes=since("home"), recovery_phones=since("phone"))
    facts = {"resets_by_mail": "yes", "resets_by_phone": "yes", "reset_keeps_second_factor": "no"}
    registry = company(use, home, web, phone, holds("ann"), **facts)
    steps = plan(registry, Departure("jan", days(30).date()), days(0)).steps
    moved, taken = the("change_login_mail", steps), the("change_recovery_phone", steps)
    assert taken.depends_on == (moved.id,)


def cut_off(use: Account, *records: Record) -> tuple[Step, ...]:
    mails = mailbox("web", "webcare", owner="webcare")
    everybody = (holds("jan"), holds("ann"), password(), mails)
    registry = company(use, *everybody, *records, resets_by_mail="unknown")
    return plan(registry, Departure("jan", days(0).date(), "immediate"), days(0)).steps


def the(act: Act, steps: Sequence[Step]) -> Step:
    return next(step for step in steps if step.act == act)


def test_an_account_leaves_an_own_address_of_who_is_cut_off_before_its_password_is_new() -> None:
    home = mailbox("home", owner="jan", type="personal")
    own = Phone(id="own", number="+31 6", contract="jan", carriers=since("jan"))
    hangs = account(login_mailboxes=since("home"), recovery_phones=since("own"))
    steps = cut_off(hangs, home, own)
    _, *moves, changed, _ = steps
    assert [s.act for s in moves] == ["prove_mailbox", "change_login_mail", "change_recovery_phone"]
    assert {step.id for step in moves[1:]} <= set(changed.depends_on)
    assert changed.act == "rotate_password"
    _, *acts = (s.act for s in cut_off(account(recovery_mailboxes=since("home")), home))
    assert acts == ["prove_mailbox", "change_recovery_mail", "rotate_password", "end_sessions"]


def test_off_a_mailbox_that_is_shut_to_who_is_cut_off_an_account_moves_last() -> None:
    steps = cut_off(account(login_mailboxes=since("own")), mailbox("own", owner="jan"))
    changed = the("rotate_password", steps)
    assert steps.index(changed) < steps.index(the("change_login_mail", steps))
    assert the("block_mailbox", steps).id in changed.depends_on


def test_off_freemail_that_the_leaver_read_an_account_moves_before_its_password_is_new() -> None:
    shared = replace(mailbox("shared", "jan"), address="acme@gmail.com")
    steps = cut_off(account(login_mailboxes=since("shared")), shared)
    moved, changed = the("change_login_mail", steps), the("rotate_password", steps)
    assert "remove_mailbox_reader" in [step.act for step in steps]
    assert moved.id in changed.depends_on


def test_a_new_password_waits_until_the_leaver_reads_none_of_the_mail_that_resets_it() -> None:
    shared = mailbox("shared", "jan", "desk", owner="desk")
    desk = (Role(id="desk", name="desk"), holds("jan", "desk"), holds("ann", "desk"))
    steps = cut_off(account(recovery_mailboxes=since("shared")), shared, *desk)
    ends = [(step.act, step.reason) for step in steps[:3]]
    assert ends[:2] == [("end_role_assignment", "desk"), ("end_role_assignment", "webcare")]
    assert ends[2] == ("remove_mailbox_reader", "mailbox")
    assert set(the("rotate_password", steps).depends_on) == {step.id for step in steps[:3]}


NO_PASSWORD = {"rotate_password": "the mailbox or the number is the key"}


@pytest.mark.parametrize("reads", [holds("jan"), holds("ann")])
def test_what_mail_opens_unseen_moves_only_to_mail_that_the_leaver_reads_no_more(
    reads: Record,
) -> None:
    by_jan = () if reads == holds("jan") else ("jan",)
    web = mailbox("web", "webcare", *by_jan, owner="webcare", proven_at=days(-1))
    shut = mailbox("own", owner="jan", shut_out=since("jan"))
    phone = Phone(id="phone", number="+31 6", carriers=since("ann"))
    use = account(login_mailboxes=since("own"), recovery_phones=since("phone"))
    facts = {"resets_by_mail": "yes", "resets_by_phone": "yes", "not_applicable": NO_PASSWORD}
    registry = company(use, web, shut, phone, reads, holds("ann"), **facts)
    made = plan(registry, Departure("jan", days(30).date()), days(0))
    steps = made.steps
    assert not made.blockers
    ended: Act = "remove_mailbox_reader" if by_jan else "end_role_assignment"
    assert the("change_login_mail", steps).depends_on == (the(ended, steps).id,)
    assert not [step for step in steps if step.act == "end_sessions"]


def test_a_phone_that_opens_unseen_goes_to_a_role_that_the_leaver_holds_no_more() -> None:
    phone = Phone(id="phone", number="+31 6", carriers=since("jan", at=days(5)))
    use = account(recovery_phones=since("phone"))
    facts = {"resets_by_phone": "yes", "not_applicable": NO_PASSWORD}
    registry = company(use, phone, holds("jan"), holds("ann"), **facts)
    steps = plan(registry, Departure("jan", days(9).date(), "immediate"), days(0)).steps
    assert [step.act for step in steps] == ["end_role_assignment", "collect_device"]
    assert steps[1].to == "webcare"
    assert steps[1].depends_on == (steps[0].id,)


def test_a_second_factor_goes_to_a_role_that_the_leaver_holds_no_more() -> None:
    key = totp("acme", "ann", company_device=True)
    later = replace(key, holders=(*key.holders, *since("jan", at=days(60))))
    role = replace(holds("jan"), since=days(9))
    registry = company(account(), password(), later, role, holds("ann"))
    made = plan(registry, Departure("jan", days(30).date()), days(0))
    ended = the("end_role_assignment", made.steps)
    assert "end_sessions" not in [step.act for step in made.steps]
    assert the("collect_device", made.steps).depends_on == (ended.id,)


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
