"""Departures whose plans change on the way: other days, called off, told by whom, as it was."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import Desk, refusal


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A role that Jan and Eva hold, with an account and a mailbox that Jan reads himself."""
    folder = tmp_path_factory.mktemp("changes")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open().with_webcare()
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("mailbox", "add", "web@acme.example", "--reader", "jan", "--reader", "role:webcare")
    return desk


@pytest.fixture
def desk(founded: Desk, tmp_path: Path) -> Desk:
    tmp_path.chmod(0o700)
    return founded.copy(tmp_path)


def day(desk: Desk, ahead: int) -> str:
    return (desk.now() + timedelta(days=ahead)).date().isoformat()


def started(desk: Desk, who: str = "jan", ahead: int = 30) -> str:
    return str(
        desk.ask("offboard", "start", who, "--last-day", day(desk, ahead), code=None)["case"]
    )


def step_of(desk: Desk, case: str, act: str) -> str:
    shown = desk.ask("case", "show", case)["progress"]
    return str(next(p["step"]["id"] for p in shown if p["step"]["act"] == act))


def shown(desk: Desk, case: str, step: str, *argv: str) -> dict[str, Any]:
    return desk.ask("case", "show", case, step, *argv)


def codes(desk: Desk) -> set[str]:
    return {each["code"] for each in desk.ask("check", code=None)["findings"]}


def test_a_plan_made_again_takes_the_recorded_last_day_and_tells_of_the_change(desk: Desk) -> None:
    case = started(desk)
    told = desk.do("person", "leave", "jan", "--last-day", day(desk, 3)).out
    assert f"safehands case replan {case[:8]}" in told
    assert "departure_moved" in codes(desk)
    again = desk.ask("case", "replan", "jan")
    assert again["before"] == {"last_day": day(desk, 30), "mode": "planned"}
    assert again["plan"]["last_day"] == day(desk, 3)
    assert desk.ask("case", "show", "jan")["last_day"] == day(desk, 3)
    assert "departure_moved" not in codes(desk)


def test_a_plan_made_again_takes_another_day_mode_and_successor(desk: Desk) -> None:
    started(desk)
    desk.do("person", "add", "Kim Lee")
    options = ("--last-day", day(desk, 5), "--mode", "immediate", "--successor", "webcare=kim")
    told = desk.do("case", "replan", "jan", *options).out
    assert f"The last day is {day(desk, 5)} now; it was {day(desk, 30)}." in told
    assert "The mode is immediate now; it was planned." in told
    assert "Give the role Webcare to Kim Lee" in told
    assert desk.ask("person", "show", "jan")["last_day"] == day(desk, 5)
    kept = desk.ask("case", "show", "jan")
    assert (kept["last_day"], kept["mode"]) == (day(desk, 5), "immediate")
    assert len(kept["successors"]) == 1
    told = refusal(desk.do("case", "replan", "jan", "--policy", "mine.toml", code=2))
    assert told.endswith("is no rotation: it goes by no policy")
    refused = refusal(desk.do("case", "replan", "jan", "--last-day", day(desk, -1), code=2))
    assert refused == f"{day(desk, -1)} is over"


def test_a_departure_that_is_called_off_is_told_and_can_be_ended_with_a_reason(desk: Desk) -> None:
    case = started(desk)
    kept = step_of(desk, case, "remove_mailbox_reader")
    desk.do("case", "applied", case, kept)
    early = desk.do("case", "close", case, "--called-off", "--reason", "stays", code=5)
    assert refusal(early).startswith("the last day of Jan Bakker is")
    told = desk.do("person", "leave", "jan", "--called-off").out
    assert f"safehands case close {case[:8]} --called-off --reason TEXT" in told
    assert "departure_called_off" in codes(desk)
    assert "called off" in refusal(desk.do("case", "replan", case, code=5))
    desk.do("case", "close", case, "--called-off", code=2)
    told = desk.do("case", "close", case, "--called-off", "--reason", "he changed his mind").out
    assert told.startswith("Closed. Jan Bakker stays; ")
    over = desk.ask("case", "show", case)
    assert over["closed_at"] is not None
    assert over["notes"][-1]["what"] == "given up: he changed his mind"
    assert {p["state"] for p in over["progress"]} == {"applied", "dropped"}
    assert "departure_called_off" not in codes(desk)
    assert "offboard.stop" in {e["act"] for e in desk.ask("journal", "list")["entries"]}


