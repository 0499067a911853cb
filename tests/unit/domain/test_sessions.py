"""Where there is no password, mail or a phone lets one in, and leaves a session behind."""

from __future__ import annotations

from typing import Any

from tests.unit.domain.company import (
    NOW,
    account,
    company,
    days,
    holds,
    mailbox,
    seat,
    since,
    totp,
)
from vault.domain.account import Account
from vault.domain.mailbox import Mailbox
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.sessions import has_session

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
