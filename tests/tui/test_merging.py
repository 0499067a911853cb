"""Two records of one person, made one on the page of who is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tui.carrying import later, person, start_case
from tests.tui.conftest import SIZES, Hands, Interface
from tests.tui.test_person import at_person
from tests.tui.test_rotation_case import said
from vault.domain.account import Account
from vault.domain.holders import roles_of
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.role import Role
from vault.services.editing import edit_record
from vault.services.people import add_person
from vault.services.roles import assign_role
from vault.services.seats import add_seat

SECOND = "Hugo Shouten"


async def twice(hands: Hands, name: str = SECOND, **values: Any) -> Person:
    """List Hugo Schouten a second time, with a role and a seat of his own."""
    desk = hands.app.desk
    await later(hands, hours=1)
    other = add_person(desk.session, name, mail="h.schouten@brugman.example", **values)
    assign_role(desk.session, resolve(desk.registry, Role, "Video"), other, desk.now)
    account = resolve(desk.registry, Account, "facebook/@brugman")
    add_seat(desk.session, account, other, "post", desk.now)
    return other


def roles(hands: Hands, who: Person) -> list[str]:
    desk = hands.app.desk
    return [desk.registry.name_of(each) for each in roles_of(desk.registry, who.id, desk.now)]


async def look(hands: Hands, name: str = SECOND) -> None:
    """Ask for another record of whoever is shown, up to the look at what moves."""
    await hands.press("m")
    await hands.type(name)
    await hands.press("enter", "ctrl+s")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_two_records_of_one_person_become_one_after_a_look_at_what_moves(
    interface: Interface, size: tuple[int, int]
) -> None:
    async with interface(size) as hands:
        other = await twice(hands)
        page = await at_person(hands, "Hugo Schouten")
        await look(hands)
        if size != (20, 5):
            shown = said(hands)
            assert "Hugo Shouten is Hugo Schouten" in shown
            assert "1 role - Video" in shown
            assert "1 seat - facebook/@brugman: Hugo Shouten (post)" in shown
        await hands.press("enter")
        assert roles(hands, other) == ["Video"], "Cancel is at hand"
        await look(hands)
        await hands.press("right", "enter")
        assert (roles(hands, page.person), roles(hands, other)) == (["Video"], [])
        if size != (20, 5):
            assert "also known as Hugo Shouten" in said(hands)
        await hands.press("ctrl+z")
        assert (roles(hands, page.person), roles(hands, other)) == ([], ["Video"])


async def test_a_right_that_both_have_is_told_as_one_of_which_the_stronger_is_left(
    interface: Interface,
) -> None:
    async with interface() as hands:
        desk = hands.app.desk
        other = await twice(hands)
        keep = person(hands, "Hugo Schouten")
        assign_role(desk.session, resolve(desk.registry, Role, "Video"), keep, desk.now)
        await at_person(hands, "Hugo Schouten")
        await look(hands)
        assert "Video: both have it, and one is left" in said(hands)
        await hands.press("right", "enter")
        assert (roles(hands, keep), roles(hands, other)) == (["Video"], [])


async def test_what_is_refused_is_told_in_the_form_and_nothing_is_changed(
    interface: Interface,
) -> None:
    async with interface() as hands:
        other = await twice(hands, last_day=hands.app.desk.today)
        await at_person(hands, "Hugo Schouten")
        await look(hands)
        shown = said(hands)
        assert f"Hugo Shouten has the last day {other.last_day}" in shown
        assert "Who is the same person as Hugo Schouten?" in shown, "it can be mended"
        field = hands.page.query_one("#field-other")
        field.value = "nobody of that name"
        await hands.press("ctrl+s")
        assert "there is no person" in said(hands)
        field.value = ""
        await hands.press("ctrl+s")
        assert "is also listed as is needed" in said(hands)
        await hands.press("escape")
        assert roles(hands, other) == ["Video"]


async def test_who_is_in_an_open_case_is_not_made_one_with_anybody(interface: Interface) -> None:
    async with interface() as hands:
        other = await twice(hands)
        await start_case(hands, "Hugo Schouten")
        day = person(hands, "Hugo Schouten").last_day
        edit_record(hands.app.desk.session, other, last_day=day)
        await at_person(hands, "Hugo Schouten")
        await look(hands)
        assert "is open, and counts on one of them" in said(hands)


async def test_a_namesake_is_pointed_out_and_stands_in_the_box_already(
    interface: Interface,
) -> None:
    async with interface() as hands:
        other = await twice(hands, "Hugo Schouten", external_id="E7")
        await hands.press("3")
        await at_person(hands, other.mail)
        assert "! listed twice? Same person (m)" in said(hands)
        await hands.press("m")
        keep = next(p for p in hands.app.desk.registry.all(Person) if p.mail.startswith("hugo"))
        assert hands.page.query_one("#field-other").value == f"Hugo Schouten ({keep.mail})"
        await hands.press("ctrl+s", "right", "enter")
        assert roles(hands, keep) == []
        assert "listed twice" not in said(hands)
        await at_person(hands, keep.id)
        assert hands.page.person == hands.app.desk.registry.person(other.id)


async def test_the_page_of_who_turned_out_to_be_another_says_so_and_offers_no_more(
    interface: Interface,
) -> None:
    async with interface() as hands:
        other = await twice(hands)
        page = await at_person(hands, SECOND)
        hands.app.open(type(page)(person(hands, "Hugo Schouten").id))
        await hands.settle()
        await look(hands)
        await hands.press("right", "enter", "escape")
        assert hands.page.ids == (other.id,)
        assert "is one person with Hugo Schouten" in said(hands)
        await hands.press("m")
        assert hands.page is page
