from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from tests.integration.storage.builder import Sample
from tests.tui.carrying import later
from tests.tui.conftest import SIZES, Hands, Interface
from tests.tui.test_rotation_case import begin_closing
from tests.unit.domain.company import NOW, account, company
from tui.rows import cases_part
from tui.screens.account import AccountPage
from tui.widgets.secret_view import MASK
from vault.domain.account import Account
from vault.domain.cases import Case, Progress
from vault.domain.changes import changes
from vault.domain.naming import resolve
from vault.domain.secret import Secret
from vault.domain.steps import Step
from vault.services.credentials import set_credential
from vault.services.editing import edit_record
from vault.services.vaults import open_with

HOSTILE = "[/red]\x1b[31m\u202e[bold]" + "x" * 1_000_000


async def at_account(hands: Hands, label: str, part: str = "who") -> AccountPage:
    """Open the page of an account at one of its parts."""
    account = resolve(hands.app.desk.registry, Account, label)
    page = AccountPage(account.id)
    page.place["part"] = part
    await hands.press("2")
    hands.app.open(page)
    await hands.settle()
    return page


async def test_who_gets_in_is_told_with_the_derivation_as_a_tree(interface: Interface) -> None:
    async with interface() as hands:
        await at_account(hands, "pinterest/@brugman")
        await hands.press("right", "down")
        shown = hands.shown()
        assert "Jan Bakker" in shown
        assert "Because" in shown
        assert "└─" in shown
        assert "could know" in shown
        assert "did see" in shown


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_part_can_be_walked_through_at_any_size(
    interface: Interface, size: tuple[int, int]
) -> None:
    async with interface(size) as hands:
        page = await at_account(hands, "x/@brugman")
        titles = []
        for _ in page.parts():
            titles.append(page.part.title)
            await hands.press("down")
        assert titles == [
            "Who gets in",
            "Secrets",
            "Second factors",
            "Seats",
            "Tools",
            "Hangs on",
            "Activity",
            "About",
            "History",
            "Cases",
        ]


async def test_a_secret_is_masked_shown_when_asked_for_and_masked_elsewhere(
    interface: Interface,
) -> None:
    async with interface() as hands:
        account = resolve(hands.app.desk.registry, Account, "tiktok/@brugmankids")
        secret = Secret("canary-4711")
        set_credential(hands.app.desk.session, account, secret, as_current=True)
        page = await at_account(hands, "tiktok/@brugmankids", "secrets")
        await hands.press("right")
        assert MASK in hands.shown()
        entries = hands.app.desk.session.seq
        await hands.press("r")
        assert "canary-4711" in hands.shown()
        assert hands.app.desk.session.seq == entries + 1
        await hands.press("left", "down", "up")
        assert "canary-4711" not in hands.shown()
        assert MASK in hands.shown()
        assert page.part.key == "secrets"


async def test_keys_are_offered_where_they_do_something(interface: Interface) -> None:
    async with interface() as hands:
        await later(hands, hours=1)
        account = resolve(hands.app.desk.registry, Account, "x/@brugman")
        set_credential(hands.app.desk.session, account, Secret("canary-4711"), as_current=True)
        page = await at_account(hands, "x/@brugman")

        def offered() -> set[str]:
            """What of all that depends on the cursor has a key now."""
            actions = {each.binding.action for each in page.active_bindings.values()}
            return actions & {"add_here", "end", "reveal", "copy_secret", "show_code"}

        assert offered() == {"end"}  # the account itself
        await hands.press("right")
        assert offered() == set()  # what gets somebody in is ended where it is recorded
        await hands.press("left", "down", "right")
        assert offered() == {"reveal", "copy_secret"}
        await hands.press("left", "down", "right")
        assert offered() == {"add_here", "end"}


async def test_a_factor_is_added_edited_ended_and_put_back(interface: Interface) -> None:
    async with interface() as hands:
        page = await at_account(hands, "bitly/@brugman", "factors")
        assert not page.rows.rows
        await hands.press("a")
        await hands.type("auth")
        await hands.press("enter")
        await hands.type("Marketing")
        await hands.press("enter", "ctrl+s")
        assert [row.cells[1] for row in page.rows.rows] == ["Marketing"]
        await hands.press("right", "e", "ctrl+s")
        await hands.press("x", "right", "enter")
        assert "It is the only second factor of" in hands.shown()
        await hands.press("a")
        await hands.type("passkey")
        await hands.press("enter", "ctrl+s", "right", "x", "right", "enter")
        assert len(page.rows.rows) == 1
        await hands.press("ctrl+z")
        assert len(page.rows.rows) == 2


