"""Rotations because of who left, on the command line: each can be carried to its end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.runner import Desk


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("leavers")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open().with_webcare()
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("credential", "set", "x/@acme", "--stdin", "--current", stdin="the old one\n")
    desk.do("person", "leave", "jan", "--last-day", desk.now().date().isoformat())
    return desk


@pytest.fixture
def desk(founded: Desk, tmp_path: Path) -> Desk:
    """An account on X; Jan left ten days ago, and still holds the role on paper."""
    desk = founded.copy(tmp_path)
    desk.ahead = timedelta(days=10)
    return desk


def test_a_rotation_after_somebody_left_is_closed_and_nothing_is_due_any_more(desk: Desk) -> None:
    (begun,) = desk.ask("rotate", "start", "x/@acme")["rotations"]
    case = str(begun["case"])[:8]
    change, *others = [step["id"] for step in begun["plan"]["steps"]]
    desk.do("credential", "set", "x/@acme", "--stdin", stdin="the new one\n")
    desk.do("case", "applied", case, change)
    desk.do("case", "verify", case, change, "--by", "eva")
    for step in others:
        desk.do("case", "applied", case, step)
    desk.do("case", "close", case)
    assert desk.ask("rotate", "due")["secrets"] == []


def test_a_new_password_recorded_as_in_use_is_no_debt_of_who_left_before(desk: Desk) -> None:
    assert len(desk.ask("rotate", "due", code=1)["secrets"]) == 1
    desk.do("credential", "set", "x/@acme", "--stdin", "--current", stdin="the new one\n")
    assert desk.ask("rotate", "due")["secrets"] == []


def test_check_says_what_to_change_because_of_who_left_until_that_is_begun(desk: Desk) -> None:
    desk.do("role", "unassign", "webcare", "jan")
    known = [f for f in desk.ask("check", code=1)["findings"] if f["code"] == "knowledge_debt"]
    what = "Jan Bakker has left and could know 1 current password: x/@acme"
    assert [each["what"] for each in known] == [what]
    command = known[0]["to_do"].partition("safehands ")[2].split()
    desk.do(*command)
    told = desk.do("check", code=1).out
    assert "could know" not in told
    assert "1 other secret should have been changed by now: safehands rotate due\n" in told
    assert desk.ask("check", code=1)["overdue"] == 1


def test_whoever_left_and_can_still_reset_it_is_named_when_a_rotation_is_begun(desk: Desk) -> None:
    desk.do("mailbox", "add", "care@acme.example", "--role", "webcare")
    desk.do("account", "edit", "x/@acme", "--login-mailbox", "care@acme.example")
    told = " ".join(desk.do("rotate", "start", "x/@acme", code=1).out.split())
    assert "✗ Jan Bakker has left and would still get in: Jan Bakker (as Webcare) reads" in told
    assert "safehands role unassign Webcare 'Jan Bakker'" in told
    desk.do("role", "unassign", "webcare", "jan")
    (plan,) = desk.ask("rotate", "plan", "x/@acme", code=None)["plans"]
    assert plan["blockers"] == []


def test_recovery_codes_that_who_left_could_know_come_with_the_password(desk: Desk) -> None:
    codes = ("--what", "recovery_codes", "--stdin", "--current")
    desk.ahead = timedelta()  # while Jan was there
    desk.do("credential", "set", "x/@acme", *codes, stdin="1111\n2222\n3333\n")
    desk.ahead = timedelta(days=10)
    due = desk.ask("rotate", "due", code=1)["secrets"]
    assert [each["what"] for each in due] == ["password", "recovery_codes"]
    (begun,) = desk.ask("rotate", "start", "--due")["rotations"]
    assert "renew_recovery_codes" in [step["act"] for step in begun["plan"]["steps"]]
    assert desk.ask("rotate", "start", "--due")["rotations"] == []


def test_a_step_for_somebody_who_lost_the_role_says_so_until_it_is_planned_again(
    desk: Desk,
) -> None:
    (begun,) = desk.ask("rotate", "start", "x/@acme")["rotations"]
    case = str(begun["case"])[:8]
    name = desk.ask("person", "show", begun["plan"]["steps"][0]["assignee"])["name"]
    desk.do("person", "add", "Aad Bos")
    desk.do("role", "assign", "webcare", "aad")
    desk.do("role", "unassign", "webcare", name)
    told = desk.do("case", "next", case).out
    assert f"For {name} (no longer in Webcare: case replan), " in told
    desk.do("case", "replan", case)
    assert "  For Aad Bos, " in desk.do("case", "next", case).out
