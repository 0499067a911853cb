"""`python -m tests.tui.pictures` draws the demo company's main pages into docs/screenshots.

Clock and random bytes are the same each time, so a picture changes only when the interface does.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from textual.pilot import Pilot
from textual.widgets import Input
from textual.worker import WorkerCancelled

from tests.conftest import REPOSITORY
from tests.tui.sparing import FRAME_S, SPARED, frames
from tui.app import SafehandsApp
from tui.desk import Desk
from tui.widgets.busy import Busy
from vault.services.demo import DemoBuilder, found
from vault.services.environment import Environment

FOLDER = REPOSITORY / "docs" / "screenshots"
_NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
_HASH = re.compile(r"[0-9a-f]{16,}(?=…)")
_PICTURE_ID = re.compile(r"terminal-[0-9]+")
_WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


class Shot(NamedTuple):
    """What to press from the first page on, and how large the terminal is."""

    keys: Sequence[str] = ()
    size: tuple[int, int] = (110, 32)


SHOTS: Mapping[str, Shot] = {
    "unlock": Shot(size=(80, 24)),
    "today": Shot(),
    "accounts": Shot(("2", "slash", *"tie", "colon", *"personal")),
    "accounts-narrow": Shot(("2",), (80, 24)),
    "account": Shot(("2", "slash", *"brugmanpers", "enter", "enter")),
    "people": Shot(("3",)),
    "cases": Shot(("4",)),
    "hygiene": Shot(("5",)),
    "dormancy": Shot(("5", "d", "space", "space")),
    "closing": Shot(("2", "slash", *"brugmanpers", "enter", "enter", "z")),
    "journal": Shot(("6",)),
    "help": Shot(("2", "question_mark")),
    "settings": Shot(("f2",)),
    "presentation": Shot(("3", "ctrl+e")),
}


def same_bytes() -> Environment:
    """Return surroundings in which the same things happen each time."""
    numbers = count()

    def random(length: int) -> bytes:
        drawn = b""
        while len(drawn) < length:
            drawn += blake2b(next(numbers).to_bytes(8, "big")).digest()
        return drawn[:length]

    folder = Path(tempfile.mkdtemp(prefix="safehands-pictures-"))
    return Environment(lambda: _NOW, random, folder)


def draw(names: Sequence[str] = tuple(SHOTS)) -> dict[str, str]:
    """Return the pictures as SVG without anything fetched from elsewhere."""
    env = same_bytes()
    path = str(env.state_folder / "brugman.safehands")
    with found(path, "brugman rides on", env) as session:
        DemoBuilder(session, lambda _: None).build()
    with ExitStack() as spared:
        for each in (*SPARED, (Input, "cursor_blink", False)):
            spared.enter_context(patch.object(*each))
        return asyncio.run(_draw(path, env, names))


async def _draw(path: str, env: Environment, names: Sequence[str]) -> dict[str, str]:
    drawn = {}
    for name in names:
        app = SafehandsApp(Desk(path, env))
        async with app.run_test(size=SHOTS[name].size, notifications=True) as pilot:
            await _settle(pilot)
            if name != "unlock":
                app.screen.query_one("#passphrase", Input).value = "brugman rides on"
                await pilot.press("enter")
                await _settle(pilot)
                for key in SHOTS[name].keys:
                    await pilot.press(key)
                    await _settle(pilot)
                app.clear_notifications()
                await _settle(pilot)
            await asyncio.sleep(2 * FRAME_S)  # what lies behind a dialogue is drawn when it is due
            drawn[name] = _lasting(name, app.export_screenshot())
            app.desk.lock()
    return drawn


def _lasting(name: str, picture: str) -> str:
    """The picture without what is drawn by lot: hashes of signatures, and the id made from them."""
    named = _PICTURE_ID.sub(f"terminal-{name}", _WEB_FONT.sub("", picture))
    return _HASH.sub(lambda found: "0" * len(found[0]), named) + "\n"


async def _settle(pilot: Pilot[int]) -> None:
    await frames(pilot)
    while not all(worker.is_finished for worker in pilot.app.workers):
        with suppress(WorkerCancelled):  # a newer one has taken its place
            await pilot.app.workers.wait_for_complete()
    await pilot.app.animator.wait_until_complete()
    await frames(pilot)
    for screen in pilot.app.screen_stack:
        for busy in screen.query(Busy):
            busy._look()  # it would go on saying for a moment that something runs
    await frames(pilot)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if sys.argv[1:] else FOLDER
    folder.mkdir(exist_ok=True)
    for title, picture in draw().items():
        (folder / f"{title}.svg").write_text(picture, encoding="utf-8")
