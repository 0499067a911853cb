"""What a case says of its steps: whose they are, by when, what they wait for, what came back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A role that Jan and Eva hold, and a mailbox that Jan reads himself."""
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path).found().keep_open().with_webcare()
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("mailbox", "add", "web@acme.example", "--reader", "jan", "--reader", "role:webcare")
    return desk


def day(desk: Desk, ahead: int) -> str:
    return (desk.now() + timedelta(days=ahead)).date().isoformat()


def started(desk: Desk) -> str:
    return str(desk.ask("offboard", "start", "jan", "--last-day", day(desk, 30))["case"])[:8]


def steps(desk: Desk, case: str, act: str) -> list[dict[str, Any]]:
    shown = desk.ask("case", "show", case)["progress"]
    return [each for each in shown if each["step"]["act"] == act]


def test_a_step_that_is_next_says_who_does_it_and_by_when(desk: Desk) -> None:
    told = desk.do("case", "next", started(desk)).out
    assert f"  For Eva Jansen, by {day(desk, 30)}\n" in told
    assert (
        f"Take Jan Bakker off the readers of web@acme.example (nobody yet, by {day(desk, 30)})"
        in (" ".join(told.split()))
    )


def test_while_everything_waits_it_is_said_for_what_and_until_when(desk: Desk) -> None:
    case = started(desk)
    for each in desk.ask("case", "next", case)["steps"]:
        until = day(desk, 5 if each["act"] == "end_role_assignment" else 9)
        desk.do("case", "block", case, each["id"], "--reason", "the fair", "--until", until)
    waits = desk.ask("case", "next", case)
    assert waits["steps"] == []
    assert waits["next_on"] == day(desk, 5)
    role, *rest = sorted(waits["waiting"], key=lambda each: each["act"] != "end_role_assignment")
    assert (role["not_before"], role["reason"], role["after"]) == (day(desk, 5), "the fair", [])
    password = next(each for each in rest if each["act"] == "rotate_password")
    assert password["after"] == [role["id"]]
    told = desk.do("case", "next", case).out
    assert f"Nothing can be done before {day(desk, 5)}." in told
    assert f"waiting, from {day(desk, 5)}: the fair; Eva Jansen" in " ".join(told.split())


def test_a_step_that_is_no_longer_planned_is_not_counted(desk: Desk) -> None:
    case = started(desk)
    planned = len(desk.ask("case", "show", case)["progress"])
    desk.do("mailbox", "edit", "web@acme.example", "--no-reader", "jan")
    desk.ask("case", "replan", case)
    assert steps(desk, case, "remove_mailbox_reader")[0]["state"] == "dropped"
    assert f"0 of {planned - 1}" in desk.do("case", "list").out


def test_what_came_back_is_to_be_done_again_and_what_holds_is_not(desk: Desk) -> None:
    case = started(desk)
    (before,) = steps(desk, case, "remove_mailbox_reader")
    desk.do("case", "applied", case, before["step"]["id"], "--evidence", "the list of readers")
    desk.ask("case", "replan", case)
    (done,) = steps(desk, case, "remove_mailbox_reader")
    assert done["state"] == "applied"
    desk.do("mailbox", "edit", "web@acme.example", "--reader", "jan")
    desk.ask("case", "replan", case)
    kept, again = steps(desk, case, "remove_mailbox_reader")
    assert kept == done
    assert again["state"] == "todo"
    assert again["step"]["id"] != done["step"]["id"]
    desk.do("case", "applied", case, again["step"]["id"])
    assert "web@acme.example" not in desk.do("person", "holds", "jan").out


def test_several_steps_are_recorded_at_once_and_the_one_that_is_refused_says_which_were(
    desk: Desk,
) -> None:
    case = started(desk)
    (role,) = steps(desk, case, "end_role_assignment")
    (reader,) = steps(desk, case, "remove_mailbox_reader")
    (sessions,) = steps(desk, case, "end_sessions")
    here, there, held = (each["step"]["id"] for each in (role, reader, sessions))
    answer = desk.do("case", "applied", case, here, there, held, code=5)
    assert f"End all sessions of x/@acme: step {held} waits for" in answer.err
    assert f"; recorded before it: {here}, {there}; after it nothing\n" in answer.err
    assert [steps(desk, case, each["step"]["act"])[0]["state"] for each in (role, reader)] == [
        "applied",
        "applied",
    ]
    told = desk.ask("case", "verify", case, here, there)
    assert [each["state"] for each in told["steps"]] == ["verified", "verified"]
    assert "recorded before it: nothing" in desk.do("case", "verify", case, held, here, code=5).err
    assert "recorded" not in desk.do("case", "verify", case, held, code=5).err


