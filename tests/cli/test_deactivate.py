"""Closing accounts by command: many as one act, a case each, until the record is closed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import Desk, refusal
from vault.cli.deactivate import MOST_WAYS

MANY = 33
RETIRES = "--dead retires all that is on platforms that are gone"


def made(folder: Path) -> Desk:
    """Return a desk with a role that Eva holds, its main account, and one to be closed."""
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    desk.do("person", "add", "Eva Jansen")
    desk.do("role", "add", "Webcare")
    desk.do("role", "assign", "webcare", "eva")
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("account", "add", "x/@acmeold", "--role", "webcare")
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return made(tmp_path)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk that no test changes."""
    desk = made(tmp_path_factory.mktemp("settled"))
    desk.do("account", "add", "hyves/@acme")
    return desk


def in_days(desk: Desk, ahead: int) -> str:
    return (desk.now() + timedelta(days=ahead)).date().isoformat()


def entries(desk: Desk) -> int:
    return len(desk.ask("journal", "list")["entries"])


def next_step(desk: Desk, case: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = desk.ask("case", "next", case)["steps"]
    return found[0]


def test_thirty_three_accounts_go_into_one_with_one_command_and_a_case_each(desk: Desk) -> None:
    names = [f"x/@acme{number}" for number in range(MANY)]
    for each in names:
        desk.do("account", "add", each, "--role", "webcare")
    before = entries(desk)
    told = desk.ask("deactivate", "start", *names, "--into", "x/@acme", "--by", in_days(desk, 10))
    assert len(set(told["cases"])) == MANY
    assert entries(desk) == before + 1
    closings = told["plan"]["closings"]
    assert [each["account_name"] for each in closings] == names
    for each in closings:
        assert (each["close_by"], each["reversible_until"]) == (
            in_days(desk, 10),
            in_days(desk, 40),
        )
        (pointer,) = (s for s in each["steps"] if s["act"] == "point_to_successor")
        assert pointer["title"].endswith("to x/@acme")
        assert all(step["due"] for step in each["steps"])
    listed = desk.ask("deactivate", "list")["cases"]
    assert {each["reversible_until"] for each in listed} == {in_days(desk, 40)}
    main = desk.do("deactivate", "plan", "x/@acme", code=1).out
    assert f"{MANY} things in the way:" in main
    assert main.count("goes on in x/@acme") == MOST_WAYS
    assert main.endswith(f"  and {MANY - MOST_WAYS} more (--json has them)\n")
    assert "nobody who works here" not in desk.do("deactivate", "plan", "x/@acmeold").out
    decisions = {each["decision"]["what"] for each in reported(desk, *names)}
    assert decisions == {"consolidate"}


def reported(desk: Desk, *names: str) -> list[dict[str, Any]]:
    found = desk.ask("dormant", "report", code=None)["accounts"]
    return [each for each in found if f"{each['platform']}/@{each['handle']}" in names]


def test_a_closing_is_carried_through_and_can_be_undone_until_it_says(desk: Desk) -> None:
    (case,) = desk.ask("deactivate", "start", "x/@acmeold")["cases"]
    second = desk.run("deactivate", "start", "x/@acme", "x/@acmeold")
    assert refusal(second) == f"x/@acmeold is being closed already: case {case[:8]}"
    assert (second.code, len(desk.ask("case", "list")["cases"])) == (5, 1)
    for act in ("stop_ads", "save_archive", "note_followers", "free_handle", "deactivate"):
        step = next_step(desk, case)
        assert step["act"] == act
        desk.do("case", "applied", case, step["id"], "--evidence", "seen")
    shown = desk.ask("account", "show", "x/@acmeold")
    assert shown["state"] == "closing"
    assert shown["decided"] == f"deactivate, reversible until {in_days(desk, 30)}"
    (listed,) = desk.ask("deactivate", "list")["cases"]
    assert listed["reversible_until"] == in_days(desk, 30)
    waiting = desk.ask("case", "next", case)
    assert (waiting["steps"], waiting["next_on"]) == ([], in_days(desk, 31))
    kept = ("dormant", "decide", "x/@acmeold", "--keep-until", "2999-01-01", "--reason", "x")
    assert refusal(desk.run(*kept)) == f"x/@acmeold is being closed: case {case[:8]}"
    early = desk.run("case", "applied", case, waiting["waiting"][0]["id"])
    assert refusal(early).endswith(f"from {in_days(desk, 31)} on: until then it can be undone")
    assert (early.code, desk.run("case", "close", case).code) == (5, 5)
    desk.ahead = timedelta(days=31)
    for act in ("verify_closed", "retire_credentials", "archive_record"):
        step = next_step(desk, case)
        assert step["act"] == act
        desk.do("case", "applied", case, step["id"])
    closed = desk.ask("account", "show", "x/@acmeold")
    assert (closed["state"], bool(closed["until"])) == ("closed", True)
    assert desk.held is not None
    (password,) = desk.held.registry.credentials_of[closed["id"]]
    assert password.until is not None
    desk.do("case", "close", case)
    assert desk.ask("deactivate", "list")["cases"] == []
    (before,) = desk.ask("deactivate", "list", "--as-of", in_days(desk, -1))["cases"]
    assert (before["id"], before["closed_at"]) == (case, None)


def test_a_closing_is_given_up_as_long_as_it_can_be_undone(desk: Desk) -> None:
    (case,) = desk.ask("deactivate", "start", "x/@acmeold")["cases"]
    for _ in range(5):
        desk.do("case", "applied", case, next_step(desk, case)["id"], "--evidence", "seen")
    desk.do("case", "replan", case)
    desk.ahead = timedelta(days=30)
    told = desk.do("deactivate", "stop", "x/@acmeold", "--reason", "sold with the brand").out
    assert told.splitlines()[-1] == "Log in to it, so that the platform brings it back."
    assert desk.ask("account", "show", "x/@acmeold")["state"] == "living"
    states = [each["state"] for each in desk.ask("case", "show", case)["progress"]]
    assert states == ["applied"] * 5 + ["dropped"] * 3
    assert desk.ask("deactivate", "list")["cases"] == []
    again = desk.run("deactivate", "stop", "x/@acmeold", "--reason", "once more")
    assert (again.code, refusal(again)) == (4, "x/@acmeold is not being closed")
    (case,) = desk.ask("deactivate", "start", "x/@acmeold")["cases"]
    for _ in range(5):
        desk.do("case", "applied", case, next_step(desk, case)["id"], "--evidence", "seen")
    desk.ahead = timedelta(days=61)
    late = desk.run("deactivate", "stop", "x/@acmeold", "--reason", "too late")
    assert (late.code, refusal(late)) == (
        5,
        f"x/@acmeold is gone for good since {in_days(desk, 0)}",
    )


def test_a_closing_given_up_is_to_be_decided_about_again(desk: Desk) -> None:
    desk.do("dormant", "record", "x/@acmeold", "--last", "2020-01-01")
    undecided = reported(desk, "x/@acmeold")
    for more in ((), ("--into", "x/@acme")):
        desk.do("deactivate", "start", "x/@acmeold", *more)
        assert reported(desk, "x/@acmeold")[0]["decision"]["stands"]
        desk.do("deactivate", "stop", "x/@acmeold", "--reason", "sold with the brand")
        (told,) = reported(desk, "x/@acmeold")
        assert told["decision"] is None
        assert told["verdict"] == undecided[0]["verdict"] == "dormant"
    kept = ("--keep-until", in_days(desk, 90), "--reason", "the fair in May")
    desk.do("dormant", "decide", "x/@acmeold", *kept)
    desk.do("deactivate", "start", "x/@acmeold")
    desk.do("deactivate", "stop", "x/@acmeold", "--reason", "sold with the brand")
    assert reported(desk, "x/@acmeold")[0]["decision"]["what"] == "keep"


def test_what_is_final_at_once_is_given_up_before_it_and_never_after(desk: Desk) -> None:
    desk.do("account", "add", "reddit/@acme", "--role", "webcare")
    desk.do("credential", "set", "reddit/@acme", "--stdin", "--current", stdin="of no use\n")
    today = ("--by", in_days(desk, 0))
    told = desk.do("deactivate", "plan", "reddit/@acme", *today).out
    assert f"by {in_days(desk, 0)}, which cannot be undone." in told
    (case,) = desk.ask("deactivate", "start", "reddit/@acme", *today)["cases"]
    desk.do("deactivate", "stop", "reddit/@acme", "--reason", "sold")
    assert desk.ask("account", "show", "reddit/@acme")["state"] == "living"
    started = desk.ask("deactivate", "start", "reddit/@acme", *today)
    assert started["plan"]["closings"][0]["reversible_until"] == in_days(desk, -1)
    assert "it is closed" in desk.do("deactivate", "list").out
    (case,) = started["cases"]
    for _ in range(5):
        desk.do("case", "applied", case, next_step(desk, case)["id"], "--evidence", "seen")
    late = desk.run("deactivate", "stop", "reddit/@acme", "--reason", "too late")
    assert (late.code, refusal(late)) == (
        5,
        f"reddit/@acme is gone for good since {in_days(desk, 0)}",
    )
    assert desk.ask("account", "show", "reddit/@acme")["decided"] == "deactivate, being closed"
    assert "not any more" in desk.do("deactivate", "list").out
    shown = desk.do("credential", "reveal", "reddit/@acme", "--stdout")
    assert "bring it back" not in shown.err


def test_a_plan_writes_nothing(settled: Desk) -> None:
    desk, before = settled, entries(settled)
    told = desk.do("deactivate", "plan", "x/@acmeold", "--into", "x/@acme", "--handle", "park").out
    assert f"reversible until {in_days(desk, 44)}" in told
    assert "It goes on in x/@acme." in told
    assert "Keep the handle of x/@acmeold out of other hands" in told
    assert entries(desk) == before


def test_what_leaves_nothing_but_words_is_not_done_without_any(desk: Desk) -> None:
    (case,) = desk.ask("deactivate", "start", "x/@acmeold")["cases"]
    steps = {p["step"]["act"]: p["step"]["id"] for p in desk.ask("case", "show", case)["progress"]}
    desk.do("case", "applied", case, steps["stop_ads"])
    assert (
        f"applied {case[:8]} {steps['save_archive']} --evidence"
        in desk.do("case", "next", case).out
    )
    for act, hint in (
        ("save_archive", "say where the archive is: --evidence TEXT"),
        ("note_followers", "say how many follow it and what links to it"),
    ):
        bare = desk.run("case", "applied", case, steps[act], "--evidence", " ")
        assert (bare.code, "nothing is written down" in refusal(bare)) == (2, True)
        assert hint in bare.err
        desk.do("case", "applied", case, steps[act], "--evidence", "1,204; list in the wiki")


def test_an_account_in_which_others_go_on_is_needed_and_none_goes_on_in_one_that_goes(
    desk: Desk,
) -> None:
    desk.do("account", "add", "x/@acmenew", "--role", "webcare")
    (case,) = desk.ask("deactivate", "start", "x/@acmeold", "--into", "x/@acme")["cases"]
    answer = desk.do("deactivate", "plan", "x/@acme", code=1)
    assert "✗ x/@acmeold, which is being closed, goes on in x/@acme" in answer.out
    assert "then: safehands deactivate start x/@acmeold --into ACCOUNT" in answer.out
    for command in (("deactivate", "start"), ("dormant", "decide")):
        circle = desk.run(*command, "x/@acme", "--into", "x/@acmeold")
        told = f"x/@acmeold is being closed itself: case {case[:8]}"
        assert (circle.code, refusal(circle)) == (5, told)
    desk.do("dormant", "decide", "x/@acme", "--into", "x/@acmenew")
    chain = desk.run("deactivate", "start", "x/@acmenew", "--into", "x/@acme")
    said = f"x/@acme is not to stay itself: decided on {in_days(desk, 0)}, into x/@acmenew"
    assert (chain.code, refusal(chain)) == (5, said)
    (blocker,) = desk.ask("case", "replan", case, code=1)["plan"]["closings"][0]["blockers"]
    assert blocker["what"] == f"x/@acmeold cannot go on there: {said}"
    desk.do("deactivate", "stop", "x/@acmeold", "--reason", "it goes on elsewhere")
    desk.do("deactivate", "plan", "x/@acme")


def test_nobody_is_pointed_to_an_account_that_is_to_go(desk: Desk) -> None:
    (case,) = desk.ask("deactivate", "start", "x/@acmeold", "--into", "x/@acme")["cases"]
    desk.do("dormant", "decide", "x/@acme", "--deactivate")
    steps = desk.ask("case", "show", case)["progress"]
    (pointer,) = (p["step"]["id"] for p in steps if p["step"]["act"] == "point_to_successor")
    refused = desk.run("case", "applied", case, pointer)
    assert refused.code == 5
    assert "x/@acme is not to stay itself" in refusal(refused).lower()


def test_what_needs_the_account_is_told_with_ways_out(settled: Desk) -> None:
    desk = settled
    desk.do("account", "add", "youtube/@acme", "--signs-in-with", "x/@acmeold")
    answer = desk.do("deactivate", "plan", "x/@acmeold", code=1)
    assert "✗ youtube/@acme signs in with x/@acmeold" in answer.out
    assert "safehands account edit youtube/@acme --signs-in-with ''" in answer.out
    together = desk.ask("deactivate", "plan", "x/@acmeold", "youtube/@acme")
    assert together["counts"]["blockers"] == 0
    desk.do("account", "edit", "youtube/@acme", "--signs-in-with", "")
    desk.do("deactivate", "plan", "x/@acmeold")


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        ((), 2, "no account is named"),
        (("x/@acme", "--into", "x/@acme"), 5, "x/@acme is to be closed itself"),
        (("x/@acme", "--by", "2020-01-01"), 2, "2020-01-01 is over"),
        (("x/@acme", "--by", "soon"), 2, "--by is no date: 'soon'"),
        (("x/@nobody",), 4, "there is no account 'x/@nobody'"),
        (("x/@acme", "--dead"), 2, RETIRES),
        (("--dead", "--by", "2999-01-01"), 2, RETIRES),
        (("--dead", "--handle", "park"), 2, RETIRES),
        (("hyves/@acme",), 5, "Hyves is gone, and hyves/@acme with it"),
    ],
)
def test_what_makes_no_sense_is_refused(
    settled: Desk, argv: tuple[str, ...], code: int, message: str
) -> None:
    answer = settled.run("deactivate", "start", *argv)
    assert (answer.code, refusal(answer)) == (code, message)
    assert settled.ask("case", "list")["cases"] == []


