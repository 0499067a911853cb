from __future__ import annotations

from msgspec.structs import replace

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
    version,
)
from vault.domain.credential import Credential, Exposure
from vault.domain.knowledge import carrying_span, could_know, did_see
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.sessions import has_session
from vault.domain.span import ANYTIME, NEVER
from vault.domain.spell import Spell

MEMBER = Person(id="jan", name="Jan", memberships=(Spell("key", days(-50), days(-20)),))


def jan_could_know(registry: Registry, number: int, at: int = 0) -> bool:
    credential = registry.get("password of acme", Credential)
    known = credential.version(number)
    assert known is not None
    return could_know(registry, "jan", credential, known, days(at))


def jan_is_inside(registry: Registry, name: str = "acme", at: int = 0) -> bool:
    return has_session(registry, "jan", registry.account(name), days(at))


def held(since_day: int, until_day: int) -> Assignment:
    return Assignment(
        id="held", person="jan", role="webcare", since=days(since_day), until=days(until_day)
    )


TWO_VERSIONS = (version(1, days(-60), superseded_at=days(-30)), version(2, days(-30)))


def test_who_held_the_role_could_know_the_versions_of_that_time_and_no_later_ones() -> None:
    registry = company(account(), password("acme", *TWO_VERSIONS), held(-50, -40))
    assert jan_could_know(registry, 1)
    assert not jan_could_know(registry, 2)


def test_a_role_that_nobody_ended_hands_on_no_version_made_after_the_last_day() -> None:
    gone = Person(id="jan", name="Jan", last_day=days(-40).date())
    kept = Assignment(id="held", person="jan", role="webcare", since=days(-50))
    registry = company(account(), password("acme", *TWO_VERSIONS), gone, kept)
    assert [jan_could_know(registry, number) for number in (1, 2)] == [True, False]
    leaving = company(*registry.records(), Person(id="jan", name="Jan", last_day=days(5).date()))
    assert jan_could_know(leaving, 2)


def test_the_moment_of_a_rotation_belongs_to_the_new_version() -> None:
    left_with_it = company(account(), password("acme", *TWO_VERSIONS), held(-50, -30))
    assert not jan_could_know(left_with_it, 2)
    came_with_it = company(account(), password("acme", *TWO_VERSIONS), held(-30, -20))
    assert not jan_could_know(came_with_it, 1)
    assert jan_could_know(came_with_it, 2)


def test_an_account_that_changed_owner_is_known_by_each_role_in_its_time() -> None:
    owners = since("webcare", until=days(-45))
    registry = company(account(owner_roles=owners), password("acme", *TWO_VERSIONS), held(-40, -10))
    assert not jan_could_know(registry, 1)
    assert not jan_could_know(registry, 2)


def test_a_role_knows_nothing_of_an_account_before_it_owned_it() -> None:
    later = since("webcare", at=days(-35))
    registry = company(account(owner_roles=later), password("acme", *TWO_VERSIONS), held(-50, -40))
    assert not jan_could_know(registry, 1)
    met = company(account(owner_roles=later), password("acme", *TWO_VERSIONS), held(-50, -34))
    assert jan_could_know(met, 1)


def test_who_could_open_the_vault_could_know_what_was_stored_in_it() -> None:
    stored = (
        version(1, days(-60), superseded_at=days(-55), retired_at=days(-51), stored=True),
        version(2, days(-55), superseded_at=days(-30), stored=True),
        version(3, days(-30), stored=False),
        version(4, days(-10), stored=True),
    )
    registry = company(account(), password("acme", *stored), MEMBER)
    assert [jan_could_know(registry, n) for n in (1, 2, 3, 4)] == [False, True, False, False]


def test_what_was_only_assumed_ends_when_the_source_says_so() -> None:
    guess = saw("jan", how="assumed", at=days(-9), until=days(-2))
    registry = company(account(), password(), guess)
    assert [jan_could_know(registry, 1, at) for at in (-10, -9, -3, -2)] == [
        False,
        True,
        True,
        False,
    ]


def test_could_know_and_did_see_are_not_the_same() -> None:
    guess = saw("jan", how="assumed")
    registry = company(account(), password(), guess, holds("jan"))
    credential = registry.get("password of acme", Credential)
    assert jan_could_know(registry, 1)
    assert did_see(registry, "jan", credential, 1) == []
    shown = Exposure(
        id="shown", credential=credential.id, version=1, person="jan", how="revealed", at=days(-1)
    )
    registry = company(account(), password(), guess, shown)
    assert did_see(registry, "jan", credential, 1) == [shown]


def test_a_session_outlives_the_password() -> None:
    registry = company(account(), password("acme", *TWO_VERSIONS), saw("jan"))
    assert jan_is_inside(registry)


def test_ending_sessions_puts_out_who_could_not_log_in_any_more() -> None:
    ended = account(sessions_ended=(days(-30),))
    assert not jan_is_inside(company(ended, password("acme", *TWO_VERSIONS), saw("jan")))


def test_a_session_that_was_ended_too_early_was_opened_again() -> None:
    ended = account(sessions_ended=(days(-31),))
    assert jan_is_inside(company(ended, password("acme", *TWO_VERSIONS), saw("jan")))


