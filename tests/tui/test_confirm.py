from __future__ import annotations

import pytest

from tests.tui.conftest import Interface
from tui.screens.confirm import ConfirmScreen


@pytest.mark.parametrize("keys", [["enter"], ["escape"], ["left", "escape"]])
async def test_nothing_but_yes_is_yes(interface: Interface, keys: list[str]) -> None:
    async with interface() as hands:
        said: list[str] = []
        question = ConfirmScreen("[/] gone?", "[b]", yes="Go", then=lambda: said.append("yes"))
        hands.app.push_screen(question)
        await hands.settle()
        assert "[/] gone?" in hands.shown()
        await hands.press(*keys)
        assert not said
        assert hands.app.screen is not question


async def test_a_word_has_to_be_typed_before_yes_can_be_said(interface: Interface) -> None:
    async with interface() as hands:
        said: list[str] = []
        question = ConfirmScreen("Gone?", yes="Go", then=lambda: said.append("yes"), typed="acme")
        hands.app.push_screen(question)
        await hands.settle()
        await hands.pilot.click("#yes")
        assert not said
        await hands.pilot.click("#typed")
        await hands.type("acme")
        await hands.pilot.click("#yes")
        await hands.settle()
        assert said == ["yes"]