def test_a_plan_of_several_leaves_out_what_cannot_be_closed_and_shows_the_rest(
    settled: Desk,
) -> None:
    order = ("deactivate", "plan", "x/@acmeold", "hyves/@acme", "x/@acme")
    told = settled.do(*order, code=1)
    assert "warning: left out: Hyves is gone, and hyves/@acme with it" in told.err
    assert "deactivate start --dead" in told.err
    assert "x/@acmeold" in told.out
    document = settled.ask(*order, code=1)
    assert [each["account_name"] for each in document["closings"]] == ["x/@acmeold", "x/@acme"]
    (left,) = document["left_out"]
    assert left["why"] == "Hyves is gone, and hyves/@acme with it"
    assert settled.ask("deactivate", "plan", "x/@acmeold", code=None)["left_out"] == []


def test_dead_platforms_are_retired_in_one_go(desk: Desk) -> None:
    for each in ("hyves/@acme", "vine/@acme", "klout/@acme"):
        desk.do("account", "add", each, "--role", "webcare")
    desk.do("grant", "add", "x/@acme", "klout/@acme", "--by", "eva")
    before = entries(desk)
    told = desk.ask("deactivate", "start", "--dead")
    assert (len(told["retired"]), told["needed"]) == (3, [])
    assert entries(desk) == before + 1
    assert desk.ask("account", "show", "hyves/@acme")["state"] == "closed"
    assert desk.ask("grant", "list")["grants"] == []
    assert desk.ask("deactivate", "start", "--dead")["retired"] == []
    assert entries(desk) == before + 1


