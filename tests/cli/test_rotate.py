"""Rotations on the command line: what is due, each change as a case, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("rotate")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open().with_webcare()
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("credential", "set", "x/@acme", "--stdin", "--current", stdin="the old one\n")
    return desk


@pytest.fixture
def desk(founded: Desk, tmp_path: Path) -> Desk:
    """An account on X with a password that Jan and Eva share."""
    return founded.copy(tmp_path)


def started(desk: Desk, *more: str) -> tuple[str, list[str]]:
    (begun,) = desk.ask("rotate", "start", "x/@acme", *more)["rotations"]
    return str(begun["case"])[:8], [step["id"] for step in begun["plan"]["steps"]]


def set_new(desk: Desk) -> None:
    desk.do("credential", "set", "x/@acme", "--stdin", stdin="the new one\n")


def shown(desk: Desk, stage: str) -> str:
    return str(desk.ask("credential", "reveal", "x/@acme", "--stage", stage, "--stdout")["secret"])


def test_a_rotation_runs_from_start_to_close_and_says_each_next_command(desk: Desk) -> None:
    case, (change, sessions, apps) = started(desk)
    told = desk.do("case", "next", case).out
    assert "Change the password of x/@acme" in told
    assert "credential set" in told
    assert f"case applied {case} {change}" in told
    set_new(desk)
    assert "credential set" not in desk.do("case", "next", case).out
    desk.do("case", "applied", case, change)
    assert refusal(desk.do("case", "close", case, code=5)).startswith("3 steps are not finished")
    desk.do("case", "verify", case, change, "--by", "eva")
    for step in (sessions, apps):
        desk.do("case", "applied", case, step)
    told = desk.do("case", "close", case).out
    assert told == "Closed. x/@acme: every step is finished.\n"
    assert (shown(desk, "current"), shown(desk, "previous")) == ("the new one", "the old one")


def test_a_rotation_is_named_by_its_account_and_shown_with_what_is_in_its_way(desk: Desk) -> None:
    started(desk)
    listed = desk.do("case", "list").out
    assert "rotation" in listed
    assert "x/@acme" in listed
    told = " ".join(desk.do("case", "show", "x/@acme").out.split())
    assert told.startswith("rotation of x/@acme STEP")
    assert "is still the one that was to be changed (version 2)" in told
    assert "leaver" not in told
    document = desk.ask("case", "show", "x/@acme")
    assert (document["what"], document["verdict"]["holds"]) == ("rotation", False)


def test_what_somebody_who_leaves_could_know_becomes_due_and_then_overdue(desk: Desk) -> None:
    assert desk.ask("rotate", "due")["secrets"] == []
    desk.do("person", "leave", "jan", "--last-day", desk.now().date().isoformat())
    desk.ahead = timedelta(days=1)
    due = desk.ask("rotate", "due", code=None)
    assert due["schema"] == "safehands.rotation_due/1"
    (secret,) = due["secrets"]
    assert (secret["handle"], secret["class"], secret["case"]) == ("acme", "24 hours", None)
    assert [reason["cause"] for reason in secret["reasons"]] == ["exposure"]
    desk.ahead = timedelta(days=3)
    assert desk.ask("rotate", "due", code=1)["counts"] == {"due": 1, "overdue": 1, "under_way": 0}
    told = desk.do("rotate", "due", code=1).out
    assert "overdue" in told
    assert "rotate start --due" in told
    (begun,) = desk.ask("rotate", "start", "--due")["rotations"]
    assert desk.ask("rotate", "due", code=1)["secrets"][0]["case"] == begun["case"]
    assert desk.ask("rotate", "start", "--due")["rotations"] == []
    assert desk.do("rotate", "start", "--due").out == "Nothing is due.\n"


def test_a_plan_says_what_a_rotation_takes_and_writes_nothing(desk: Desk) -> None:
    document = desk.ask("rotate", "plan", "x/@acme", code=None)
    assert document["schema"] == "safehands.rotation_plan/1"
    (plan,) = document["plans"]
    assert [step["act"] for step in plan["steps"]] == [
        "rotate_password",
        "end_sessions",
        "revoke_app",
    ]
    assert plan["steps"][-1]["title"] == "Review the apps that are connected to x/@acme"
    assert desk.ask("case", "list")["cases"] == []
    told = desk.do("rotate", "plan", "x/@acme", code=None).out
    assert "1. Change the password of x/@acme (somebody wants it changed)" in told


def test_a_rotation_under_way_refuses_another_with_who_and_since_when(desk: Desk) -> None:
    case, _ = started(desk)
    told = desk.do("rotate", "start", "x/@acme", code=5)
    assert refusal(told).startswith("Ana Kramer began to change x/@acme on 20")
    assert f"case next {case}" in told.err


def test_not_knowing_which_one_works_leaves_both_and_says_how_to_find_out(desk: Desk) -> None:
    case, (change, *_) = started(desk)
    set_new(desk)
    told = desk.do("rotate", "unsure", case, "--reason", "the line went dead").out
    assert "--old-works" in told
    assert "Both are kept here. Log in with each." in told
    assert (shown(desk, "pending"), shown(desk, "current")) == ("the new one", "the old one")
    assert "the line went dead" in desk.do("case", "show", case, change).out
    assert "may have taken it" in refusal(desk.do("rotate", "stop", case, "--reason", "x", code=5))
    desk.do("rotate", "stop", case, "--reason", "the old one works", "--old-works")
    assert shown(desk, "current") == "the old one"
    assert "given up: the old one works" in desk.do("case", "show", case).out


def test_a_blocked_step_is_tried_again_after_the_steps_are_made_anew(desk: Desk) -> None:
    case, (change, *_) = started(desk)
    desk.do("case", "block", case, change, "--reason", "no phone")
    set_new(desk)
    desk.do("case", "applied", case, change, code=5)
    answer = desk.ask("case", "replan", case, code=None)
    assert change in {step["id"] for step in answer["plan"]["steps"]}
    desk.do("case", "applied", case, change)


def test_a_rotation_planned_again_keeps_the_second_person_that_the_policy_asks_for(
    desk: Desk,
) -> None:
    policy = desk.folder / "config" / "safehands" / "rotation.toml"
    policy.parent.mkdir(parents=True, exist_ok=True)
    policy.write_text('[[class]]\nname = "ours"\nhours = 500\ntwo_person = true\n')
    case, (change, *_) = started(desk)
    desk.do("case", "replan", case)
    set_new(desk)
    desk.do("case", "applied", case, change, "--by", "eva")
    told = refusal(desk.do("case", "verify", case, change, "--by", "eva", code=5))
    assert "somebody else must confirm it" in told
    assert "class ours" in desk.do("case", "replan", case, code=None).out


def test_of_all_that_is_due_those_of_one_kind_can_be_begun(desk: Desk) -> None:
    token = ("--what", "api_token")
    desk.do("credential", "set", "x/@acme", *token, "--stdin", "--current", stdin="a token\n")
    desk.do("credential", "set", "x/@acme", "--stdin", stdin="half changed\n")
    desk.ahead = timedelta(days=400)
    assert len(desk.ask("rotate", "due", code=1)["secrets"]) == 2
    (begun,) = desk.ask("rotate", "start", "--due", *token)["rotations"]
    assert begun["plan"]["steps"][0]["act"] == "rotate_token"
    assert desk.ask("rotate", "start", "--due", "--what", "pin")["rotations"] == []


def test_a_rotation_keeps_to_the_policy_it_was_begun_with_until_another_is_named(
    desk: Desk,
) -> None:
    policy, other = desk.folder / "policy.toml", desk.folder / "other.toml"
    policy.write_text('[[class]]\nname = "ours"\nhours = 500\ntwo_person = true\n')
    other.write_text('[[class]]\nname = "hurry"\nhours = 0\n')
    begun = desk.ask("rotate", "start", "x/@acme", "--policy", str(policy))["rotations"][0]
    case, plan = str(begun["case"])[:8], begun["plan"]
    policy.unlink()
    again = desk.ask("case", "replan", case)["plan"]
    assert [again[key] for key in ("class", "due")] == ["ours", plan["due"]]
    assert [step["two_person"] for step in again["steps"]] == [True, False, False]
    (due,) = desk.ask("rotate", "due")["secrets"]
    assert due["class"] == "ours"
    hurried = desk.ask("case", "replan", case, "--policy", str(other))["plan"]
    assert (hurried["class"], hurried["due"]) == ("hurry", desk.now().date().isoformat())
    assert not any(step["two_person"] for step in hurried["steps"])
    assert desk.ask("case", "replan", case)["plan"]["class"] == "hurry"


def test_a_policy_file_decides_and_a_wrong_one_says_where(desk: Desk) -> None:
    policy = desk.folder / "policy.toml"
    policy.write_text('[[class]]\nname = "all"\nhours = 1\nage_days = 30\n')
    desk.ahead = timedelta(days=40)
    due = desk.ask("rotate", "due", "--policy", str(policy), code=1)
    assert [each["class"] for each in due["secrets"]] == ["all"]
    policy.write_text("keep_dayz = 3\n")
    told = refusal(desk.do("rotate", "due", "--policy", str(policy), code=2))
    assert "keep_dayz" in told
    assert "policy.toml" in told
    policy.write_text('[[breach]]\nplatform = "twiter"\non = 2026-01-01\n')
    assert "'twiter'" in refusal(desk.do("rotate", "due", "--policy", str(policy), code=2))
    policy.write_text('[[class]]\nname = "all"\nhours = 1\nkinds = ["sozial"]\n')
    assert "'sozial'" in refusal(
        desk.do("rotate", "plan", "x/@acme", "--policy", str(policy), code=2)
    )
    missing = desk.do("rotate", "due", "--policy", str(desk.folder / "none"), code=8)
    assert "is not there" in refusal(missing)
    usual = desk.folder / "config" / "safehands" / "rotation.toml"
    usual.parent.mkdir(parents=True)
    usual.write_text('[[class]]\nname = "mine"\nhours = 1\nage_days = 30\n')
    assert desk.ask("rotate", "due", code=1)["secrets"][0]["class"] == "mine"
    usual.chmod(0o666)
    assert "Others may write" in refusal(desk.do("rotate", "due", code=8))


def test_several_accounts_are_several_cases_and_what_is_refused_stops_no_other(desk: Desk) -> None:
    started(desk)
    desk.do("account", "add", "x/@other", "--role", "webcare")
    desk.do("credential", "set", "x/@other", "--stdin", "--current", stdin="another one\n")
    answer = desk.ask("rotate", "start", "x/@acme", "x/@other", code=1)
    assert [each["case"] is None for each in answer["rotations"]] == [True, False]
    assert "began to change x/@acme" in answer["rotations"][0]["refused"]


def test_what_is_to_be_changed_must_be_said(desk: Desk) -> None:
    assert "what is to be changed" in refusal(desk.do("rotate", "start", code=2))
    assert "both" in refusal(desk.do("rotate", "start", "x/@acme", "--due", code=2))


def test_old_versions_are_retired_when_their_time_is_over(desk: Desk) -> None:
    case, steps = started(desk)
    set_new(desk)
    desk.do("case", "applied", case, steps[0])
    desk.do("case", "verify", case, steps[0])
    for step in steps[1:]:
        desk.do("case", "applied", case, step)
    desk.do("case", "close", case)
    assert desk.ask("rotate", "retire")["versions"] == []
    assert desk.ask("rotate", "due", code=None)["to_retire"] == 0
    desk.ahead = timedelta(days=91)
    for telling in (("rotate", "due"), ("check",)):
        told = desk.do(*telling, code=None).out
        assert "2 replaced secrets are kept for too long: safehands rotate retire\n" in told
    assert desk.ask("check", code=None)["to_retire"] == 2
    dry = desk.ask("rotate", "retire", "--dry-run")
    assert (dry["dry_run"], [each["version"] for each in dry["versions"]]) == (True, [1, 2])
    assert "password version 2, replaced 20" in desk.do("rotate", "retire").out
    assert desk.ask("rotate", "retire", "--dry-run")["versions"] == []
    assert "rotate retire" not in desk.do("check", code=None).out
    history = desk.do("credential", "history", "x/@acme").out.splitlines()
    assert [line.split()[1:3] for line in history[1:]] == [
        ["retired", "no"],
        ["retired", "no"],
        ["current", "yes"],
    ]
    assert shown(desk, "current") == "the new one"


def test_a_second_new_secret_is_refused_with_the_case_that_the_first_belongs_to(
    desk: Desk,
) -> None:
    case, _ = started(desk)
    set_new(desk)
    told = desk.do("credential", "set", "x/@acme", "--stdin", stdin="another", code=5).err
    assert f"finish that first: safehands case next {case[:8]}, or drop it: safehands" in told


def test_only_a_rotation_is_given_up_by_rotate(desk: Desk) -> None:
    desk.do("offboard", "start", "jan", "--last-day", desk.now().date().isoformat(), code=None)
    told = refusal(desk.do("rotate", "stop", "jan", "--reason", "x", code=5))
    assert "is no rotation but a departure" in told
    assert "departure of Jan Bakker" in desk.do("case", "show", "jan").out
    assert "  departure  " in desk.do("case", "list").out


def test_a_new_secret_that_was_applied_is_dropped_only_with_old_works_and_can_be_read_still(
    desk: Desk,
) -> None:
    case, (change, *_) = started(desk)
    set_new(desk)
    desk.do("case", "applied", case, change)
    refused = desk.do("credential", "set", "x/@acme", "--drop", code=5)
    assert "--old-works" in refused.err
    desk.do("credential", "end", "x/@acme", "--does-not-work", code=5)
    desk.do("credential", "set", "x/@acme", "--drop", "--old-works")
    by_number = ("credential", "reveal", "x/@acme", "--version", "3", "--stdout")
    told = desk.ask(*by_number)
    assert (told["secret"], told["stage"]) == ("the new one", "dropped")
    both = desk.do(*by_number, "--stage", "current", code=2)
    assert "exclude each other" in both.err
    alone = desk.do("credential", "set", "x/@acme", "--stdin", "--old-works", code=2)
    assert "--drop" in alone.err


def carried_to_its_last_step(desk: Desk) -> str:
    """The case of a rotation of which nothing is left but to close it; returns its id."""
    case, (change, *others) = started(desk)
    set_new(desk)
    desk.do("case", "applied", case, change)
    desk.do("case", "verify", case, change)
    for step in others:
        desk.do("case", "applied", case, step)
    return case


def test_another_new_secret_after_the_first_was_proved_is_proved_by_the_steps_made_again(
    desk: Desk,
) -> None:
    case = carried_to_its_last_step(desk)
    desk.do("credential", "set", "x/@acme", "--stdin", stdin="a newer one\n")
    told = " ".join(desk.do("case", "next", case).out.split())
    assert "Every step is finished, but a new version of the password of x/@acme is" in told
    assert f"Next: safehands case replan {case}" in told
    assert f"case replan {case}" in desk.do("case", "close", case, code=5).err
    desk.do("case", "replan", case)
    (change,) = [each["id"] for each in desk.ask("case", "next", case)["steps"]]
    desk.do("case", "applied", case, change)
    desk.do("case", "verify", case, change)
    for step in desk.ask("case", "next", case)["steps"]:
        desk.do("case", "applied", case, step["id"])
    desk.do("case", "close", case)
    assert shown(desk, "current") == "a newer one"


def test_another_new_secret_that_the_platform_did_not_take_is_dropped_and_the_case_closed(
    desk: Desk,
) -> None:
    case = carried_to_its_last_step(desk)
    desk.do("credential", "set", "x/@acme", "--stdin", stdin="a newer one\n")
    desk.do("credential", "set", "x/@acme", "--drop", "--old-works")
    desk.do("case", "close", case)
    assert shown(desk, "current") == "the new one"


def test_another_new_secret_of_any_kind_is_proved_by_the_steps_made_again(desk: Desk) -> None:
    codes, seed = ("--what", "recovery_codes"), ("--what", "totp_seed")
    desk.do("credential", "set", "x/@acme", *codes, "--stdin", "--current", stdin="11\n22\n")
    desk.do("credential", "set", "x/@acme", *seed, "--stdin", "--current", stdin="JBSWY3DPEHPK3PXP")
    made = {codes: ("33\n44\n", "55\n66\n"), seed: ("GEZDGNBVGY3TQOJQ", "MFRGGZDFMZTWQ2LK")}
    for what, (first, second) in made.items():
        (begun,) = desk.ask("rotate", "start", "x/@acme", *what)["rotations"]
        case = str(begun["case"])[:8]
        for value in (first, second):
            desk.do("credential", "set", "x/@acme", *what, "--stdin", stdin=value)
            if value == second:
                desk.do("case", "close", case, code=5)
                desk.do("case", "replan", case)
            while steps := desk.ask("case", "next", case)["steps"]:
                desk.do("case", "applied", case, steps[0]["id"])
                if steps[0]["act"] == "renew_recovery_codes":
                    desk.do("case", "verify", case, steps[0]["id"])
        desk.do("case", "close", case)
        told = desk.ask("credential", "reveal", "x/@acme", *what, "--stdout")["secret"]
        assert told.split() == second.split()
