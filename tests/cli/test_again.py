"""What a script does a second time: nothing is written twice, and it is told that it is so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal
from vault.domain.role import Assignment


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("again")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open().with_webcare()
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("credential", "set", "x/@acme", "--stdin", "--current", stdin="S3cret of acme")
    return desk


@pytest.fixture
def desk(founded: Desk, tmp_path: Path) -> Desk:
    return founded.copy(tmp_path)


def test_no_departure_takes_the_old_secret_for_a_new_one(desk: Desk) -> None:
    entries = desk.ask("status")["entries"]
    words = ("credential", "set", "x/@acme", "--stdin")
    again = desk.do(*words, "--current", stdin="S3cret of acme")
    assert again.out == "x/@acme: this password is current already\n"
    today = desk.now().date().isoformat()
    started = desk.ask("offboard", "start", "eva", "--last-day", today, code=None)
    refused = desk.do(*words, code=5, stdin="S3cret of acme")
    assert refusal(refused) == "that is the password x/@acme has, or had (version 2)"
    assert "S3cret" not in refused.err
    steps = {step["act"]: step["id"] for step in started["plan"]["steps"]}
    desk.do("case", "applied", started["case"], steps["end_role_assignment"])
    told = refusal(desk.do("case", "applied", started["case"], steps["rotate_password"], code=5))
    assert "no new password for x/@acme is pending" in told
    assert desk.ask("status")["entries"] == entries + 2  # the case, and its step


def told_already(desk: Desk, *argv: str) -> str:
    """The id by which it is so already, after seeing that the command is refused for that."""
    error = desk.ask(*argv, code=5)["error"]
    assert error["kind"] == "already", error
    return str(error["id"])


def test_what_is_so_already_has_a_kind_of_its_own_with_the_id_of_what_is_there(desk: Desk) -> None:
    desk.do("person", "add", "Tom de Wit")
    desk.do("role", "assign", "webcare", "tom")
    given = told_already(desk, "role", "assign", "webcare", "tom")
    assert desk.held is not None
    assert desk.held.registry.get(given, Assignment).person == desk.id_of("person", "show", "tom")
    role = desk.id_of("role", "show", "webcare")
    assert told_already(desk, "role", "add", "webcare") == role
    words = ("factor", "add", "x/@acme", "totp", "--holder", "webcare")
    factor = desk.id_of(*words)
    assert told_already(desk, *words) == factor
    desk.do(*words, "--label", "the other phone")
    (begun,) = desk.ask("rotate", "start", "x/@acme")["rotations"]
    assert told_already(desk, "rotate", "start", "x/@acme") == begun["case"]
    desk.do("account", "add", "x/@old", "--role", "webcare")
    closing = ("deactivate", "start", "x/@old")
    desk.do(*closing, code=None)
    (case,) = (c for c in desk.ask("case", "list")["cases"] if c["what"] == "deactivation")
    assert told_already(desk, *closing) == case["id"]
    today = desk.now().date().isoformat()
    leaving = ("offboard", "start", "eva", "--last-day", today)
    begun = desk.ask(*leaving, code=None)
    assert told_already(desk, *leaving) == begun["case"]


def test_a_batch_that_is_sent_twice_ends_as_if_sent_once(desk: Desk) -> None:
    today = desk.now().date().isoformat()
    case = desk.ask("offboard", "start", "eva", "--last-day", today, code=None)
    steps = {step["act"]: step["id"] for step in case["plan"]["steps"]}
    first, waits = steps["end_role_assignment"], steps["rotate_password"]
    applied = ("case", "applied", case["case"])
    error = desk.ask(*applied, first, waits, first, code=5)["error"]
    assert (error["kind"], error["recorded"]) == ("refused", [first])
    error = desk.ask(*applied, first, waits, code=5)["error"]
    assert (error["kind"], error["recorded"]) == ("refused", [])
    assert told_already(desk, *applied, first) == first
    desk.do("credential", "set", "x/@acme", "--stdin", stdin="An0ther of acme")
    entries = desk.ask("status")["entries"]
    told = desk.ask(*applied, first, waits, first)["steps"]
    assert [each["state"] for each in told] == ["applied", "pending", "applied"]
    assert desk.ask("status")["entries"] == entries + 1
    waive = ("case", "waive", case["case"], "--reason", "not now", "--approver", "ana")
    desk.do(*waive, waits)
    assert told_already(desk, *waive, waits) == waits


def test_a_departure_that_is_over_is_not_begun_again(desk: Desk) -> None:
    desk.do("person", "add", "Kim Smit")
    leaving = ("offboard", "start", "kim", "--last-day", desk.now().date().isoformat())
    case = desk.ask(*leaving)["case"]
    for step in desk.ask("case", "show", case)["progress"]:
        desk.do("case", "applied", case, step["step"]["id"])
    desk.do("case", "close", case)
    entries = desk.ask("status")["entries"]
    again = desk.ask(*leaving)
    assert (again["case"], bool(again["closed_at"])) == (case, True)
    assert "Nothing is left to do" in desk.do(*leaving).out
    assert desk.ask("status")["entries"] == entries
    desk.do("role", "add", "Video")
    later = (desk.now() + timedelta(days=9)).date().isoformat()
    other = desk.ask("offboard", "start", "kim", "--last-day", later, code=None)["case"]
    assert other != case
