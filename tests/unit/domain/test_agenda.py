from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.unit.domain.company import NOW, account, company, days, holds, password, seat, version
from vault.domain import agenda
from vault.domain.account import Activity
from vault.domain.agenda import Need, most_urgent_first, urgency_of
from vault.domain.cases import Case, Progress
from vault.domain.changes import changes
from vault.domain.decision import Decision
from vault.domain.findings import findings
from vault.domain.mending import KINDS
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.rotation import rotations_due
from vault.domain.rotation_policy import USUAL, Policy
from vault.domain.steps import Step
from vault.domain.worklists import FINDING_TITLES, on_dead_platforms, to_decide

TODAY = NOW.date()


def leaving(in_days: int, name: str = "jan") -> Person:
    return Person(id=name, name=name.title(), last_day=days(in_days).date())


def case(*progress: Progress, **fields: Any) -> Case:
    return Case(
        id="c1", what="offboarding", person="jan", opened_at=NOW, progress=progress, **fields
    )


def step(name: str, state: Any = "todo", **fields: Any) -> Progress:
    fields.setdefault("act", "rotate_password")
    return Progress(Step(id=name, account="acme", person="jan", **fields), state)


def needs(registry: Registry) -> list[tuple[str, str, date | None, str]]:
    return [(n.urgency, n.what, n.by, n.opens) for n in agenda.departures(registry, NOW)]


def test_who_leaves_and_is_out_already_needs_no_departure_any_more() -> None:
    done = case(last_day=days(3).date(), closed_at=NOW)
    assert needs(company(leaving(3), done)) == []


@pytest.mark.parametrize(
    ("closed", "told"),
    [
        ({"last_day": days(-90).date(), "closed_at": days(-90)}, True),
        ({"last_day": days(3).date(), "closed_at": days(-1)}, False),
        ({"last_day": days(9).date()}, False),
    ],
    ids=["of an earlier time", "carried out", "open for another day"],
)
def test_a_case_stands_for_the_last_day_it_was_made_for_and_no_later_one(
    closed: dict[str, Any], told: bool
) -> None:
    waits = {"transfer_ownership": 7}
    seats = (account(), seat("jan", "owner"), holds("ann"))
    registry = company(leaving(3), *seats, case(**closed), models=("seats",), waits=waits)
    unplanned = [n.what for n in agenda.departures(registry, NOW) if n.opens == "departure"]
    assert unplanned == ["Jan leaves, and no departure is planned"] * told
    assert bool([*agenda.clocks_of_leavers(registry, NOW)]) == told


@pytest.mark.parametrize("state", ["todo", "applied"])
def test_a_departure_called_off_is_planned_anew_even_for_the_same_day(state: Any) -> None:
    begun = case(step("s1", state), last_day=days(3).date())
    called_off = begun.given_up(days(-1), "ann", "Jan stays")
    [need] = agenda.departures(company(leaving(3), account(), called_off), NOW)
    assert need.what == "Jan leaves, and no departure is planned"


def test_who_leaves_within_thirty_days_needs_a_departure() -> None:
    registry = company(leaving(30), leaving(31, "eva"), leaving(-1, "tom"))
    day = days(30).date()
    what = "Jan leaves, and no departure is planned"
    assert needs(registry) == [("soon", what, day, "departure")]


def test_who_has_an_open_case_needs_its_next_step_instead() -> None:
    day = TODAY + timedelta(days=3)
    first = step("s1", due=day, assignee="ann")
    registry = company(leaving(20), account(), case(first, step("s2", depends_on=("s1",))))
    [need] = agenda.departures(registry, NOW)
    assert (need.urgency, need.by, need.who, need.opens) == ("now", day, "Ann", "case")
    assert need.what == "Jan: Change the password of net/@acme"


def test_what_is_done_and_not_confirmed_is_asked_for() -> None:
    registry = company(leaving(20), account(), case(step("s1", "applied"), step("s2", "verified")))
    [need] = agenda.departures(registry, NOW)
    assert need.what == "Jan: confirm: Change the password of net/@acme"


def test_a_case_that_waits_is_blocked_or_is_done_says_so() -> None:
    later = TODAY + timedelta(days=12)
    for progress, told in (
        (step("s1", "waiting", not_before=later), None),
        (step("s1", "blocked"), "Jan: 1 step cannot go on"),
        (step("s1", "verified"), "Jan: every step is done, the case can be closed"),
    ):
        [need] = agenda.departures(company(leaving(20), account(), case(progress)), NOW)
        if told:
            assert need.what == told
            assert need.urgency == "now"
    waiting = Progress(step("s1").step, "waiting", wait_until=later)
    [need] = agenda.departures(company(leaving(20), account(), case(waiting)), NOW)
    assert (need.what, need.by, need.urgency) == (
        "Jan: nothing to do before that day",
        later,
        "soon",
    )


