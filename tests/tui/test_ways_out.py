"""Ways out of what stands in the way of a departure: each kind opens what it asks for."""

from __future__ import annotations

from typing import get_args

from msgspec.structs import replace

from tests.tui.carrying import case_of, plan_for, planned, start_case
from tests.tui.conftest import Hands, Interface
from tui.widgets.outlook import Outlook
from vault.domain.account import Account
from vault.domain.changes import Change
from vault.domain.mailbox import Mailbox
from vault.domain.mending import Names
from vault.domain.record import Record
from vault.domain.role import Role
from vault.domain.ways_out import WayKind, way


async def take_way(hands: Hands, kind: WayKind) -> None:
    """Choose the first way out of this kind, by keyboard."""
    rows = hands.page.query_one("#lines").rows
    number = next(n for n, row in enumerate(rows) if row.way and row.way.kind == kind)
    await hands.press("home", *["down"] * number, "enter")


def offer(hands: Hands, kind: WayKind, about: Record | None = None) -> None:
    """Put a way out of this kind into the list of the plan."""
    made = way(Names(hands.app.desk.registry), kind, "do it", about)
    hands.page.query_one("#lines").show([Outlook(kind, "", made.says, way=made)])


async def test_a_way_out_opens_what_it_asks_for(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        asked: dict[WayKind, tuple[str, str]] = {
            "name_successor_in_role": ("Who takes over from Jan Bakker?", ""),
            "assign_role": ("Give a role", "Press"),
            "add_mailbox": ("Add a mailbox", "Press"),
            "give_owner_role": ("Edit x/@brugmanpers", "Press"),
            "add_factor": ("Add a second factor to pinterest/@brugman", ""),
        }
        for kind, (title, filled) in asked.items():
            await take_way(hands, kind)
            assert title in hands.shown()
            assert filled in hands.shown()
            await hands.press("escape")


async def test_each_kind_of_way_out_opens_a_form_or_is_told(interface: Interface) -> None:
    async with interface((80, 50)) as hands:
        await plan_for(hands, "Jan Bakker")
        registry = hands.app.desk.registry
        box = next(b for b in registry.all(Mailbox) if b.proven_at is None)
        account = next(a for a in registry.all(Account) if a.label == "x/@brugmanpers")
        role = next(r for r in registry.all(Role) if r.name == "Press")
        opened: dict[WayKind, tuple[Record | None, str]] = {
            "name_successor": (account, "Who takes over from Jan Bakker?"),
            "name_successor_in_role": (None, "Who takes over from Jan Bakker?"),
            "assign_role": (role, "Give a role"),
            "add_mailbox": (role, "Add a mailbox"),
            "prove_mailbox": (box, "Prove that the mailbox can be read"),
            "keep_mailbox_shorter": (box, f"Edit {box.address}"),
            "give_owner_role": (account, "Edit x/@brugmanpers"),
            "add_factor": (account, "Add a second factor to x/@brugmanpers"),
            "record_loss": (account, "Is x/@brugmanpers lost?"),
        }
        for kind, (about, title) in opened.items():
            offer(hands, kind, about)
            await hands.press("enter")
            assert title in hands.shown(), kind
            await hands.press("escape")
        for kind in set(get_args(WayKind)) - set(opened):
            assert not hands.page.action_way_out(kind, account.id), "it is told"


async def test_a_way_out_asks_for_the_code_of_a_mailbox(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        box = next(b for b in hands.app.desk.registry.all(Mailbox) if b.proven_at is None)
        offer(hands, "prove_mailbox", box)
        await hands.press("enter")
        assert f"A code is sent to {box.address}" in " ".join(hands.shown().split())
        await hands.press(*hands.code_to_send(), "enter")
        assert hands.app.desk.registry.get(box.id, Mailbox).proven_at is not None
        assert "Saved, and planned again." in hands.shown()


async def test_what_was_typed_at_a_way_out_comes_back_after_locking(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        await take_way(hands, "add_mailbox")
        await hands.type("pers@brugman.example")
        await hands.press("ctrl+l")
        assert "x/@brugmanpers" not in repr(hands.app._trail)
        await hands.unlock()
        assert hands.page.query_one("#field-address").value == "pers@brugman.example"
        await hands.press("ctrl+s")
        assert "Saved, and planned again." in hands.shown()


async def test_a_way_out_names_the_role_that_it_is_about_whatever_its_name_reads_as(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        press = next(r for r in hands.app.desk.registry.all(Role) if r.name == "Press")
        hostile = replace(press, name="--lost safehands mailbox prove x --successor")
        hands.app.desk.session.write("test", lambda *_: (Change(hostile),))
        await hands.press("f5")
        await take_way(hands, "assign_role")
        assert hands.page.query_one("#field-role").value == hostile.name
        await hands.press("escape")
        offer(hands, "assign_role")
        await hands.press("enter")
        assert hands.page.query_one("#field-role").value == ""


async def test_the_blockers_of_a_departure_are_mended_one_by_one_by_keyboard(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        assert len(planned(hands).blockers) == 3
        await take_way(hands, "assign_role")
        await hands.press("tab")
        await hands.type("eva j")
        await hands.press("enter", "ctrl+s")
        assert len(planned(hands).blockers) == 2
        await take_way(hands, "add_mailbox")
        await hands.type("pers@brugman.example")
        await hands.press("ctrl+s")
        assert "Saved, and planned again." in hands.shown()
        assert len(planned(hands).blockers) == 1


async def test_a_way_out_that_no_form_asks_for_is_told_and_opens_the_account(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        account = next(a for a in hands.app.desk.registry.all(Account) if a.platform == "pinterest")
        offer(hands, "by_hand", account)
        await hands.press("enter")
        assert "Its page is opened next" in hands.shown()
        await hands.press("enter")
        assert (hands.page.NAME, hands.page.ids) == ("account", (account.id,))


async def test_a_way_out_of_a_closing_is_told_with_its_keys_and_opens_its_case(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        case = case_of(hands, "Ruben Kok")
        await plan_for(hands, "Jan Bakker")
        offer(hands, "look_whether_gone", case)
        await hands.press("enter")
        assert "do it: Next (n) in the case" in hands.shown()
        await hands.press("enter")
        assert (hands.page.NAME, hands.page.ids) == ("case", (case.id,))


async def test_an_account_is_recorded_as_lost_after_a_question(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        account = next(a for a in hands.app.desk.registry.all(Account) if a.platform == "pinterest")
        offer(hands, "record_loss", account)
        await hands.press("enter")
        assert "Cancel" in hands.shown()
        await hands.press("right", "enter")
        assert hands.app.desk.registry.account(account.id).state == "lost"
