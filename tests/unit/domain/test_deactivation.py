from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from tests.unit.domain.company import (
    LONG_AGO,
    NOW,
    account,
    company,
    days,
    holds,
    password,
    since,
    totp,
)
from tests.unit.domain.company import seat as seat_of
from vault.domain.agenda import departures, idle
from vault.domain.case_ending import verdict_of_deeds
from vault.domain.cases import Case, Progress
from vault.domain.casework import next_steps
from vault.domain.changes import changes
from vault.domain.credential import Credential
from vault.domain.deactivation import ASSUMED_GRACE, Closing, Wish, closings
from vault.domain.dependants import dependants
from vault.domain.effects import effect
from vault.domain.factor import Factor
from vault.domain.fate import fate, open_closings, reversible_until
from vault.domain.grant import Grant
from vault.domain.guards import objection
from vault.domain.instructions import instructions
from vault.domain.registry import Registry
from vault.domain.seat import Seat
from vault.domain.steps import Step


def closed(registry: Registry, **wish: Any) -> Closing:
    (plan,) = closings(registry, [Wish(account="acme", **wish)], NOW)
    return plan


def step(plan: Closing, act: str) -> Step:
    (found,) = (each for each in plan.steps if each.act == act)
    return found


def grant(tool: str, on: str) -> Grant:
    return Grant(id=f"{tool} on {on}", tool=tool, account=on, since=LONG_AGO)


def carried_out(registry: Registry, plan: Closing) -> Registry:
    for each in plan.steps:
        assert objection(registry, each, NOW) == ""
        registry = registry.apply(effect(registry, each, NOW, "ann"))
    return registry


def test_everything_is_done_in_an_order_that_loses_nothing() -> None:
    registry = company(account(), account("main"), account("tool"), grant("tool", "acme"))
    plan = closed(registry, into="main")
    assert [each.act for each in plan.steps] == [
        "revoke_app",
        "stop_ads",
        "save_archive",
        "note_followers",
        "point_to_successor",
        "free_handle",
        "deactivate",
        "verify_closed",
        "retire_credentials",
        "archive_record",
    ]
    before = {each.id for each in plan.steps[:6]}
    assert set(step(plan, "deactivate").depends_on) == before
    assert step(plan, "verify_closed").depends_on == (step(plan, "deactivate").id,)
    assert step(plan, "archive_record").depends_on == (step(plan, "retire_credentials").id,)


def test_the_dates_run_from_the_day_it_is_closed_over_the_grace_of_the_platform() -> None:
    plan = closed(company(account(), grace={"deactivate": 30}), close_by=date(2026, 7, 1))
    assert plan.reversible_until == date(2026, 7, 31)
    assert step(plan, "verify_closed").not_before == date(2026, 8, 1)
    assert step(plan, "verify_closed").wait_days == 31
    assert {each.due for each in plan.steps} == {date(2026, 7, 1), date(2026, 8, 8)}


def test_an_unknown_grace_may_be_none_and_may_be_long() -> None:
    plan = closed(company(account()))
    assert plan.reversible_until is None
    assert step(plan, "verify_closed").wait_days == ASSUMED_GRACE + 1
    assert plan.grace_days is None
    assert "nobody knows" in step(plan, "deactivate").reason


def test_where_only_deleting_runs_out_the_account_is_deleted() -> None:
    assert closed(company(account(), grace={"delete": 14})).act == "delete"
    assert closed(company(account(), not_applicable={"deactivate": "no pause"})).act == "delete"
    assert closed(company(account(), grace={"deactivate": 30, "delete": 30})).act == "deactivate"
    at_once = closed(company(account(), grace={"delete": 0}))
    assert step(at_once, "delete").reason == "it cannot be undone"
    assert step(at_once, "verify_closed").wait_days == 0


def test_the_handle_is_kept_or_let_go_as_was_said() -> None:
    acts = {
        each: [step.act for step in closed(company(account()), handle=each).steps]
        for each in ("free", "park")
    }
    assert [each for each in acts["free"] if "handle" in each] == ["free_handle"]
    assert [each for each in acts["park"] if "handle" in each] == ["park_handle"]