def test_a_password_without_the_second_factor_leaves_no_session() -> None:
    registry = company(account(), password(), saw("jan"), totp("acme", "ann"))
    assert not jan_is_inside(registry)


def test_a_time_without_a_second_factor_is_enough_for_a_session() -> None:
    late = totp("acme", "ann", since=days(-3))
    assert jan_is_inside(company(account(), password(), saw("jan"), late))
    assert not jan_is_inside(company(account(), password(), saw("jan", at=days(-3)), late))


def test_a_recovery_code_was_enough_for_a_session() -> None:
    codes = Credential(id="codes", account="acme", what="recovery_codes", versions=(version(),))
    seen = Exposure(
        id="codes seen", credential="codes", version=1, person="jan", how="copied", at=days(-9)
    )
    records = (account(), password(), saw("jan"), totp("acme", "ann"), codes)
    assert not jan_is_inside(company(*records))
    assert jan_is_inside(company(*records, seen))


def test_a_live_session_opens_the_accounts_one_signs_in_to_with_it() -> None:
    parent = account("parent", owner_roles=(), sessions_ended=(days(-5),))
    child = account(
        "child", owner_roles=(), sessions_ended=(days(-9),), sign_in_accounts=since("parent")
    )
    rotated = password("parent", version(1, superseded_at=days(-20)), version(2, days(-20)))
    registry = company(parent, child, rotated, saw("jan", "parent"))
    assert not jan_is_inside(registry, "parent")
    # Jan was still inside the parent when the child's sessions were ended, and could return.
    assert jan_is_inside(registry, "child")
    assert not jan_is_inside(registry, "child", at=-301)


def test_accounts_that_sign_in_with_each_other_share_their_sessions() -> None:
    one = account("one", owner_roles=(), sign_in_accounts=since("two"))
    two = account("two", owner_roles=(), sign_in_accounts=since("one"))
    assert not jan_is_inside(company(one, two, password("two")), "one")
    registry = company(one, two, password("two"), saw("jan", "two"))
    assert jan_is_inside(registry, "one")
    assert jan_is_inside(registry, "two")


def test_who_came_into_the_parent_after_the_child_was_taken_off_it_is_not_inside_the_child() -> (
    None
):
    parent = account("parent", owner_roles=())
    once = since("parent", until=days(-20))
    child = account("child", owner_roles=(), sign_in_accounts=once)
    records = (parent, child, password("parent"))
    assert jan_is_inside(company(*records, saw("jan", "parent", at=days(-30))), "child")
    assert not jan_is_inside(company(*records, saw("jan", "parent", at=days(-10))), "child")


def test_nobody_is_inside_what_is_closed() -> None:
    registry = company(account(until=days(-1)), password(), saw("jan"))
    assert jan_is_inside(registry, at=-2)
    assert not jan_is_inside(registry)


def test_a_mailbox_that_is_gone_gets_no_codes() -> None:
    gone = mailbox("codes", "jan", until=days(-200))
    records = (account(), password("acme", version(1, days(-100))), saw("jan"))
    by_mail = totp("acme", mailbox="codes")
    assert not jan_is_inside(company(*records, by_mail, gone))
    assert jan_is_inside(company(*records, by_mail, mailbox("codes", "jan")))


def test_the_owner_of_a_mailbox_gets_its_codes_without_being_named_as_a_reader() -> None:
    records = (account(owner_roles=()), password(), saw("jan"), totp("acme", mailbox="codes"))
    assert jan_is_inside(company(*records, mailbox("codes", owner="jan")))
    assert not jan_is_inside(company(*records, mailbox("codes", owner="ann")))


def test_a_seed_that_was_replaced_makes_no_codes_any_more() -> None:
    seed = Credential(
        id="seed",
        account="acme",
        what="totp_seed",
        versions=(version(1, superseded_at=days(-50)), version(2, days(-50))),
    )
    seen = Exposure(
        id="seed seen", credential="seed", version=1, person="jan", how="copied", at=days(-90)
    )
    records = (account(owner_roles=()), password(), totp("acme", credential="seed"), seed, seen)
    assert jan_is_inside(company(*records, saw("jan", at=days(-60))))
    assert not jan_is_inside(company(*records, saw("jan", at=days(-40))))


def test_a_factor_is_of_no_use_once_the_account_asks_for_another_one() -> None:
    before = totp("acme", "jan", id="before", until=days(-50))
    after = totp("acme", "ann", id="after", since=days(-50))
    known_since = saw("jan", at=days(-40))
    records = (account(owner_roles=()), password())
    assert not jan_is_inside(company(*records, known_since, before, after))
    assert jan_is_inside(company(*records, saw("jan"), before, after))


def test_whose_contract_a_number_is_gets_its_codes_at_any_time_whoever_carries_it() -> None:
    phone = Phone(id="phone", number="+31612345678", contract="jan", carriers=since("eva"))
    registry = company(phone)
    assert carrying_span(registry, "jan", "phone") == ANYTIME
    assert carrying_span(registry, "eva", "phone") not in (ANYTIME, NEVER)
    ours = company(replace(phone, contract=""))
    assert carrying_span(ours, "jan", "phone") == NEVER
