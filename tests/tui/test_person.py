from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.tui.carrying import case_of, start_case
from tests.tui.conftest import SIZES, Hands, Interface
from tui.opening import page_about
from tui.screens.detail import DetailPage
from tui.screens.mailbox import MailboxPage
from tui.screens.people import LISTS
from tui.screens.person import PersonPage
from tui.screens.role import RolePage
from vault.domain.changes import changes
from vault.domain.mailbox import Mailbox
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.role import Role


async def at_person(hands: Hands, name: str) -> PersonPage:
    """Open the page of somebody."""
    page = PersonPage(resolve(hands.app.desk.registry, Person, name).id)
    await hands.press("3")
    hands.app.open(page)
    await hands.settle()
    return page


async def test_what_somebody_holds_and_gets_into_is_told_with_why(interface: Interface) -> None:
    async with interface() as hands:
        page = await at_person(hands, "Jan Bakker")
        assert "Marketing" in hands.shown()
        await hands.press("down", "right")
        assert "only they" in hands.shown()
        assert "Because" in hands.shown()
        await hands.press("enter")
        assert hands.page.NAME == "account"
        await hands.press("escape", "left", "down", "right")
        assert page.part.key == "gets"
        assert "Jan Bakker" in hands.shown()


async def test_gone_tonight_says_what_would_be_lost_and_who_still_gets_in(
    interface: Interface,
) -> None:
    async with interface() as hands:
        page = await at_person(hands, "Jan Bakker")
        await hands.press("t")
        assert "LOST" in hands.shown()
        assert "instagram/@brugman" in hands.shown()
        assert "What breaks" in hands.shown()
        kept = [row for row in page.rows.rows if row.cells[0] == "✓ kept"]
        assert kept
        await hands.press("end")
        assert "Who still gets in" in hands.shown()


async def test_nothing_is_lost_with_somebody_who_holds_nothing(interface: Interface) -> None:
    async with interface() as hands:
        await at_person(hands, "Hugo Schouten")
        await hands.press("t")
        assert "nothing would be lost" in hands.shown()


async def test_a_departure_starts_here(interface: Interface) -> None:
    async with interface() as hands:
        page = await at_person(hands, "Jan Bakker")
        await hands.press("d")
        assert hands.page.NAME == "departure"
        assert hands.page.ids == page.ids


async def test_a_role_is_given_taken_and_given_back(interface: Interface) -> None:
    async with interface() as hands:
        page = await at_person(hands, "Hugo Schouten")
        await hands.press("a")
        await hands.type("vid")
        await hands.press("enter", "ctrl+s")
        assert [row.cells[0] for row in page.rows.rows if row.record] == ["Video"]
        await hands.press("right", "x", "right", "enter")
        assert [row for row in page.rows.rows if row.record] == []
        await hands.press("ctrl+z")
        assert [row.cells[0] for row in page.rows.rows if row.record] == ["Video"]


@pytest.mark.parametrize(
    ("page", "kind", "name", "cursor"),
    [(PersonPage, Person, "Jan Bakker", ("right", "down")), (RolePage, Role, "Press", ("right",))],
    ids=["from a person", "from a role"],
)
async def test_who_alone_holds_a_role_that_owns_something_keeps_it(
    interface: Interface,
    page: type[PersonPage | RolePage],
    kind: type[Record],
    name: str,
    cursor: tuple[str, ...],
) -> None:
    async with interface() as hands:
        await hands.press("3")
        hands.app.open(page(resolve(hands.app.desk.registry, kind, name).id))
        await hands.settle()
        await hands.press(*cursor, "x", "right", "enter")
        assert "Nobody else holds the role Press" in hands.shown()


