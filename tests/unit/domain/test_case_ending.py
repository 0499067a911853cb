from __future__ import annotations

from datetime import datetime
from typing import Any

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
    version,
)
from vault.domain.case_ending import left_open, lost_still, plan_of_the_rest, verdict_of_deeds
from vault.domain.cases import Case, Progress
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.steps import Act, Step

OPENED = days(-10)


def waived(act: Act, target: str, account: str = "acme", **fields: Any) -> Progress:
    made = Step(id=f"{act} {target}", act=act, account=account, target=target, person="jan")
    return Progress(made, state="waived", approved_by="ann", **fields)


def done(act: Act, target: str, at: datetime, account: str = "acme") -> Progress:
    made = Step(id=f"{act} {target}", act=act, account=account, target=target, person="jan")
    return Progress(made, state="applied", applied_by="ann", applied_at=at)


def case(*progress: Progress, **fields: Any) -> Case:
    fields.setdefault("opened_at", OPENED)
    return Case(id="case", what="offboarding", person="jan", progress=progress, **fields)


def standing(registry: Registry, found: Case, at: datetime = NOW) -> list[str]:
    return list(left_open(registry, found, verdict_of_deeds(registry, found, at), at))


def test_who_waives_one_step_answers_for_nothing_that_lies_beside_it() -> None:
    """A shared account that signs in to one and has a seat on another makes them an island."""
    shared, tube = account("shared"), account("tube")
    x = account("x", sign_in_accounts=since("shared"), sessions_ended=(days(-40),))
    role_seat = seat("", "owner", "tube", id="of the role", role_account="shared")
    known = password("shared", version(), version(2, days(-9)))
    records = (shared, tube, x, holds("ann"), role_seat, known, saw("ann", "shared", 2))
    stayed = waived("end_sessions", "x", account="x")
    his = seat("jan", "full", "tube", since=days(-1))
    again = company(*records, his)
    assert standing(again, case(stayed)) == [
        "the leaver still gets in: Jan has a seat (full) on net/@tube"
    ]
    assert [s.act for s in plan_of_the_rest(again, case(stayed), NOW).steps] == ["remove_seat"]
    assert standing(company(*records), case(stayed)) == []
    also = waived("remove_seat", his.id, account="tube")
    assert standing(again, case(stayed, also)) == []


def test_who_waives_a_role_answers_for_what_the_leaver_knows_by_it_since() -> None:
    new = password("acme", version(superseded_at=days(-9)), version(2, days(-9)))
    box = account(sessions_ended=(days(-9),))
    registry = company(box, holds("jan"), holds("ann"), new)
    assert standing(registry, case())
    kept = waived("end_role_assignment", holds("jan").id, account="")
    assert standing(registry, case(kept)) == []
    told = company(box, holds("jan"), holds("ann"), new, saw("jan", "acme", 2, at=days(-8)))
    assert "could know the password of net/@acme (version 2)" in standing(told, case(kept))[0]


def test_what_was_done_is_not_excused_where_the_leaver_came_by_it_again() -> None:
    new = password("acme", version(superseded_at=days(-9)), version(2, days(-9)))
    box = account(sessions_ended=(days(-9),))
    changed = done("rotate_password", new.id, days(-9))
    assert standing(company(box, holds("ann"), new, saw("jan")), case(changed)) == []
    again = company(box, holds("ann"), new, saw("jan"), saw("jan", "acme", 2, at=days(-3)))
    (told,) = standing(again, case(changed))
    assert "Jan could know the password of net/@acme (version 2)" in told


def test_who_waives_a_password_answers_for_the_sessions_that_it_opens_since() -> None:
    box = account(sessions_ended=(days(-8),))
    registry = company(box, holds("ann"), password(), saw("jan"))
    open_still = done("end_sessions", "acme", days(-8))
    assert standing(registry, case(open_still))
    assert standing(registry, case(waived("rotate_password", "password of acme"), open_still)) == []


