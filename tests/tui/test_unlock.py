from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.worker import WorkerCancelled

from tests.integration.keystore.fake import FakeRing, fake_ring
from tests.integration.storage.builder import Sample, environment
from tests.tui.conftest import PASSPHRASE, Hands, Interface
from tui.app import SafehandsApp
from tui.desk import Desk
from tui.screens.unlock import UnlockScreen
from tui.widgets.secret_input import SecretInput
from tui.widgets.tick import Tick
from vault.services.environment import Environment
from vault.services.remembering import is_remembered, open_remembered, remember
from vault.services.session import Session


@pytest.fixture(autouse=True)
def ring() -> Iterator[type[FakeRing]]:
    with fake_ring() as ring:
        yield ring


@pytest.fixture
def remembered(brugman: Sample, ring: type[FakeRing]) -> Sample:
    with brugman.open() as session:
        remember(session)
    return brugman


def passphrase(hands: Hands) -> SecretInput:
    return hands.app.screen.query_one(SecretInput)


async def give(hands: Hands, text: str = PASSPHRASE) -> None:
    """Type a passphrase and press enter."""
    passphrase(hands).value = text
    await hands.press("enter")


def told(hands: Hands) -> list[str]:
    return [note.message for note in hands.app._notifications]


async def test_the_passphrase_opens_the_vault(interface: Interface) -> None:
    async with interface(locked=True) as hands:
        await hands.type(PASSPHRASE)
        await hands.press("enter")
        assert hands.app.desk.is_open
        assert "Today" in hands.shown()


async def test_the_passphrase_is_taken_by_mouse_too(interface: Interface) -> None:
    async with interface(locked=True) as hands:
        passphrase(hands).value = PASSPHRASE
        await hands.pilot.click("#unlock")
        await hands.settle()
        assert hands.app.desk.is_open


async def test_enter_without_a_passphrase_says_what_to_type(interface: Interface) -> None:
    async with interface((80, 24), locked=True) as hands:
        await hands.press("enter")
        assert "Type the passphrase of this vault." in hands.shown()
        await give(hands)
        assert hands.app.desk.is_open


async def test_a_wrong_passphrase_is_refused_in_place(interface: Interface) -> None:
    async with interface((80, 24), locked=True) as hands:
        await give(hands, "canary horse")
        assert "opens none of the vault's keyslots" in hands.shown()
        assert hands.app.focused is passphrase(hands)
        await give(hands)
        assert hands.app.desk.is_open


