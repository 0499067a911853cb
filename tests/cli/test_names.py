"""What goes by which name: factors and grants by their account, roles and people told apart."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two accounts of which one's name begins the other's; only the longer has a factor."""
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path).found().keep_open()
    desk.do("person", "add", "Eva Jansen")
    desk.do("role", "add", "Webcare")
    for name in ("x/@acme", "x/@acme2", "buffer/@acme"):
        desk.do("account", "add", name)
    desk.do("factor", "add", "x/@acme2", "totp", "--label", "the old phone")
    desk.do("grant", "add", "x/@acme2", "buffer/@acme")
    return desk


@pytest.mark.parametrize("spelled", ["x/acme2", "x/@acme2", "X/ACME2", "twitter/acme2"])
def test_a_factor_goes_by_its_account_however_that_is_spelled(desk: Desk, spelled: str) -> None:
    desk.do("factor", "edit", spelled, "--holder", "role:webcare")
    desk.do("grant", "edit", spelled, "--scope", "publish")
    assert desk.ask("factor", "show", "the old phone")["holders"]
    assert desk.ask("grant", "show", "buffer/acme")["scope"] == "publish"


@pytest.mark.parametrize(
    "address", ["https://x.com/acme", "https://x.com/acme/", "www.x.com/Acme", "twitter.com/acme"]
)
def test_an_account_goes_by_the_address_that_its_link_is(desk: Desk, address: str) -> None:
    assert desk.do("account", "link", "x/@acme").out == "https://x.com/acme\n"
    assert desk.ask("account", "show", address)["handles"][0]["of"] == "acme"


def test_a_factor_of_another_account_is_never_meant(desk: Desk) -> None:
    assert refusal(desk.do("factor", "end", "x/@acme", code=4)) == "x/@acme has no factor"
    desk.do("factor", "add", "x/@acme2", "sms")
    told = desk.do("factor", "end", "x/acme2", code=4)
    assert "x/@acme2 has 2 factors" in told.err
    desk.do("factor", "end", "the old phone")
    desk.do("factor", "end", "x/acme2", "--force")


def test_a_role_and_a_person_in_the_wrong_order_are_told_apart(desk: Desk) -> None:
    for verb in ("assign", "unassign"):
        told = desk.do("role", verb, "eva", "webcare", code=2)
        assert refusal(told) == "Eva Jansen is a person, and Webcare a role"
        assert "the role first" in told.err
    assert refusal(desk.do("role", "assign", "eva", "nobody", code=4)) == "there is no role 'eva'"


def test_two_people_of_one_name_are_told_apart_or_refused(desk: Desk) -> None:
    known = desk.ask("person", "show", "eva")["id"][:8]
    told = desk.do("person", "add", "eva  jansen", code=5)
    assert refusal(told) == f"there is a person 'Eva Jansen' already, as {known}"
    assert f"safehands person edit {known}" in told.err
    assert "--mail" in told.err
    mine = ("--mail", "eva.jansen@acme.example")
    assert "--another" in desk.do("person", "add", "Eva Jansen", *mine, code=5).err
    told = desk.do("person", "add", "Eva Jansen", *mine, "--another")
    assert f"{known} is called Eva Jansen too" in told.err
    second = desk.ask("person", "show", "eva.jansen@acme.example")["id"][:8]
    assert second != known
    desk.do("person", "edit", known, "--mail", "eva@acme.example")
    third = desk.do("person", "add", "Eva Jansen", "--mail", "eva3@acme.example")
    assert f"{second} is called Eva Jansen too (eva.jansen@acme.example)" in third.err


@pytest.mark.parametrize("option", ["--mail", "--other-mail"])
def test_nobody_is_added_with_an_address_that_is_somebody_elses(desk: Desk, option: str) -> None:
    words = ("--mail", "tom@acme.example", "--other-mail", "tommy@acme.example")
    known = desk.id_of("person", "add", "Tom Smit", *words)[:8]
    for mail in ("tom@acme.example", "TOMMY@acme.example"):
        told = desk.do("person", "add", "T. Smit", option, mail, "--another", code=5)
        assert refusal(told) == f"Tom Smit has the address {mail.lower()} already"
        assert f"safehands person edit {known}\n" in told.err


def test_who_holds_a_role_is_told_whole_when_it_is_given_and_taken(desk: Desk) -> None:
    desk.do("role", "add", "Press")
    assert desk.do("role", "assign", "press", "ana").out.endswith("  Press, held by Ana Kramer\n")
    both = desk.do("role", "assign", "press", "eva").out
    assert both.endswith("  Press, held by Ana Kramer, Eva Jansen\n")
    left = desk.do("role", "unassign", "press", "eva").out
    assert left.endswith("  Press, held by Ana Kramer; not by Eva Jansen\n")


def test_what_begins_or_ends_later_is_told_with_its_day(desk: Desk) -> None:
    desk.do("role", "assign", "webcare", "eva")
    later = ("--from", "2998-12-31")
    left = desk.do("role", "unassign", "webcare", "eva", *later, "--force").out
    assert left.endswith(", from 2998-12-31 on held by nobody; not by Eva Jansen\n")
    given = desk.do("role", "assign", "webcare", "ana", *later).out
    assert given.endswith(", from 2998-12-31 on held by Ana Kramer\n")
    assert desk.ask("role", "show", "webcare")["holders"] == ["Eva Jansen"]


