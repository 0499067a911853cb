"""What closes a departure and what does not, and that each refusal says what changes it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.runner import Desk, refusal
from vault.domain.changes import changes
from vault.domain.spell import Spell


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A role that Jan and Eva hold, and a page of it on which Eva has full rights."""
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path).found().keep_open().with_webcare()
    desk.do("account", "add", "linkedin/@acme", "--role", "webcare")
    desk.do("seat", "add", "linkedin/@acme", "eva", "--level", "owner")
    return desk


def day(desk: Desk, ahead: int) -> str:
    return (desk.now() + timedelta(days=ahead)).date().isoformat()


def started(desk: Desk, who: str = "jan") -> str:
    begun = desk.ask("offboard", "start", who, "--last-day", day(desk, 30), code=None)
    return str(begun["case"])[:8]


def do_all(desk: Desk, case: str) -> None:
    while steps := desk.ask("case", "next", case)["steps"]:
        for each in steps:
            if each["act"] == "rotate_password":
                desk.do("credential", "set", each["account"], "--stdin", stdin=f"of {each['id']}\n")
        desk.do("case", "applied", case, *(s["id"] for s in steps if s["state"] == "todo"))
        for each in steps:
            if each["act"] == "rotate_password":
                desk.do("case", "verify", case, each["id"])


def test_a_seat_that_begins_later_keeps_a_departure_open_until_it_is_taken_away(
    desk: Desk,
) -> None:
    case = started(desk)
    do_all(desk, case)
    desk.do("seat", "add", "linkedin/@acme", "jan", "--level", "full", "--since", day(desk, 20))
    refused = desk.do("case", "close", case, code=5)
    told = f"from {day(desk, 20)} on -> Jan Bakker has a seat (full) on linkedin/@acme"
    assert told in refusal(refused)
    assert f"make the plan again: safehands case replan {case}\n" in refused.err
    desk.do("case", "replan", case)
    do_all(desk, case)
    assert "is out of everything, and nobody" in desk.do("case", "close", case).out


def test_what_another_waiver_lies_beside_is_not_excused_by_it(desk: Desk) -> None:
    desk.do("account", "add", "youtube/@acme", "--role", "webcare")
    desk.do("seat", "add", "youtube/@acme", "account:linkedin/@acme", "--level", "owner")
    desk.do("seat", "add", "linkedin/@acme", "jan", "--level", "edit")
    case = started(desk)
    seat = next(
        each["step"]["id"]
        for each in desk.ask("case", "show", case)["progress"]
        if each["step"]["act"] == "remove_seat"
    )
    desk.do("case", "waive", case, seat, "--reason", "he helps", "--approver", "eva")
    do_all(desk, case)
    desk.do("seat", "add", "youtube/@acme", "jan")
    assert "Jan Bakker has a seat (full) on youtube/@acme" in refusal(
        desk.do("case", "close", case, code=5)
    )
    desk.do("case", "replan", case, code=None)
    do_all(desk, case)
    assert "is out of everything but what was waived" in desk.do("case", "close", case).out


def test_a_tie_that_opens_nothing_keeps_a_departure_open_too(desk: Desk) -> None:
    desk.do("phone", "add", "+31600000001", "--carrier", "jan")
    case = started(desk)
    do_all(desk, case)
    desk.do("phone", "edit", "+31600000001", "--carrier", "jan")
    refused = desk.do("case", "close", case, code=5)
    assert "Jan Bakker carries +31600000001" in refusal(refused)
    assert f"case replan {case}" in refused.err


def test_what_was_lost_by_nobodys_step_of_a_case_does_not_keep_it_open(desk: Desk) -> None:
    desk.do("seat", "add", "linkedin/@acme", "jan", "--level", "edit")
    desk.do("seat", "add", "linkedin/@acme", "ana", "--level", "full")
    case = started(desk)
    do_all(desk, case)
    desk.do("seat", "end", "linkedin/@acme", "eva", "--force")
    assert "The company lost" not in desk.do("case", "show", case).out
    assert "is out of everything, and nobody" in desk.do("case", "close", case).out


def test_a_member_is_out_when_the_journal_says_so_and_not_when_somebody_does(desk: Desk) -> None:
    case = started(desk, "ana")
    steps = {
        each["step"]["act"]: each["step"]["id"]
        for each in desk.ask("case", "show", case)["progress"]
    }
    remove, keys = steps["remove_vault_member"], steps["advance_vault_keys"]
    desk.do("case", "waive", case, remove, "--reason", "she is alone", "--approver", "eva")
    refused = desk.do("case", "applied", case, keys, "--by", "eva", code=5)
    told = (
        "Advance the vault's keys: Ana Kramer is a member of the vault, and has the keys of today"
    )
    assert told in refusal(refused)
    assert "safehands member remove 'Ana Kramer'; or where nobody else can" in refused.err
    phrase = desk.folder / "reporter"
    phrase.touch(mode=0o600)
    phrase.write_text("another horse battery\n", encoding="utf-8")
    given = ("--new-passphrase-file", str(phrase), "--kdf", "floor")
    desk.do("member", "add-reporter", "board", *given)
    desk.do("member", "remove", "board")  # the epoch that begins has a grant for her
    desk.do("case", "applied", case, keys, "--by", "eva", code=5)


def test_who_is_a_member_no_more_is_recorded_as_removed_and_the_keys_as_advanced(
    desk: Desk,
) -> None:
    assert desk.held is not None
    eva = desk.held.registry.person(desk.id_of("person", "show", "eva"))
    member_once = replace(eva, memberships=(Spell("ab" * 32, desk.now()),))
    desk.held.write("person.edit", lambda *_: changes(member_once))
    case = started(desk, "eva")
    planned = desk.ask("case", "show", case)["progress"]
    for act in ("remove_vault_member", "advance_vault_keys"):
        step = next(each["step"]["id"] for each in planned if each["step"]["act"] == act)
        desk.do("case", "applied", case, step)