def test_a_clock_says_by_when_it_must_start_and_how_long_it_runs() -> None:
    day = TODAY + timedelta(days=9)
    steps = (
        step("s1", due=TODAY),
        step("s2", act="add_seat", to="ann", due=day),
        step("s3", act="transfer_ownership", to="ann", depends_on=("s2",), wait_days=7),
    )
    registry = company(leaving(20), account(), case(*steps))
    clock = next(n for n in agenda.departures(registry, NOW) if n.what.endswith("7 days wait"))
    assert (clock.by, clock.urgency, clock.about) == (day, "soon", "c1")
    assert clock.what.startswith("Jan: Give Ann a seat")


def test_a_rotation_that_was_begun_is_told_until_it_is_proved() -> None:
    begun = password("acme", version(), version(2, days(-3), current_from=None))
    registry = company(account(), begun)
    due = rotations_due(registry, NOW, USUAL)
    [need] = agenda.rotations(registry, due, NOW)
    assert (need.urgency, need.opens, need.about) == ("now", "account", "acme")
    assert need.what == "net/@acme: the new password is made, and not proved by a log-in"


def test_the_secret_of_an_account_that_is_closed_is_not_due() -> None:
    begun = password("acme", version(), version(2, days(-3), current_from=None))
    assert rotations_due(company(account(until=days(-1)), begun), NOW, USUAL) == []


def test_many_rotations_are_one_line() -> None:
    names = [f"a{number}" for number in range(11)]
    pending = [password(n, version(), version(2, days(-3), current_from=None)) for n in names]
    registry = company(*map(account, names), *pending)
    [need] = agenda.rotations(registry, rotations_due(registry, NOW, USUAL), NOW)
    assert (need.opens, need.what[:12]) == ("rotation", "11 rotations")


def rotation(of: str, due: date, reason: str = "", state: Any = "todo") -> Case:
    change = Step(
        id=f"s {of}", act="rotate_password", account=of, target=f"password of {of}", due=due
    )
    return Case(
        id=f"c {of}", what="rotation", account=of, credential=f"password of {of}", version=1,
        opened_at=days(-1), progress=(Progress(change, state, reason=reason),),
    )  # fmt: skip


def test_a_rotation_in_progress_is_told_by_its_account() -> None:
    registry = company(account(), password(), rotation("acme", TODAY))
    [need] = agenda.departures(registry, NOW)
    assert need.what == "net/@acme: Change the password of net/@acme"


def test_many_rotations_in_progress_are_one_line_with_the_first_day() -> None:
    names = [f"a{number}" for number in range(11)]
    cases = [rotation(name, TODAY + timedelta(days=n)) for n, name in enumerate(names)]
    registry = company(*map(account, names), *map(password, names), *cases)
    assert [*agenda.departures(registry, NOW)] == []
    [need] = agenda.rotations(registry, (), NOW)
    assert (need.what, need.by, need.opens) == ("11 rotations in progress", TODAY, "rotation")


def test_a_secret_of_which_nobody_knows_how_it_stands_is_told_until_it_is_known() -> None:
    unsure = rotation("acme", TODAY, "the line went dead", "pending")
    [need] = agenda.rotations(company(account(), password(), unsure), (), NOW)
    assert need.what == "net/@acme: nobody knows which secret works, both are kept"
    assert (need.opens, need.about) == ("case", "c acme")


def test_secrets_that_should_have_been_changed_are_one_line() -> None:
    registry = company(account(), password(), leaving(-20), holds("jan", until=days(-20)))
    [need] = agenda.rotations(registry, rotations_due(registry, NOW, USUAL), NOW)
    assert (need.urgency, need.what) == ("overdue", "1 secret: should have been changed by now")


def test_what_who_left_could_know_is_one_line_before_it_is_late_and_no_finding_beside_it() -> None:
    known = (password(), leaving(-1), holds("jan", until=days(-1)))
    registry = company(account(), *known)
    [need] = agenda.rotations(registry, rotations_due(registry, NOW, USUAL), NOW)
    assert need.what == "1 secret: to be changed, since somebody left"
    assert (need.urgency, need.by, need.about) == ("now", days(7).date(), "why:left")
    codes = {finding.code for finding in findings(registry, NOW)}
    told = {n.about for n in agenda.findings_by_kind(registry, findings(registry, NOW))}
    assert "knowledge_debt" in codes
    assert "code:knowledge_debt" not in told
    begun = company(account(), *known, rotation("acme", TODAY))
    assert list(agenda.rotations(begun, rotations_due(begun, NOW, USUAL), NOW)) == []


