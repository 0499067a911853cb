from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from tests.unit.domain.company import (
    account,
    catalogue,
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
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.spell import Spell
from vault.domain.steps import RESET, Act, Step
from vault.errors import RefusedError, UsageError

LAST_DAY = days(30).date()


def of(registry: Registry, **fields: Any) -> Plan:
    return plan(registry, Departure(person="jan", last_day=LAST_DAY, **fields), days(0))


def acts(made: Plan) -> list[Act]:
    return [step.act for step in made.steps]


def the(made: Plan, act: Act) -> Step:
    (step,) = (step for step in made.steps if step.act == act)
    return step


def test_a_shared_login_is_handed_over_and_its_password_changed() -> None:
    made = of(company(account(), password(), holds("jan"), holds("ann")))
    assert acts(made) == ["end_role_assignment", "rotate_password", "end_sessions"]
    assert made.verdict.holds
    assert made.blockers == ()
    assert {step.assignee for step in made.steps} == {"ann"}


def test_a_secret_is_made_only_when_the_leaver_is_no_longer_entitled_to_it() -> None:
    made = of(company(account(), password(), holds("jan"), holds("ann")))
    assert the(made, "end_role_assignment").id in the(made, "rotate_password").depends_on


def test_codes_are_renewed_only_when_the_leaver_is_no_longer_entitled_to_them() -> None:
    codes = Credential(id="codes", account="acme", what="recovery_codes", versions=(version(),))
    records = (account(), password(), totp("acme", "webcare"), codes, holds("jan"), holds("ann"))
    made = of(company(*records))
    order = acts(made)
    assert order.index("end_role_assignment") < order.index("renew_recovery_codes")
    assert the(made, "end_role_assignment").id in the(made, "renew_recovery_codes").depends_on


def test_who_has_nothing_leaves_nothing_to_do() -> None:
    made = of(company(account(), password(), holds("ann")))
    assert made.steps == ()
    assert made.verdict.holds


def test_a_role_is_never_left_without_a_holder() -> None:
    made = of(company(account(), password(), holds("jan")))
    assert not made.verdict.sealed
    assert "nobody else holds the role webcare" in [each.what for each in made.blockers]
    succeeded = of(company(account(), password(), holds("jan")), successors={"webcare": "ann"})
    assert acts(succeeded)[:2] == ["assign_role", "end_role_assignment"]
    assert succeeded.verdict.holds


def test_the_last_owner_is_replaced_before_the_seat_goes() -> None:
    registry = company(
        account(), holds("ann"), seat("jan", "owner"), waits={"transfer_ownership": 7}
    )
    made = of(registry)
    assert acts(made) == ["add_seat", "confirm_seat", "transfer_ownership", "remove_seat"]
    transfer = the(made, "transfer_ownership")
    assert transfer.not_before == days(7).date()
    assert the(made, "add_seat").due == date(2026, 7, 8)
    assert made.blockers == ()
    without_help = of(registry, mode="immediate")
    assert "nobody who stays has full rights on net/@acme" in [
        b.what for b in without_help.blockers
    ]


def test_a_wait_that_outlasts_the_last_day_is_a_blocker() -> None:
    registry = company(
        account(), holds("ann"), seat("jan", "owner"), waits={"transfer_ownership": 60}
    )
    made = of(registry)
    late = [each for each in made.blockers if "after the last day" in each.what]
    assert [each.account for each in late] == ["acme"]
    assert "None" not in late[0].what
    assert made.verdict.holds
    assert "a matter of dates, by which nobody is locked out" in late[0].what


def test_an_account_moves_from_a_private_mailbox_to_a_proved_one_of_its_role() -> None:
    registry = company(
        account(login_mailboxes=since("home")),
        mailbox("home", owner="jan", type="personal"),
        mailbox("web", "webcare", owner="webcare"),
        holds("ann"),
        resets_by_mail="yes",
    )
    made = of(registry)
    assert acts(made) == ["prove_mailbox", "change_login_mail"]
    assert the(made, "change_login_mail").to == "web"
    assert made.verdict.holds


def test_what_a_leaver_may_have_set_by_reset_is_changed_with_the_private_address() -> None:
    registry = company(
        account(login_mailboxes=since("home")),
        password(),
        mailbox("home", owner="jan", type="personal"),
        mailbox("web", "webcare", owner="webcare"),
        holds("ann"),
        resets_by_mail="yes",
    )
    made = of(registry)
    assert the(made, "rotate_password").reason == RESET
    assert the(made, "end_sessions").reason == RESET
    assert made.verdict.holds


def test_a_personal_second_factor_is_replaced_by_one_of_the_role() -> None:
    made = of(company(account(), password(), holds("ann"), saw("jan"), totp("acme", "jan", "ann")))
    order = acts(made)
    assert order.index("enrol_factor") < order.index("remove_factor")
    assert the(made, "enrol_factor").to == "webcare"
    assert made.verdict.holds


def test_two_who_leave_together_are_not_left_to_each_other() -> None:
    eve = Person(id="eve", name="Eve", last_day=days(20).date())
    registry = company(eve, account(), password(), holds("jan"), holds("eve"))
    made = of(registry)
    assert "nobody else holds the role webcare" in [each.what for each in made.blockers]
    stays_longer = msgspec.structs.replace(eve, last_day=days(31).date())
    assert of(registry.apply(changes(stays_longer))).verdict.holds


def test_a_role_that_is_to_begin_later_is_taken_away_as_well() -> None:
    later = Assignment(id="later", person="jan", role="webcare", since=days(31))
    made = of(company(account(), password(), holds("ann"), later))
    assert acts(made) == ["end_role_assignment"]
    assert made.verdict.sealed


def test_what_lets_a_leaver_in_later_breaks_the_seal() -> None:
    expiring = totp("acme", "ann", until=days(39))
    guess = saw("jan", how="assumed", until=days(60))
    made = of(company(account(), password(), guess, expiring))
    assert not made.verdict.sealed
    assert made.verdict.remaining[0].why[0] == "from 2026-07-24 on"


def test_the_vault_keeps_a_member_who_stays() -> None:
    member = (Spell("key", days(-99)),)
    jan = Person(id="jan", name="Jan", memberships=member)
    alone = of(company(jan))
    assert [each.what for each in alone.blockers] == ["nobody who stays could open the vault"]
    assert not alone.verdict.sealed
    ann = Person(id="ann", name="Ann", memberships=member)
    both = of(company(jan, ann))
    assert acts(both) == ["remove_vault_member", "advance_vault_keys"]
    assert both.verdict.holds


def test_the_company_being_locked_out_is_said_in_an_immediate_departure_too() -> None:
    """A new factor for a role that nobody holds takes the place of the one that Ann had."""
    registry = company(
        account(),
        password(),
        saw("ann"),
        saw("jan"),
        totp("acme", "jan", "ann"),
        seat("ann", "full"),
    )
    made = of(registry, mode="immediate")
    assert not made.verdict.never_locked_out
    assert "acme" in {each.account for each in made.blockers}


def test_a_company_phone_comes_back() -> None:
    phone = Phone(id="phone", number="+31 20 555 0100", carriers=since("jan"))
    registry = company(
        account(recovery_phones=since("phone")), phone, holds("ann"), resets_by_phone="yes"
    )
    made = of(registry)
    assert acts(made) == ["collect_device"]
    assert the(made, "collect_device").to == "webcare"
    assert made.verdict.holds


def test_sessions_of_an_account_end_after_those_of_what_one_signs_in_with() -> None:
    page = account("page", sign_in_accounts=since("acme"))
    made = of(
        company(
            account(),
            page,
            password(),
            saw("jan"),
            holds("ann"),
            password_change_ends_sessions="yes",
        )
    )
    assert [(s.act, s.account) for s in made.steps] == [
        ("rotate_password", "acme"),
        ("end_sessions", "page"),
    ]
    assert made.steps[1].depends_on == (made.steps[0].id,)
    assert made.verdict.holds


def test_ownership_goes_to_the_seat_that_is_known_to_work() -> None:
    doubtful = seat("ann", "edit", id="doubtful", confirmed_on=None)
    registry = company(account(), seat("jan", "owner"), doubtful, seat("ann", "full"))
    step = Step(id="1", act="transfer_ownership", account="acme", target="jan on acme", to="ann")
    changed = effect(registry, step, days(0), "ann")
    ended = {c.record.id for c in changed if isinstance(c.record, Seat) and c.record.until}
    assert ended == {"jan on acme", "ann on acme"}


def test_a_role_account_that_only_the_leaver_can_use_does_not_hold_the_rights() -> None:
    hub = account("hub", owner_roles=())
    held = Seat(
        id="held",
        account="acme",
        role_account="hub",
        level="owner",
        since=days(-9),
        confirmed_on=days(-9),
    )
    step = Step(
        id="1", act="remove_seat", account="acme", target="jan on acme", person="jan", level="owner"
    )
    unusable = company(
        account(), hub, held, seat("jan", "owner"), password("hub"), saw("jan", "hub")
    )
    assert objection(unusable, step, days(0))
    usable = unusable.apply(changes(saw("ann", "hub")))
    assert objection(usable, step, days(0)) == ""


@pytest.mark.parametrize(
    ("day", "successors", "error"),
    [(days(-1).date(), {}, UsageError), (LAST_DAY, {"": "jan"}, RefusedError)],
)
def test_a_departure_that_makes_no_sense_is_refused(
    day: date, successors: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        plan(company(), Departure("jan", day, successors=successors), days(0))


def test_who_leaves_as_well_cannot_succeed() -> None:
    registry = company(Person(id="ann", name="Ann", last_day=LAST_DAY))
    with pytest.raises(RefusedError, match="does not stay"):
        of(registry, successors={"webcare": "ann"})


def test_replacing_a_password_keeps_exactly_one_version_current() -> None:
    registry = company(account(), password(), holds("ann"))
    step = Step(id="1", act="rotate_password", account="acme", target="password of acme")
    after = registry.apply(effect(registry, step, days(0), "ann"))
    versions = after.get("password of acme", Credential).versions
    assert [v.stage(days(0)) for v in versions] == ["previous", "current"]
    assert [v.stage(days(-1)) for v in versions] == ["current", "unmade"]
    assert of_jan(after).level("acme") is None
    assert registry.catalogue == catalogue()


def test_a_company_device_that_gets_its_codes_on_a_private_phone_is_replaced() -> None:
    private = Phone(id="phone", number="+31 6 55501000", contract="jan", carriers=since("jan"))
    factor = totp("acme", "jan", "ann", phone="phone", company_device=True)
    made = of(company(account(), password(), holds("ann"), saw("jan"), private, factor))
    assert "collect_device" not in acts(made)
    assert {"enrol_factor", "remove_factor"} <= set(acts(made))
    assert made.verdict.holds


def test_a_private_address_that_is_to_become_a_recovery_address_is_taken_off() -> None:
    registry = company(
        account(recovery_mailboxes=since("home", at=days(9))),
        mailbox("home", owner="jan", type="personal"),
        holds("ann"),
        seat("ann", "full"),
        resets_by_mail="yes",
    )
    made = of(registry)
    assert acts(made) == ["change_recovery_mail"]
    assert made.verdict.sealed


def test_a_mailbox_that_only_a_closed_account_uses_can_be_released() -> None:
    registry = company(
        account(until=days(-1)),
        mailbox("old", owner="jan", type="licensed"),
        totp("acme", mailbox="old"),
    )
    made = of(registry)
    assert acts(made) == ["release_mailbox"]
    assert made.verdict.holds


def test_a_secret_is_made_only_when_the_leaver_can_no_longer_open_the_vault() -> None:
    member = (Spell("key", days(-99)),)
    jan, ann = (Person(id=n, name=n.title(), memberships=member) for n in ("jan", "ann"))
    made = of(company(account(), password("acme", version(stored=True)), jan, ann, holds("ann")))
    order = acts(made)
    assert order.index("remove_vault_member") < order.index("rotate_password")
    assert the(made, "remove_vault_member").id in the(made, "rotate_password").depends_on


def test_nothing_moves_to_what_is_somebodys_own() -> None:
    proved = days(-1)
    registry = company(
        account(),
        mailbox("role's", owner="webcare", type="personal", proven_at=proved),
        mailbox("ann's", owner="ann", proven_at=proved),
        mailbox("shared", owner="webcare", proven_at=proved),
    )
    said = [
        objection(registry, Step(id="1", act="change_login_mail", account="acme", to=to), days(0))
        for to in ("role's", "ann's", "shared")
    ]
    assert [bool(each) for each in said] == [True, True, False]


def test_an_account_that_is_lost_takes_with_it_what_it_contains() -> None:
    registry = company(
        account(),
        account("page", owner_roles=(), containers=since("acme")),
        password(),
        saw("ann"),
        saw("jan"),
        totp("acme", "jan", "ann"),
        seat("ann", "full"),
    )
    made = of(registry, mode="immediate")
    assert {name for name, _ in made.verdict.lost} == {"acme", "page"}


def test_what_remains_is_told_in_the_order_of_names() -> None:
    both = (account("a", handles=since("zebra")), account("b", handles=since("apple")))
    registry = company(*both, seat("jan", "owner", "a"), seat("jan", "owner", "b"))
    names = [registry.name_of(each.account) for each in of(registry).verdict.remaining]
    assert names == ["net/@apple", "net/@zebra"]


def test_removing_a_factor_leaves_a_secret_that_ended_before_as_it_was() -> None:
    old = password(until=days(-3))
    registry = company(account(), old, totp("acme", "jan", credential=old.id))
    step = Step(id="1", act="remove_factor", account="acme", target="factor of acme")
    after = registry.apply(effect(registry, step, days(0), "ann"))
    assert after.find(old.id) == old
