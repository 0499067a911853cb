"""The demo company's vault, and an interface on it that a test uses like a person."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import textual.app
import textual.pilot
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerCancelled

from tests.integration.storage.builder import Sample, environment
from tui.app import SafehandsApp
from tui.desk import Desk
from vault.domain import headline
from vault.services.demo import DemoBuilder
from vault.services.session import create_vault, open_with

PASSPHRASE = "brugman rides on"
SIZES = (
    (80, 24),
    *(pytest.param(size, marks=pytest.mark.walk) for size in ((20, 5), (240, 70))),
)
"""Of a terminal: the usual one, and those that only `make walk` tries."""

FRAME_S = 0.03  # the screen is drawn sixty times a second
ROUNDS = 10


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pilot wait for messages, not for a quiet processor: on a busy machine that never comes.

    Each key then takes a second (textual 8.2.8, `_wait.wait_for_idle`).
    """

    async def soon(*_: float) -> None:
        await asyncio.sleep(0.002)

    for module in (textual.app, textual.pilot):
        monkeypatch.setattr(module, "wait_for_idle", soon)


_RULES: dict[Any, list[RuleSet]] = {}
_parse = Stylesheet._parse_rules
_draw = Screen._compositor_refresh


def _parsed_once(sheet: Stylesheet, *asked: Any, **more: Any) -> list[RuleSet]:
    """Return the rules of a style sheet, which each application would parse anew."""
    key = (asked, *more.items(), frozenset(sheet._variables.items()))
    if key not in _RULES:
        _RULES[key] = _parse(sheet, *asked, **more)
    return _RULES[key]


@pytest.fixture(autouse=True)
def _less_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare what no test looks at: style sheets parsed again, and frames before all is settled.

    These were 11 and 15 % of the time of the tests of the interface.
    """
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parsed_once)
    monkeypatch.setattr(Screen, "_compositor_refresh", _note_dirty)


def _note_dirty(screen: Screen[Any]) -> None:
    if screen is not screen.app.screen or screen.app.is_inline:
        _draw(screen)


@pytest.fixture(autouse=True)
def _a_short_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Today look back two weeks in place of a quarter, which each test would wait for."""
    monkeypatch.setattr(headline, "WEEKS", 3)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run tests that are coroutines; a plug-in for that would be one more dependency."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The demo company, built once; nobody writes to it."""
    folder = tmp_path_factory.mktemp("company")
    folder.chmod(0o700)
    path, device = folder / "brugman.safehands", folder / "device"
    with create_vault(str(path), PASSPHRASE, "Ana Kramer", environment(device), cost="floor") as s:
        DemoBuilder(s, lambda _: None).build()
        return Sample(path, s._keys, device)


@pytest.fixture
def brugman(company: Sample, tmp_path: Path) -> Sample:
    """A copy of the demo company that a test may change."""
    return company.copy(tmp_path / "brugman")


class Hands:
    """The interface under a test's hands: its application, and a pilot for keys and the mouse."""

    def __init__(self, app: SafehandsApp, pilot: Pilot[Any], sample: Sample) -> None:
        self.app = app
        self.pilot = pilot
        self.sample = sample

    @property
    def page(self) -> Any:
        """The page that is shown."""
        return self.app.screen

    async def settle(self) -> None:
        """Wait until work in the background is done and shown, and what that has begun as well."""
        for _ in range(ROUNDS):
            await self.pilot.pause()
            with suppress(WorkerCancelled):
                await self.app.workers.wait_for_complete()
            await self.pilot.wait_for_scheduled_animations()
            await asyncio.sleep(FRAME_S)
            await self.pilot.pause()
            if all(worker.is_finished for worker in self.app.workers):
                break
        _draw(self.app.screen)

    async def _take_messages(self) -> None:
        """Wait until each widget has taken its messages: what one does may begin the work."""
        for _ in range(ROUNDS):
            await self.pilot.pause()
            waiting = (self.app, *self.app.screen.walk_children(with_self=True))
            if not any(each.message_queue_size for each in waiting):
                break

    async def press(self, *keys: str) -> None:
        """Press keys, and wait for what comes of it; between them for work in the background."""
        for key in keys:
            await self.pilot.press(key)
            await self._take_messages()
            if not all(worker.is_finished for worker in self.app.workers):
                await self.settle()
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text."""
        names = {" ": "space", ":": "colon", "@": "at", "/": "slash", ".": "full_stop"}
        await self.pilot.press(*(names.get(letter, letter) for letter in text))
        await self.settle()

    async def unlock(self) -> None:
        """Unlock as the unlock screen does, without the cost of a passphrase."""
        session = open_with(str(self.sample.path), lambda _: self.sample.keys, self.app.desk.env)
        self.app.desk.take(session)
        self.app.screen.dismiss(None)
        await self.settle()

    def shown(self) -> str:
        """Return the text on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)


Interface = Callable[..., AbstractAsyncContextManager[Hands]]


@pytest.fixture
def interface(brugman: Sample) -> Interface:
    """Return what starts the interface: `async with interface(size=..., locked=...) as hands`.

    It begins in Cases, the cheapest of the places: Today takes half a second of computing.
    """

    @asynccontextmanager
    async def running(
        size: tuple[int, int] = (100, 30), *, locked: bool = False, place: str = ""
    ) -> AsyncIterator[Hands]:
        app = SafehandsApp(Desk(str(brugman.path), environment(brugman.device)))
        app._place = place or ("today" if locked else "cases")
        async with app.run_test(size=size, notifications=True) as pilot:
            hands = Hands(app, pilot, brugman)
            await hands.settle()
            if not locked:
                await hands.unlock()
            yield hands
            app.desk.lock()

    return running
