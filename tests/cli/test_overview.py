"""`status` tells the headline, and `journal list` finds entries by words and filters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("overview")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    desk.do("person", "add", "Jan Bakker", "--mail", "jan@acme.example")
    desk.do("role", "add", "Webcare")
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("account", "add", "youtube/@acme", "--role", "webcare")
    desk.do("seat", "add", "youtube/@acme", "jan", "--level", "owner")
    desk.do("factor", "add", "x/@acme", "totp", "--holder", "jan")
    desk.do("dormant", "record", "x/@acme", "--last", "2020-01-01")
    return desk


def test_status_tells_the_four_numbers_of_the_headline(desk: Desk) -> None:
    document = desk.ask("status")
    numbers = ("personal_accounts", "knowledge_debt", "single_points", "dormant")
    assert [document[name] for name in numbers] == [1, 0, 1, 1]
    out = desk.do("status").out
    assert "1 account on what is one person's own" in out
    assert "1 account that one person takes along" in out
    assert "dormant         1 account\n" in out


def test_status_counts_as_leaving_who_has_not_left_yet(desk: Desk, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    company = desk.copy(tmp_path)
    for name, last_day in (("Eva Jansen", "2099-01-01"), ("Kees Kok", "2020-01-01")):
        company.do("person", "add", name)
        company.do("person", "leave", name, "--last-day", last_day)
    assert company.ask("status")["leaving"] == 1


def test_the_journal_is_found_by_words_and_filters_the_latest_first(desk: Desk) -> None:
    def found(*words: str) -> list[str]:
        return [entry["act"] for entry in desk.ask("journal", "list", *words)["entries"]]

    assert found("act:account.add") == ["account.add", "account.add"]
    assert found("acme", "act:factor", "by:ana") == ["factor.add"]
    assert found("about:webcare", "act:role") == ["role.add"]
    assert found("until:2020-01-01") == []
    assert found("--limit", "1", "act:account.add") == ["account.add"]
    assert desk.do("journal", "list", "nothing").out == "nothing fits all of that\n"
    wrong = refusal(desk.do("journal", "list", "acme", "since:2026-13-99", code=2))
    assert wrong == "since:2026-13-99 is no date"


KINDS = ("person", "role", "mailbox", "phone", "account", "journal", "platform")


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_with_words_never_says_that_there_is_nothing_yet(desk: Desk, kind: str) -> None:
    out = desk.do(kind, "list", "zzz").out
    assert "fits all of that" in out or out == "no such platform\n"
    if kind != "platform":
        assert "'nothing' is no filter" in desk.do(kind, "list", "nothing:zzz").out
    if kind == "journal":
        for words in ("act:nope", "by:nobody"):
            assert desk.do(kind, "list", words).out == "nothing fits all of that\n"
        filters = "'foo' is no filter: there are by, act, about, since, until\n"
        assert desk.do(kind, "list", "foo:bar").out == filters
    if kind == "person":
        assert desk.do(kind, "list", "--status", "left").out == "nobody has the status 'left'\n"


@pytest.mark.parametrize(
    ("kind", "words", "found"),
    [
        ("person", "jan@home", "Jan Bakker"),
        ("person", "role:press", "Jan Bakker"),
        ("role", "newspapers", "Press"),
        ("role", "person:jan", "Press"),
        ("mailbox", "newspapers", "press@acme.example"),
        ("mailbox", "owner:press kind:shared", "press@acme.example"),
        ("phone", "reception", "+31612345678"),
        ("phone", "carrier:jan", "+31612345678"),
    ],
)
def test_a_list_is_found_by_the_words_and_filters_of_the_interface(
    known: Desk, kind: str, words: str, found: str
) -> None:
    told = known.do(kind, "list", *words.split()).out
    assert found in told
    assert len(told.splitlines()) == 2


@pytest.fixture(scope="module")
def known(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A company of which much is known in words: a second address, a purpose, remarks."""
    folder = tmp_path_factory.mktemp("known")
    folder.chmod(0o700)
    known = desk.copy(folder)
    known.do("person", "edit", "jan", "--other-mail", "jan@home.example")
    known.do("role", "add", "Press", "--purpose", "talks to newspapers")
    known.do("role", "assign", "press", "jan")
    known.do("mailbox", "add", "press@acme.example", "--role", "press", "--note", "newspapers")
    known.do("mailbox", "add", "web@acme.example", "--role", "webcare")
    known.do("phone", "add", "+31612345678", "--carrier", "jan", "--note", "at the reception")
    known.do("phone", "add", "+31687654321")
    return known