def test_a_second_factor_that_is_waived_is_not_taken_for_one_that_nobody_is_asked_for() -> None:
    box = account(sessions_ended=(days(-8),))
    registry = company(box, holds("ann"), totp("acme", "jan"), password(), saw("jan"))
    factor = waived("remove_factor", "factor of acme")
    assert standing(registry, case(factor)) == []
    reset = company(box, holds("ann"), totp("acme", "jan"), mailbox("web", "jan"))
    assert standing(reset, case(factor)) == ["the leaver still gets in: Jan reads web@acme.example"]


def test_a_tie_that_opens_nothing_yet_is_found_by_the_plan_of_what_is_left() -> None:
    box = account(sessions_ended=(days(-8),))
    registry = company(box, holds("ann"), totp("acme", "ann"), password(), saw("jan"))
    assert standing(registry, case()) == []
    rest = plan_of_the_rest(registry, case(), NOW)
    assert "rotate_password" in {step.act for step in rest.steps}
    stays = case(waived("rotate_password", "password of acme"))
    assert plan_of_the_rest(registry, stays, NOW).steps == ()


def test_who_gets_in_again_later_is_not_out_of_everything() -> None:
    later = seat("jan", "full", since=days(5))
    registry = company(account(), seat("ann", "owner"), later)
    verdict = verdict_of_deeds(registry, case(), NOW)
    assert not verdict.sealed
    told = f"from {days(5).date()} on -> Jan has a seat (full) on net/@acme"
    assert [" -> ".join(each.why) for each in verdict.remaining] == [told]
    assert standing(registry, case()) == [f"the leaver still gets in: {told}"]
    assert standing(registry, case(waived("remove_seat", later.id))) == []


def test_what_is_recorded_after_a_case_was_closed_does_not_change_what_it_came_to() -> None:
    later = seat("jan", "full", since=days(5))
    registry = company(account(), seat("ann", "owner"), later)
    closed = case(closed_at=NOW)
    assert verdict_of_deeds(registry, closed, NOW).sealed
    excused = case(waived("remove_seat", later.id), closed_at=NOW)
    assert not verdict_of_deeds(registry, excused, NOW).sealed


def test_what_was_lost_by_nobodys_step_of_a_case_does_not_keep_it_open() -> None:
    his = seat("jan", "edit", until=days(-6))
    ended = company(account(), his, seat("ann", "owner", until=days(-5)))
    leaves = Person(id="ann", name="Ann", last_day=days(-6).date())
    left = company(account(), his, seat("ann", "owner"), leaves)
    before = done("remove_seat", his.id, days(-6))
    after = done("revoke_app", "", days(-4))
    begun = case(before, after, opened_at=days(-8))
    for registry in (ended, left):
        verdict = verdict_of_deeds(registry, begun, NOW)
        assert verdict.lost == ()
        assert verdict.never_locked_out
        assert standing(registry, begun) == []


@pytest.mark.parametrize("put_right", ["", "given back", "given up", "waived"])
def test_what_a_step_cost_the_company_stands_in_the_way_until_it_is_put_right(
    put_right: str,
) -> None:
    gone = seat("ann", "owner", until=days(-4))
    back = seat("ann", "owner", id="again", since=days(-2))
    state: Any = "lost" if put_right == "given up" else "living"
    begun = [done("remove_seat", gone.id, days(-4))]
    if put_right == "waived":
        begun.append(waived("add_seat", "acme"))
    given = [back] if put_right == "given back" else []
    his = seat("jan", "post", until=days(-6))
    registry = company(account(state=state), his, gone, *given)
    verdict = verdict_of_deeds(registry, case(*begun), NOW)
    assert not verdict.never_locked_out
    lost = [] if put_right else ["acme"]
    assert lost_still(registry, case(*begun), verdict, NOW) == lost
    told = [] if put_right else ["the company lost net/@acme on the way"]
    assert standing(registry, case(*begun)) == told