async def test_a_person_is_edited(interface: Interface) -> None:
    async with interface() as hands:
        page = await at_person(hands, "Hugo Schouten")
        await hands.press("e", "end")
        await hands.type(" jr")
        await hands.press("ctrl+s")
        assert page.person.name == "Hugo Schouten jr"
        assert "Hugo Schouten jr" in hands.shown()


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_part_of_the_page_of_each_list_can_be_walked_through_with_hostile_names(
    interface: Interface, size: tuple[int, int]
) -> None:
    async with interface(size) as hands:
        session, hostile = hands.app.desk.session, "[/red]\x1b[31m\u202e[bold]"
        person = resolve(session.registry, Person, "Jan Bakker")
        role = resolve(session.registry, Role, "Webcare")
        box = resolve(session.registry, Mailbox, "webcare@brugman.example")
        phone = next(iter(session.registry.all(Phone)))
        stored = changes(
            replace(person, name=hostile, note=hostile * 50_000),
            replace(role, name=hostile, purpose=hostile * 50_000),
            replace(box, note=hostile),
            replace(phone, note=hostile),
        )
        session.write("import", lambda *_: stored)
        ids = {"person": person.id, "role": role.id, "mailbox": box.id, "phone": phone.id}
        for page in (page_about(kept.page, ids[kept.page]) for kept in LISTS.values()):
            assert isinstance(page, DetailPage)
            await hands.press("3")
            hands.app.open(page)
            await hands.settle()
            for _ in page.parts():
                await hands.press("down")
                assert "\x1b" not in hands.shown()
                assert "\u202e" not in hands.shown()


async def test_a_mailbox_is_proven_from_its_page(interface: Interface) -> None:
    async with interface() as hands:
        box = next(b for b in hands.app.desk.registry.all(Mailbox) if b.proven_at is None)
        hands.app.open(MailboxPage(box.id))
        await hands.settle()
        await hands.press("p")
        code = hands.code_to_send()
        await hands.press(*"WRONG", "enter")
        assert "not the code" in hands.shown()
        await hands.press("ctrl+l")
        await hands.unlock()  # the code may take a day to come back
        assert hands.page.query_one("#field-code").value == "WRONG"
        assert code not in hands.shown()
        await hands.press(*["backspace"] * 5, *code.lower(), "enter")
        assert f"proven {hands.app.desk.today}" in hands.shown()


async def test_a_code_that_nobody_noted_down_gives_way_to_a_new_one(interface: Interface) -> None:
    async with interface() as hands:
        box = next(b for b in hands.app.desk.registry.all(Mailbox) if b.proven_at is None)
        hands.app.open(MailboxPage(box.id))
        await hands.settle()
        await hands.press("p")
        lost = hands.code_to_send()
        await hands.press("enter")
        assert "not the code" in hands.shown()  # it was not made anew by a slip
        await hands.press("escape", "p")
        assert "A code is on its way" in hands.shown()
        await hands.press("enter")
        code = hands.code_to_send()
        assert len({lost, code, ""}) == 3
        await hands.press(*code, "enter")
        assert f"proven {hands.app.desk.today}" in hands.shown()


async def test_a_departure_is_called_off_where_the_case_says_so(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("s")
        await hands.type("He stays")
        await hands.press("ctrl+s")
        said = " ".join(hands.shown().replace("│", "").split())
        assert "They stay (y) on the person's page" in said
        await hands.press("escape")
        page = await at_person(hands, "Ruben Kok")
        await hands.press("y", "enter")  # out of habit: nothing comes of it
        assert "last day 20" in hands.shown()
        await hands.press("y", "right", "enter")
        assert "last day 20" not in hands.shown()
        told = [note.message for note in hands.app._notifications]
        assert told == ["They stay. Give up (s) ends the case of their departure."]
        await hands.press("y")
        assert hands.page is page  # there is nothing to call off any more
        await start_over(hands)
        assert case_of(hands, "Ruben Kok").closed_at is not None


async def start_over(hands: Hands) -> None:
    """Give up the only case there is."""
    await hands.press("4", "enter", "s")
    await hands.type("He stays")
    await hands.press("ctrl+s")
