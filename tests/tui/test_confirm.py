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
