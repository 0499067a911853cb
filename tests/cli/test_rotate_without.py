"""Rotations where no password is to be changed: there is none, or the account is being closed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("without")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open().with_webcare()
    for name in ("x/@shop", "medium/@acme", "instagram/@acme"):
        desk.do("account", "add", name, "--role", "webcare")
    desk.do(
        "account", "add", "threads/@acme", "--role", "webcare", "--signs-in-with", "instagram/@acme"
    )
    desk.do("credential", "set", "x/@shop", "--stdin", "--current", stdin="the old one\n")
    return desk


@pytest.fixture
def desk(founded: Desk, tmp_path: Path) -> Desk:
    """Accounts on platforms with a password and without."""
    return founded.copy(tmp_path)


def deactivated(desk: Desk) -> str:
    """The case of closing x/@shop, deactivated a moment ago; and its id."""
    desk.do("deactivate", "start", "x/@shop", code=None)
    (case,) = [c for c in desk.ask("case", "list")["cases"] if c["what"] == "deactivation"]
    shown = desk.ask("case", "show", case["id"])
    for step in (each["step"] for each in shown["progress"]):
        desk.do("case", "applied", case["id"], step["id"], "--evidence", "seen")
        if step["act"] == "deactivate":
            break
    return str(case["id"])


def test_an_account_that_needs_no_password_has_none_and_is_told_what_to_change(desk: Desk) -> None:
    assert desk.ask("credential", "list", "--account", "medium/@acme")["credentials"] == []
    told = desk.do("rotate", "plan", "medium/@acme", code=5)
    assert "the mailbox is the key" in told.err
    told = desk.do("rotate", "plan", "threads/@acme", code=5)
    assert "it is opened by instagram/@acme: change that instead" in told.err


def test_the_mailbox_of_who_left_is_moved_where_it_is_the_key(desk: Desk) -> None:
    desk.do("mailbox", "add", "jan@mail.example", "--owner", "jan", "--type", "personal")
    desk.do("mailbox", "add", "care@acme.example", "--role", "webcare")
    desk.do("account", "edit", "medium/@acme", "--login-mailbox", "jan@mail.example")
    desk.do("person", "leave", "jan", "--last-day", desk.now().date().isoformat())
    desk.ahead = timedelta(days=2)
    (plan,) = desk.ask("rotate", "plan", "medium/@acme", code=None)["plans"]
    assert [step["act"] for step in plan["steps"]] == [
        "prove_mailbox", "change_login_mail", "end_sessions",
    ]  # fmt: skip


def test_a_password_that_was_recorded_where_there_is_none_is_neither_due_nor_changed(
    desk: Desk,
) -> None:
    desk.do("credential", "set", "medium/@acme", "--stdin", "--current", stdin="of no use\n")
    desk.do("person", "leave", "jan", "--last-day", desk.now().date().isoformat())
    desk.ahead = timedelta(days=9)
    due = desk.ask("rotate", "due", code=1)["secrets"]
    assert {each["platform"] for each in due} == {"x", "instagram"}
    told = desk.do("rotate", "start", "medium/@acme", "--what", "password", code=5)
    assert refusal(told).startswith("medium/@acme has no password: there is no password")


def test_while_an_account_is_being_closed_nobody_is_sent_to_log_in(desk: Desk) -> None:
    deactivated(desk)
    told = desk.do("rotate", "start", "x/@shop", code=5)
    assert refusal(told) == "x/@shop is being closed, and a log-in may bring it back"
    stay = told.err.partition("if it is to stay: safehands ")[2].split()
    shown = desk.do("credential", "reveal", "x/@shop", "--stdout")
    assert shown.out == "the old one\n"
    assert "x/@shop is being closed: a log-in may bring it back until 20" in shown.err
    desk.do("person", "leave", "jan", "--last-day", desk.now().date().isoformat())
    desk.ahead = timedelta(days=5)
    due = desk.ask("rotate", "due", code=1)["secrets"]
    assert {each["platform"] for each in due} == {"instagram"}
    desk.do(*stay[:-1], "we need it")
    assert desk.do("credential", "reveal", "x/@shop", "--stdout").err == ""
    desk.do("rotate", "start", "x/@shop")


@pytest.mark.parametrize("way", ["deactivate", "account end"])
def test_a_rotation_that_is_open_ends_with_its_account(desk: Desk, way: str) -> None:
    case = str(desk.ask("rotate", "start", "x/@shop")["rotations"][0]["case"])
    if way == "deactivate":
        deactivated(desk)
    else:
        desk.do("account", "end", "x/@shop")
    shown = desk.ask("case", "show", case)
    assert shown["closed_at"] is not None
    assert {each["state"] for each in shown["progress"]} == {"dropped"}
    assert "given up: the account is closed" in desk.do("case", "show", case).out
