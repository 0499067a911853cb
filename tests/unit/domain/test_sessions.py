"""Where there is no password, mail or a phone lets one in, and leaves a session behind."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

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
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.effects import effect
from vault.domain.mailbox import Mailbox
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.phone import Phone
from vault.domain.platforms import Platform
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.sessions import has_session, opened_by_channel
from vault.domain.steps import Act

NO_PASSWORD = {"not_applicable": {"rotate_password": "the mailbox is the key"}}
BY_MAIL: dict[str, Any] = {**NO_PASSWORD, "resets_by_mail": "yes"}
BY_PHONE: dict[str, Any] = {**NO_PASSWORD, "resets_by_phone": "yes"}
SOCIAL = mailbox("social", "webcare", owner="webcare", proven_at=days(-90))
STAYING = (holds("jan"), holds("ann"), seat("ann", "owner"))
PHONE = Phone(id="phone", number="+31 6 1", carriers=since("webcare"))


def on_mail(**fields: Any) -> Account:
    return account(login_mailboxes=since("social"), **fields)


def jan_is_inside(registry: Registry, at: int = 0) -> bool:
    return has_session(registry, "jan", registry.account("acme"), days(at))


def departing(*records: Record, facts: dict[str, Any], mode: Any = "planned") -> Plan:
    return plan(company(*records, **facts), Departure("jan", NOW.date(), mode), NOW)


def test_who_read_the_mail_that_lets_in_is_inside_until_sessions_are_ended() -> None:
    gone = holds("jan", until=days(-10))
    assert jan_is_inside(company(on_mail(), SOCIAL, gone, **BY_MAIL))
    assert not jan_is_inside(company(on_mail(), SOCIAL, **BY_MAIL))
    ended = on_mail(sessions_ended=(days(-10),))
    assert not jan_is_inside(company(ended, SOCIAL, gone, **BY_MAIL))
    assert jan_is_inside(company(on_mail(sessions_ended=(days(-11),)), SOCIAL, gone, **BY_MAIL))


def test_where_there_is_a_password_a_reset_shows_and_leaves_no_session() -> None:
    assert not jan_is_inside(company(on_mail(), SOCIAL, holds("jan"), resets_by_mail="yes"))


def test_mail_counts_only_where_it_lets_in_and_as_long_as_the_account_is_on_it() -> None:
    held = (SOCIAL, holds("jan", until=days(-10)))
    assert not jan_is_inside(company(on_mail(), *held, **NO_PASSWORD))
    assert jan_is_inside(company(on_mail(), *held, **{**BY_MAIL, "resets_by_mail": "unknown"}))
    later = account(login_mailboxes=since("social", at=days(-9)))
    assert not jan_is_inside(company(later, *held, **BY_MAIL))
    seats_only = on_mail(models=("seats",))
    assert not jan_is_inside(company(seats_only, *held, **BY_MAIL))


def test_a_second_factor_that_is_asked_for_all_the_same_keeps_them_out() -> None:
    held = (on_mail(), SOCIAL, holds("jan"), totp("acme", "ann"))
    assert not jan_is_inside(company(*held, **BY_MAIL))
    assert jan_is_inside(company(*held, **BY_MAIL, reset_keeps_second_factor="no"))


def test_who_carried_the_phone_of_an_account_has_it_on_a_device_of_theirs() -> None:
    on_phone = account(recovery_phones=since("phone"))
    gone = holds("jan", until=days(-10))
    assert jan_is_inside(company(on_phone, PHONE, gone, **BY_PHONE))
    assert not jan_is_inside(company(on_phone, PHONE, gone, resets_by_phone="yes"))
    assert not jan_is_inside(company(on_phone, PHONE, gone, **NO_PASSWORD))
    later = account(recovery_phones=since("phone", at=days(-9)))
    assert not jan_is_inside(company(later, PHONE, gone, **BY_PHONE))


def test_a_departure_ends_the_sessions_after_the_role_that_reads_the_mail() -> None:
    made = departing(on_mail(), SOCIAL, *STAYING, facts=BY_MAIL)
    assert [step.act for step in made.steps] == ["end_role_assignment", "end_sessions"]
    assert made.steps[1].depends_on == (made.steps[0].id,)
    assert made.verdict.holds
    phone = account(recovery_phones=since("phone"))
    made = departing(phone, PHONE, *STAYING, facts=BY_PHONE)
    assert [step.act for step in made.steps] == ["end_role_assignment", "end_sessions"]
    assert made.steps[1].depends_on == (made.steps[0].id,)


def test_cut_off_at_once_sessions_end_after_the_account_has_moved_off_their_mail() -> None:
    own = Mailbox(id="own", address="jan@mail.example", type="personal", owner="jan")
    moved = account(login_mailboxes=since("own"))
    for mode in ("planned", "immediate"):
        made = departing(moved, own, SOCIAL, *STAYING, facts=BY_MAIL, mode=mode)
        acts = [step.act for step in made.steps]
        assert acts.index("change_login_mail") < acts.index("end_sessions")
        (ending,) = [step for step in made.steps if step.act == "end_sessions"]
        changing = made.steps[acts.index("change_login_mail")]
        assert changing.id in ending.depends_on
        assert made.verdict.sealed


def test_sessions_end_after_the_role_that_reads_the_mail_to_which_the_account_moves() -> None:
    own = Mailbox(id="own", address="jan@acme.example", type="licensed", owner="jan")
    for mode in ("planned", "immediate"):
        made = departing(
            account(login_mailboxes=since("own")), own, SOCIAL, *STAYING, facts=BY_MAIL, mode=mode
        )
        steps = {step.act: step for step in made.steps}
        assert steps["change_login_mail"].to == "social"
        assert steps["end_role_assignment"].id in steps["end_sessions"].depends_on


@pytest.mark.parametrize(
    ("facts", "use", "thing", "act"),
    [
        (
            BY_MAIL,
            account(login_mailboxes=since("team")),
            mailbox("team", "jan", owner="webcare"),
            "remove_mailbox_reader",
        ),
        (
            BY_PHONE,
            account(recovery_phones=since("team")),
            Phone(id="team", number="+31 6 2", carriers=since("jan")),
            "collect_device",
        ),
    ],
)
def test_sessions_end_after_the_role_to_which_the_leaver_hands_what_lets_in(
    facts: Any, use: Account, thing: Record, act: Act
) -> None:
    made = departing(use, thing, *STAYING, facts=facts)
    steps = {step.act: step for step in made.steps}
    assert steps[act].to == "webcare"
    needed = {steps[act].id, steps["end_role_assignment"].id}
    assert needed <= {*steps["end_sessions"].depends_on}


# -- an account that is a mailbox --------------------------------------------------------------

IDENTITY = Platform(
    id="ident", name="Ident", kind="identity", status="living", models=("login",),
    resets_by_mail="no", resets_by_phone="no", password_change_ends_sessions="no",
)  # fmt: skip
MAIL = replace(account("mail"), platform="ident", handles=since("social@acme.example"))
KNOWN = (password("mail"), saw("jan", "mail"))


def with_mail(*records: Record, **facts: Any) -> Registry:
    registry = company(*records, MAIL, SOCIAL, **facts)
    platforms = (*registry.catalogue.platforms, IDENTITY)
    return Registry(registry.records(), replace(registry.catalogue, platforms=platforms))


def test_who_is_inside_the_account_that_a_mailbox_is_was_let_in_by_that_mail() -> None:
    registry = with_mail(on_mail(), *KNOWN, seat("ann", "owner"), holds("ann"), **BY_MAIL)
    assert jan_is_inside(registry)
    made = plan(registry, Departure("jan", NOW.date()), NOW)
    assert [(step.act, step.account) for step in made.steps] == [
        ("rotate_password", "mail"),
        ("end_sessions", "mail"),
        ("end_sessions", "acme"),
    ]
    assert made.steps[1].id in made.steps[2].depends_on
    assert made.verdict.holds


def test_being_inside_what_a_mailbox_is_counts_up_to_when_that_was_taken_out_of_use() -> None:
    gone = replace(SOCIAL, until=days(-9))
    for ended, inside in (((), True), ((days(-10),), True), ((days(-9),), False)):
        registry = with_mail(on_mail(sessions_ended=ended), *KNOWN, **BY_MAIL)
        assert jan_is_inside(registry.apply(changes(gone))) is inside


def test_a_code_that_is_sent_to_an_account_itself_lets_nobody_in_to_it() -> None:
    codes = totp("mail", mailbox="social")
    assert not has_session(with_mail(*KNOWN, codes), "jan", MAIL, NOW)
    assert has_session(with_mail(*KNOWN), "jan", MAIL, NOW)


def test_a_code_by_mail_is_had_by_who_is_inside_what_that_signs_in_with() -> None:
    other = replace(account("other"), platform="ident")
    signs_in = replace(MAIL, sign_in_accounts=since("other"))
    held = (account(), password(), saw("jan"), totp("acme", mailbox="social"))
    inside = (other, signs_in, password("other"), saw("jan", "other"))
    assert jan_is_inside(with_mail(*held).apply(changes(*inside)))
    assert not jan_is_inside(with_mail(*held))


# -- an account that is people's seats and nothing else -------------------------------------------


def test_nobody_logs_in_to_what_has_nothing_but_seats_nor_with_it_to_anything_else() -> None:
    seats = account("team", models=("seats",))
    signs_in = account(sign_in_accounts=since("team"))
    known = (password("team"), saw("jan", "team"))
    registry = company(seats, signs_in, *known)
    assert not has_session(registry, "jan", seats, NOW)
    assert not jan_is_inside(registry)
    assert jan_is_inside(registry.apply(changes(account("team"))))


def test_mail_opens_nothing_that_has_only_seats() -> None:
    seats, both = on_mail(models=("seats",)), on_mail(models=("seats", "login"))
    registry = company(seats, SOCIAL, **BY_MAIL)
    assert not opened_by_channel(registry, seats)
    assert opened_by_channel(registry, both)


def test_the_password_of_such_an_account_leaves_nothing_behind_when_it_is_changed() -> None:
    seats = account("team", models=("seats",))
    held = (password("team"), saw("jan", "team"), seat("ann", "owner", "team"), holds("ann"))
    registry = company(seats, account(sign_in_accounts=since("team")), *held)
    departure = Departure("jan", NOW.date())
    (change,) = plan(registry, departure, NOW).steps
    assert change.act == "rotate_password"
    after = registry.apply(effect(registry, change, NOW, "ann"))
    again = plan(after, departure, NOW, frozenset((change.id,)))
    assert (again.ties, again.steps, again.blockers) == ((), (), ())
