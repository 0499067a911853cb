"""Gone tonight, on the command line."""

from __future__ import annotations

import shlex

import pytest

from tests.cli.runner import Desk, refusal


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("gone")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    desk.do("role", "add", "Webcare")
    for name in ("Jan Bakker", "Eva Jansen"):
        desk.do("person", "add", name)
        desk.do("role", "assign", "webcare", name)
    desk.do("mailbox", "add", "web@acme.example", "--role", "webcare")
    desk.do("phone", "add", "+31612345678", "--carrier", "jan")
    desk.do("account", "add", "x/@acme", "--role", "webcare", "--login-mailbox", "web@acme.example")
    desk.do("account", "add", "hootsuite/@acme", "--role", "webcare")
    desk.do("grant", "add", "x/@acme", "hootsuite/@acme")
    desk.do("factor", "add", "x/@acme", "sms", "--phone", "+31612345678")
    return desk


def test_a_person_without_whom_an_account_is_lost_is_told_with_exit_1(desk: Desk) -> None:
    told = desk.ask("simulate", "person", "jan", code=1)
    assert told["schema"] == "safehands.simulation/1"
    assert told["gone"]["name"] == "Jan Bakker"
    assert [(each["platform"], each["was"], each["now"]) for each in told["lost"]] == [
        ("x", "owner", "post")
    ]
    assert told["counts"]["lost"] == 1
    assert "lose 1 account" in desk.do("simulate", "person", "jan", code=1).out


def test_what_is_not_lost_is_told_with_who_still_gets_in_and_exit_0(desk: Desk) -> None:
    told = desk.ask("simulate", "person", "eva")
    assert told["lost"] == []
    assert any("Jan Bakker" in each["why"] for each in told["kept"])
    assert "would lose nothing" in desk.do("simulate", "person", "eva").out


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        ("phone", "+31612345678", 1),
        ("mailbox", "web@acme.example", 0),
        ("domain", "acme.example", 0),
        ("tool", "hootsuite/@acme", 0),
    ],
)
def test_any_other_thing_can_be_gone(desk: Desk, kind: str, name: str, code: int) -> None:
    assert desk.ask("simulate", kind, name, code=code)["gone"]["kind"] == kind
    assert desk.do("simulate", kind, name, code=code).out


def test_the_ranking_lists_what_accounts_hang_on(desk: Desk) -> None:
    told = desk.ask("simulate", "ranking", code=1)
    assert [(each["kind"], each["name"], each["lost"]) for each in told["ranking"]] == [
        ("person", "Jan Bakker", 1),
        ("phone", "+31612345678", 1),
    ]
    assert "Jan Bakker" in desk.do("simulate", "ranking", code=1).out


def test_what_there_is_not_cannot_be_gone(desk: Desk) -> None:
    assert "nobody.example" in refusal(desk.do("simulate", "domain", "nobody.example", code=4))
    assert "person" in refusal(desk.do("simulate", "person", "nobody", code=4))


@pytest.fixture(scope="module")
def doubted(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A company with one page, on which nobody has confirmed the seats of Kees and Eva."""
    folder = tmp_path_factory.mktemp("doubted")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    desk.do("account", "add", "facebook/@acme")
    for name in ("Kees Jansen", "Eva Visser"):
        desk.do("person", "add", name)
        desk.do("seat", "add", "facebook/@acme", name, "--unconfirmed")
    return desk


CONFIRM = "safehands seat edit facebook/@acme 'Kees Jansen' --confirmed"


@pytest.mark.parametrize("order", [("person", "kees"), ("ranking",)])
def test_nothing_is_said_to_be_safe_that_hangs_on_unconfirmed_seats(
    doubted: Desk, order: tuple[str, ...]
) -> None:
    told = doubted.do("simulate", *order, code=1).out
    assert "lose nothing" not in told
    assert "nothing would be lost" not in told
    holders = "facebook/@acme (Eva Visser, Kees Jansen)"
    assert f"1 account hangs on seats that nobody has confirmed: {holders}" in told
    assert CONFIRM in told
    (found,) = doubted.ask("simulate", *order, code=1)["unconfirmed"]
    assert (found["name"], len(found["seats"])) == ("facebook/@acme", 2)


def test_who_gets_in_by_an_unconfirmed_seat_is_told_so_with_the_command(doubted: Desk) -> None:
    told = doubted.do("account", "who", "facebook/@acme").out
    assert "Kees Jansen has a seat (full, not confirmed) on facebook/@acme" in told
    assert "Nobody who works here has full control" in told
    assert CONFIRM in told
    (found,) = doubted.ask("account", "who", "facebook/@acme")["unconfirmed"]
    assert {each["level"] for each in found["seats"]} == {"full"}


def test_the_command_that_is_named_confirms_the_seat(doubted: Desk) -> None:
    desk = doubted.copy(doubted.folder.parent / "confirmed")
    desk.do(*shlex.split(CONFIRM)[1:])
    assert "unconfirmed" not in desk.do("account", "who", "facebook/@acme").out
    assert desk.ask("account", "who", "facebook/@acme")["unconfirmed"] == []
    assert "lose 1 account." in desk.do("simulate", "person", "kees", code=1).out