async def test_a_seat_is_added_and_a_tool_connected(interface: Interface) -> None:
    async with interface() as hands:
        page = await at_account(hands, "facebook/@brugmankids", "seats")
        before = len(page.rows.rows)
        await hands.press("a")
        await hands.type("Hugo S")
        await hands.press("enter", "ctrl+s")
        assert "Hugo Schouten" in hands.shown()
        assert len(page.rows.rows) == before + 1
        page.go_to_part("tools")
        await hands.settle()
        await hands.press("a")
        await hands.type("canva")
        await hands.press("enter", "ctrl+s")
        assert any("canva" in row.cells[0] for row in page.rows.rows)


async def test_the_history_says_who_changed_what(interface: Interface) -> None:
    async with interface() as hands:
        page = await at_account(hands, "bitly/@brugman", "history")
        before = len(page.rows.rows)
        account = page.account
        edit_record(hands.app.desk.session, account, purpose="tiny links")
        page.show()
        await hands.settle()
        await hands.press("right", "home")
        assert len(page.rows.rows) == before + 1
        assert "purpose: short links → tiny links" in hands.shown()


async def test_locking_comes_back_to_the_same_part_and_row(interface: Interface) -> None:
    async with interface() as hands:
        page = await at_account(hands, "x/@brugman", "hangs")
        await hands.press("right", "down", "down")
        key = page.rows.key
        await hands.press("ctrl+l")
        assert "brugman.example" not in hands.shown()
        await hands.unlock()
        assert hands.page.part.key == "hangs"
        assert hands.page.rows.key == key
        assert hands.page.rows.has_focus


async def test_what_another_program_changes_is_shown_and_the_cursor_stays(
    interface: Interface, brugman: Sample
) -> None:
    async with interface() as hands:
        page = await at_account(hands, "x/@brugman", "hangs")
        await hands.press("right", "down")
        key = page.rows.key
        env = hands.app.desk.env
        with open_with(str(brugman.path), lambda _: brugman.keys, env) as other:
            edit_record(other, other.registry.account(page.id_shown), display_name="Brugman Bikes")
        await hands.press("f5")
        assert "Brugman Bikes" in hands.shown()
        assert page.rows.key == key


async def test_parts_rows_and_what_they_open_work_with_the_mouse(interface: Interface) -> None:
    async with interface() as hands:
        page = await at_account(hands, "x/@brugman")
        await hands.pilot.click("#rail", offset=(4, 6))
        await hands.settle()
        assert page.part.key == "hangs"
        await hands.pilot.click("#rows", offset=(4, 1), times=2)
        await hands.settle()
        assert hands.page.NAME == "role"


async def test_hostile_values_are_shown_as_themselves(interface: Interface) -> None:
    async with interface() as hands:
        page = await at_account(hands, "x/@brugman", "about")
        session = hands.app.desk.session
        texts = ("display_name", "purpose", "audience", "brand", "note", "url")
        hostile = msgspec.structs.replace(page.account, **dict.fromkeys(texts, HOSTILE))
        session.write("account.edit", lambda *_: changes(hostile))
        page.show()
        await hands.settle()
        for _ in page.parts():
            await hands.press("down")
            assert "\x1b" not in hands.shown()
            assert "\u202e" not in hands.shown()
        assert "[/red]" in hands.shown()
        await hands.press("e")
        assert "\x1b" not in hands.shown()
        await hands.press("ctrl+s")
        assert page.account.note == HOSTILE


async def test_an_account_that_has_ended_says_so_and_is_not_closed_again(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await begin_closing(hands, "x/@brugmanpro")
        page = await at_account(hands, "x/@brugmanpro")
        await hands.press("x")
        assert "A case is closing x/@brugmanpro: Cases (4)." in hands.shown()
        await hands.press("right", "enter")
        _, about = page.heading()
        assert about.startswith(f"was closed on {hands.app.desk.today}")
        assert "NOT in the company's hands" not in hands.shown()
        await hands.press("x")
        assert hands.page is page
        told = [each.message for each in hands.app._notifications][-1]
        assert told.endswith("already, and is kept as history.")


async def test_what_is_said_of_an_empty_part_is_wrapped_and_not_cut(interface: Interface) -> None:
    async with interface((80, 24)) as hands:
        await at_account(hands, "bitly/@brugman", "activity")
        lines = [line.rpartition("  ")[2] for line in hands.shown().splitlines()]
        said = " ".join(line.strip() for line in lines if line.strip())
        assert "dormant record (on the command line)" in said


def test_what_a_second_person_has_yet_to_confirm_does_not_count_as_done() -> None:
    step = Step(id="a", act="end_sessions", account="acme")
    begun = Case(
        id="case", what="rotation", account="acme", opened_at=NOW, two_person=True,
        progress=(Progress(step, state="applied"), Progress(step, state="verified")),
    )  # fmt: skip
    session: Any = SimpleNamespace(registry=company(account(), begun))
    (row,) = cases_part(lambda: NOW, account="acme").rows(session)
    assert row.cells[2] == "1/2"
