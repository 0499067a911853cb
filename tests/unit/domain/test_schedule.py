"""Dates: backwards from the last day, and at once where somebody is cut off at once."""

from __future__ import annotations

from datetime import date, timedelta

from tests.unit.domain.company import (
    NOW,
    account,
    company,
    days,
    holds,
    mailbox,
    password,
    seat,
    since,
)
from vault.domain.cases import Mode
from vault.domain.grant import Grant
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.schedule import AFTERWARDS, due_from, late
from vault.domain.steps import Act, Step

TODAY = NOW.date()
LAST_DAY = days(30).date()


def made(mode: Mode, waits: int = 0, last_day: date = LAST_DAY) -> Plan:
    records = (
        *(account(login_mailboxes=since("own")), password(), holds("jan"), holds("ann")),
        *(account("tool"), account("channel", owner_roles=()), seat("jan", "owner", "channel")),
        Grant(id="grant", tool="tool", account="acme", granted_by="jan", since=days(-9)),
        mailbox("own", owner="jan"),
        mailbox("web", "webcare", owner="webcare", proven_at=days(-9)),
    )
    registry = company(*records, waits={"transfer_ownership": waits} if waits else {})
    return plan(registry, Departure("jan", last_day, mode, {"": "ann"}), NOW)


def dues(planned: Plan) -> dict[Act, date | None]:
    return {step.act: step.due for step in planned.steps}


def test_a_planned_departure_has_time_until_the_last_day() -> None:
    assert set(dues(made("planned")).values()) == {LAST_DAY}


def test_who_is_cut_off_at_once_is_out_today_and_the_rest_has_time() -> None:
    due = dues(made("immediate"))
    rest = {act for act in due if act in AFTERWARDS}
    assert rest == {"reconnect_tool", "release_mailbox"}
    assert {due[act] for act in rest} == {LAST_DAY}
    assert {day for act, day in due.items() if act not in rest} == {TODAY}


def test_what_has_to_wait_is_due_on_the_first_day_on_which_it_can_be_done() -> None:
    planned = made("immediate", waits=7)
    (transfer,) = (s for s in planned.steps if s.act == "transfer_ownership")
    assert transfer.not_before == transfer.due == TODAY + timedelta(days=7)
    assert not [b for b in planned.blockers if "after the last day" in b.what]


def test_a_day_that_is_over_or_too_early_is_told_as_what_can_be_done_and_as_late() -> None:
    planned = made("planned", waits=7, last_day=TODAY + timedelta(days=2))
    found = {step.act: step for step in planned.steps}
    assert found["add_seat"].due == TODAY - timedelta(days=5)
    told = {act: (due_from(step, TODAY), late(step, TODAY)) for act, step in found.items()}
    assert told["add_seat"] == (TODAY, True)
    assert told["transfer_ownership"] == (TODAY + timedelta(days=7), True)
    assert told["rotate_password"] == (TODAY + timedelta(days=2), False)
    assert due_from(Step(id="a", act="end_sessions"), TODAY) is None


def test_a_mailbox_that_must_be_kept_is_released_on_that_day_and_the_way_out_says_so() -> None:
    keep = LAST_DAY + timedelta(days=90)
    registry = company(holds("ann"), mailbox("own", owner="jan", keep_until=keep))
    planned = plan(registry, Departure("jan", LAST_DAY), NOW)
    block, release = planned.steps
    assert (block.act, block.not_before, block.due) == ("block_mailbox", LAST_DAY, LAST_DAY)
    assert release.not_before == keep
    (blocker,) = planned.blockers
    assert blocker.ways_out[0].text.startswith(f"wait until {keep}")
    assert "safehands mailbox edit own@acme.example --keep-until DATE" in blocker.ways_out[1].text
    sooner = company(holds("ann"), mailbox("own", owner="jan", keep_until=days(-1).date()))
    (release,) = plan(sooner, Departure("jan", LAST_DAY), NOW).steps
    assert release.not_before == LAST_DAY


def test_who_works_until_the_last_day_reads_their_own_mailbox_until_then() -> None:
    registry = company(holds("ann"), mailbox("own", owner="jan"))
    (release,) = plan(registry, Departure("jan", LAST_DAY), NOW).steps
    assert (release.not_before, release.due) == (LAST_DAY, LAST_DAY)
    block, release = plan(registry, Departure("jan", LAST_DAY, mode="immediate"), NOW).steps
    assert (block.act, block.due) == ("block_mailbox", TODAY)
    assert release.not_before is None
