"""The demo company's vault, and an interface on it that a test uses like a person."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import textual.screen
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerCancelled

from tests.integration.storage.builder import Sample, environment
from tests.tui.sparing import ROUNDS, SPARED, frames
from tui.app import SafehandsApp
from tui.desk import Desk
from vault.domain import headline
from vault.services.demo import DemoBuilder
from vault.services.mailboxes import CODE_LENGTH
from vault.services.vaults import create_vault, open_with

PASSPHRASE = "brugman rides on"
SIZES = (
    (80, 24),
    *(pytest.param(size, marks=pytest.mark.walk) for size in ((20, 5), (240, 70))),
)
"""Of a terminal: the usual one, and those that only `make walk` tries."""

CALM_ROUNDS = 2  # on a busy machine a dialogue that closes begins its work a moment later
BREATH_S = 0.002

draw = Screen._compositor_refresh


@pytest.fixture(autouse=True)
def _sparing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare what no test looks at: every frame of the screen on top, to begin with.

    `Hands.shown` renders what it returns. So that drawing is tried at all, whoever starts the
    interface draws its last screen (`draw`), once what is tested has not failed.
    """
    for each in SPARED:
        monkeypatch.setattr(*each)
    monkeypatch.setattr(Screen, "_compositor_refresh", _note_dirty)
    monkeypatch.setattr(textual.screen, "UPDATE_PERIOD", 1)  # no timer is to ask for frames


def _note_dirty(screen: Screen[Any]) -> None:
    """Draw nothing of the screen on top, ever; what lies under it is drawn as always."""
    if screen is not screen.app.screen or screen.app.is_inline:
        draw(screen)
    screen._dirty_widgets.clear()  # their regions are noted, or a timer would ask for ever


@pytest.fixture(autouse=True)
def _a_short_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Today look back two weeks in place of a quarter, which each test would wait for."""
    monkeypatch.setattr(headline, "WEEKS", 3)


@pytest.fixture(autouse=True, scope="module")
def _swept() -> Iterator[None]:
    """Collect what the interfaces of these tests leave: cycles of some 5 MB each.

    By itself that comes too late: whatever opens a vault makes it begin to count anew
    (`verifying.collecting_nothing`), and so 700 tests grew to 3.5 GB.
    """
    yield
    gc.collect()


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
        calm = 0
        for _ in range(ROUNDS):
            await frames(self.pilot)
            with suppress(WorkerCancelled):
                await self.app.workers.wait_for_complete()
            await self.app.animator.wait_until_complete()
            await frames(self.pilot)
            calm = calm + 1 if all(worker.is_finished for worker in self.app.workers) else 0
            if calm == CALM_ROUNDS:
                break
            await asyncio.sleep(BREATH_S)

    async def press(self, *keys: str) -> None:
        """Press keys, and wait for what comes of it; between them for work in the background."""
        for key in keys:
            await self.pilot.press(key)
            await frames(self.pilot)
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

    def code_to_send(self) -> str:
        """Return the code that a mailbox is proved by; it is shown once, and nowhere kept."""
        words = " ".join(self.shown().replace("│", "").split())
        return words.partition("The code to send is ")[2][:CODE_LENGTH]


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
        app.animation_level = "none"
        app._place = place or ("today" if locked else "cases")
        async with app.run_test(size=size, notifications=True) as pilot:
            hands = Hands(app, pilot, brugman)
            await hands.settle()
            if not locked:
                await hands.unlock()
            yield hands
            draw(app.screen)
            app.desk.lock()

    return running
