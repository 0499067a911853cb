from __future__ import annotations

import pytest

from tests.unit.domain.company import (
    account,
    company,
    days,
    holds,
    mailbox,
    of_jan,
    of_those_who_stay,
    password,
    saw,
    seat,
    since,
    totp,
    version,
)
from vault.domain.access import Access, company_side
from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure
from vault.domain.grant import Grant
from vault.domain.neighbourhood import surroundings
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.seat import Seat


def test_whoever_holds_the_owner_role_knows_the_password() -> None:
    registry = company(account(), password(), holds("ann"))
    assert of_those_who_stay(registry).level("acme") == "owner"
    assert of_jan(registry).level("acme") is None


def test_a_leaver_who_once_held_the_role_could_know_the_password_still() -> None:
    registry = company(account(), password(), holds("jan", until=days(-9)))
    assert of_jan(registry).why("acme")[0].startswith("Jan could know the password")
    # Nobody who stays may be relied on for what they were never seen to know.
    as_colleague = Access(registry, company_side(registry, days(0)), days(0))
    assert as_colleague.level("acme") is None


def test_a_role_that_was_not_ended_lets_nobody_in_by_a_password_made_after_the_last_day() -> None:
    new = password("acme", version(superseded_at=days(-2)), version(2, days(-2)))
    ended = account(sessions_ended=(days(-1),))
    gone = Person(id="jan", name="Jan", last_day=days(-9).date())
    assert of_jan(company(ended, new, holds("jan"), gone)).level("acme") is None
    still_here = Person(id="jan", name="Jan", last_day=days(9).date())
    assert of_jan(company(ended, new, holds("jan"), still_here)).level("acme") == "owner"


def test_the_company_relies_on_nobody_who_is_only_assumed_to_know_the_password() -> None:
    records = (account(owner_roles=()), password())
    assert not of_those_who_stay(company(*records, saw("ann", how="assumed"))).can_log_in("acme")
    assert of_those_who_stay(company(*records, saw("ann", how="revealed"))).can_log_in("acme")


def test_a_password_is_not_enough_where_a_second_factor_is_asked_for() -> None:
    registry = company(
        account(sessions_ended=(days(0),)), password(), saw("jan"), totp("acme", "webcare")
    )
    assert not of_jan(registry).can_log_in("acme")


def test_a_factor_whose_holder_nobody_recorded_may_be_the_leavers_and_is_not_the_companys() -> None:
    registry = company(account(), password(), saw("jan"), saw("ann"), totp("acme"))
    assert of_jan(registry).can_log_in("acme")
    assert not of_those_who_stay(registry).can_log_in("acme")


def test_a_recovery_code_stands_in_for_the_second_factor_until_none_is_left() -> None:
    codes = Credential(id="codes", account="acme", what="recovery_codes", versions=(version(),))
    records = (account(owner_roles=()), password(), saw("ann"), totp("acme", "jan"))
    known = (*records, saw("ann", "acme"), codes, _saw_codes("ann"))
    assert of_those_who_stay(company(*known)).can_log_in("acme")
    used_up = Credential(
        id="codes", account="acme", what="recovery_codes", versions=(version(),), codes_left=0
    )
    assert not of_those_who_stay(company(*known, used_up)).can_log_in("acme")


def _saw_codes(person: str) -> Exposure:
    return Exposure(
        id="saw codes", credential="codes", version=1, person=person, how="entered", at=days(-1)
    )


@pytest.mark.parametrize(
    ("answer", "leaver", "staying"),
    [("yes", True, True), ("unknown", True, False), ("no", False, False)],
)
def test_an_unknown_reset_lets_a_leaver_in_and_is_nothing_the_company_relies_on(
    answer: str, leaver: bool, staying: bool
) -> None:
    box = mailbox("web", "jan", "ann")
    registry = company(account(login_mailboxes=since("web")), box, resets_by_mail=answer)
    assert of_jan(registry).can_log_in("acme") is leaver
    assert of_those_who_stay(registry).can_log_in("acme") is staying


@pytest.mark.parametrize(
    ("answer", "leaver", "staying"),
    [("yes", False, False), ("unknown", True, False), ("no", True, True)],
)
def test_a_reset_that_may_keep_the_second_factor_hinders_the_company_only(
    answer: str, leaver: bool, staying: bool
) -> None:
    registry = company(
        account(recovery_phones=since("phone")),
        Phone(id="phone", number="+31 20 555 0100", carriers=since("jan", "ann")),
        totp("acme", "nobody"),
        resets_by_phone="yes",
        reset_keeps_second_factor=answer,
    )
    assert of_jan(registry).can_log_in("acme") is leaver
    assert of_those_who_stay(registry).can_log_in("acme") is staying