def test_many_accounts_are_decided_on_as_one_act(desk: Desk) -> None:
    desk.do("dormant", "record", "x/@acme", "--last", "2020-01-01")
    desk.do("dormant", "record", "x/@acmeold", "--last", "2021-01-01")
    desk.do("dormant", "report", code=1)
    before, until = entries(desk), in_days(desk, 60)
    both = ("x/@acme", "x/@acmeold")
    told = desk.do("dormant", "decide", *both, "--keep-until", until, "--reason", "a fair in May")
    assert told.out.splitlines() == [f"{each}: keep until {until}" for each in both]
    assert entries(desk) == before + 1
    shown = desk.do("dormant", "report").out
    assert shown.count(f"keep until {until}") == 2
    assert [each["decision"]["stands"] for each in reported(desk, *both)] == [True, True]
    desk.do("dormant", "decide", "x/@acmeold", "--into", "x/@acme")
    (closing,) = desk.ask("deactivate", "plan", "x/@acmeold")["closings"]
    assert closing["into"] == desk.id_of("account", "show", "x/@acme")
    desk.do("dormant", "decide", "x/@acmeold", "--revive", "--cadence", "7")
    (found,) = reported(desk, "x/@acmeold")
    assert (found["decision"]["runs_out"], found["cadence_days"]) == (in_days(desk, 22), 7)
    desk.ahead = timedelta(days=61)
    again = desk.do("dormant", "report", code=1).out
    assert again.count("(ran out)") == 2
    assert "To be decided about: 2 accounts" in again


