from __future__ import annotations

from tests.tui.conftest import Hands, Interface
from vault.domain.account import Account
from vault.domain.naming import resolve
from vault.domain.spell import current


async def test_typing_filters_the_accounts_and_says_how_many_are_left(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2")
        everything = len(hands.page.listing.rows)
        await hands.press("slash")
        await hands.type("tie:personal")
        found = len(hands.page.listing.rows)
        assert 0 < found < everything
        assert f"{found} of {everything}" in hands.shown()


async def test_locking_comes_back_to_the_same_filter_and_row(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2", "slash", *"brug", "down", "down", "down")
        key = hands.page.listing.key
        await hands.press("ctrl+l")
        assert not hands.app.desk.is_open
        assert "brugman" not in hands.shown().replace("brugman.safehands", "")
        await hands.unlock()
        assert hands.page.listing.key == key
        assert "brug" in hands.shown()


def named(hands: Hands, label: str) -> Account:
    return resolve(hands.app.desk.registry, Account, label)


def owners(hands: Hands, account: Account) -> list[str]:
    registry = hands.app.desk.registry
    now = hands.app.desk.now
    return [registry.name_of(r) for r in current(registry.account(account.id).owner_roles, now)]


async def test_enter_opens_the_account_and_escape_comes_back_to_its_row(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("2", "down", "down")
        key = hands.page.listing.key
        await hands.press("enter")
        assert hands.page.NAME == "account"
        assert hands.page.ids == (key,)
        await hands.press("escape")
        assert hands.page.listing.key == key


async def test_an_account_is_added_by_its_address_and_opened(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2", "a")
        await hands.type("https://x.com/brugmannew")
        await hands.press("enter")
        await hands.type("webc")
        await hands.press("enter", "ctrl+s")
        assert hands.page.NAME == "account"
        account = named(hands, "x/@brugmannew")
        assert hands.page.ids == (account.id,)
        assert owners(hands, account) == ["Webcare"]
        assert account.url == "https://x.com/brugmannew"


async def test_what_is_no_account_is_refused_at_its_field_and_stays_typed(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("2", "a")
        await hands.type("nonsense")
        await hands.press("ctrl+s")
        assert "names no account" in hands.shown()
        assert "nonsense" in hands.shown()
        assert hands.app.focused is not None
        assert hands.app.focused.id == "field-name"
        await hands.press("escape")
        assert hands.page.NAME == "accounts"


async def test_marked_accounts_get_an_owner_role_in_one_act_which_is_undone_as_one(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("2", "slash")
        await hands.type("platform:vimeo")
        await hands.press("enter", "space", "space")
        assert "2 marked" in hands.shown()
        marked = [named(hands, each) for each in hands.page.listing.marked]
        before = [owners(hands, each) for each in marked]
        entries = hands.app.desk.session.seq
        await hands.press("o")
        await hands.type("press")
        await hands.press("enter", "ctrl+s")
        assert [owners(hands, each) for each in marked] == [["Press"], ["Press"]]
        assert hands.app.desk.session.seq == entries + 1
        await hands.press("ctrl+z")
        assert [owners(hands, each) for each in marked] == before
        assert "Undone: account edit 2 accounts." in hands.shown()
        await hands.press("u")
        assert hands.page.listing.marked == set()


async def test_the_account_under_the_cursor_gets_a_log_in_mailbox(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2", "b")
        await hands.type("press@")
        await hands.press("ctrl+s")
        assert "there is no mailbox" in hands.shown()


async def test_accounts_are_ended_after_a_question_and_leave_the_list(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2", "slash")
        await hands.type("platform:twitch")
        await hands.press("enter", "space", "space", "x")
        assert "2 accounts" in hands.shown()
        await hands.press("enter")
        assert len(hands.page.listing.marked) == 2
        await hands.press("x", "right", "enter")
        assert hands.page.listing.marked == set()
        closed = [a for a in hands.app.desk.registry.all(Account) if a.state == "closed"]
        assert len([a for a in closed if a.platform == "twitch"]) == 2


async def test_what_was_done_before_unlocking_is_not_undone(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2")
        registry = hands.app.desk.registry
        await hands.press("ctrl+z")
        (said,) = [each.message for each in hands.app._notifications]
        assert "is not one that was made here since you opened it" in said
        assert hands.app.desk.registry == registry
