"""What is the same for all dialogues: where they lie, and what lies over them."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

import pytest
import textual.widgets
from textual.widget import Widget
from textual.widgets import Button

import tui
from tests.tui.carrying import start_case
from tests.tui.conftest import Hands, Interface
from tests.tui.test_person import at_person
from tui.screens.asking import Asking
from tui.screens.page import Page
from tui.telling import warn


def messages(hands: Hands) -> list[str]:
    return [each.message for each in hands.app._notifications]


async def test_messages_of_before_are_gone_when_a_dialogue_opens(interface: Interface) -> None:
    async with interface((80, 24)) as hands:
        await start_case(hands, "Ruben Kok")
        hands.app.tell("Something was done.\n" * 5)
        await hands.settle()
        assert messages(hands)
        await hands.press("b")
        assert messages(hands) == []
        button = hands.page.query_one("#yes", Button)
        assert hands.app.screen.get_widget_at(*button.region.offset)[0] is button


async def test_what_is_said_at_unlocking_stays_over_a_dialogue_that_comes_back(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("b")
        await hands.type("HR said no")
        await hands.press("ctrl+l")
        warn(hands.app, "this device had never seen the vault")
        await hands.unlock()
        assert isinstance(hands.page, Asking)
        assert messages(hands) == ["This device had never seen the vault"]


async def test_the_answers_stay_in_sight_below_a_long_refusal(interface: Interface) -> None:
    async with interface((80, 24)) as hands:
        await at_person(hands, "Jan Bakker")
        await hands.press("d", "u")
        hands.page.query("Input").first().value = "x" * 1_000
        await hands.press("enter")
        assert "there is no person" in hands.shown()
        assert "Plan with these" in hands.shown()


@pytest.mark.parametrize("key", ["a", "x", "e", "u"])
async def test_in_presentation_mode_no_box_shows_a_name(interface: Interface, key: str) -> None:
    async with interface() as hands:
        await start_case(hands, "Jan Bakker")
        await hands.press("ctrl+e", key)
        assert isinstance(hands.page, Page)
        assert "leave presentation mode first" in " ".join(messages(hands)).lower()
        await hands.press("ctrl+e", key)
        assert isinstance(hands.page, Asking)


async def test_in_presentation_mode_what_names_nobody_is_asked(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Jan Bakker")
        await hands.press("ctrl+e", "t")
        assert isinstance(hands.page, Asking)


def test_no_widget_has_the_name_of_one_of_textuals_whose_style_it_would_get() -> None:
    for module in walk_packages(tui.__path__, "tui."):
        if module.name != "tui.keys":
            import_module(module.name)
    ours, names = set[type[Widget]]([Widget]), set[str]()
    while ours:
        found = {sub for each in ours for sub in each.__subclasses__()}
        names |= {each.__name__ for each in found if each.__module__.startswith("tui.")}
        ours = found
    assert names
    assert names & set(vars(textual.widgets)["__all__"]) == set()
