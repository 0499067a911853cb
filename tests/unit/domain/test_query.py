from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.unit.domain.company import NOW, account, company, days, mailbox, since
from vault.domain.changes import changes
from vault.domain.query import FILTERS, AccountIndex, find_accounts, no_filter, parse_query
from vault.domain.registry import Registry
from vault.domain.role import Role


def accounts() -> Registry:
    return company(
        account("acme", purpose="Customer care", tags=("nl", "b2c")),
        account("acme_be", display_name="ACME België", owner_roles=since("press")),
        account("shut", until=days(-1)),
        account("later", since=days(5)),
        account("given", owner_roles=since("webcare", until=days(-1))),
        Role(id="press", name="press"),
    )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ((), ["acme", "acme_be", "given"]),
        (("acme",), ["acme", "acme_be"]),
        (("@ACME", "care"), ["acme"]),
        (("b2c",), ["acme"]),
        (("belgi\u00eb",), ["acme_be"]),
        (("net", "acme", "nothing"), []),
    ],
)
def test_an_account_holds_all_the_words(words: tuple[str, ...], found: list[str]) -> None:
    assert [a.id for a in find_accounts(accounts(), NOW, words)] == found


def test_only_those_of_a_role_now() -> None:
    assert [a.id for a in find_accounts(accounts(), NOW, role="webcare")] == ["acme"]
    past = find_accounts(accounts(), days(-2), role="webcare")
    assert [a.id for a in past] == ["acme", "given", "shut"]


def test_only_those_on_a_platform() -> None:
    assert len(find_accounts(accounts(), NOW, platform="net")) == 3
    assert find_accounts(accounts(), NOW, platform="x") == []


def test_closed_ones_are_found_when_asked_for() -> None:
    found = {a.id for a in find_accounts(accounts(), NOW, closed=True)}
    assert found == {"acme", "acme_be", "given", "later", "shut"}


def test_accounts_come_by_platform_and_then_by_handle() -> None:
    places = [("x", "b"), ("x-pro", "a"), ("", "z"), ("x", "B"), ("x", ""), ("x", "ba")]
    registry = company(
        *(replace(account(h), id=f"{p} {h}", platform=p) for p, h in places),
    )
    found = find_accounts(registry, NOW)
    assert [(a.platform, a.handle) for a in found] == sorted(places)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("platform:ne", ["acme", "acme_be", "given"]),
        ("platform:x", []),
        ("role:press", ["acme_be"]),
        ("role:care acme", ["acme"]),
        ("tag:b2", ["acme"]),
        ("tag:b2 role:press", []),
        ("tie:personal", ["given"]),
        ("tie:role acme", ["acme", "acme_be"]),
        ("status:unknown tag:nl", ["acme"]),
        ("mailbox:home", ["given"]),
        ("state:", ["acme", "acme_be", "given"]),
        ("net/@acme_be", ["acme_be"]),
    ],
)
def test_filters_and_words_narrow_each_other_down(text: str, found: list[str]) -> None:
    registry = accounts().apply(
        changes(
            account("given", owner_roles=(), login_mailboxes=since("home")),
            mailbox("home", owner="jan", type="personal"),
        )
    )
    assert [a.id for a in AccountIndex(registry, NOW).find(parse_query(text))] == found


def test_what_looks_like_a_filter_and_is_none_is_looked_for_as_a_word() -> None:
    asked = parse_query("color:red https://x.com/acme")
    assert asked.filters == ()
    assert asked.unknown == ("color:red",)
    assert asked.words == ("color:red", "https://x.com/acme")


def test_what_looks_like_a_filter_and_is_none_is_named_with_those_there_are() -> None:
    assert (
        no_filter("acme plattform:x") == f"'plattform' is no filter: there are {', '.join(FILTERS)}"
    )
    assert no_filter("acme platform:x https://x.com") == ""
