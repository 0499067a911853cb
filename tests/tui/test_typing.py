"""Keys that come faster than the interface can answer, as they do over ssh."""

from __future__ import annotations

import pytest
from textual import events

from tests.tui.conftest import Hands, Interface
from tui.app import SafehandsApp
from tui.patient import PATIENCE_S
from tui.widgets.search_box import SearchBox

NAMES = {"/": "slash", ":": "colon", "@": "at", "_": "enter", "<": "escape", "~": "ctrl+z"}


async def burst(hands: Hands, text: str) -> None:
    """Let all keys arrive at once."""
    for letter in text:
        key = NAMES.get(letter, letter)
        character = letter if letter not in "_<~" else None
        hands.app.post_message(events.Key(key, character))
    await hands.settle()


@pytest.mark.parametrize(
    "text", ["2/x/@brugman", "2/platform:x", "3m/kids@", "5d/tumblr", "6/about:x"]
)
async def test_what_is_typed_ahead_goes_where_the_key_before_it_leads(
    interface: Interface, text: str
) -> None:
    async with interface((80, 24)) as hands:
        await burst(hands, text)
        assert hands.page.query_one(SearchBox).text == text.partition("/")[2]


async def test_keys_pass_after_a_dialogue_is_gone_and_after_one_that_nothing_takes(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await burst(hands, "2a<e<qqq4n<4/no case<<")
        assert hands.page.NAME == "cases"
        assert hands.page.query_one(SearchBox).text == ""


async def test_a_key_that_never_arrives_anywhere_holds_the_others_up_for_a_moment_only(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface((80, 24)) as hands:
        with monkeypatch.context() as patched:
            patched.setattr(SafehandsApp, "_passed", lambda *_: None)
            await burst(hands, "s6")
        assert hands.page.NAME == "cases"
        key = events.Key("s", "s")
        key.time += PATIENCE_S
        hands.app.post_message(key)
        await hands.settle()
        assert hands.page.NAME == "journal"
