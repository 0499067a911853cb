"""One whole departure, and two that overlap, as a script would carry them through."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal

LEAVES = 30  # days from now


def company(folder: Path) -> Desk:
    """A role nobody else holds yet, an account with a log-in, and a channel with seats."""
    desk = Desk(folder).found().keep_open()
    for name in ("Jan Bakker", "Eva Jansen", "Tom de Wit"):
        desk.do("person", "add", name)
    for name in ("Webcare", "Video"):
        desk.do("role", "add", name)
    desk.do("role", "assign", "webcare", "jan")
    desk.do("role", "assign", "video", "tom")
    desk.do("role", "assign", "video", "ana")
    desk.do("mailbox", "add", "webcare@acme.example", "--role", "webcare")
    desk.do("mailbox", "add", "jan@acme.example", "--type", "personal", "--owner", "person:jan")
    desk.do(
        *("account", "add", "x/@acme", "--role", "webcare"),
        *("--login-mailbox", "jan@acme.example"),
    )
    desk.do("factor", "add", "x/@acme", "totp", "--holder", "jan", "--label", "Jan's phone")
    desk.do("account", "add", "youtube/@acme", "--role", "video")
    desk.do("seat", "add", "youtube/@acme", "jan", "--level", "owner", "--since", "2020-01-01")
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("departure")
    folder.chmod(0o700)
    return company(folder)


def last_day(desk: Desk) -> str:
    return (desk.now() + timedelta(days=LEAVES)).date().isoformat()


def steps_of(desk: Desk, case: str) -> dict[str, str]:
    """Return the ids of a case's steps by act, or by act and account where there are several."""
    return {
        each["step"]["act"]: each["step"]["id"]
        for each in desk.ask("case", "show", case)["progress"]
    }


def state_of(desk: Desk, case: str, step: str) -> str:
    return str(desk.ask("case", "show", case, step)["state"])


def test_a_departure_is_planned_carried_through_and_closed(desk: Desk) -> None:
    desk.do("person", "leave", "jan", "--last-day", last_day(desk))

    blocked = desk.ask("offboard", "plan", "jan", code=1)
    assert blocked["blockers"]
    assert not blocked["verdict"]["holds"]
    assert all(each["ways_out"] for each in blocked["blockers"])

    desk.do("role", "assign", "webcare", "eva")
    planned = desk.ask("offboard", "plan", "jan")
    assert planned["blockers"] == []
    assert planned["verdict"]["holds"]
    started = desk.ask("offboard", "start", "jan", "--two-person")
    case = started["case"][:8]
    assert [s["id"] for s in started["plan"]["steps"]] == [s["id"] for s in planned["steps"]]
    assert "already" not in refusal(desk.do("offboard", "start", "jan", code=5))
    step = steps_of(desk, case)

    refuse_the_leaver(desk, case, step["prove_mailbox"])
    refuse_closing(desk, case)
    change_the_login_address(desk, case, step)
    end_the_role(desk, case, step["end_role_assignment"])
    change_the_password(desk, case, step["rotate_password"])
    wait_for_the_platform(desk, case, step)
    finish(desk, case)
    closed = desk.ask("case", "close", case)
    assert closed["closed_at"] is not None
    assert desk.ask("case", "list")["cases"] == []
    assert refusal(desk.do("case", "replan", case, code=5)).endswith(f"{desk.now().date()}")
    assert desk.ask("person", "holds", "jan")["controls"] == []
    desk.held = None  # what is in the file says the same to whoever unlocks it anew
    assert desk.ask("case", "list", "--all")["cases"][0]["verdict"]["holds"]
    assert desk.ask("journal", "verify")["entries"] > len(step)


def refuse_the_leaver(desk: Desk, case: str, step: str) -> None:
    told = refusal(desk.do("case", "applied", case, step, "--by", "jan", code=5))
    assert told == "Jan Bakker is leaving and cannot do this alone"
    assert state_of(desk, case, step) == "todo"


def refuse_closing(desk: Desk, case: str) -> None:
    assert "steps are not finished" in refusal(desk.do("case", "close", case, code=5))


def change_the_login_address(desk: Desk, case: str, step: dict[str, str]) -> None:
    move = step["change_login_mail"]
    assert "waits for" in refusal(desk.do("case", "applied", case, move, code=5))
    first = desk.ask("case", "next", case)["steps"][0]
    assert first["id"] in step.values()
    prove_the_mailbox(desk, case, step["prove_mailbox"])
    both(desk, case, move)
    assert "webcare@acme.example" in desk.do("account", "show", "x/@acme").out


