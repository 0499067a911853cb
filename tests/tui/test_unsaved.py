"""What was typed and not saved comes back after the vault was locked."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import Input, TextArea

from tests.integration.storage.builder import Sample
from tests.tui.carrying import go_to, start_case, step_of
from tests.tui.conftest import Hands, Interface
from tui.screens.asking import Asking
from tui.screens.page import Page
from vault.domain.role import Role
from vault.services.editing import edit_record
from vault.services.vaults import open_with


def value(hands: Hands, name: str) -> str:
    box: Any = hands.page.query_one(f"#field-{name}")
    return box.text if isinstance(box, TextArea) else str(box.value)


async def lock_and_come_back(hands: Hands) -> None:
    await hands.press("ctrl+l")
    assert not hands.app.desk.is_open
    await hands.unlock()


async def test_a_form_comes_back_with_what_was_typed(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("3", "r", "down", "e", "tab")
        title, name = hands.page.title_text, value(hands, "name")
        await hands.type("for crises")
        await lock_and_come_back(hands)
        assert (hands.page.title_text, value(hands, "name")) == (title, name)
        assert value(hands, "purpose").endswith("for crises")
        await hands.press("ctrl+s")
        purposes = {role.name: role.purpose for role in hands.app.desk.registry.all(Role)}
        assert purposes[name].endswith("for crises")
        await lock_and_come_back(hands)
        assert isinstance(hands.page, Page)  # what was saved is not asked for again


async def test_the_words_about_a_step_come_back_and_a_secret_does_not(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Jan Bakker")
        await go_to(hands, step_of(hands, "end_sessions"))
        await hands.press("b")
        await hands.type("HR said no")
        await lock_and_come_back(hands)
        assert value(hands, "reason") == "HR said no"
        await hands.press("escape")
        await go_to(hands, step_of(hands, "enrol_factor"))
        await hands.press("p", *"JBSWY3DP")
        await lock_and_come_back(hands)
        assert isinstance(hands.page, Page)
        assert "JBSWY3DP" not in repr(hands.page.place)


async def test_paths_of_an_import_come_back(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("ctrl+o")
        await hands.type("people.csv")
        await lock_and_come_back(hands)
        assert hands.page.query_one("#file", Input).value == "people.csv"


async def test_what_was_about_another_record_is_not_put_into_this_ones_form(
    interface: Interface, brugman: Sample
) -> None:
    async with interface() as hands:
        await hands.press("3", "r", "e", "tab")
        await hands.type("for crises")
        await hands.press("ctrl+l")
        with open_with(str(brugman.path), lambda _: brugman.keys, hands.app.desk.env) as other:
            role = next(r for r in other.registry.all(Role) if r.name == "Belgium")
            edit_record(other, role, name="Luxembourg")
        await hands.unlock()
        assert isinstance(hands.page, Asking)
        assert "for crises" not in hands.shown()


async def test_what_was_typed_over_somebody_elses_change_comes_back_over_what_is_there_now(
    interface: Interface, brugman: Sample
) -> None:
    async with interface() as hands:
        await hands.press("3", "r", "e", "tab")
        await hands.type("for crises")
        with open_with(str(brugman.path), lambda _: brugman.keys, hands.app.desk.env) as other:
            role = next(r for r in other.registry.all(Role) if r.name == "Belgium")
            edit_record(other, role, note="from elsewhere")
        await hands.press("ctrl+s")
        assert "somebody else changed Belgium meanwhile" in hands.shown()
        assert "Close this and open it again" in hands.shown()
        await hands.press("escape", "e")
        assert value(hands, "purpose").endswith("for crises")
        await hands.press("ctrl+s")
        found = next(r for r in hands.app.desk.registry.all(Role) if r.name == "Belgium")
        assert (found.purpose.endswith("for crises"), found.note) == (True, "from elsewhere")


@pytest.mark.parametrize("key", ["escape", "ctrl+s"])
async def test_what_is_left_or_saved_does_not_come_back(interface: Interface, key: str) -> None:
    async with interface() as hands:
        await hands.press("3", "r", "e", "tab")
        await hands.type("for crises")
        await hands.press(key)
        await lock_and_come_back(hands)
        assert isinstance(hands.page, Page)
