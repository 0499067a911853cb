from __future__ import annotations

from importlib import import_module
from itertools import combinations
from pkgutil import iter_modules
from typing import get_args

import pytest

import tui.screens
from tests.conftest import REPOSITORY
from tests.tui.conftest import Interface
from tui.commands import COMMANDS, Where
from tui.keys import as_markdown
from tui.screens.help import HelpScreen, text_of
from tui.screens.page import Page
from vault.settings import Settings


def pages() -> list[type[Page]]:
    """Return every class of page that can be opened."""
    for module in iter_modules(tui.screens.__path__):
        import_module(f"tui.screens.{module.name}")
    found: list[type[Page]] = []
    todo: list[type[Page]] = [Page]
    while todo:
        kinds = todo.pop().__subclasses__()
        todo += kinds
        found += [kind for kind in kinds if "NAME" in vars(kind)]
    return sorted(found, key=lambda kind: kind.NAME)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.NAME)
def test_every_page_says_what_it_is_for(page: type[Page]) -> None:
    assert text_of(page.NAME).startswith("# ")


def test_no_help_is_about_a_page_that_there_is_not() -> None:
    written = {path.stem for path in (REPOSITORY / "tui" / "help").glob("*.md")}
    assert written <= set(get_args(Where)) - {"anywhere", "list"}


def test_the_table_of_keys_is_the_one_of_the_registry() -> None:
    page = (REPOSITORY / "docs" / "keys.md").read_text(encoding="utf-8")
    assert page == as_markdown(), "make keys"


def test_no_two_commands_of_a_page_have_the_same_key() -> None:
    clashes = [
        (page.NAME, one.id, other.id)
        for page in pages()
        for one, other in combinations(page.commands(), 2)
        if set(one.keys.split(",")) & set(other.keys.split(","))
    ]
    assert clashes == []


def test_every_command_has_a_method_that_does_it() -> None:
    from tui.app import SafehandsApp

    missing = [
        (page.NAME, command.id)
        for page in pages()
        for command in page.commands()
        if not hasattr(
            SafehandsApp if command.action.startswith("app.") else page,
            "action_" + command.action.removeprefix("app.").partition("(")[0],
        )
    ]
    assert missing == []


def test_the_names_of_commands_are_told_once() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


async def test_help_shows_the_page_and_the_keys_of_the_list(interface: Interface) -> None:
    async with interface(size=(100, 60)) as hands:
        await hands.press("2", "question_mark")
        shown = hands.shown()
        assert "Every account of the company" in shown
        assert "Filter: Type to filter" in shown
        await hands.press("end")
        assert "Page down" in hands.shown()
        await hands.press("escape")
        assert not isinstance(hands.page, HelpScreen)


async def test_help_shows_the_key_that_a_user_has_given(interface: Interface) -> None:
    async with interface(size=(100, 60)) as hands:
        hands.app.preferences.settings = Settings(keys={"list.sort": "f9"})
        hands.app.preferences.apply()
        await hands.press("2", "question_mark")
        line = next(line for line in hands.shown().splitlines() if "Sort by the next" in line)
        assert "f9" in line


async def test_help_is_left_with_the_mouse(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("question_mark")
        await hands.pilot.click("#close")
        await hands.settle()
        assert not isinstance(hands.page, HelpScreen)