def prove_the_mailbox(desk: Desk, case: str, step: str) -> None:
    """Nobody's word proves a mailbox, only a code that was sent there and came back."""
    address = "webcare@acme.example"
    refused = desk.do("case", "applied", case, step, "--by", "eva", code=5)
    assert refusal(refused) == f"nobody has proved yet that {address} can be read"
    assert f"safehands mailbox prove {address}" in refused.err
    told = " ".join(desk.do("case", "show", case, step).out.split())
    assert f"send it to {address}: safehands mailbox prove {address}" in told
    sent = desk.ask("mailbox", "prove", address)["code"]
    proven = desk.ask("mailbox", "prove", address, "--code", sent)["proven_at"]
    desk.ahead += timedelta(hours=1)
    both(desk, case, step)
    assert desk.ask("mailbox", "show", address)["proven_at"] == proven


def store_the_new_seed(desk: Desk, case: str, step: str) -> None:
    """A factor whose secret nobody kept would lock everybody out once the old one is gone."""
    refused = refusal(desk.do("case", "applied", case, step, "--by", "eva", code=5))
    assert "no new authenticator secret for x/@acme is pending" in refused
    words = ("credential", "set", "x/@acme", "--what", "totp_seed", "--stdin")
    desk.do(*words, stdin="JBSWY3DPEHPK3PXP")


def both(desk: Desk, case: str, step: str) -> None:
    """One does it, and only somebody else, not the leaver either, may say that it worked."""
    desk.do("case", "applied", case, step, "--by", "eva", "--evidence", "screenshot 12")
    assert "somebody else" in refusal(desk.do("case", "verify", case, step, "--by", "eva", code=5))
    assert "leaving" in refusal(desk.do("case", "verify", case, step, "--by", "jan", code=5))
    told = desk.ask("case", "verify", case, step, "--by", "tom")
    assert told["state"] == "verified"
    typed = "recorded by Ana Kramer"
    assert [e["what"] for e in told["evidence"][-3:]] == [typed, "screenshot 12", typed]


def change_the_password(desk: Desk, case: str, step: str) -> None:
    told = refusal(desk.do("case", "applied", case, step, code=5))
    assert told == "no new password for x/@acme is pending in the vault"
    made = desk.do("credential", "set", "x/@acme", "--generate", "--stdout")
    secret = made.out.removesuffix("\n")
    assert len(secret) >= 20
    assert secret not in made.err
    again = desk.do("credential", "set", "x/@acme", "--generate", "--stdout", code=5)
    assert "has not finished" in refusal(again)
    kept = desk.do("credential", "reveal", "x/@acme", "--stage", "pending", "--stdout")
    assert kept.out.removesuffix("\n") == secret
    assert desk.ask("case", "applied", case, step, "--by", "eva")["state"] == "pending"
    stages = [v["stage"] for v in desk.ask("credential", "history", "x/@acme")["versions"]]
    assert stages == ["current", "pending"]
    desk.do("case", "verify", case, step, "--by", "tom")
    stages = [v["stage"] for v in desk.ask("credential", "history", "x/@acme")["versions"]]
    assert stages == ["previous", "current"]
    acts = [entry["act"] for entry in desk.ask("journal", "list")["entries"]]
    assert {"credential.set", "credential.reveal", "case.applied", "case.verify"} <= set(acts)
    assert secret not in desk.do("export").out
    assert secret not in desk.do("journal", "list").out


def wait_for_the_platform(desk: Desk, case: str, step: dict[str, str]) -> None:
    """A new owner of a channel waits seven days, in which the old seat must stay."""
    both(desk, case, step["add_seat"])
    both(desk, case, step["confirm_seat"])
    waiting = step["transfer_ownership"]
    told = refusal(desk.do("case", "applied", case, waiting, code=5))
    assert f"is possible from {(desk.now() + timedelta(days=7)).date()} on" in told
    told = refusal(desk.do("seat", "end", "youtube/@acme", "jan", code=5))
    assert told == "Nobody else has confirmed rights (owner) on youtube/@acme"
    desk.ahead += timedelta(days=7)
    both(desk, case, waiting)
    both(desk, case, step["remove_seat"])


def end_the_role(desk: Desk, case: str, role: str) -> None:
    """Blocked, planned again, put off, done; each with its reason."""
    desk.do("case", "block", case, role, "--reason", "the team is told on Monday")
    assert "the team is told on Monday" in refusal(desk.do("case", "applied", case, role, code=5))
    desk.do("case", "note", case, "asked Eva", "--step", role)
    desk.do("case", "note", case, "the badge is in")
    assert desk.ask("case", "replan", case)["plan"]["verdict"]["holds"]
    assert state_of(desk, case, role) == "todo"
    later = (desk.now() + timedelta(days=1)).date().isoformat()
    desk.do("case", "block", case, role, "--reason", "Monday", "--until", later)
    assert f"possible from {later}" in refusal(desk.do("case", "applied", case, role, code=5))
    desk.ahead += timedelta(days=1)
    both(desk, case, role)
    bare = desk.do("case", "waive", case, role, "--reason", " ", "--approver", "ana", code=2)
    assert refusal(bare) == "there is no text"


