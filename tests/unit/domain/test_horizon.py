"""What a plan makes of what begins or ends before the last day, and of the order it allows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from tests.unit.domain.company import (
    account,
    company,
    days,
    holds,
    mailbox,
    of_jan,
    password,
    saw,
    seat,
    since,
    totp,
    version,
)
from vault.domain.changes import changes
from vault.domain.credential import Credential
from vault.domain.effects import effect
from vault.domain.guards import objection
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.spell import Spell
from vault.domain.steps import Act, Step
from vault.domain.ties import all_ties

LAST_DAY = days(30).date()
BOB = Person(id="bob", name="Bob")
SEED = Credential(id="seed", account="acme", what="totp_seed", versions=(version(),))


def of(registry: Registry, **fields: Any) -> Plan:
    return plan(registry, Departure(person="jan", last_day=LAST_DAY, **fields), days(0))


def acts(made: Plan) -> list[Act]:
    return [step.act for step in made.steps]


def the(made: Plan, act: Act) -> Step:
    (step,) = (step for step in made.steps if step.act == act)
    return step


def done(registry: Registry, made: Plan, day: int) -> Registry:
    """Every step in order on one day, none of which a guard refuses."""
    for step in made.steps:
        assert objection(registry, step, days(day)) == "", step
        registry = registry.apply(effect(registry, step, days(day), step.assignee))
    return registry


def test_what_a_role_that_begins_before_the_last_day_gives_to_know_is_changed() -> None:
    later = replace(holds("jan"), since=days(9))
    registry = company(account(), password(), holds("ann"), later)
    made = of(registry)
    assert acts(made) == ["end_role_assignment", "rotate_password", "end_sessions"]
    assert the(made, "end_role_assignment").not_before == days(9).date()
    assert made.verdict.holds
    assert of_jan(done(registry, made, 30), days(31)).level("acme") is None


def test_at_once_a_role_is_ended_before_it_begins_and_gives_nothing_to_know() -> None:
    later = replace(holds("jan"), since=days(9))
    made = of(company(account(), password(), holds("ann"), later), mode="immediate")
    assert acts(made) == ["end_role_assignment"]
    assert made.steps[0].not_before is None


@pytest.mark.parametrize(
    ("gets", "cut"),
    [
        (seat("jan", "owner", since=days(9)), "remove_seat"),
        (
            replace(mailbox("web", owner="webcare"), readers=since("jan", at=days(9))),
            "remove_mailbox_reader",
        ),
        (Phone(id="p", number="+31", carriers=since("jan", at=days(9))), "collect_device"),
        (
            Person(id="jan", name="Jan", memberships=(Spell("key", days(9)),)),
            "remove_vault_member",
        ),
        (replace(totp(), holders=since("jan", at=days(9))), "remove_factor"),
    ],
    ids=["seat", "mailbox", "phone", "vault", "factor"],
)
def test_what_the_leaver_gets_before_the_last_day_is_not_taken_before_they_have_it(
    gets: Record, cut: Act
) -> None:
    kept = Person(id="ann", name="Ann", memberships=(Spell("her key", days(-9)),))
    registry = company(account(), password(), kept, saw("ann"), seat("ann", "owner"), gets)
    made = of(registry)
    assert the(made, cut).not_before == days(9).date()
    assert made.blockers == ()


def test_a_holder_whose_role_ends_before_the_last_day_is_not_counted_on() -> None:
    registry = company(BOB, account(), password(), holds("jan"), holds("bob", until=days(9)))
    made = of(registry)
    assert "nobody else holds the role webcare" in [each.what for each in made.blockers]
    assert "bob" not in {step.assignee for step in made.steps}
    assert "the role webcare is left with 0 of at least 2 holders" in made.cautions
    succeeded = of(registry, successors={"webcare": "ann"})
    assert succeeded.blockers == ()
    assert of_jan(done(registry, succeeded, 30), days(31)).level("acme") is None
    longer = company(BOB, account(), password(), holds("jan"), holds("bob", until=days(40)))
    assert of(longer).blockers == ()


@pytest.mark.parametrize(
    "relied_on",
    [
        seat("ann", "owner", until=days(9)),
        replace(mailbox("box"), readers=since("ann", until=days(9))),
        replace(totp(), holders=since("ann", until=days(9))),
    ],
    ids=["seat", "mailbox", "factor"],
)
def test_what_somebody_else_has_only_until_then_is_no_way_in_for_the_company(
    relied_on: Record,
) -> None:
    registry = company(
        account(owner_roles=(), login_mailboxes=since("box")),
        seat("jan", "owner"),
        relied_on,
        resets_by_mail="yes",
    )
    if relied_on.id == "factor of acme":
        registry = Registry((*registry.records(), password(), saw("ann")), registry.catalogue)
    made = of(registry)
    assert made.blockers
    assert not made.verdict.sealed


def test_a_seat_of_a_role_account_that_ends_until_then_is_no_way_in_for_the_company_either() -> (
    None
):
    parts = (account("tool"), password("tool"), saw("ann", "tool"), account(owner_roles=()))

    def holds_for(until: datetime | None) -> bool:
        given = seat("", "owner", role_account="tool", until=until)
        made = of(company(*parts, seat("jan", "owner"), given))
        return made.verdict.holds and not made.blockers

    assert holds_for(None)
    assert holds_for(days(40))
    assert not holds_for(days(9))


def test_who_could_log_in_once_a_second_factor_is_not_asked_for_any_more_is_shut_out() -> None:
    registry = company(
        account(), password(), holds("ann"), saw("jan"), totp("acme", "ann", until=days(9))
    )
    made = of(registry)
    assert acts(made) == ["rotate_password", "end_sessions"]
    assert of_jan(done(registry, made, 30), days(31)).level("acme") is None


def test_a_secret_that_no_second_factor_is_made_from_is_no_tie() -> None:
    made = of(company(account(), password(), SEED, holds("jan"), holds("ann")))
    assert "totp_seed" not in {tie.kind for tie in made.ties}
    assert made.verdict.holds


def test_every_tie_of_a_plan_without_blockers_is_gone_after_its_last_step() -> None:
    asked = totp("acme", credential="seed", since=days(40))
    registry = company(account(), password(), SEED, asked, holds("jan"), holds("ann"))
    made = of(registry)
    assert "totp_seed" in {tie.kind for tie in made.ties}
    assert made.blockers == ()
    assert all_ties(done(registry, made, 30), "jan", days(30)) == ()


@pytest.mark.parametrize("mode", ["planned", "immediate"])
def test_a_factor_that_who_stays_uses_goes_when_they_have_another(mode: Any) -> None:
    app, key = totp("acme", "bob", "jan"), totp("acme", "webcare", id="key")
    registry = company(
        BOB,
        account(login_mailboxes=since("box")),
        mailbox("box", "bob", owner="webcare"),
        app,
        key,
        holds("jan"),
        resets_by_mail="yes",
    )
    made = of(registry, mode=mode, successors={"": "bob"})
    assert made.blockers == ()
    assert the(made, "assign_role").id in the(made, "remove_factor").depends_on


def test_an_account_moves_only_when_somebody_reads_the_new_address() -> None:
    registry = company(
        account(login_mailboxes=since("old")),
        mailbox("old", "ann", owner="jan"),
        mailbox("web", "webcare", owner="webcare"),
        holds("jan"),
        resets_by_mail="yes",
    )
    made = of(registry, successors={"": "ann"})
    assert made.blockers == ()
    assert the(made, "assign_role").id in the(made, "change_login_mail").depends_on


def test_ending_what_is_over_already_makes_it_no_longer() -> None:
    registry = company(account(), password(), holds("ann"), holds("jan", until=days(9)))
    made = of(registry)
    after = done(registry, made, 30)
    assert after.find("jan as webcare") == registry.find("jan as webcare")


BY_MAIL: dict[str, Any] = {"resets_by_mail": "yes"}


# -- an account that opens before the last day ---------------------------------------------------

FIRST = days(9)
SOON = account(
    since=FIRST,
    handles=since("acme", at=FIRST),
    owner_roles=since("webcare", at=FIRST),
    login_mailboxes=since("own", at=FIRST),
)
NEW = password("acme", version(at=FIRST))
OWN = mailbox("own", owner="jan")
WEB = mailbox("web", "webcare", owner="webcare", proven_at=days(-9))


def test_an_account_that_opens_before_the_last_day_is_taken_from_the_leaver_as_well() -> None:
    registry = company(SOON, NEW, OWN, WEB, holds("jan"), holds("ann"))
    made = of(registry)
    begins = {step.act: step.not_before for step in made.steps}
    assert begins["rotate_password"] == begins["change_login_mail"] == FIRST.date()
    assert begins["end_role_assignment"] is None
    assert the(made, "change_login_mail").id in the(made, "release_mailbox").depends_on
    assert made.verdict.holds
    after = done(registry, made, 30)
    assert of_jan(after, days(31)).level("acme") is None
    assert [t for t in all_ties(after, "jan", days(31)) if t.account] == []


def test_what_hangs_on_an_account_that_opens_later_has_to_wait_for_it() -> None:
    inner = account("inner", containers=since("acme"))
    full = (seat("jan", "full", "inner"), seat("ann", "edit", "inner"), holds("ann"))
    registry = company(SOON, NEW, OWN, WEB, inner, *full, saw("ann", at=FIRST))
    made = of(registry)
    assert the(made, "remove_seat").not_before == FIRST.date()


def test_what_begins_later_keeps_nothing_waiting_that_is_not_about_it() -> None:
    member = Person(id="jan", name="Jan", memberships=since("key"))
    bob = replace(BOB, memberships=since("other"))
    later = replace(holds("jan"), since=days(9))
    registry = company(account(), password(), member, bob, holds("ann"), later)
    made = of(registry)
    assert the(made, "end_role_assignment").not_before == days(9).date()
    assert the(made, "remove_vault_member").not_before is None


def test_mail_that_lets_in_to_an_account_before_the_last_day_leaves_a_session_there() -> None:
    own = mailbox("own", owner="jan", until=days(20))
    soon = account(recovery_mailboxes=since("own", at=days(9)))
    no_password = {"not_applicable": {"rotate_password": "the mailbox is the key"}}
    registry = company(soon, own, holds("ann"), seat("ann", "owner"), **BY_MAIL, **no_password)
    assert the(of(registry), "end_sessions").not_before == days(9).date()
    jan = Person(id="jan", name="Jan", other_mails=("own@acme.example",))
    theirs = registry.apply(changes(jan, replace(own, owner="")))
    assert the(of(theirs), "end_sessions").not_before == days(9).date()
    assert "end_sessions" not in acts(of(company(soon, own, holds("ann"), **BY_MAIL)))


def test_no_account_moves_to_mail_whose_end_is_on_record_also_where_the_leaver_reads_it() -> None:
    ends = mailbox("ends", "webcare", owner="webcare", proven_at=days(-1), until=days(9))
    hangs = account(login_mailboxes=since("own"))
    both = (hangs, password(), mailbox("own", owner="jan"), holds("jan"), holds("ann"), ends)
    said = [blocker.what for blocker in of(company(*both, **BY_MAIL)).blockers]
    assert "no company mailbox can take over net/@acme" in said
    made = of(company(*both, WEB, **BY_MAIL))
    assert the(made, "change_login_mail").to == WEB.id
    assert made.verdict.holds


def test_a_seat_waits_for_a_new_factor_where_one_begins_that_nobody_is_known_to_have() -> None:
    nobody = totp("acme", since=days(9))
    registry = company(account(), password(), holds("ann"), seat("jan", "full"), nobody)
    made = of(registry)
    assert the(made, "remove_seat").depends_on == (the(made, "enrol_factor").id,)
    assert made.verdict.holds
    assert objection(registry, the(made, "remove_seat"), days(9)) != ""
    done(registry, made, 9)


def test_what_a_role_gets_before_the_last_day_lets_in_the_leaver_who_holds_it() -> None:
    """A phone with the codes goes to the role: from then on the leaver could log in."""
    phone = Phone(id="phone", number="+31612345678", carriers=since("webcare", at=days(7)))
    sms = replace(totp(), method="sms", phone="phone")
    key = replace(totp("acme", "ann", id="key"), method="security_key")
    box = account(sessions_ended=(days(-1),))
    registry = company(box, password(), holds("jan"), holds("ann"), phone, sms, key)
    made = of(registry)
    assert acts(made) == ["end_role_assignment", "rotate_password", "end_sessions"]
    assert the(made, "end_role_assignment").not_before is None
    assert made.verdict.holds
    assert of_jan(done(registry, made, 29), days(31)).level("acme") is None
