from __future__ import annotations

import pytest
from textual.command import CommandPalette

from tests.tui.conftest import Hands, Interface
from vault.domain.account import Account
from vault.domain.person import Person


async def look_for(hands: Hands, text: str) -> None:
    await hands.press("ctrl+p")
    await hands.type(text)
    await hands.pilot.pause(0.6)
    await hands.settle()


async def test_the_palette_offers_what_can_be_done_on_the_page(interface: Interface) -> None:
    async with interface(size=(100, 60)) as hands:
        await hands.press("6", "ctrl+p")
        await hands.pilot.pause(0.6)
        assert "Verify" in hands.shown()
        assert "Presentation mode" in hands.shown()
        assert "Unmark" not in hands.shown()


async def test_a_command_chosen_in_the_palette_is_done(interface: Interface) -> None:
    async with interface() as hands:
        await look_for(hands, "accounts")
        await hands.press("enter")
        assert not isinstance(hands.page, CommandPalette)
        assert hands.page.NAME == "accounts"


@pytest.mark.parametrize(
    ("text", "kind", "record"), [("brugmanpers", "account", Account), ("bakker", "person", Person)]
)
async def test_an_account_and_a_person_are_found_by_name_and_opened(
    interface: Interface, text: str, kind: str, record: type[Account | Person]
) -> None:
    async with interface() as hands:
        await look_for(hands, text)
        await hands.press("enter")
        assert kind == hands.page.NAME
        found = hands.app.desk.registry.find(hands.page.ids[0])
        assert isinstance(found, record)
        assert text in hands.app.desk.registry.name_of(found.id).lower()


async def test_names_in_the_palette_are_masked_in_presentation_mode(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("ctrl+e")
        await look_for(hands, "bakker")
        assert "Person " in hands.shown()
        assert "Bakker" not in hands.shown()


async def test_a_place_and_a_key_of_the_footer_can_be_clicked(interface: Interface) -> None:
    async with interface() as hands:
        await hands.pilot.click("PlaceLabel", offset=(1, 0))
        for label in hands.page.query("PlaceLabel"):
            if label.go_to == "people":
                await hands.pilot.click(label)
        await hands.settle()
        assert hands.page.NAME == "people"
        key = next(k for k in hands.page.query("FooterKey") if k.action == "app.help")
        await hands.pilot.click(key)
        await hands.settle()
        assert "Who works here" in hands.shown()
