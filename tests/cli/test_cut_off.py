"""Somebody is cut off at once: shut out of their own mailbox first, by a case or by hand."""

from __future__ import annotations

from pathlib import Path

from tests.cli.runner import Desk


def test_the_mailbox_of_who_is_fired_is_blocked_first_and_read_by_somebody_else(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path).found().keep_open().with_webcare()
    desk.do("mailbox", "add", "web@acme.example", "--role", "webcare")
    desk.do("mailbox", "add", "jan@acme.example", "--owner", "jan")
    desk.do("account", "add", "x/@acme", "--role", "webcare", "--login-mailbox", "jan@")

    leave = ("jan", "--mode", "immediate", "--last-day", str(desk.now().date()))
    made = desk.ask("offboard", "plan", *leave)
    first = made["steps"][0]
    assert first["act"] == "block_mailbox"
    assert first["title"] == "Shut Jan Bakker out of jan@acme.example, and let Eva Jansen read it"
    assert made["verdict"]["sealed"]
    assert "Have IT block their sign-in" in desk.do("offboard", "plan", *leave, "--format=html").out

    desk.do("offboard", "start", *leave)
    desk.do("case", "applied", "jan", first["id"], "--by", "eva")
    assert "shut out  Jan Bakker" in desk.do("mailbox", "show", "jan@acme.example").out
    assert "Jan Bakker reads" not in desk.do("account", "who", "x/@acme").out
    desk.ask("case", "replan", "jan")
    kept = desk.ask("case", "show", "jan")["progress"]
    assert [each["step"]["id"] for each in kept] == [each["id"] for each in made["steps"]]

    told = desk.do("mailbox", "edit", "jan@acme.example", "--reader", "jan").out
    assert "read by Eva Jansen, Jan Bakker" in told
    assert "shut out  Jan Bakker (until" in desk.do("mailbox", "show", "jan@acme.example").out
    told = desk.do("mailbox", "edit", "jan@acme.example", "--no-reader", "jan").out
    assert told.endswith("read by Eva Jansen\n")
