"""A plan made anew: what was done is never in it, what came back is, under an id of its own."""

from __future__ import annotations

import msgspec
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
from vault.domain.cases import Mode, Progress
from vault.domain.changes import changes
from vault.domain.effects import effect
from vault.domain.factor import Factor
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.registry import Registry
from vault.domain.spell import Spell
from vault.domain.steps import Act, Step
from vault.services.offboarding import merged

LAST_DAY = days(30).date()


def of(registry: Registry, number: int, *done: Step, mode: Mode = "planned") -> Plan:
    departure = Departure("jan", LAST_DAY, mode)
    return plan(registry, departure, days(number), frozenset(step.id for step in done))


def the(made: Plan, act: Act) -> Step:
    (step,) = (step for step in made.steps if step.act == act)
    return step


def carried_out(registry: Registry, made: Plan, number: int, *left: Act) -> Registry:
    for step in made.steps:
        if step.act not in left:
            registry = registry.apply(effect(registry, step, days(number), "ann"))
    return registry


def acts(made: Plan) -> list[Act]:
    return [step.act for step in made.steps]


def test_a_factor_that_the_leaver_got_hold_of_is_replaced_by_another_new_one() -> None:
    registry = company(account(), password(), totp("acme", "jan"), holds("ann"))
    first = of(registry, 0)
    registry = carried_out(registry, first, 1)
    assert of(registry, 2, *first.steps).steps == ()
    (new,) = (f for f in registry.all(Factor) if f.holds(days(1)))
    got = msgspec.structs.replace(new, holders=(*new.holders, Spell("jan", days(2))))
    again = of(registry.apply(changes(got)), 3, *first.steps)
    assert the(again, "enrol_factor").id != the(first, "enrol_factor").id
    assert the(again, "remove_factor").target == new.id
    assert again.verdict.holds


def test_a_seat_that_was_given_and_waits_to_be_used_is_not_given_again() -> None:
    registry = company(account(), holds("ann"), seat("jan", "full"))
    first = of(registry, 0)
    given = the(first, "add_seat")
    begun = registry.apply(effect(registry, given, days(1), "ann"))
    again = of(begun, 2, given)
    assert acts(again) == ["confirm_seat", "remove_seat"]
    assert the(again, "confirm_seat").id == the(first, "confirm_seat").id
    assert again.verdict.holds


def test_a_seat_that_was_taken_away_again_is_given_under_another_id() -> None:
    registry = company(account(), holds("ann"), seat("jan", "full"))
    first = of(registry, 0)
    given = the(first, "add_seat")
    begun = registry.apply(effect(registry, given, days(1), "ann"))
    (new,) = (s for s in begun.seats_on["acme"] if s.person == "ann")
    taken = Step(id="", act="remove_seat", account="acme", target=new.id)
    again = of(begun.apply(effect(begun, taken, days(2), "ann")), 3, given)
    assert acts(again) == ["add_seat", "confirm_seat", "remove_seat"]
    assert the(again, "add_seat").id != given.id
    assert the(again, "confirm_seat").target != new.id
    assert again.verdict.holds


def moving(*addresses: Spell) -> Registry:
    return company(
        account(login_mailboxes=addresses or since("home")),
        password(),
        mailbox("home", owner="jan", type="personal"),
        mailbox("web", "webcare", owner="webcare", proven_at=days(-2)),
        holds("ann"),
        resets_by_mail="yes",
    )


def test_a_password_that_was_changed_while_the_leaver_got_the_resets_is_changed_again() -> None:
    first = of(moving(), 0, mode="immediate")
    early = [the(first, "rotate_password"), the(first, "end_sessions")]
    begun = carried_out(moving(), first, 1, "change_login_mail")
    again = of(begun, 2, *early, mode="immediate")
    assert acts(again) == ["change_login_mail", "rotate_password", "end_sessions"]
    assert {step.id for step in again.steps}.isdisjoint(step.id for step in early)


def test_a_password_that_was_changed_when_the_leaver_got_no_resets_is_not_changed_again() -> None:
    registry = moving().apply(changes(mailbox("home", owner="jan")))  # which IT can shut to him
    first = of(registry, 0, mode="immediate")
    early = [the(first, each) for each in ("block_mailbox", "rotate_password", "end_sessions")]
    begun = carried_out(registry, first, 1, "change_login_mail", "release_mailbox")
    again = of(begun, 2, *early, mode="immediate")
    assert acts(again) == ["change_login_mail", "release_mailbox"]


