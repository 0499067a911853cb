"""A departure while an account is being closed: nobody is sent to log in, as that undoes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from tests.unit.domain.company import (
    LONG_AGO,
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
from vault.domain.account import Activity
from vault.domain.case_ending import left_open, verdict_of_deeds
from vault.domain.cases import Case, Mode, Progress
from vault.domain.changes import changes
from vault.domain.deactivation import Wish, closings
from vault.domain.findings import findings
from vault.domain.grace import final_on
from vault.domain.guards import objection
from vault.domain.headline import Headline, headline
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.steps import LOGIN_ACTS, SEAT_ACTS, Step
from vault.services.access import what_they_hold

CLOSED = days(-10)  # with 30 days of grace it is gone for good 21 days from now
LAST = days(20).date()
FINAL = days(21).date()
BEFORE_AND_AFTER = days(20), days(21)


def closing(*records: Record, seen: datetime | None = None, **facts: Any) -> Registry:
    """An account that was deleted, and is gone for good when its 30 days of grace are over."""
    facts.setdefault("grace", {"delete": 30})
    registry = company(account(), holds("ann"), *records, **facts)
    (made,) = closings(registry, [Wish(account="acme", close_by=CLOSED.date())], NOW)
    done = {"delete": CLOSED, "verify_closed": seen}
    progress = tuple(
        Progress(step, "applied", applied_at=done[step.act])
        if done.get(step.act)
        else Progress(step)
        for step in made.steps
    )
    case = Case(
        id="closing of acme",
        what="deactivation",
        account="acme",
        opened_at=days(-20),
        progress=progress,
    )
    return registry.apply(changes(case, replace(registry.account("acme"), state="closing")))


def leaving(registry: Registry, mode: Mode = "immediate", day: date = LAST) -> Plan:
    return plan(registry, Departure("jan", day, mode, {"": "ann"}), NOW)


EVERY_WAY = (
    password(),
    saw("jan"),
    totp("acme", "jan"),
    seat("jan", "full"),
    seat("ann", "full"),
    account(login_mailboxes=since("home"), recovery_mailboxes=since("home")),
    mailbox("home", owner="jan", type="personal"),
)


@pytest.mark.parametrize("mode", ["planned", "immediate"])
def test_nobody_is_sent_to_log_in_and_what_the_leaver_could_undo_is_a_blocker_with_its_day(
    mode: Mode,
) -> None:
    made = leaving(closing(*EVERY_WAY), mode)
    assert made.steps == ()
    assert not made.verdict.sealed
    (blocker,) = made.blockers
    told = f"net/@acme is being closed, and the leaver could bring it back, until {LAST}: "
    assert blocker.what == f"{told}Jan may still be logged in to net/@acme"
    wait, stop = blocker.ways_out
    assert wait.text.startswith(f"let nobody log in to it, and look on {FINAL}, signed in nowhere")
    assert wait.text.endswith("safehands case next closing ")
    assert stop.text.endswith("safehands deactivate stop net/@acme --reason TEXT")


def test_where_nobody_knows_how_long_it_can_be_undone_the_leaver_can_at_any_time() -> None:
    made = leaving(closing(password(), saw("jan"), grace={}), "planned", days(300).date())
    (blocker,) = made.blockers
    assert "the leaver could bring it back, nobody knows until when: " in blocker.what
    assert "look at its public page, signed in nowhere" in blocker.ways_out[0].text
    alone = company(account(state="closing"), password(), saw("jan"), holds("ann"))
    (blocker,) = leaving(alone).blockers
    (way,) = blocker.ways_out
    assert way.text.endswith("look at its public page, signed in nowhere, whether it is gone")


def test_a_tie_by_which_the_leaver_gets_nowhere_is_worth_knowing_and_stops_nothing() -> None:
    half = (password(), saw("jan"), totp("acme", "ann"))
    made = leaving(closing(*half))
    assert not made.blockers
    assert not made.steps
    assert made.verdict.holds
    told = "let nobody log in to net/@acme, which is being closed: the ties of Jan end "
    assert f"{told}when that is final, on {FINAL}" in made.cautions
    made = leaving(closing(*half, grace={}))
    assert f"{told}with it" in made.cautions


def test_what_is_gone_for_good_by_the_last_day_is_in_nobodys_way() -> None:
    registry = closing(*EVERY_WAY)
    made = leaving(registry, "planned", FINAL)
    assert not [*made.ties, *made.steps, *made.blockers]
    assert made.verdict.holds
    told = "the plan takes net/@acme for gone: its closing"
    assert made.cautions == (
        f"{told} is final on {FINAL}, and nobody is to log in to it until then",
    )
    assert not leaving(registry, "immediate", FINAL).verdict.sealed
    later = plan(registry, Departure("jan", days(40).date(), "immediate"), days(30))
    assert later.verdict.holds
    assert f"{told} was final on {FINAL}" in later.cautions
    assert "the plan takes" not in " ".join(leaving(closing(), "planned", FINAL).cautions)


def test_who_saw_that_it_is_gone_need_not_wait_for_the_day() -> None:
    registry = closing(*EVERY_WAY, seen=days(-1))
    case = registry.get("closing of acme", Case)
    assert final_on(case) == days(-1).date()
    assert leaving(registry).verdict.holds
    waived = replace(case.progress[-3], state="waived", applied_at=None, changed_at=days(-2))
    progress = tuple(waived if p.step.id == waived.step.id else p for p in case.progress)
    assert final_on(replace(case, progress=progress)) == days(-2).date()


def test_what_is_no_log_in_is_done_all_the_same() -> None:
    device = totp("acme", "jan", company_device=True)
    own = mailbox("own", "jan", owner="jan")
    on_own = account(recovery_mailboxes=since("own"))
    registry = closing(on_own, own, device, password(), holds("jan"), resets_by_mail="yes")
    for mode in get_args(Mode):
        made = leaving(registry, mode)
        acts = {step.act for step in made.steps}
        assert acts >= {"block_mailbox", "collect_device", "end_role_assignment"}
        assert not acts & (LOGIN_ACTS | SEAT_ACTS)
        release = next(b for b in made.blockers if "own@acme.example" in b.what)
        assert release.what == (
            "own@acme.example is still an address of net/@acme, which is being closed"
        )
        assert release.ways_out[0].text.startswith("wait until it is gone for good")
    codes = closing(mailbox("own", owner="jan"), totp(mailbox="own"))
    assert "block_mailbox" in {step.act for step in leaving(codes, "planned").steps}


def test_what_is_gone_for_good_and_yet_to_be_archived_is_no_finding_and_nobody_gets_in() -> None:
    left = Person(id="jan", name="Jan", last_day=days(5).date())
    registry = closing(*EVERY_WAY, left)
    before, after = ({each.about for each in findings(registry, day)} for day in BEFORE_AND_AFTER)
    assert before >= {"acme", "jan"}
    assert not after & {"acme", "jan"}
    held, nothing = (what_they_hold(registry, left, day) for day in BEFORE_AND_AFTER)
    assert held.controls
    assert {tie.account for tie in held.ties} == {"acme"}
    assert not [*nothing.controls, *nothing.ties]


def test_what_is_being_closed_itself_keeps_nothing_from_being_archived() -> None:
    registry = company(account(sign_in_accounts=since("main")), account("main"))
    step = Step(id="last", act="archive_record", account="main")
    assert objection(registry, step, NOW) == "net/@acme signs in with net/@main"
    on_main = account(sign_in_accounts=since("main"))
    assert objection(closing(on_main, account("main")), step, NOW) == ""


def test_a_departure_is_over_when_what_was_being_closed_is_gone_for_good() -> None:
    registry = closing(password(), saw("jan"), seat("ann", "owner"))
    case = Case(id="leaving", what="offboarding", person="jan", opened_at=LONG_AGO)
    before, after = (verdict_of_deeds(registry, case, at) for at in (days(20), days(21)))
    (why,) = left_open(registry, case, before, days(20))
    assert why.startswith("the leaver still gets in: ")
    assert after.sealed
    assert list(left_open(registry, case, after, days(21))) == []


def test_the_headline_counts_nothing_of_what_is_gone_for_good_though_it_is_not_archived() -> None:
    idle = account(last_activity=Activity(days(-200), "profile page", days(-60)))
    left = Person(id="jan", name="Jan", last_day=days(-15).date())
    hands = (idle, password(), left, holds("jan"), totp("acme", "ann"))
    registry = closing(*hands, mailbox("own", owner="ann"))
    until, gone = (headline(registry, at, known_at=NOW) for at in BEFORE_AND_AFTER)
    assert until == Headline(personal=1, knowledge_debt=1, single_points=1, dormant=1)
    assert gone == Headline(personal=0, knowledge_debt=0, single_points=0, dormant=0)
    assert headline(registry, days(-1), known_at=NOW) == until