def test_a_departure_is_not_called_off_while_a_new_secret_is_unproved(desk: Desk) -> None:
    case = started(desk)
    desk.do("case", "applied", case, step_of(desk, case, "end_role_assignment"))
    desk.do("credential", "set", "x/@acme", "--generate", "--stdout")
    password = step_of(desk, case, "rotate_password")
    desk.do("case", "applied", case, password)
    desk.do("person", "leave", "jan", "--called-off")
    off = ("case", "close", case, "--called-off", "--reason", "stays")
    unproved = (
        f"Change the password of x/@acme: the new secret of step {password} is not proved yet"
    )
    assert refusal(desk.do(*off, code=5)) == unproved
    desk.do("case", "verify", case, password)
    desk.do(*off)


def test_who_has_left_keeps_the_true_day_and_is_counted_on_for_nothing(desk: Desk) -> None:
    desk.do("person", "leave", "jan", "--last-day", day(desk, -9))
    planned = desk.ask("offboard", "plan", "jan", "--mode", "planned", code=None)
    assert (planned["last_day"], planned["mode"]) == (day(desk, -9), "immediate")
    assert {each["due"] for each in planned["steps"]} == {day(desk, 0)}
    told = desk.do("offboard", "plan", "jan", code=None).out
    assert f"Jan Bakker left on {day(desk, -9)}\nimmediate: they do not help any more\n" in told
    assert (
        f"! The plan counts on no help, and is for now: Jan Bakker left on {day(desk, -9)}." in told
    )


def test_a_case_is_asked_about_as_it_was(desk: Desk) -> None:
    case = started(desk)
    reader = step_of(desk, case, "remove_mailbox_reader")
    desk.ahead += timedelta(days=2)
    desk.do("case", "applied", case, reader, "--evidence", "the list")
    desk.do("case", "note", case, "nearly there")
    desk.ahead += timedelta(days=2)
    desk.do("case", "verify", case, reader)
    then = ("--as-of", day(desk, -3))
    assert shown(desk, case, reader, *then)["state"] == "todo"
    assert shown(desk, case, reader, *then)["evidence"] == []
    assert shown(desk, case, reader, "--as-of", day(desk, -1))["state"] == "applied"
    assert shown(desk, case, reader)["state"] == "verified"
    whole = desk.ask("case", "show", case, *then)
    assert whole["notes"] == []
    assert (whole["verdict"]["lost"], whole["verdict"]["reopened"]) == ([], [])
    for argv in (("show", case), ("next", case), ("show", case, reader)):
        early = desk.do("case", *argv, "--as-of", day(desk, -9), code=4)
        assert "was opened on" in refusal(early)


def test_a_remark_on_a_step_leaves_the_day_on_which_it_was_done(desk: Desk) -> None:
    case = started(desk)
    reader = step_of(desk, case, "remove_mailbox_reader")
    desk.do("case", "applied", case, reader)
    desk.do("case", "verify", case, reader)
    before = shown(desk, case, reader)
    desk.ahead += timedelta(days=2)
    desk.do("case", "note", case, "looked again", "--step", reader)
    assert shown(desk, case, reader)["changed_at"] == before["changed_at"]
    assert shown(desk, case, reader, "--as-of", day(desk, -1))["state"] == "verified"


def test_a_number_of_a_plan_is_no_step_and_plans_show_the_ids(desk: Desk) -> None:
    case = started(desk)
    told = refusal(desk.do("case", "applied", case, "1", code=4))
    assert told == "1 is the number of a step in a plan, and plans are numbered anew"
    planned = desk.do("offboard", "plan", "jan").out
    pages = [desk.do("offboard", "plan", "jan", "--format", f).out for f in ("markdown", "html")]
    for progress in desk.ask("case", "show", case)["progress"]:
        assert all(progress["step"]["id"] in each for each in (planned, *pages))


def test_why_a_step_was_blocked_stays_with_it_when_the_plan_is_made_again(desk: Desk) -> None:
    case = started(desk)
    reader = step_of(desk, case, "remove_mailbox_reader")
    desk.do("case", "block", case, reader, "--reason", "IT is at the fair")
    assert desk.do("case", "show", case, reader).out.count("IT is at the fair") == 1
    desk.ask("case", "replan", case)
    again = shown(desk, case, reader)
    assert again["state"] == "todo"
    assert [each["what"] for each in again["evidence"]] == ["blocked: IT is at the fair"]


