"""What is handed on: given by hand to somebody who is leaving, and to those who take over."""

from __future__ import annotations

import pytest

from tests.cli.runner import Desk, refusal
from tests.cli.test_departure import company, last_day


@pytest.mark.parametrize(
    "given",
    [
        ("role", "assign", "video", "jan"),
        ("seat", "add", "youtube/@two", "jan"),
        ("grant", "add", "x/@acme", "youtube/@two", "--by", "jan"),
        ("grant", "edit", "youtube/@acme", "--by", "jan"),
        ("mailbox", "add", "press@acme.example", "--reader", "jan"),
        ("mailbox", "edit", "webcare@acme.example", "--reader", "jan"),
        ("phone", "add", "+31612345678", "--carrier", "jan"),
        ("phone", "edit", "+31612345679", "--carrier", "jan"),
        ("factor", "add", "youtube/@acme", "totp", "--holder", "jan"),
        ("factor", "edit", "youtube/@two", "--holder", "jan"),
    ],
    ids=" ".join,
)
def test_what_is_given_to_somebody_who_leaves_is_done_and_warned_of(
    leaving: Desk, given: tuple[str, ...]
) -> None:
    answer = leaving.do(*given)
    assert f"warning: Jan Bakker leaves on {last_day(leaving)}, and the departure is open" in (
        answer.err
    )
    assert "plan the departure again, with it: safehands case replan" in answer.err


def test_an_edit_that_gives_the_leaver_nothing_new_is_not_warned_of(leaving: Desk) -> None:
    leaving.do("phone", "add", "+31612345670", "--carrier", "jan")
    assert leaving.do("phone", "edit", "+31612345670", "--note", "blue").err == ""
    assert leaving.do("phone", "edit", "+31612345670", "--carrier", "eva").err == ""


def test_an_account_that_is_opened_again_with_the_seat_of_a_leaver_is_warned_of(
    leaving: Desk,
) -> None:
    leaving.do("account", "add", "youtube/@again", "--role", "webcare")
    leaving.do("seat", "add", "youtube/@again", "eva", "--level", "owner")
    leaving.do("seat", "add", "youtube/@again", "jan")
    assert leaving.do("account", "edit", "youtube/@again", "--purpose", "tests").err == ""
    leaving.do("account", "end", "youtube/@again")
    again = leaving.do("account", "edit", "youtube/@again", "--reopen")
    assert f"warning: Jan Bakker leaves on {last_day(leaving)}" in again.err


def test_two_successors_for_one_role_are_refused_and_one_named_twice_is_not(
    leaving: Desk,
) -> None:
    plan = ("offboard", "plan", "jan", "--last-day", "2999-01-01")
    leaving.do("person", "add", "Kees Bos")
    for named, what in (("webcare=", "the role Webcare"), ("", "all the rest")):
        two = ("--successor", f"{named}eva", "--successor", f"{named}kees")
        told = refusal(leaving.do(*plan, *two, code=2))
        assert told == f"--successor names two people for {what}"
        leaving.do(*plan, *two[:2], *two[:2], code=None)


@pytest.fixture(scope="module")
def leaving(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The company with Jan's departure begun, and more that he could be given."""
    folder = tmp_path_factory.mktemp("leaving")
    folder.chmod(0o700)
    desk = company(folder)
    desk.do("account", "add", "youtube/@two", "--role", "video")
    desk.do("grant", "add", "youtube/@acme", "youtube/@two")
    desk.do("phone", "add", "+31612345679")
    desk.do("factor", "add", "youtube/@two", "totp")
    desk.do("offboard", "start", "jan", "--last-day", last_day(desk), code=None)
    return desk