def test_after_the_last_step_nothing_of_it_is_in_use() -> None:
    registry = company(
        account(),
        password(),
        totp("acme", "ann"),
        seat_of("ann", "full"),
        account("tool"),
        grant("tool", "acme"),
    )
    plan = closed(registry)
    assert plan.holds
    after = carried_out(registry, plan)
    mine = after.account("acme")
    assert (mine.state, mine.until) == ("closed", NOW)
    kinds: tuple[type[Credential | Factor | Grant | Seat], ...] = (Credential, Factor, Grant, Seat)
    ends = [each.until for kind in kinds for each in after.all(kind)]
    assert ends == [NOW] * 4


def test_what_needs_it_afterwards_is_in_the_way_with_ways_out() -> None:
    registry = company(
        account(),
        account("signs", sign_in_accounts=since("acme")),
        account("inside", containers=since("acme")),
        account("posts"),
        grant("acme", "posts"),
        Seat(id="s", account="posts", level="full", role_account="acme", since=LONG_AGO),
    )
    plan = closed(registry)
    assert not plan.holds
    assert [each.what for each in plan.blockers] == [
        "net/@signs signs in with net/@acme",
        "net/@inside is contained in net/@acme",
        "net/@acme is the tool that posts on net/@posts",
        "net/@acme holds a seat on net/@posts",
    ]
    assert all(each.ways_out for each in plan.blockers)
    assert "signs in with" in objection(registry, step(plan, "archive_record"), NOW)


def test_accounts_that_close_together_are_not_in_each_other_s_way() -> None:
    registry = company(account(), account("signs", sign_in_accounts=since("acme")))
    assert not closed(registry).holds
    both = closings(registry, [Wish(account="acme"), Wish(account="signs")], NOW)
    assert [each.holds for each in both] == [True, True]
    begun = company(account(), account("signs", sign_in_accounts=since("acme"), state="closing"))
    assert closed(begun).holds


def test_an_account_nobody_gets_in_to_is_told_of() -> None:
    assert not closed(company(account())).can_get_in
    assert closed(company(account(), password(), holds("ann"))).can_get_in


def case_of(plan: Closing, **done: Any) -> Case:
    progress = (
        Progress(
            each, **({"state": "applied", "applied_at": done[each.act]} if each.act in done else {})
        )
        for each in plan.steps
    )
    return Case(
        id="case", what="deactivation", account="acme", opened_at=NOW, progress=tuple(progress)
    )


def test_it_says_until_when_it_can_be_undone_as_planned_and_as_done() -> None:
    plan = closed(company(account(), grace={"deactivate": 30}), close_by=date(2026, 7, 1))
    assert reversible_until(case_of(plan)) == date(2026, 7, 31)
    assert reversible_until(case_of(plan, deactivate=days(1))) == days(31).date()
    unknown = closed(company(account()))
    assert reversible_until(case_of(unknown)) is None


def test_what_is_final_at_once_can_be_undone_until_the_day_before() -> None:
    plan = closed(company(account(), grace={"delete": 0}), close_by=date(2026, 7, 1))
    assert plan.reversible_until == date(2026, 6, 30)
    assert reversible_until(case_of(plan)) == date(2026, 6, 30)
    assert reversible_until(case_of(plan, delete=NOW)) == days(-1).date()


def test_an_account_that_is_gone_for_good_is_not_told_to_be_reversible() -> None:
    registry = company(account(), grace={"delete": 0})
    plan = closed(registry, close_by=NOW.date())
    told = {
        at: fate(registry, registry.account("acme"), at, case_of(plan)) for at in (days(-1), NOW)
    }
    assert told == {days(-1): "reversible until 2026-06-14", NOW: "being closed"}


@pytest.mark.parametrize(
    ("grace", "told"),
    [
        ({"deactivate": 30}, "closed, and can be undone until 2026-07-15; do not log in"),
        ({}, "closed, and nobody knows how long it can be undone; do not log in"),
    ],
)
def test_a_closing_is_told_to_be_undoable_only_when_the_account_is_closed(
    grace: dict[str, int], told: str
) -> None:
    registry = company(account(), grace=grace)
    plan = closed(registry, close_by=NOW.date())
    steps = [each.act for each in plan.steps]
    prepared = case_of(plan, **dict.fromkeys(steps[:-4], NOW))
    waiting = tuple(
        msgspec.structs.replace(p, state="waiting", wait_until=days(15).date())
        if p.step.act == "deactivate"
        else p
        for p in prepared.progress
    )
    waits = registry.apply(changes(msgspec.structs.replace(prepared, progress=waiting)))
    assert [(need.what, need.by) for need in departures(waits, NOW)] == [
        ("net/@acme: nothing to do before that day", days(15).date())
    ]
    done = case_of(plan, **dict.fromkeys(steps[:-3], NOW))
    closing = registry.apply(changes(done, account(state="closing")))
    [need] = departures(closing, NOW)
    assert (need.what, need.by) == (f"net/@acme: {told}", days(31).date())


