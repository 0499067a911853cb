from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.widgets import Input, TextArea

from tests.tui.conftest import Interface
from tui.widgets.guard import Guard

STEERS = "a\x1b]52;c;QUJD\x07b\u202ec\u200bd\x9b2Je"


def guarded(text: str) -> str:
    return "".join(each.text for each in Guard().apply([Segment(text)], Color(0, 0, 0)))


def test_what_steers_a_terminal_never_reaches_it() -> None:
    assert guarded(STEERS) == "a]52;c;QUJDbcd2Je"


def test_what_a_reader_sees_is_left_as_it_is() -> None:
    for text in ("", "plain", "Zoë – ┃ ✓ ◐ ▁▂▃", "日本語", "👩‍🚀 e\u0301", " \u00a0│"):
        assert guarded(text) == text


async def test_an_input_with_a_control_sequence_in_it_sends_none(interface: Interface) -> None:
    async with interface() as hands:
        for box in (Input(STEERS), TextArea(STEERS)):
            await hands.page.mount(box, before=1)
            await hands.settle()
        shown = hands.shown()
        assert "QUJD" in shown
        assert not {"\x1b", "\x07", "\u202e", "\u200b", "\x9b"} & set(shown)