async def test_no_passphrase_stays_behind(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    described: list[str] = []
    take = UnlockScreen.run_worker

    def noted(self: UnlockScreen, *args: Any, **kwargs: Any) -> Any:
        worker: Any = take(self, *args, **kwargs)
        described.append(repr(worker))
        return worker

    monkeypatch.setattr(UnlockScreen, "run_worker", noted)
    async with interface(locked=True) as hands:
        await give(hands, "canary horse")
        assert passphrase(hands).value == ""
        assert described
        assert "canary" not in "".join(described)
        assert "canary" not in hands.app.export_screenshot()


async def test_nothing_happens_without_a_passphrase(interface: Interface) -> None:
    async with interface(locked=True) as hands:
        await hands.press("enter")
        assert not hands.app.desk.is_open
        assert not hands.page.has_class("busy")


async def test_a_device_that_never_saw_the_vault_says_so_once(
    interface: Interface, brugman: Sample
) -> None:
    shutil.rmtree(brugman.device)
    async with interface(locked=True) as hands:
        await give(hands)
        assert [text for text in told(hands) if "has not seen this vault before" in text]
        await hands.press("ctrl+l")
        await give(hands)
        assert told(hands) == []


async def test_a_ticked_vault_is_remembered_and_an_unticked_one_forgotten(
    interface: Interface, brugman: Sample
) -> None:
    where, env = str(brugman.path), environment(brugman.device)
    async with interface(locked=True) as hands:
        await hands.press("tab", "space")
        assert hands.page.query_one(Tick).value
        await hands.press("shift+tab")
        await give(hands)
        assert is_remembered(where, env)
        await hands.press("ctrl+l")
        assert hands.page.query_one(Tick).value
        await hands.pilot.click(Tick)
        passphrase(hands).focus()
        await give(hands)
        assert hands.app.desk.is_open
        assert not is_remembered(where, env)


async def test_a_tick_is_told_by_its_shape(interface: Interface) -> None:
    async with interface(locked=True) as hands:
        assert "[ ] Remember on this device" in hands.shown()
        await hands.press("tab", "space")
        assert "[✓] Remember on this device" in hands.shown()


async def test_a_remembered_vault_opens_by_itself(interface: Interface, remembered: Sample) -> None:
    async with interface(locked=True) as hands:
        assert hands.app.desk.is_open
        assert "Today" in hands.shown()


@pytest.mark.parametrize("by_mouse", [False, True])
async def test_a_vault_that_was_locked_stays_locked_until_somebody_is_there(
    interface: Interface, remembered: Sample, by_mouse: bool
) -> None:
    async with interface(locked=True) as hands:
        await hands.press("ctrl+l")
        await hands.settle()
        assert not hands.app.desk.is_open
        if by_mouse:
            await hands.pilot.click("#by-device")
            await hands.settle()
        else:
            await hands.press("enter")
        assert hands.app.desk.is_open


async def test_a_locked_keyring_leaves_the_passphrase(
    interface: Interface, remembered: Sample, ring: type[FakeRing]
) -> None:
    ring.is_locked = True
    async with interface(locked=True) as hands:
        assert "is locked" in hands.shown()
        await give(hands)
        assert hands.app.desk.is_open
        assert [text for text in told(hands) if "weaker" in text]


async def test_a_system_without_a_keyring_says_so_and_opens(
    interface: Interface, ring: type[FakeRing]
) -> None:
    ring.viable = False
    async with interface(locked=True) as hands:
        hands.page.query_one(Tick).value = True
        await give(hands)
        assert hands.app.desk.is_open
        assert [text for text in told(hands) if "no keyring" in text]


async def test_a_keyring_that_answers_too_late_opens_nothing(
    interface: Interface, remembered: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, late = Event(), list[Session]()

    def slow(location: str, env: Environment) -> Session:
        answer.wait(30)
        late.append(open_remembered(location, env))
        return late[0]

    monkeypatch.setattr("tui.screens.unlock.open_remembered", slow)
    app = SafehandsApp(Desk(str(remembered.path), environment(remembered.device)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.screen.query_one(SecretInput).value = PASSPHRASE
        await pilot.press("enter")
        for _ in range(600):
            if app.desk.is_open:
                break
            await asyncio.sleep(0.05)
        session = app.desk.session
        answer.set()
        with suppress(WorkerCancelled):  # what works for the unlock screen ends with it
            await app.workers.wait_for_complete()
        for _ in range(600):
            await pilot.pause()
            if late and late[0]._open is None:
                break
            await asyncio.sleep(0.05)
        assert app.desk.session is session
        assert late[0]._open is None
        app.desk.lock()


async def test_a_vault_that_is_gone_is_said_in_place(interface: Interface, brugman: Sample) -> None:
    async with interface(locked=True) as hands:
        brugman.path.unlink()
        await give(hands)
        assert "There is no vault" in hands.shown()


async def test_a_hostile_file_name_is_shown_as_itself(brugman: Sample, tmp_path: Path) -> None:
    path = brugman.path.with_name("[red]\x1b[31m\u202e[@click=app.quit]x[")
    brugman.path.rename(path)
    app = SafehandsApp(Desk(str(path), environment(tmp_path / "device")))
    async with app.run_test(size=(80, 24)) as pilot:
        hands = Hands(app, pilot, brugman)
        await hands.settle()
        shown = hands.shown()
        assert "[red]" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown
