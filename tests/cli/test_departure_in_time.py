"""Departures in which roles begin and end before the last day, and a secret nobody asks for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.cli.runner import Desk

LEAVES = 30  # days from now


def company(folder: Path, *holders: str) -> Desk:
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    for name in ("Jan Bakker", "Bob Vos"):
        desk.do("person", "add", name)
    desk.do("role", "add", "Webcare")
    for holder in holders:
        desk.do("role", "assign", "webcare", holder)
    desk.do("mailbox", "add", "web@acme.example", "--role", "webcare")
    desk.do(
        *("account", "add", "x/@acme", "--role", "webcare"),
        *("--login-mailbox", "web@acme.example"),
    )
    desk.do("credential", "set", "x/@acme", "--current", "--stdin", stdin="brugman rides on\n")
    return desk


def day(desk: Desk, number: int) -> str:
    return (desk.now() + timedelta(days=number)).date().isoformat()


def test_a_role_that_begins_before_the_last_day_has_its_passwords_changed(tmp_path: Path) -> None:
    desk = company(tmp_path, "ana", "bob")
    desk.do("role", "assign", "webcare", "jan", "--from", day(desk, 9))
    leaves = ("--last-day", day(desk, LEAVES), "--successor", "ana")
    steps = desk.ask("offboard", "plan", "jan", *leaves)["steps"]
    assert [each["act"] for each in steps][:2] == ["end_role_assignment", "rotate_password"]
    assert steps[0]["not_before"] == day(desk, 9)


def test_nobody_is_left_a_role_that_ends_for_them_before_the_last_day(tmp_path: Path) -> None:
    desk = company(tmp_path, "jan", "bob")
    desk.do("role", "unassign", "webcare", "bob", "--from", day(desk, 9))
    leaves = ("--last-day", day(desk, LEAVES))
    blocked = desk.ask("offboard", "plan", "jan", *leaves, code=None)
    assert "nobody else holds the role Webcare" in [each["what"] for each in blocked["blockers"]]
    assert desk.ask("offboard", "plan", "jan", *leaves, "--successor", "ana")["blockers"] == []


def test_check_says_which_second_factor_a_kept_secret_lacks_and_the_command_mends_it(
    tmp_path: Path,
) -> None:
    desk = company(tmp_path, "jan", "bob")
    kept = ("credential", "set", "x/@acme", "--what", "totp_seed", "--current", "--stdin")
    desk.do(*kept, stdin="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n")
    found = desk.ask("check", code=None)["findings"]
    (told,) = (each for each in found if each["code"] == "seed_of_no_factor")
    *_, command = told["to_do"].split("safehands ")
    desk.do(*command.split())
    assert "seed_of_no_factor" not in {
        each["code"] for each in desk.ask("check", code=None)["findings"]
    }
    leaves = ("--last-day", day(desk, LEAVES))
    acts = [each["act"] for each in desk.ask("offboard", "plan", "jan", *leaves)["steps"]]
    assert {"enrol_factor", "remove_factor"} <= set(acts)
