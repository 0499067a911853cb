"""What is given by hand to somebody whose departure is open: recorded, and warned of."""

from __future__ import annotations

import pytest

from tests.cli.runner import Desk
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