def test_who_reads_a_mailbox_is_told_and_that_owning_by_a_role_is_not_reading(desk: Desk) -> None:
    desk.do("role", "add", "Sales team")
    added = desk.do("mailbox", "add", "sales@acme.example", "--reader", "eva").out
    assert added.endswith("  sales@acme.example, read by Eva Jansen\n")
    owned = desk.do("mailbox", "edit", "sales@acme.example", "--owner", "sales team").out
    assert "Sales team owns it, and is not among its readers" in owned
    command = "safehands mailbox edit sales@acme.example --reader 'role:Sales team'"
    assert f"  $ {command}\n" in owned
    mended = desk.do(*shlex.split(command)[1:]).out
    assert mended.endswith("  sales@acme.example, read by Eva Jansen, Sales team\n")
    by_person = desk.do("mailbox", "edit", "sales@acme.example", "--owner", "ana").out
    assert by_person.endswith("  sales@acme.example, read by Ana Kramer, Eva Jansen, Sales team\n")


def test_what_still_hangs_on_a_mailbox_is_moved_by_the_command_that_is_told(desk: Desk) -> None:
    desk.do("mailbox", "add", "old@acme.example")
    desk.do("mailbox", "add", "new@acme.example")
    desk.do("account", "add", "tiktok/@acme", "--login-mailbox", "old@acme.example")
    told = desk.do("mailbox", "end", "old@acme.example", code=5).err
    command = told.partition("first: ")[2].strip()
    assert command == "safehands account edit tiktok/@acme --login-mailbox ADDRESS"
    desk.do(*command.replace("ADDRESS", "new@acme.example").split()[1:])
    desk.do("mailbox", "end", "old@acme.example")


def test_a_mailbox_or_a_phone_that_is_gone_can_be_recorded_with_force(desk: Desk) -> None:
    desk.do("mailbox", "add", "it@acme.example", "--keep-until", "2999-01-01")
    desk.do("phone", "add", "+31612345678")
    hanging = ("--login-mailbox", "it@acme.example", "--recovery-phone", "+31612345678")
    desk.do("account", "add", "tiktok/@acme", *hanging)
    desk.do("factor", "add", "tiktok/@acme", "sms", "--phone", "+31612345678")
    for what in (("mailbox", "end", "it@acme.example"), ("phone", "end", "+31612345678")):
        desk.do(*what, code=5)
        told = desk.do(*what, "--force")
        assert told.out.endswith(", ended\n")
        assert "tiktok/@acme" in told.err
        assert "safehands check" in told.err
    found = {each["code"]: each["to_do"] for each in desk.ask("check", code=1)["findings"]}
    assert {"address_gone", "phone_gone", "factor_gone"} <= set(found)
    desk.do("role", "add", "Press")
    desk.do("account", "edit", "tiktok/@acme", "--role", "press")
    desk.do("role", "end", "press", "--force", code=2)


def test_one_of_something_is_told_in_the_singular(desk: Desk) -> None:
    desk.do("account", "edit", "x/@acme", "--role", "webcare")
    found = [each["what"] for each in desk.ask("check", code=1)["findings"]]
    assert "nobody holds the role Webcare, which owns 1 account" in found
    desk.do("role", "assign", "webcare", "eva")
    case = desk.ask("offboard", "start", "eva", "--last-day", "2099-01-01", code=None)["case"][:8]
    for each in desk.ask("case", "show", case)["progress"][1:]:
        words = ("--reason", "closes soon", "--approver", "ana")
        desk.do("case", "waive", case, each["step"]["id"], *words)
    assert refusal(desk.do("case", "close", case, code=5)).startswith("1 step is not finished: ")


def test_two_records_of_one_person_are_made_one_and_both_names_mean_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path).found().keep_open()
    desk.do("role", "add", "Press")
    keep = desk.id_of("person", "add", "Jan Bakker", "--mail", "jan@acme.example")
    desk.do("person", "add", "Jan Baker", "--mail", "j.baker@acme.example")
    desk.do("role", "assign", "press", "Jan Baker")
    told = desk.do("person", "merge", "Jan Bakker", "Jan Baker").out
    assert told == f"{keep[:8]}  Jan Bakker, also known as Jan Baker\n"
    shown = desk.ask("person", "show", "j.baker@acme.example")
    assert (shown["id"], shown["roles"], shown["also_known_as"]) == (keep, ["Press"], ["Jan Baker"])
    listed = [each["name"] for each in desk.ask("person", "list")["people"]]
    assert listed == ["Ana Kramer", "Jan Bakker"]
    again = desk.do("person", "merge", "Jan Bakker", "Jan Baker", code=2)
    assert refusal(again) == "Jan Bakker is one person already"
    assert "person.merge" in desk.do("journal", "list", "--limit", "1").out


def test_a_tie_is_called_the_same_in_a_plan_and_in_what_somebody_holds(desk: Desk) -> None:
    desk.do("mailbox", "add", "eva@acme.example", "--owner", "eva")
    desk.do("account", "edit", "x/@acme", "--login-mailbox", "eva@acme.example")
    desk.do("factor", "edit", "the old phone", "--holder", "eva")
    holds = desk.do("person", "holds", "eva").out
    plan = desk.do("offboard", "plan", "eva", "--last-day", "2099-01-01").out
    for called in ("log-in address", "second factor"):
        assert called in holds
        assert called in plan
    assert "login" not in holds


def test_a_plan_without_ties_says_so_once(desk: Desk) -> None:
    told = desk.do("offboard", "plan", "eva", "--last-day", "2099-01-01").out
    assert "\nno ties\n" in told
    assert "no accounts" not in told
