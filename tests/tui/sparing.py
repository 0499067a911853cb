"""What driving the interface without a terminal need not cost: waits, and the same work again."""

from __future__ import annotations

import asyncio
from typing import Any

import textual.app
import textual.pilot
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.widgets._footer import FooterKey

FRAME_S = 0.03
ROUNDS = 10

_RULES: dict[Any, list[RuleSet]] = {}
_parse = Stylesheet._parse_rules


async def quiet(*_: float) -> bool:
    """Wait until nothing in the program can go on without a key, a timer or a thread.

    Textual's own waits send a message to every widget on the screen or wait for a quiet processor,
    several times a key: with the frames drawn meanwhile half the time of the tests of the
    interface, and on a busy machine a second for each key (textual 8.2.8, `_wait.wait_for_idle`).
    """
    loop: Any = asyncio.get_running_loop()
    await asyncio.sleep(0)
    while loop._ready:  # noqa: ASYNC110  # no event tells that nothing is ready
        await asyncio.sleep(0)
    return True


async def frames(pilot: Pilot[Any]) -> None:
    """Wait until each widget has taken its messages, and let frames pass while one is due."""
    for _ in range(ROUNDS):
        await pilot.pause()
        await quiet()
        screen = pilot.app.screen
        if not screen._compositor.size:
            await asyncio.sleep(FRAME_S)  # its text is being parsed in a thread
        elif not (screen._layout_required or screen._scroll_required or screen._callbacks):
            break


def _parsed_once(sheet: Stylesheet, *asked: Any, **more: Any) -> list[RuleSet]:
    """Return the rules of a style sheet, which each application would parse anew."""
    key = (asked, *more.items(), frozenset(sheet._variables.items()))
    if key not in _RULES:
        _RULES[key] = _parse(sheet, *asked, **more)
    return _RULES[key]


SPARED: tuple[tuple[Any, str, Any], ...] = (
    (Pilot, "_wait_for_screen", quiet),
    (textual.app, "wait_for_idle", quiet),
    (textual.pilot, "wait_for_idle", quiet),
    (Stylesheet, "_parse_rules", _parsed_once),
    (RuleSet, "__hash__", object.__hash__),  # asked some hundred thousand times a test
    (FooterKey.compact, "_default", False),  # else each key is styled twice more, for nothing
)
"""What to put in the place of what: an object, the name of an attribute, and its value."""
