from __future__ import annotations

from datetime import date, timedelta

from tests.tui.carrying import case_of, later, person, plan_for, planned, start_case
from tests.tui.conftest import Interface
from tui.successors import successor_fields
from vault.domain.offboarding import Departure
from vault.domain.phone import Phone
from vault.domain.spell import Spell, begun
from vault.services.cases import apply_step
from vault.services.editing import add_record, edit_record
from vault.services.offboarding import replan_case


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


async def test_what_came_back_is_planned_under_the_id_that_its_case_gives_it(
    interface: Interface,
) -> None:
    async with interface() as hands:
        desk, ruben = hands.app.desk, person(hands, "Ruben Kok").id
        carried = Phone(id="f" * 32, number="+31612340000", carriers=(Spell(ruben, desk.now),))
        add_record(desk.session, carried)
        await start_case(hands, "Ruben Kok")
        (step,) = (p.step for p in hands.page.case.progress if p.step.act == "collect_device")
        apply_step(desk.session, hands.page.case, step.id, desk.session.person)
        collected = desk.registry.get(carried.id, Phone)
        await later(hands, hours=1)
        edit_record(desk.session, collected, carriers=begun(collected.carriers, ruben, desk.now))
        await plan_for(hands, "Ruben Kok")
        shown = [each.id for each in planned(hands).steps]
        _, made = replan_case(desk.session, case_of(hands, "Ruben Kok"))
        assert shown == [each.id for each in made.steps]
        assert step.id not in shown
        assert "collect_device" in {each.act for each in made.steps}


async def test_what_an_empty_box_means_comes_of_who_is_there_then_and_takes_over_the_rest(
    interface: Interface,
) -> None:
    async with interface() as hands:
        desk, bram = hands.app.desk, person(hands, "Bram de Wit")
        day = desk.today + timedelta(days=30)

        def told(last_day: date, rest: str = "") -> str:
            successors = {"": person(hands, rest).id} if rest else {}
            fields = successor_fields(desk, Departure(bram.id, last_day, successors=successors))
            return next(field.help for field in fields if field.label == "Video")

        sanne = person(hands, "Sanne Visser")
        edit_record(desk.session, sanne, last_day=day + timedelta(days=18))
        assert told(day) == "Sanne Visser, who holds it too"
        assert told(day, "Lotte Smit") == "Lotte Smit, as everything else"
        assert told(day + timedelta(days=18)) == "nobody yet"
