from __future__ import annotations

import sqlite3

from tests.tui.conftest import Hands, Interface
from tests.tui.test_rotation_case import begin_rotation, said
from vault.domain.changes import Change
from vault.domain.role import Role


async def test_it_lists_who_did_what_when_the_latest_first(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("6")
        session = hands.app.desk.session
        assert hands.page.listing.rows == [*session.journal()][::-1]
        assert f"{session.seq:,} entries" in hands.shown()
        assert "Ana Kramer" in hands.shown()


async def test_typing_narrows_it_down(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("6", "slash")
        await hands.type("by:ana act:factor tiktok")
        rows = hands.page.listing.rows
        assert rows
        assert all(row.act.startswith("factor") for row in rows)
        assert f"{len(rows)} of {hands.app.desk.session.seq}" in hands.shown()


async def test_what_is_no_date_finds_nothing_and_is_named(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("6", "slash")
        await hands.type("since:2026-1")
        assert len(hands.page.listing.rows) == hands.app.desk.session.seq
        await hands.type("3-99")
        assert not hands.page.listing.rows
        assert "since:2026-13-99 is no date: write it as 2026-01-31" in hands.shown()


async def test_an_entry_is_told_with_the_names_of_what_it_changed(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("6")
        await write_role(hands, "Bookkeeping", note="for the books")
        await hands.press("home")
        assert "Changed: Bookkeeping" in hands.shown()
        assert "for the books" in hands.shown()


async def test_an_entry_about_a_case_names_the_case(interface: Interface) -> None:
    async with interface() as hands:
        await begin_rotation(hands, "x/@brugmande")
        await hands.press("6", "home")
        assert "Changed: rotation of x/@brugmande: password, opened 2026-" in said(hands)


async def test_a_new_entry_comes_on_top_and_the_cursor_stays(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("6", "down", "down", "down")
        on, before = hands.page.listing.current, hands.page.total()
        await write_role(hands, "Bookkeeping")
        assert hands.page.total() == before + 1
        assert hands.page.listing.rows == [*hands.app.desk.session.journal()][::-1]
        assert hands.page.listing.current == on


async def test_verify_checks_the_whole_chain_and_says_so(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("6")
        assert (
            f"Opened as of entry {hands.app.desk.session.seq}, the last one verified"
            in hands.shown()
        )
        await hands.press("v")
        assert f"✓ {hands.app.desk.session.seq} entries are in order" in hands.shown()


async def test_a_journal_that_was_altered_is_told_and_what_was_read_stays(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("6")
        rows = [*hands.page.listing.rows]
        with sqlite3.connect(hands.sample.path) as database:
            database.execute("UPDATE journal SET entry = substr(entry, 1, 200) WHERE seq = 20")
        await hands.press("v")
        assert "✗" in hands.shown()
        assert hands.page.listing.rows == rows


async def test_enter_opens_what_an_entry_changed(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("6")
        await write_role(hands, "Bookkeeping")
        await hands.press("home", "enter")
        assert hands.page.NAME == "role"
        assert hands.page.ids == ("c" * 32,)


async def test_locking_comes_back_to_the_same_filter_and_entry(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("6", "slash", *"factor", "down", "down", "down")
        on = hands.page.listing.key
        await hands.press("ctrl+l")
        assert "factor" not in hands.shown()
        await hands.unlock()
        assert hands.page.listing.key == on


async def test_texts_are_shown_as_they_are_and_cleaned(interface: Interface) -> None:
    async with interface((160, 48)) as hands:
        await hands.press("6")
        hostile = "[/red]\x1b[31m\u202e " + "x" * 1_000_000
        await write_role(hands, hostile, note=hostile)
        await hands.press("home")
        assert hands.shown().count("[/red]\ufffd[31m<U+202E>") > 1, "in the list and below"
        assert "\x1b" not in hands.shown()


async def write_role(hands: Hands, name: str, note: str = "") -> None:
    role = Role(id="c" * 32, name=name)
    hands.app.desk.session.write("role.add", lambda *_: (Change(role),), note=note)
    hands.page.show()
    await hands.settle()