def finish(desk: Desk, case: str) -> None:
    for _ in range(10):
        left = desk.ask("case", "next", case)["steps"]
        if not left:
            break
        for each in left:
            if each["act"] == "enrol_factor":
                store_the_new_seed(desk, case, each["id"])
            both(desk, case, each["id"])
    assert "Next: safehands case close" in desk.do("case", "next", case).out


def test_a_case_shows_notes_evidence_and_what_is_left(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = company(tmp_path)
    desk.do("role", "assign", "webcare", "eva")
    case = desk.ask("offboard", "start", "jan", "--last-day", last_day(desk))["case"][:8]
    desk.do("case", "note", case, "the badge is in")
    shown = desk.do("case", "show", "jan").out
    assert "the badge is in" in shown
    assert "the leaver still has" in shown
    step = steps_of(desk, case)["rotate_password"]
    told = desk.do("case", "show", case, step).out
    assert "Not now: " in told
    assert "$ safehands" not in told
    first = desk.ask("case", "next", case)["steps"][0]["id"]
    told = desk.do("case", "show", case, first).out
    assert f"$ safehands case applied {case} {first}" in told


def test_what_was_waived_keeps_nobody_from_closing_and_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path).found().keep_open().with_webcare()
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    case = desk.ask("offboard", "start", "jan", "--last-day", last_day(desk))["case"][:8]
    step = steps_of(desk, case)
    leaver = desk.do(
        *("case", "waive", case, step["rotate_password"], "--reason", "no time"),
        *("--approver", "jan"),
        code=5,
    )
    assert refusal(leaver) == "Jan Bakker is leaving and cannot waive a step"
    desk.do("case", "applied", case, step["end_role_assignment"])
    for act in set(step) - {"end_role_assignment"}:
        desk.do("case", "waive", case, step[act], "--reason", "closes soon", "--approver", "eva")
    assert desk.do("case", "close", case).out == (
        "Closed. Jan Bakker is out of everything but what was waived, "
        "and nobody was locked out on the way.\n"
    )


def test_a_case_does_not_close_while_the_leaver_still_gets_in(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path).found().keep_open().with_webcare()
    desk.do("mailbox", "add", "web@acme.example", "--role", "webcare")
    case = desk.ask("offboard", "start", "jan", "--last-day", last_day(desk))["case"][:8]
    for step in steps_of(desk, case).values():
        desk.do("case", "applied", case, step)
    desk.do("mailbox", "edit", "web@acme.example", "--reader", "person:jan")
    told = refusal(desk.do("case", "close", case, code=5))
    assert told == "the leaver still gets in: Jan Bakker reads web@acme.example"
    desk.do("mailbox", "edit", "web@acme.example", "--no-reader", "person:jan")
    desk.do("case", "close", case)


def test_a_calendar_has_events_unless_to_dos_are_asked_for(desk: Desk) -> None:
    asked = ("offboard", "plan", "tom", "--last-day", last_day(desk), "--format")
    calendar, todo = (desk.do(*asked, form, code=None).out for form in ("calendar", "todo"))
    assert "BEGIN:VEVENT" in calendar
    assert "BEGIN:VTODO" not in calendar
    assert todo.count("BEGIN:VTODO") == calendar.count("BEGIN:VEVENT")