@pytest.mark.parametrize(
    "named", [account(login_mailboxes=since("web")), account(recovery_mailboxes=since("web"))]
)
def test_mail_to_the_log_in_and_to_the_recovery_address_resets_the_password(
    named: Account,
) -> None:
    registry = company(named, mailbox("web", "jan"), resets_by_mail="yes")
    assert of_jan(registry).can_log_in("acme")
    assert not of_jan(company(named, mailbox("web", "jan"), resets_by_mail="no")).can_log_in("acme")


def test_a_phone_that_is_gone_resets_nothing() -> None:
    number = Phone(id="phone", number="+31 20 555 0100", carriers=since("jan"), until=days(-1))
    registry = company(account(recovery_phones=since("phone")), number, resets_by_phone="yes")
    assert not of_jan(registry).can_log_in("acme")


def test_a_mailbox_that_is_gone_resets_nothing() -> None:
    box = mailbox("web", "jan", until=days(-1))
    registry = company(account(login_mailboxes=since("web")), box, resets_by_mail="yes")
    assert not of_jan(registry).can_log_in("acme")


def test_an_account_opens_the_accounts_one_signs_in_to_with_it() -> None:
    child = account("page", sign_in_accounts=since("acme"))
    registry = company(account(), child, password(), saw("ann"))
    assert of_those_who_stay(registry).why("page")[-1] == "signs in to net/@page with net/@acme"


def test_accounts_that_sign_in_with_each_other_open_nothing_by_themselves() -> None:
    circle = (
        account("one", sign_in_accounts=since("two")),
        account("two", sign_in_accounts=since("one")),
    )
    assert of_jan(company(*circle)).controlled() == frozenset()


def test_a_container_gives_only_what_full_rights_give() -> None:
    page = account("page", containers=since("acme"))
    assert of_jan(company(account(), page, seat("jan", "full"))).level("page") == "full"
    assert of_jan(company(account(), page, seat("jan", "edit"))).level("page") is None


def test_a_connected_tool_posts_and_does_no_more() -> None:
    grant = Grant(id="grant", tool="tool", account="acme", since=days(-9))
    registry = company(account(), account("tool"), grant, seat("jan", "owner", "tool"))
    assert of_jan(registry).level("acme") == "post"


def test_an_unconfirmed_seat_counts_for_a_leaver_and_not_for_the_company() -> None:
    seats = (seat("jan", "owner", confirmed_on=None), seat("ann", "owner", confirmed_on=None))
    registry = company(account(), *seats)
    assert of_jan(registry).level("acme") == "owner"
    assert of_those_who_stay(registry).level("acme") is None


def test_an_unconfirmed_seat_of_a_role_account_counts_for_a_leaver_too() -> None:
    held = Seat(id="held", account="page", role_account="acme", level="full", since=days(-9))
    registry = company(account(), account("page"), password(), saw("jan"), held)
    assert of_jan(registry).level("page") == "full"


def test_a_shared_login_does_not_exist_where_only_seats_do() -> None:
    registry = company(account(), password(), saw("jan"), models=("seats",))
    assert of_jan(registry).level("acme") is None


def test_who_has_left_or_not_yet_come_is_not_of_the_company() -> None:
    registry = company(
        Person(id="left", name="Lee", last_day=days(-1).date()),
        Person(id="new", name="Ned", joined=days(1).date()),
        Person(id="last day", name="Lou", last_day=days(0).date()),
    )
    assert company_side(registry, days(0), without=("jan",)).people == {"ann", "last day"}


def test_a_closed_account_is_nobodys() -> None:
    registry = company(account(until=days(0)), password(), saw("jan"))
    assert of_jan(registry).level("acme") is None
    assert of_jan(registry, days(-1)).level("acme") == "owner"


def test_whoever_is_still_logged_in_gets_in_without_a_password() -> None:
    rotated = password("acme", version(superseded_at=days(-9)), version(2, days(-9)))
    registry = company(account(owner_roles=()), rotated, saw("jan"))
    assert of_jan(registry).why("acme") == ("Jan may still be logged in to net/@acme",)
    assert of_jan(registry).can_log_in("acme")


def test_who_opens_the_vault_is_near_every_stored_secret() -> None:
    member = Person(id="ann", name="Ann", memberships=since("key"))
    registry = company(account(), member, password("acme", version(stored=True)))
    assert of_those_who_stay(registry).can_log_in("acme")
    assert of_those_who_stay(surroundings(registry, ["acme"])).can_log_in("acme")