def test_a_password_known_to_somebody_who_left_is_due() -> None:
    registry = company(account(), password(), leaving(-5), holds("jan", until=days(-5)))
    [due] = rotations_due(registry, NOW, USUAL)
    assert [person.id for person in due.people] == ["jan"]
    assert due.pending is None


def test_findings_are_one_line_a_kind_with_the_number_of_what_they_are_about() -> None:
    registry = company(account("a", owner_roles=()), account("b", owner_roles=()))
    found = findings(registry, NOW)
    lines = {n.about: n for n in agenda.findings_by_kind(registry, found)}
    assert lines["code:no_owner_role"].what == "2 accounts: no owner role"
    assert lines["code:no_owner_role"].urgency == "later"
    assert lines["code:nobody_gets_in"].urgency == "soon"


def test_replaced_secrets_that_are_kept_beyond_their_time_are_told_until_they_are_retired() -> None:
    old = version(1, days(-400), superseded_at=days(-91))
    registry = company(account(), password("acme", old, version(2, days(-91))))
    [need] = agenda.retiring(registry, NOW, USUAL)
    assert need.what == "1 replaced secret is kept for too long: rotate retire"
    assert (need.urgency, need.opens) == ("later", "rotation")
    assert list(agenda.retiring(registry, days(-2), USUAL)) == []
    assert list(agenda.retiring(registry, NOW, Policy(keep_days=365))) == []


def test_every_kind_of_finding_has_words_for_a_list() -> None:
    assert set(FINDING_TITLES) == set(KINDS)


def test_dormant_accounts_and_dead_platforms_are_told_apart() -> None:
    looked = Activity(days(-400), "profile page", days(-1))
    idle = company(account(last_activity=looked), account("new"))
    assert [a.id for a, _ in to_decide(idle, NOW)] == ["acme"]
    assert [n.opens for n in agenda.idle(idle, NOW)] == ["dormancy"]
    dead = company(account(last_activity=looked), status="dead", died_on=date(2020, 1, 1))
    assert to_decide(dead, NOW) == []
    assert [a.id for a in on_dead_platforms(dead, NOW)] == ["acme"]
    assert [n.opens for n in agenda.idle(dead, NOW)] == ["platforms"]


def test_what_was_decided_and_ran_out_is_asked_again_sooner_than_what_never_was() -> None:
    looked = Activity(days(-400), "profile page", days(-1))
    kept = Decision(id="d", account="acme", what="keep", until=TODAY, reason="fair", at=days(-9))
    idle = company(account(last_activity=looked), account("b", last_activity=looked), kept)
    told = [(n.urgency, n.about) for n in agenda.idle(idle, NOW)]
    assert told == [("soon", "decision:ran"), ("later", "decision:none")]
    stands = replace(kept, until=TODAY + timedelta(days=1))
    assert [n.about for n in agenda.idle(idle.apply(changes(stands)), NOW)] == ["decision:none"]


def test_clocks_of_those_without_a_case_come_from_their_plan() -> None:
    waits = {"transfer_ownership": 7}
    registry = company(
        leaving(20), account(), seat("jan", "owner"), holds("ann"), models=("seats",), waits=waits
    )
    clocks = list(agenda.clocks_of_leavers(registry, NOW))
    assert clocks
    day = TODAY + timedelta(days=13)
    for need in clocks:
        assert (need.opens, need.about, need.by) == ("departure", "jan", day)
        assert need.what.endswith("7 days wait")


def test_the_most_urgent_comes_first_then_the_earliest() -> None:
    def need(name: str, by: int | None) -> Need:
        day = None if by is None else TODAY + timedelta(days=by)
        return Need(urgency=urgency_of(day, TODAY), what=name, by=day, opens="case")

    given = [need("d", None), need("c", 20), need("b", 7), need("a", -1), need("e", 40)]
    assert [n.what for n in most_urgent_first(given)] == ["a", "b", "c", "e", "d"]
    assert [n.urgency for n in most_urgent_first(given)] == [
        "overdue", "now", "soon", "later", "later",
    ]  # fmt: skip
