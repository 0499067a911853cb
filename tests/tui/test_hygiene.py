from __future__ import annotations

import pytest

from tests.tui.conftest import Hands, Interface
from tui.worklists import WORKLISTS
from vault.domain.changes import Change
from vault.domain.credential import Credential, Version
from vault.domain.findings import findings
from vault.domain.role import Role
from vault.domain.single_points import single_points


async def test_it_lists_the_findings_with_what_to_do_the_worst_first(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("5")
        found = findings(hands.app.desk.registry, hands.app.desk.now)
        assert hands.page.listing.rows == found
        assert f"Findings {len(found)}" in hands.shown()
        assert found[0].what in " ".join(hands.shown().split())
        assert "To do: " in hands.shown()


async def test_typing_narrows_it_down_by_severity_code_and_words(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("5", "slash")
        await hands.type("severity:high brugman")
        rows = hands.page.listing.rows
        assert 0 < len(rows) < hands.page.total()
        assert all(row.severity == "high" for row in rows)
        await hands.press("escape")
        await hands.type("code:dead")
        assert {row.code for row in hands.page.listing.rows} == {"dead_platform"}


@pytest.mark.parametrize(("key", "name"), [*zip("fdrpe", WORKLISTS, strict=True)])
async def test_each_list_has_a_key_and_says_what_fills_it(
    interface: Interface, key: str, name: str
) -> None:
    async with interface() as hands:
        await hands.press("5", "d" if key == "f" else "f", key)
        assert hands.page.worklist.key == name
        title = WORKLISTS[name].title
        assert f"[{title} {hands.page.total()}]" in hands.shown()
        if not hands.page.total():
            assert WORKLISTS[name].empty[:40] in hands.shown()
            assert hands.page.listing.current is None


async def test_the_arrows_and_a_click_go_from_list_to_list(interface: Interface) -> None:
    async with interface((80, 24)) as hands:
        await hands.press("5", "right")
        assert hands.page.worklist.key == "dormancy"
        await hands.press("left", "left")
        assert hands.page.worklist.key == "platforms"
        await hands.pilot.click("ListTab", offset=(2, 0))
        await hands.settle()
        assert hands.page.worklist.key == "findings"


async def test_single_points_are_those_of_the_rule(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("5", "p")
        assert hands.page.listing.rows == single_points(hands.app.desk.registry, hands.app.desk.now)
        assert "hangs on" in hands.shown()


async def test_a_rotation_that_was_begun_stands_in_the_list(interface: Interface) -> None:
    async with interface() as hands:
        session = hands.app.desk.session
        account = next(iter(session.registry.all(Credential))).account
        made = Version(number=1, made_at=hands.app.desk.now)
        pending = Credential(id="c" * 32, account=account, versions=(made,))
        session.write("credential.add", lambda *_: (Change(pending),))
        await hands.press("5", "r", "slash", *"why:begun", "enter")
        assert "begun, not proved" in hands.shown()
        assert "Version 1 was made on 2026-03-02, and not proved by a log-in." in hands.shown()


async def test_locking_comes_back_to_the_same_list_filter_and_row(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("5", "p", "slash", *"role", "down", "down")
        on = hands.page.listing.current
        await hands.press("ctrl+l")
        await hands.unlock()
        assert hands.page.worklist.key == "single"
        assert hands.page.listing.current == on
        assert "kind" in hands.shown()


async def test_a_change_elsewhere_shows_and_the_cursor_stays(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("5", "down", "down")
        on, before = hands.page.listing.current, hands.page.total()
        await add_role(hands, "Bookkeeping")
        assert hands.page.total() == before + 1
        assert hands.page.listing.current == on


async def test_names_are_shown_as_they_are_and_cleaned(interface: Interface) -> None:
    async with interface((160, 48)) as hands:
        await hands.press("5", "slash", *"nobody", "down")
        await add_role(hands, "[/red]\x1b[31m\u202e " + "x" * 1_000_000)
        assert "[/red]\ufffd[31m<U+202E> x" in hands.shown()
        assert "\x1b" not in hands.shown()


async def add_role(hands: Hands, name: str) -> None:
    role = Role(id="c" * 32, name=name)
    hands.app.desk.session.write("role.add", lambda *_: (Change(role),))
    hands.page.show()
    await hands.settle()


async def test_accounts_on_dead_platforms_are_ended_together(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("5", "e", "space", "space")
        ended = [row.id for row in hands.page.listing.rows[:2]]
        before = hands.page.total()
        await hands.press("x")
        assert "Have these been closed? 2 accounts" in hands.shown()
        await hands.press("right", "enter")
        registry = hands.app.desk.registry
        assert [registry.account(each).state for each in ended] == ["closed", "closed"]
        assert hands.page.total() == before - 2
        await hands.press("ctrl+z")
        assert hands.page.total() == before


async def test_what_is_about_no_account_is_left_out_of_bulk_acts(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("5", "slash")
        await hands.type("code:mailbox_unproven")
        await hands.press("enter", "x")
        assert "This is not about an account" in hands.shown()