@pytest.mark.parametrize("mode", ["planned", "immediate"])
def test_the_password_of_an_account_that_has_moved_already_is_still_to_be_changed(
    mode: Mode,
) -> None:
    first = of(moving(), 0, mode=mode)
    moved = carried_out(moving(), first, 1, "rotate_password", "end_sessions")
    again = of(moved, 2, the(first, "change_login_mail"), mode=mode)
    left = [the(first, "rotate_password"), the(first, "end_sessions")]
    assert [step.id for step in again.steps] == [step.id for step in left]


def test_a_password_is_changed_again_where_the_address_came_back_to_the_leaver() -> None:
    first = of(moving(), 0)
    moved = carried_out(moving(), first, 1)
    assert of(moved, 2, *first.steps).steps == ()
    back = Step(id="", act="change_login_mail", account="acme", target="web", to="home")
    again = of(moved.apply(effect(moved, back, days(3), "ann")), 4, *first.steps)
    assert sorted(acts(again)) == sorted(acts(first))
    assert {step.id for step in again.steps}.isdisjoint(step.id for step in first.steps)
    assert again.verdict.holds


def test_a_new_plan_keeps_what_was_done_and_what_was_waived() -> None:
    registry = company(account(), password(), holds("jan"), holds("ann"))
    steps = of(registry, 0).steps
    done = Progress(steps[0], state="applied", applied_by="ann", applied_at=days(1))
    waived = Progress(steps[1], state="waived", reason="closes soon")
    blocked = Progress(steps[2], state="blocked", reason="no time")
    told = merged((done, waived, blocked), steps[1:], days(2))
    assert told == (done, waived, Progress(steps[2]))


WEB = mailbox("web", "webcare", owner="webcare", proven_at=days(-1))


def test_sessions_end_where_resets_went_to_the_leaver_also_where_they_knew_the_password() -> None:
    hangs = account(login_mailboxes=since("home"))
    home = mailbox("home", owner="jan", type="personal")
    known = (password(), saw("jan"), totp("acme", "ann"), holds("ann"))
    registry = company(hangs, home, WEB, *known, resets_by_mail="yes")
    first = of(registry, 0)
    assert acts(first) == ["change_login_mail", "rotate_password", "end_sessions"]
    registry = carried_out(registry, first, 1, "end_sessions")
    assert of(registry, 2, *first.steps[:2]).steps[0].id == first.steps[2].id


def test_sessions_are_still_to_end_where_an_account_moved_and_its_known_password_is_not_new() -> (
    None
):
    home = mailbox("home", owner="jan", type="personal")
    known = (password(), saw("jan"), totp("acme", "ann"), holds("ann"))
    hangs = account(login_mailboxes=since("home"))
    registry = company(hangs, home, WEB, *known, resets_by_mail="yes")
    first = of(registry, 0)
    moved = carried_out(registry, first, 1, "rotate_password", "end_sessions")
    again = of(moved, 2, first.steps[0])
    assert [step.id for step in again.steps] == [step.id for step in first.steps[1:]]


def test_mail_that_a_role_reads_goes_to_nobody_else_before_and_after_somebody_has_the_role() -> (
    None
):
    box = mailbox("box", "webcare", "jan")
    first = plan(
        company(holds("jan"), box), Departure("jan", LAST_DAY, successors={"": "ann"}), NOW
    )
    begun = carried_out(company(holds("jan"), box), first, 1, "remove_mailbox_reader")
    taken = the(first, "remove_mailbox_reader")
    assert taken.to == ""
    again = plan(begun, Departure("jan", LAST_DAY, successors={"": "ann"}), days(2))
    assert [step.id for step in again.steps] == [taken.id]


@pytest.mark.parametrize("done", [("change_login_mail",), ("change_recovery_mail",)])
def test_mail_that_an_account_moves_to_is_no_second_address_of_it(done: tuple[Act, ...]) -> None:
    hangs = account(login_mailboxes=since("home"), recovery_mailboxes=since("home"))
    home = mailbox("home", owner="jan", type="personal")
    registry = company(hangs, password(), home, WEB, holds("ann"), resets_by_mail="yes")
    first = of(registry, 0)
    assert the(first, "change_recovery_mail").to == ""
    left = {step.act for step in first.steps} - {*done}
    registry = carried_out(registry, first, 1, *left)
    again = of(registry, 2, *(step for step in first.steps if step.act in done))
    assert {step.id for step in again.steps} < {step.id for step in first.steps}
