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