def test_a_step_may_wait_for_today_and_for_no_day_before_it(desk: Desk) -> None:
    case = started(desk)
    reader = step_of(desk, case, "remove_mailbox_reader")
    waiting = ("case", "block", case, reader, "--reason", "IT is at the fair", "--until")
    assert refusal(desk.do(*waiting, day(desk, -1), code=2)) == f"{day(desk, -1)} is over"
    desk.do(*waiting, day(desk, 0))
    assert shown(desk, case, reader)["state"] == "waiting"


def test_what_the_only_member_records_of_their_own_departure_is_marked(desk: Desk) -> None:
    for role, name in (("add", "Board"), ("assign", "board")):
        desk.do("role", role, name, *(["ana"] if role == "assign" else []))
    desk.do("role", "assign", "board", "eva")
    desk.do("account", "add", "x/@board", "--role", "board")
    planned = desk.do("offboard", "plan", "ana", "--last-day", day(desk, 30), code=1).out
    assert "nobody who stays could open the vault" in planned
    assert "! Nobody but Ana Kramer opens the vault" in planned
    case = started(desk, "ana")
    step = step_of(desk, case, "end_role_assignment")
    assert "leaving" in refusal(desk.do("case", "applied", case, step, code=5))
    desk.do("case", "applied", case, step, "--by", "eva")
    told = shown(desk, case, step)["evidence"]
    marked = "recorded by the leaver: nobody who stays can open the vault"
    assert [each["what"] for each in told] == [marked]
    desk.do("case", "verify", case, step, "--by", "jan")
    assert [each["what"] for each in shown(desk, case, step)["evidence"]] == [marked, marked]
    keys = step_of(desk, case, "advance_vault_keys")
    waive = ("case", "waive", case, keys, "--reason", "a new vault")
    assert "leaving" in refusal(desk.do(*waive, "--approver", "ana", code=5))
    desk.do(*waive, "--approver", "eva")
    assert marked in [each["what"] for each in shown(desk, case, keys)["evidence"]]


def test_a_step_of_somebody_called_like_the_leaver_is_told_and_marked(desk: Desk) -> None:
    case = started(desk)
    other = desk.ask("person", "add", "Jan Bakker", "--another")["id"]
    step = step_of(desk, case, "remove_mailbox_reader")
    told = desk.do("case", "applied", case, step, "--by", other)
    assert "is called like the leaver: see that it is somebody else" in told.err
    typed, kept = shown(desk, case, step)["evidence"]
    assert typed["what"] == "recorded by Ana Kramer"
    assert "is called like the leaver" in kept["what"]


def test_a_step_that_is_overdue_is_told_as_late_with_the_day_it_was_due(desk: Desk) -> None:
    case = started(desk, ahead=3)
    desk.ahead += timedelta(days=9)
    told = " ".join(desk.do("case", "next", case).out.split())
    assert f"was due {day(desk, -6)}, late" in told
    assert f"{day(desk, -6)}, late" in desk.do("case", "show", case).out
    assert day(desk, 0) not in told


def test_what_begins_later_is_no_tie_yet(desk: Desk) -> None:
    desk.do("person", "add", "Kim Lee")
    desk.do("account", "add", "x/@later", "--role", "webcare", "--since", day(desk, -20))
    desk.do("seat", "add", "x/@later", "kim", "--since", day(desk, -10))
    desk.do("role", "assign", "webcare", "kim", "--from", day(desk, -10))
    early = ("--as-of", day(desk, -15))
    assert "Kim" not in desk.do("account", "who", "x/@later", *early).out
    assert desk.ask("person", "holds", "kim", *early)["ties"] == []
    assert {tie["kind"] for tie in desk.ask("person", "holds", "kim")["ties"]} >= {"seat", "role"}
    assert desk.ask("account", "show", "x/@later", "--as-of", day(desk, -30))["state"] == "not yet"
    assert desk.ask("account", "who", "x/@later", "--as-of", day(desk, -30))["people"] == []
    assert desk.ask("account", "show", "x/@later")["state"] == "living"


def test_what_is_of_a_departure_is_asked_of_no_other_case(desk: Desk) -> None:
    desk.do("rotate", "start", "x/@acme")
    for option in (("--mode", "immediate"), ("--last-day", day(desk, 3)), ("--successor", "eva")):
        told = refusal(desk.do("case", "replan", "x/@acme", *option, code=2))
        assert told.endswith("is no departure: it has no last day, mode or successor")
    off = ("case", "close", "x/@acme", "--called-off", "--reason", "no")
    answer = desk.do(*off, code=5)
    assert refusal(answer).endswith("is no departure")
    assert "to give it up: safehands rotate stop " in answer.err
