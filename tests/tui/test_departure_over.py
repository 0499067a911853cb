from __future__ import annotations

from tests.tui.carrying import case_of, person, start_case
from tests.tui.conftest import Interface
from tests.tui.test_departure import plan_for, planned
from vault.services.editing import edit_record


async def test_the_departure_of_who_has_left_says_when_that_was(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Pieter Jonker")
        left = planned(hands).last_day
        assert left < hands.app.desk.today
        assert f"Pieter Jonker left on {left}, " in hands.shown()
        assert "days ago (immediate)" in hands.shown()


async def test_a_departure_that_was_called_off_is_given_up_where_it_is(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        edit_record(
            hands.app.desk.session, person(hands, "Ruben Kok"), last_day=hands.app.desk.today
        )
        hands.page.show()
        await hands.settle()
        assert "Give up" not in hands.shown()
        edit_record(hands.app.desk.session, person(hands, "Ruben Kok"), last_day=None)
        hands.page.show()
        await hands.settle()
        assert "Give up" in hands.shown()
        await hands.press("s")
        await hands.type("the offer was taken back")
        await hands.press("ctrl+s")
        assert "Ruben Kok stays. What was done stays done." in hands.shown()
        case = case_of(hands, "Ruben Kok")
        assert case.closed_at is not None