def test_overlapping_departures_keep_their_steps_and_evidence_apart(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = company(tmp_path)
    desk.do("role", "assign", "webcare", "eva")
    desk.do("role", "assign", "webcare", "tom")
    day = last_day(desk)
    jan = desk.ask("offboard", "start", "jan", "--last-day", day)["case"][:8]
    tom = desk.ask("offboard", "start", "tom", "--last-day", day)["case"][:8]
    mine, his = steps_of(desk, jan), steps_of(desk, tom)
    assert set(mine.values()).isdisjoint(his.values())
    missing = desk.do("case", "applied", tom, mine["end_role_assignment"], code=4)
    assert "has no single step" in refusal(missing)
    before = desk.ask("case", "show", tom)["progress"]
    desk.do("case", "note", jan, "only of Jan", "--step", mine["rotate_password"])
    desk.do("case", "block", jan, mine["rotate_password"], "--reason", "later")
    assert desk.ask("case", "show", tom)["progress"] == before
    assert {each["id"][:8] for each in desk.ask("case", "list")["cases"]} == {jan, tom}
    assert desk.ask("case", "show", "jan")["id"].startswith(jan)


def test_no_step_of_a_case_makes_a_new_personal_tie(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = company(tmp_path)
    desk.do("role", "assign", "webcare", "eva")
    case = desk.ask("offboard", "start", "jan", "--last-day", last_day(desk))["case"][:8]
    step = steps_of(desk, case)
    code = desk.ask("mailbox", "prove", "webcare@acme.example")["code"]
    desk.do("mailbox", "prove", "webcare@acme.example", "--code", code)
    desk.do("case", "applied", case, step["prove_mailbox"])
    # The address the plan moves to becomes somebody's own while the case runs.
    desk.do("mailbox", "edit", "webcare@acme.example", "--owner", "person:eva")
    told = refusal(desk.do("case", "applied", case, step["change_login_mail"], code=5))
    assert told == "Webcare@acme.example belongs to a person: it would be a new personal tie"


def test_a_mailbox_in_use_is_not_released(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = company(tmp_path)
    told = refusal(desk.do("mailbox", "end", "jan@acme.example", code=5))
    assert told == "jan@acme.example cannot end yet: x/@acme hangs on it"
    desk.do("mailbox", "add", "press@acme.example", "--keep-until", "2099-01-01")
    told = refusal(desk.do("mailbox", "end", "press@acme.example", code=5))
    assert told == "press@acme.example must be kept until 2099-01-01"


def test_the_departure_of_who_has_left_keeps_their_last_day(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path).found().keep_open()
    desk.do("person", "add", "Jan Bakker")
    over = (desk.now() - timedelta(days=2)).date().isoformat()
    desk.do("person", "leave", "jan", "--last-day", over)
    desk.do("offboard", "start", "jan", "--mode", "immediate", code=None)
    assert desk.ask("person", "show", "jan")["last_day"] == over


def test_ways_out_name_the_account_and_the_role_that_they_are_about(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = company(tmp_path)
    desk.do("mailbox", "edit", "webcare@acme.example", "--type", "alias", "--owner", "ana")
    made = desk.ask("offboard", "plan", "jan", "--last-day", last_day(desk), code=1)
    ways = {way for blocker in made["blockers"] for way in blocker["ways_out"]}
    assert {
        "give the role to somebody: safehands role assign Webcare PERSON",
        "add a mailbox for its role: safehands mailbox add ADDRESS --role Webcare",
        "give the account an owner role that has one: safehands account edit x/@acme --role ROLE",
    } <= ways


def test_a_plan_of_a_departure_that_is_open_is_the_one_its_case_would_be_given(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o700)
    desk = company(tmp_path)
    desk.do("phone", "add", "+31612345679", "--carrier", "jan")
    case = desk.ask("offboard", "start", "jan", "--last-day", last_day(desk), code=None)["case"]
    step, begun = steps_of(desk, case)["collect_device"], desk.now().date().isoformat()
    desk.ahead = timedelta(days=1)
    desk.do("case", "applied", case, step)
    desk.ahead = timedelta(days=2)
    desk.do("phone", "edit", "+31612345679", "--carrier", "jan")
    shown = [each["id"] for each in desk.ask("offboard", "plan", "jan", code=None)["steps"]]
    then = desk.ask("offboard", "plan", "jan", "--as-of", begun, code=None)["steps"]
    again = desk.ask("case", "replan", case, code=None)["plan"]["steps"]
    assert shown == [each["id"] for each in again]
    assert step not in shown
    assert step in [each["id"] for each in then], "it was done only later"


def test_a_plan_takes_the_place_of_an_earlier_one_with_force_alone(desk: Desk) -> None:
    file, link = desk.folder / "plan.md", desk.folder / "link.md"
    desk.do("person", "leave", "jan", "--last-day", "2999-01-01")
    plan = ("offboard", "plan", "jan", "--format", "markdown", "--out")
    desk.do(*plan, str(file), code=None)
    again = desk.do(*plan, str(file), code=8)
    assert "is there already" in refusal(again)
    assert "--force" in again.err
    desk.do(*plan, str(file), "--force", code=None)
    link.symlink_to(file)
    for force in ((), ("--force",)):
        assert "is there already, a symbolic link" in refusal(
            desk.do(*plan, str(link), *force, code=8)
        )
    desk.passphrase_file.with_name("other.md").write_text("something else", encoding="utf-8")
    other = desk.do(*plan, str(desk.folder / "other.md"), "--force", code=8)
    assert "is no earlier report" in refusal(other)


@pytest.mark.parametrize("command", [("offboard", "plan", "jan"), ("report", "overview")])
def test_force_without_a_file_is_refused_and_not_passed_over(
    desk: Desk, command: tuple[str, ...]
) -> None:
    told = refusal(desk.do(*command, "--force", code=2))
    assert told == "--force is for a file that is there already, and none is named"


def test_that_a_plan_is_immediate_after_all_is_said(desk: Desk) -> None:
    desk.do("person", "leave", "jan", "--last-day", "2020-01-01")
    told = desk.do("offboard", "plan", "jan", "--mode", "planned", code=None).err
    assert told == "Jan Bakker has left and helps no more: the plan is immediate.\n"
