"""Going from place to place."""

from __future__ import annotations

from tests.tui.carrying import later
from tests.tui.conftest import Interface
from tui.screens.today import key_of
from vault.domain.rotation_policy import USUAL
from vault.services.rotation import start_rotation, targets_due


async def test_the_key_of_a_place_shows_its_list_as_it_was_left(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("3", "m", "slash", *"brug", "down", "down", "down")
        row, filtered = hands.page.listing.key, hands.page.place | {}
        await hands.press("enter")
        assert hands.page.NAME == "mailbox"
        for keys in (("6", "3"), ("enter", "3")):  # from another place, and from a page of its own
            await hands.press(*keys)
            assert hands.page.NAME == "people"
            assert hands.page.listing.key == row
            assert hands.page.place["list"] == filtered["list"]
        await hands.press("3")
        assert "brug" not in hands.page.place.get("filter", "")


async def test_a_case_opened_from_today_does_not_hide_the_list_of_cases(
    interface: Interface,
) -> None:
    async with interface() as hands:
        desk = hands.app.desk
        await later(hands, hours=1)
        start_rotation(desk.session, targets_due(desk.registry, desk.now, USUAL)[0], USUAL)
        await hands.press("1")
        row = next(need for need in hands.page.listing.rows if need.opens == "case")
        hands.page.listing.go_to(key_of(row))
        await hands.press("enter")
        assert hands.page.NAME == "case"
        await hands.press("4")
        assert hands.page.NAME == "cases"
        await hands.press("1")
        assert hands.page.NAME == "today"
