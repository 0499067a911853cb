"""Whose word a step of a case rests on: who did it, who saw it, and who typed that in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import Desk, refusal


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A role that Jan and Eva hold, and a mailbox that Jan reads himself."""
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path).found().keep_open().with_webcare()
    desk.do("mailbox", "add", "web@acme.example", "--reader", "jan", "--role", "webcare")
    return desk


def started(desk: Desk, *options: str) -> str:
    last_day = (desk.now() + timedelta(days=30)).date().isoformat()
    return str(desk.ask("offboard", "start", "jan", "--last-day", last_day, *options)["case"])[:8]


def the_step(desk: Desk, case: str) -> dict[str, Any]:
    steps = desk.ask("case", "show", case)["progress"]
    return next(each for each in steps if each["step"]["act"] == "remove_mailbox_reader")


def told(desk: Desk, case: str) -> list[str]:
    return [each["what"] for each in the_step(desk, case).get("evidence", [])]


def test_who_did_a_step_that_two_see_to_does_not_answer_for_waiving_it(desk: Desk) -> None:
    case = started(desk, "--two-person")
    step = the_step(desk, case)["step"]["id"]
    desk.do("case", "applied", case, step, "--by", "eva")
    waive = ("case", "waive", case, step, "--reason", "done", "--approver")
    did = refusal(desk.do(*waive, "eva", code=5))
    assert f"Eva Jansen did step {step}, so somebody else must answer for it" in did
    here = desk.do(*waive, "ana", code=5)
    assert f"Ana Kramer records this, and somebody did step {step}" in refusal(here)
    assert "let a second person look: --approver PERSON" in here.err
    assert the_step(desk, case)["state"] == "applied"
    desk.do("person", "add", "Kim Lee")
    desk.do(*waive, "kim")
    assert the_step(desk, case)["state"] == "waived"


def test_who_is_at_the_keyboard_may_waive_what_nobody_did(desk: Desk) -> None:
    case = started(desk, "--two-person")
    step = the_step(desk, case)["step"]["id"]
    desk.do("case", "waive", case, step, "--reason", "he helps on", "--approver", "ana")
    assert the_step(desk, case)["state"] == "waived"
    assert told(desk, case) == []


def test_who_recorded_what_another_did_or_saw_is_kept_and_who_they_named_is_in_the_journal(
    desk: Desk,
) -> None:
    case = started(desk, "--two-person")
    step = the_step(desk, case)["step"]["id"]
    desk.do("case", "applied", case, step)
    assert told(desk, case) == []
    desk.do("case", "verify", case, step, "--by", "eva", "--evidence", "the list")
    assert told(desk, case) == ["recorded by Ana Kramer", "the list"]
    entries = desk.ask("journal", "list")["entries"]
    notes = [each["note"] for each in entries if str(each["act"]).startswith("case.")]
    assert any("web@acme.example, confirmed by Eva Jansen: the list" in note for note in notes)
    assert not [note for note in notes if "done by" in note]


def test_who_is_called_like_whoever_did_a_step_is_told_and_marked(desk: Desk) -> None:
    desk.do("person", "add", "Ana Kramer", "--mail", "ana@acme.example", "--another")
    case = started(desk, "--two-person")
    step = the_step(desk, case)["step"]["id"]
    desk.do("case", "applied", case, step)
    seen = desk.do("case", "verify", case, step, "--by", "ana@acme.example")
    assert "is called like whoever did it: see that it is somebody else" in seen.err
    assert "recorded by Ana Kramer" in told(desk, case)
    assert any("is called like whoever did it" in each for each in told(desk, case))
