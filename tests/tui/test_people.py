from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.tui.conftest import BREATH_S, SIZES, Hands, Interface
from tests.tui.sparing import ROUNDS
from vault.domain.changes import Change
from vault.domain.holders import holders_here
from vault.domain.mailbox import Mailbox
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.role import Role
from vault.services.people import merge_people
from vault.services.simulating import simulate

HOSTILE = "[/red]\x1b[31m\u202e[bold]" + "x" * 1_000_000


def first_cells(hands: Hands) -> list[str]:
    listing = hands.page.listing
    return [listing.columns[0].text(row) for row in listing.rows]


async def until_found(hands: Hands, text: str) -> None:
    """Wait until the list shows what a whole text finds: a busy machine takes keys one by one."""
    for _ in range(ROUNDS):
        if hands.page._shown_for == text:
            return
        await asyncio.sleep(BREATH_S)
        await hands.settle()


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("p", "role:press", ["Jan Bakker"]),
        ("p", "status:leaving", ["Jan Bakker"]),
        ("r", "person:eva", ["Webcare"]),
        ("m", "kind:personal jan", ["janbakker1979@gmail.com"]),
        ("h", "carrier:jan 5679", ["+31 6 1234 5679"]),
    ],
)
async def test_each_list_is_filtered_as_one_types(
    interface: Interface, key: str, text: str, found: list[str]
) -> None:
    async with interface() as hands:
        await hands.press("3", key, "slash")
        await hands.type(text)
        await until_found(hands, text)
        assert first_cells(hands)[:1] == found