def test_what_waits_after_it_is_gone_for_good_is_not_told_to_be_undoable() -> None:
    registry = company(account(state="closing"), grace={"delete": 0})
    plan = closed(registry, close_by=NOW.date())
    case = case_of(plan, **dict.fromkeys([each.act for each in plan.steps[:-3]], NOW))
    progress = (
        msgspec.structs.replace(p, state="waiting", wait_until=days(3).date())
        if p.step.act == "verify_closed"
        else p
        for p in case.progress
    )
    case = msgspec.structs.replace(case, progress=tuple(progress))
    [need] = departures(registry.apply(changes(case)), NOW)
    assert need.what == "net/@acme: nothing to do before that day"


def test_the_public_page_is_looked_at_only_when_it_cannot_be_undone_any_more() -> None:
    plan = closed(company(account(), grace={"deactivate": 30}))
    done = {each.act: NOW for each in plan.steps[:-3]}
    case = case_of(plan, **done)
    assert list(next_steps(case, days(30))) == []
    (following,) = next_steps(case, days(31))
    assert following.step.act == "verify_closed"


def test_a_case_is_not_closed_before_the_account_is() -> None:
    registry = company(account())
    plan = closed(registry)
    case = case_of(plan)
    left = verdict_of_deeds(registry, case, NOW).remaining
    assert [each.why for each in left] == [("net/@acme is recorded as open",)]
    assert verdict_of_deeds(carried_out(registry, plan), case, NOW).sealed


def test_the_look_at_the_page_says_how_it_looks_there_and_where_it_is() -> None:
    told = 'It says "gone".'
    registry = company(account(), without_login=told, profile_url="https://net.example/{handle}")
    play = instructions(registry, step(closed(registry), "verify_closed"))
    assert play.steps[-1] == told
    assert play.links == ("https://net.example/acme",)


def test_braces_in_a_handle_stay_braces() -> None:
    registry = company(account("{to}"), account("main"))
    (plan,) = closings(registry, [Wish(account="{to}", into="main")], NOW)
    told = instructions(registry, step(plan, "point_to_successor"))
    assert "net/@main" in told.steps[0]
    assert "net/@{to}" in instructions(registry, step(plan, "note_followers")).steps[0]


def test_a_few_closings_have_a_line_each_today_and_many_have_one() -> None:
    def lines(number: int) -> list[str]:
        names = [f"a{n}" for n in range(number)]
        registry = company(*(account(name) for name in names), grace={"deactivate": 30})
        plans = closings(registry, [Wish(account=name) for name in names], NOW)
        cases = (
            msgspec.structs.replace(case_of(plan), id=f"case {n}", account=plan.account)
            for n, plan in enumerate(plans)
        )
        registry = registry.apply(changes(*cases))
        return [need.what for need in (*departures(registry, NOW), *idle(registry, NOW))]

    told = "net/@a0: End the advertisements and payments of net/@a0 (and 3 more)"
    assert lines(1) == [told]
    assert len(lines(10)) == 10
    assert lines(33) == ["33 accounts: being closed, a case each"]


def test_a_closing_that_is_over_needed_its_successor_as_long_as_it_was_open() -> None:
    pointed = Progress(Step(id="p", act="point_to_successor", account="acme", to="main"))
    case = Case(
        id="case",
        what="deactivation",
        account="acme",
        opened_at=days(-9),
        closed_at=days(-3),
        progress=(pointed,),
    )
    registry = company(account(), account("main"), case)
    assert list(open_closings(registry, days(-6))) == ["acme"]
    for at, needing in ((-10, []), (-6, ["acme"]), (-2, [])):
        found = dependants(registry, registry.account("main"), days(at))
        assert [each.account for each in found] == needing