def test_accounts_on_dead_platforms_are_to_be_retired_and_not_to_be_decided_about(
    desk: Desk,
) -> None:
    desk.do("account", "add", "hyves/@acme", "--role", "webcare")
    desk.do("dormant", "record", "x/@acme", "--last", "2020-01-01")
    told = desk.do("dormant", "report", code=1).out
    assert "To be decided about: 1 account. Next: safehands dormant decide x/@acme" in told
    assert "On platforms that are gone: 1 account. Next: safehands deactivate start --dead" in told
    shown = desk.ask("report", "dormant", code=1)["sections"]
    assert [len(shown[part]) for part in ("accounts", "decided", "gone")] == [1, 0, 1]
    assert desk.ask("report", "dormant", code=1)["figures"]["to_decide"] == 1
    desk.do("dormant", "decide", "x/@acme", "--deactivate")
    desk.do("dormant", "report")
    desk.do("report", "dormant")


@pytest.mark.parametrize(
    "options",
    [
        ("--keep-until", "2999-01-01", "--reason", "the archive"),
        ("--revive", "--cadence", "7"),
        ("--into", "x/@acme"),
        ("--deactivate",),
    ],
)
def test_nothing_is_decided_about_an_account_that_went_with_its_platform(
    desk: Desk, options: tuple[str, ...]
) -> None:
    desk.do("account", "add", "hyves/@acme", "--role", "webcare")
    answer = desk.run("dormant", "decide", "hyves/@acme", *options)
    assert (answer.code, refusal(answer)) == (5, "Hyves is gone, and hyves/@acme with it")
    assert "retire all such accounts, their history stays: safehands deactivate start --dead" in (
        answer.err
    )
    desk.do("deactivate", "start", "--dead")
    assert "is closed" in desk.do("dormant", "decide", "hyves/@acme", *options, code=5).err


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ((), 2, "nothing was decided"),
        (("--deactivate", "--revive"), 2, "one thing is decided at a time"),
        (("--keep-until", "2999-01-01"), 2, "an account that nobody uses is kept for a reason"),
        (
            ("--keep-until", "2020-01-01", "--reason", "x"),
            2,
            "an account is kept until a day to come, not 2020-01-01",
        ),
        (("--revive",), 2, "an account is revived with a cadence"),
        (("--into", "x/@acme"), 5, "x/@acme cannot be consolidated into itself"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    settled: Desk, options: tuple[str, ...], code: int, message: str
) -> None:
    answer = settled.run("dormant", "decide", "x/@acmeold", "x/@acme", *options)
    assert (answer.code, refusal(answer)) == (code, message)
    assert all(each["decision"] is None for each in reported(settled, "x/@acme", "x/@acmeold"))