def test_a_step_that_cannot_be_confirmed_says_what_can_be_done_instead(desk: Desk) -> None:
    case = started(desk)
    (role,) = steps(desk, case, "end_role_assignment")
    step = role["step"]["id"]
    early = desk.do("case", "verify", case, step, code=5).err
    assert f"step {step} is not done yet" in early
    assert f"safehands case applied {case} {step}\n" in early
    desk.do("case", "applied", case, step)
    desk.do("case", "verify", case, step)
    late = desk.do("case", "verify", case, step, code=5).err
    assert f"step {step} is verified already" in late
    assert f"see what is left: safehands case next {case}\n" in late


def test_cases_that_are_closed_are_counted_where_they_are_not_shown(desk: Desk) -> None:
    assert desk.do("case", "list").out.startswith("no cases: safehands offboard start")
    desk.do("person", "add", "Tom Smit")
    case = str(desk.ask("offboard", "start", "tom", "--last-day", day(desk, 30))["case"])[:8]
    desk.do("case", "close", case)
    told = desk.do("case", "list").out
    assert told == "no open cases\n1 closed case not shown: safehands case list --all\n"
    both = desk.do("case", "list", "--all").out
    assert f"closed {day(desk, 0)}" in both
    assert "not shown" not in both


def test_what_waits_for_its_proof_is_listed_apart_and_not_recorded_twice(desk: Desk) -> None:
    desk.do("account", "add", "x/@acme2", "--role", "webcare")
    for name in ("x/@acme", "x/@acme2"):
        desk.do("credential", "set", name, "--stdin", "--current", stdin=f"old of {name}\n")
    case = started(desk)
    for each in steps(desk, case, "end_role_assignment"):
        desk.do("case", "applied", case, each["step"]["id"])
    changes = [each["step"]["id"] for each in steps(desk, case, "rotate_password")]
    for name in ("x/@acme", "x/@acme2"):
        desk.do("credential", "set", name, "--stdin", stdin=f"new of {name}\n")
    desk.do("case", "applied", case, *changes)
    told = desk.do("case", "next", case).out
    verify = f"safehands case verify {case} STEP"
    todo, proving = told.split(f"\nTo be proved by a log-in ({verify}):\n")
    assert [each for each in changes if f"\n  {each}  " in f"\n{proving}"]
    assert not [each for each in changes if f"\n  {each}  " in todo]
    entries = desk.ask("status")["entries"]
    assert len(desk.ask("case", "applied", case, *changes)["steps"]) == len(changes)
    again = desk.do("case", "applied", case, changes[0], code=5)
    assert f"safehands case verify {case} {changes[0]}" in again.err
    assert desk.ask("status")["entries"] == entries


def test_a_case_that_was_given_up_does_not_read_as_done(desk: Desk) -> None:
    desk.do("credential", "set", "x/@acme", "--stdin", "--current", stdin="the old one\n")
    called_off = started(desk)
    desk.do("person", "leave", "jan", "--called-off")
    desk.do("case", "close", called_off, "--called-off", "--reason", "Jan stays")
    rotated = desk.ask("rotate", "start", "x/@acme", code=None)["rotations"][0]["case"]
    desk.do("rotate", "stop", rotated, "--reason", "not worth it")
    listed = desk.do("case", "list", "--all").out
    assert f"called off {day(desk, 0)}" in listed
    assert f"given up {day(desk, 0)}" in listed
    assert "closed" not in listed
    shown = desk.do("case", "show", rotated).out
    assert f"Given up on {day(desk, 0)} by Ana Kramer." in shown
    assert desk.do("case", "next", rotated).out == f"This case was given up on {day(desk, 0)}.\n"
    told = " ".join(desk.do("report", "evidence").out.split())
    assert f"Called off on {day(desk, 0)}: Jan stays." in told
    assert "still has" not in told


def test_a_step_that_is_late_says_when_it_was_due(desk: Desk) -> None:
    case, due = started(desk), day(desk, 30)
    desk.ahead = timedelta(days=60)
    told = " ".join(desk.do("case", "next", case).out.split())
    assert f"For Eva Jansen, was due {due}, late" in told
    assert f"by {day(desk, 0)}" not in told
