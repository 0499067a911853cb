from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.tui.conftest import Hands, Interface
from tui import desk
from vault.domain.agenda import URGENCIES
from vault.domain.changes import Change
from vault.domain.headline import headline
from vault.domain.person import Person
from vault.domain.role import Role


def urgencies(hands: Hands) -> list[int]:
    return [URGENCIES.index(need.urgency) for need in hands.page.listing.rows]


@pytest.fixture
def interface(interface: Interface) -> Interface:
    """The interface as it begins for a user: in Today."""
    return partial(interface, place="today")


async def to_line(hands: Hands, opens: str) -> None:
    """Move to the first line that opens that."""
    lines = [need.opens for need in hands.page.listing.rows]
    await hands.press("home", *["down"] * lines.index(opens))


async def test_it_says_what_needs_someone_the_most_urgent_first(interface: Interface) -> None:
    async with interface() as hands:
        shown = hands.shown()
        assert "Jan Bakker leaves, and no departure is planned" in shown
        assert "accounts: log-in address not recorded" in shown
        assert urgencies(hands) == sorted(urgencies(hands))


async def test_the_headline_is_the_one_of_status_with_a_chart_each(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "begun_at", lambda _: datetime(2020, 1, 1, tzinfo=UTC))
    async with interface() as hands:
        numbers = headline(hands.app.desk.registry, hands.app.desk.now)
        line, charts = hands.shown().splitlines()[2:4]
        assert [int(n) for n in re.findall(r"\d+", line)] == [
            numbers.personal,
            numbers.knowledge_debt,
            numbers.single_points,
            numbers.dormant,
        ]
        assert len(re.findall("[▁▂▃▄▅▆▇█]{3} [+–±]", charts)) == 4


async def test_a_vault_made_today_has_no_past_to_show(interface: Interface) -> None:
    async with interface() as hands:
        charts = hands.shown().splitlines()[3]
        assert re.findall("[▁▂▃▄▅▆▇█]+", charts) == re.findall("[▁▂▃▄▅▆▇█]", charts)
        assert not re.search("[+–±]", charts)


async def test_a_line_opens_its_work_and_escape_comes_back_to_it(interface: Interface) -> None:
    async with interface() as hands:
        await to_line(hands, "findings")
        code = hands.page.listing.current.about
        await hands.press("enter")
        assert hands.page.NAME == "hygiene"
        assert {f"code:{row.code}" for row in hands.page.listing.rows} == {code}
        await hands.press("escape")
        assert hands.page.listing.current.about == code


async def test_a_leaver_opens_their_departure(interface: Interface) -> None:
    async with interface() as hands:
        await to_line(hands, "departure")
        person = hands.page.listing.current.about
        await hands.press("enter")
        assert hands.page.NAME == "departure"
        assert hands.page.ids == (person,)


async def test_a_click_on_a_number_opens_what_it_counts(interface: Interface) -> None:
    async with interface() as hands:
        personal = headline(hands.app.desk.registry, hands.app.desk.now).personal
        await hands.pilot.click("HeadlineBar NumberBox")
        await hands.settle()
        assert hands.page.NAME == "accounts"
        assert len(hands.page.listing.rows) == personal


async def test_the_keys_of_the_numbers_open_what_they_count(interface: Interface) -> None:
    async with interface() as hands:
        numbers = headline(hands.app.desk.registry, hands.app.desk.now)
        for key, worklist, number in (
            ("w", "rotation", numbers.knowledge_debt),
            ("p", "single", numbers.single_points),
            ("d", "dormancy", numbers.dormant),
        ):
            await hands.press(key)
            assert hands.page.worklist.key == worklist
            assert len(hands.page.listing.rows) == number
            await hands.press("escape")


async def test_what_is_recorded_changes_the_list_and_not_where_one_is(interface: Interface) -> None:
    async with interface() as hands:
        await to_line(hands, "findings")
        on = hands.page.listing.current
        leaver = Person(id="c" * 32, name="Tom Smit", last_day=hands.app.desk.today)
        hands.app.desk.session.write("person.add", lambda *_: (Change(leaver),))
        hands.page.show()
        await hands.settle()
        above = hands.page.listing.rows[: hands.page.listing.cursor]
        assert any(need.what.startswith("Tom Smit leaves") for need in above)
        assert hands.page.listing.current == on


async def test_locking_comes_back_to_the_same_line(interface: Interface) -> None:
    async with interface() as hands:
        await to_line(hands, "findings")
        on, page, desk = hands.page.listing.current, hands.page, hands.app.desk
        await hands.press("ctrl+l")
        assert page._overview is desk._overview is None, "nothing readable is kept"
        assert not any(name in hands.shown() for name in ("Jan", "account"))
        await hands.unlock()
        assert hands.page.listing.current == on


async def test_names_are_shown_as_they_are_and_cleaned(interface: Interface) -> None:
    async with interface((160, 48)) as hands:
        today = hands.app.desk.today
        hostile = "[/red]\x1b[31m\u202e " + "x" * 1_000_000
        leaver = Person(id="c" * 32, name=hostile, last_day=today)
        role = Role(id="d" * 32, name=hostile)
        hands.app.desk.session.write("test.add", lambda *_: (Change(leaver), Change(role)))
        hands.page.show()
        await hands.settle()
        await hands.press("home")
        assert "[/red]\ufffd[31m<U+202E> x" in hands.shown()
        await hands.press("5")
        await hands.press("slash", *"severity")
        assert "\x1b" not in hands.shown()


async def test_where_the_company_stands_is_written_to_a_page(
    interface: Interface, tmp_path: Path
) -> None:
    async with interface() as hands:
        for name in ("stand.html", "stand.md", "stand.pdf"):
            await hands.press("e")
            hands.page.query_one("#field-path").value = str(tmp_path / name)
            await hands.press("enter")
            await hands.settle()
        assert "does not say how to write it" in hands.shown()
        assert "<h1>Where we stand" in (tmp_path / "stand.html").read_text()
        assert "# Where we stand" in (tmp_path / "stand.md").read_text()
