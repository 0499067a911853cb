from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from msgspec.structs import replace

from tests.tui.carrying import LAST_DAY, case_of, later, person, plan_for, planned
from tests.tui.conftest import Hands, Interface
from vault.domain.changes import Change
from vault.domain.ids import Id
from vault.services.offboarding import open_case_of


async def test_a_leaver_is_found_by_typing_and_planned_for(interface: Interface) -> None:
    async with interface((80, 24)) as hands:
        await later(hands, hours=1)
        await hands.press("4", "n")
        assert hands.page.listing.rows[0].name == "Jan Bakker"  # whose last day is the nearest
        await hands.press("slash")
        await hands.type("sanne")
        await hands.press("enter", "enter")
        assert "Sanne Visser leaves on" in hands.shown()
        assert "The verdict" in hands.shown()
        assert planned(hands).person_name == "Sanne Visser"


async def test_where_no_last_day_is_known_it_is_asked_for_first(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Ruben Kok")
        assert "When does Ruben Kok leave?" in hands.shown()
        await hands.press("escape")
        assert "nobody recorded the last day of Ruben Kok" in hands.shown()
        await hands.press("d", *["backspace"] * 10, *"2020-01-01", "enter")
        assert "is before" in hands.shown()
        await hands.press(*["backspace"] * 10, *LAST_DAY, "enter")
        assert planned(hands).last_day == date.fromisoformat(LAST_DAY)
        assert f"Ruben Kok leaves on {LAST_DAY}, in 30 days (planned)" in hands.shown()


async def test_day_mode_and_second_person_are_planned_with_at_once(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        before = planned(hands)
        await hands.press("m", "t")
        after = planned(hands)
        assert (before.mode, after.mode) == ("planned", "immediate")
        assert [s.id for s in before.steps] != [s.id for s in after.steps]
        assert all(step.two_person for step in after.steps)
        await hands.press("m", "v", "v", "v")
        day = before.last_day
        calendar = hands.page.query_one("Calendar")
        assert calendar.day == day
        calendar.focus()
        await hands.press("right", "enter")
        assert planned(hands).last_day == day + timedelta(days=1)


async def test_the_calendar_takes_the_day_that_is_clicked(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        await hands.press("v", "v", "v")
        calendar = hands.page.query_one("Calendar")
        month = calendar.day
        column, row = (month.replace(day=28).weekday(), (month.replace(day=1).weekday() + 27) // 7)
        await hands.pilot.click("Calendar", offset=(1 + column * 5 + 2, 2 + row))
        await hands.settle()
        assert planned(hands).last_day == month.replace(day=28)


async def test_the_calendar_turns_by_keys_and_never_before_today(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        await hands.press("d", *["backspace"] * 10, *"2026-08-31", "tab")
        calendar = hands.page.query_one("Calendar")
        assert calendar.day == date(2026, 8, 31)
        await hands.press("pagedown")
        assert hands.page.query_one("#field-day").value == "2026-09-30"
        await hands.press("up", "left")
        assert hands.page.query_one("#field-day").value == "2026-09-22"
        await hands.press(*["pageup"] * 20)
        assert calendar.day == hands.app.desk.today
        await hands.press("enter", "enter")
        assert planned(hands).last_day == hands.app.desk.today


async def test_a_successor_is_named_by_typing_and_refused_in_place(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        assert "Press: nobody yet" in hands.shown()
        await hands.press("u", "tab", *"Jan Bakker", "enter")
        assert "Jan Bakker cannot succeed themselves" in hands.shown()
        await hands.press(*["backspace"] * 10, *"Eva J", "right", "enter")
        assert "Press: Eva Jansen" in hands.shown()
        eva: Id = person(hands, "Eva Jansen").id
        chosen = hands.page.place["successors"]
        assert list(chosen.values()) == [eva]


async def test_where_the_verdict_fails_its_derivations_are_listed(interface: Interface) -> None:
    async with interface((160, 48)) as hands:
        await plan_for(hands, "Ana Kramer")
        await hands.press(*["backspace"] * 10, *LAST_DAY, "enter")
        assert not planned(hands).holds
        assert "The verdict does not hold. What fails: sealed" in hands.shown()
        assert "still Ana Kramer can open the vault" in hands.shown()


async def test_accounts_that_only_the_leaver_controls_come_first(interface: Interface) -> None:
    async with interface((160, 48)) as hands:
        await plan_for(hands, "Jan Bakker")
        await hands.press("v")
        signs = [row.sign for row in hands.page.query_one("#bonds").rows]
        assert signs == sorted(signs, reverse=True)
        assert signs[0] == "alone"
        assert "Nobody who stays has full control of it." in hands.shown()


async def test_locking_comes_back_to_the_plan_as_it_was_chosen(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        await hands.press("m", "v", "v", "ctrl+l")
        assert "Jan" not in hands.shown()
        await hands.unlock()
        assert planned(hands).mode == "immediate"
        assert hands.page.query_one("TabbedContent").active == "steps"


async def test_enter_out_of_habit_starts_nothing(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        jan = person(hands, "Jan Bakker").id
        await hands.press("s")
        assert "3 blockers are to be mended on the way." in hands.shown()
        await hands.press("enter")
        assert open_case_of(hands.app.desk.registry, jan) is None
        await hands.press("s", "right", "enter")
        assert open_case_of(hands.app.desk.registry, jan) == case_of(hands, "Jan Bakker")
        await hands.press("escape")
        assert hands.page.NAME == "cases"


async def test_who_has_a_case_already_is_led_to_it(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        await hands.press("s", "right", "enter", "4", "4", "n")
        assert "open" in hands.shown()
        await hands.press("enter")
        assert hands.page.NAME == "case"
        await hands.press("4")
        await plan_for(hands, "Jan Bakker")  # as from the page about him
        assert "A case is open" in hands.shown()
        await hands.press("s")
        assert hands.page.NAME == "case"


async def test_a_plan_is_written_to_a_new_file_and_never_over_one(
    interface: Interface, tmp_path: Path
) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        for name in ("plan.md", "plan.html", "plan.ics"):
            await hands.press("e")
            hands.page.query_one("#field-path").value = str(tmp_path / name)
            await hands.press("enter")
        assert "# Departure of Jan Bakker" in (tmp_path / "plan.md").read_text()
        assert "<html" in (tmp_path / "plan.html").read_text()
        assert "BEGIN:VCALENDAR" in (tmp_path / "plan.ics").read_text()
        await hands.press("e")
        hands.page.query_one("#field-path").value = str(tmp_path / "plan.md")
        await hands.press("enter")
        assert "is there already" in hands.shown()


async def test_a_hostile_name_is_planned_for_as_it_is(interface: Interface) -> None:
    async with interface((80, 24)) as hands:
        await later(hands, hours=1)
        jan = person(hands, "Jan Bakker")
        hostile = replace(jan, name="[/red]\x1b[31m\u202e[@click=app.quit]x[/]" + "x" * 1_000_000)
        hands.app.desk.session.write("test", lambda *_: (Change(hostile),))
        await plan_for(hands, hostile.name)
        for _ in range(4):
            assert "[/red]" in hands.shown()
            assert "\x1b" not in hands.shown()
            await hands.press("v")
        for key in ("u", "d", "s"):
            await hands.press(key)
            assert "[/red]" in hands.shown()
            await hands.press("escape")
        await hands.press("e")
        offered = hands.page.query_one("#field-path").value
        assert re.fullmatch(r"[\w.-]{1,255}", offered)


async def test_another_programs_change_is_planned_with(interface: Interface) -> None:
    async with interface() as hands:
        await plan_for(hands, "Jan Bakker")
        before = planned(hands)
        with hands.sample.open() as other:
            gone = replace(person(hands, "Bram de Wit"), last_day=date(2026, 3, 1))
            other.write("test", lambda *_: (Change(gone),))
        await hands.press("f5")
        assert {s.assignee_name for s in planned(hands).steps} != {
            s.assignee_name for s in before.steps
        }


async def choose(hands: Hands) -> None:
    """Go on with Jan's case by way of his departure's page, and choose another mode there."""
    await plan_for(hands, "Jan Bakker")
    await hands.press("s", "right", "enter")
    await plan_for(hands, "Jan Bakker")
    await hands.press("m")


async def test_what_is_chosen_while_a_case_is_open_is_planned_with_there(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await choose(hands)
        said = "A case is open: Start plans it again with what was chosen here."
        assert said in " ".join(hands.shown().split())
        await hands.press("d", *["backspace"] * 10, *LAST_DAY, "enter", "s")
        assert "another last day, mode" in " ".join(hands.shown().split())
        await hands.press("right", "enter")
        case = case_of(hands, "Jan Bakker")
        assert (case.mode, str(case.last_day)) == ("immediate", LAST_DAY)
        assert str(person(hands, "Jan Bakker").last_day) == LAST_DAY
        assert hands.page.NAME == "case"


async def test_the_choices_of_an_open_case_are_where_its_departure_begins(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await choose(hands)
        await hands.press("s", "right", "enter")
        assert case_of(hands, "Jan Bakker").mode == "immediate"
        await plan_for(hands, "Jan Bakker")
        assert planned(hands).mode == "immediate"
        assert "Start goes on with it" in hands.shown()
        await hands.press("s")
        assert hands.page.NAME == "case"


async def test_who_confirms_the_steps_of_an_open_case_is_not_chosen_anew(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await choose(hands)
        await hands.press("t")
        said = [note.message for note in hands.app._notifications]
        assert "was chosen when the case was started" in said[-1]
        assert "second person)" not in hands.shown()