async def test_the_lists_are_chosen_with_the_mouse_and_say_how_much_is_in_them(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("3")
        assert "[People 44]" in hands.shown()
        await hands.pilot.click("ListTab:last-of-type")
        await hands.settle()
        assert "[Phones 2]" in hands.shown()


async def test_arrows_walk_the_lists_and_escape_takes_the_filter_back(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("3", "right", "right")
        assert "[Mailboxes" in hands.shown()
        await hands.press("slash", *"kids")
        assert "/ Filter" not in hands.shown()  # in the box it is a letter
        await hands.press("enter")
        assert "/ Filter" in hands.shown()
        row = hands.page.listing.key
        assert len(hands.page.listing.rows) == 1
        await hands.press("escape")
        assert hands.page.listing.key == row
        assert len(hands.page.listing.rows) == hands.page.total()
        await hands.press("left", "left", "left")
        assert "[Phones" in hands.shown()


async def test_locking_comes_back_to_the_same_list_filter_and_row(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("3", "m", "slash", *"brug", "down", "down", "down")
        key = hands.page.listing.key
        await hands.press("ctrl+l")
        await hands.unlock()
        assert "[Mailboxes" in hands.shown()
        assert hands.page.listing.key == key


async def test_a_role_is_added_opened_given_and_ended(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("3", "r", "a")
        await hands.type("Events")
        await hands.press("ctrl+s")
        assert hands.page.NAME == "role"
        await hands.press("a", "enter")
        await hands.type("Fleur H")
        await hands.press("enter", "ctrl+s")
        assert "Fleur Hoekstra" in hands.shown()
        await hands.press("x", "right", "enter")
        role = next(r for r in hands.app.desk.registry.all(Role) if r.name == "Events")
        assert role.until is not None


async def test_a_mailbox_is_added_and_one_that_accounts_hang_on_does_not_end(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("3", "m", "a")
        await hands.type("events@brugman.example")
        await hands.press("ctrl+s")
        assert hands.page.NAME == "mailbox"
        box = resolve(hands.app.desk.registry, Mailbox, "events@brugman.example")
        assert box.type == "shared"
        await hands.press("escape", "home", "x", "right", "enter")
        assert "cannot end yet" in hands.shown()


async def test_a_freemail_address_without_a_role_is_somebodys_own(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("3", "m", "a")
        await hands.type("brugman@gmail.com")
        await hands.press("ctrl+s")
        assert resolve(hands.app.desk.registry, Mailbox, "brugman@gmail.com").type == "personal"


async def test_a_phone_is_added_and_edited(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("3", "h", "a")
        await hands.type("+31201234567")
        await hands.press("tab", "tab", "tab")
        await hands.type("webc")
        await hands.press("enter", "ctrl+s")
        phone = resolve(hands.app.desk.registry, Phone, "+31201234567")
        assert len(phone.carriers) == 1
        assert hands.page.NAME == "phone"
        await hands.press("e", "end")
        await hands.type("8")
        await hands.press("ctrl+s")
        assert resolve(hands.app.desk.registry, Phone, "+312012345678").id == phone.id


async def test_people_do_not_end_but_leave(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("3", "x")
        assert "leave by a departure" in hands.shown()
        assert "departure" in {page.NAME for page in hands.app._pages()}


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_hostile_names_are_shown_as_themselves_in_every_list(
    interface: Interface, size: tuple[int, int]
) -> None:
    async with interface(size) as hands:
        session = hands.app.desk.session
        for kind in (Person, Role, Phone):
            record = next(iter(session.registry.all(kind)))
            name = "number" if kind is Phone else "name"
            # Past the checks, as another member's program may write it.
            hostile = replace(record, **{name: f"{HOSTILE[:18]} 1", "note": HOSTILE})
            session.write("test", lambda *_, hostile=hostile: (Change(hostile),))
        await hands.press("3")
        for key in ("p", "r", "m", "h"):
            await hands.press(key, "enter")
            assert "\x1b" not in hands.shown()
            assert "\u202e" not in hands.shown()
            await hands.press("escape")


async def test_what_a_form_gives_to_somebody_who_leaves_is_saved_and_warned_of(
    interface: Interface,
) -> None:
    async with interface() as hands:
        jan = next(p for p in hands.app.desk.registry.all(Person) if p.name == "Jan Bakker")
        await hands.press("3", "h", "a", *"+31612340000")
        for name, text in (("type", "mobile"), ("carriers", "Jan Bakker")):
            hands.page.query_one(f"#field-{name}").value = text
        await hands.press("ctrl+s")
        shown = " ".join(hands.shown().split())
        assert "+31612340000" in shown
        assert f"Jan Bakker leaves on {jan.last_day}" in shown
        assert "departure with it: Departure (d) on the" in shown


async def test_a_form_that_gives_a_leaver_nothing_new_warns_of_nothing(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("3", "h", "e")
        hands.page.query_one("#field-note").value = "blue"
        await hands.press("ctrl+s")
        assert "Saved." in hands.shown()
        assert "leaves on" not in hands.shown()


async def test_who_turned_out_to_be_somebody_listed_already_is_found_and_listed_as_them(
    interface: Interface,
) -> None:
    async with interface() as hands:
        desk = hands.app.desk
        keep, other = (resolve(desk.registry, Person, n) for n in ("Ruben Kok", "Tess van Dijk"))
        merge_people(desk.session, keep, other)
        await hands.press("3")
        assert "[People 43]" in hands.shown()
        await hands.press("ctrl+p")
        await hands.type("tess van")
        await hands.press("enter")
        assert hands.page.NAME == "person"
        assert "Ruben Kok" in hands.shown()


async def test_a_role_that_too_few_who_stay_hold_is_not_called_enough(interface: Interface) -> None:
    async with interface() as hands:
        desk = hands.app.desk
        role = resolve(desk.registry, Role, "Webcare")
        held = [desk.registry.person(p) for p in holders_here(desk.registry, role.id, desk.now)]
        for person in held[: len(held) - role.min_holders + 1]:
            left = replace(person, last_day=desk.now.date() - timedelta(days=3))
            desk.session.write("test", lambda *_, left=left: (Change(left),))
        await hands.press("3", "r", "slash")
        await hands.type("webcare")
        few = f"! {role.min_holders - 1} of {role.min_holders}"
        shown = hands.shown()
        assert few in shown
        assert f"{held[0].name} (not here)" in shown
        await hands.press("enter", "enter")
        assert f"fewer than {role.min_holders}" in hands.shown()


async def test_a_phone_can_be_asked_what_would_be_lost_in_the_interface_as_by_command(
    interface: Interface,
) -> None:
    async with interface() as hands:
        registry, now = hands.app.desk.registry, hands.app.desk.now
        phone = resolve(registry, Phone, "+31 6 1234 5679")
        by_command = simulate(registry, "phone", phone.number, now).gone
        await hands.press("3", "h")
        hands.page.listing.go_to(phone.id)
        await hands.press("enter")
        page = hands.page
        assert (page.NAME, page.part.key) == ("phone", "accounts")
        coded = {f.account for f in registry.factors_on[phone.id] if f.holds(now)}
        assert coded
        assert coded <= {row.opens[1] for row in page.rows.rows}
        await hands.press("right", "e")
        assert "Edit a second factor of" in hands.shown()
        await hands.press("escape", "t")
        shown = [row.cells[:2] for row in page.rows.rows if "LOST" in row.cells[0]]
        lost = [registry.name_of(loss.account) for loss in by_command.lost]
        assert shown == [("✗ LOST", name) for name in lost]
        await hands.press("left", "x", "right", "enter")
        assert "cannot end yet" in hands.shown()


async def test_a_phone_is_found_in_the_palette_by_its_number_and_as_a_phone(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("ctrl+p")
        await hands.type("phone 612345679")
        await hands.pilot.pause(0.6)
        await hands.settle()
        await hands.press("enter")
        assert hands.page.NAME == "phone"
        assert hands.page.phone.number == "+31 6 1234 5679"
