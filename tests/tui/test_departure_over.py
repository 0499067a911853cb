from __future__ import annotations

from tests.tui.conftest import Interface
from tests.tui.test_departure import plan_for, planned


async def test_the_departure_of_who_has_left_says_when_that_was(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Pieter Jonker")
        left = planned(hands).last_day
        assert left < hands.app.desk.today
        assert f"Pieter Jonker left on {left}, " in hands.shown()
        assert "days ago (immediate)" in hands.shown()
