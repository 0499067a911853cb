"""What is being written takes its time, where another program holds the file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from textual.widgets import Button

import tui
from tests.integration.storage.builder import environment
from tests.tui.carrying import case_of, start_case, state_of
from tests.tui.conftest import Hands, Interface
from tests.tui.sparing import frames
from tests.tui.test_typing import burst
from tui.app import SafehandsApp
from tui.screens.asking import Asking
from tui.screens.case import CasePage
from tui.screens.mailbox import MailboxPage
from tui.screens.unlock import UnlockScreen
from vault.domain.casework import open_needs
from vault.domain.mailbox import Mailbox
from vault.errors import ConflictError
from vault.services.cases import apply_step
from vault.services.session import Session

WAITED_S = 5  # for what a test that fails would never do


class Held:
    """A change that has the session to itself, as one that waits for another program has."""

    def __init__(self, end: Exception | None = None) -> None:
        self.is_begun, self.may_end = Event(), Event()
        self._end = end

    def job(self, session: Session, *_: object) -> str:
        with session._lock:
            self.is_begun.set()
            self.may_end.wait(WAITED_S)
        if self._end is not None:
            raise self._end
        return "done"


async def ask(hands: Hands, monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    """Begin to record a step as done, which takes as long as `held`."""
    await start_case(hands, "Ruben Kok")
    await hands.press("b")
    await hands.type("HR said no")
    monkeypatch.setattr(hands.page, "_job", held.job)
    await tap(hands, "ctrl+s")
    await begun(hands, held)


async def begun(hands: Hands, held: Held) -> None:
    while not held.is_begun.is_set():
        await frames(hands.pilot)


async def tap(hands: Hands, *keys: str) -> None:
    """Press keys, and do not wait for what runs in the background."""
    for key in keys:
        await hands.pilot.press(key)
        await frames(hands.pilot)


async def press_cancel(hands: Hands) -> None:
    hands.page.query_one("#no", Button).press()
    await frames(hands.pilot)


@pytest.mark.parametrize("leave", [lambda hands: tap(hands, "escape"), press_cancel])
async def test_a_dialogue_stays_until_what_it_records_is_done(
    interface: Interface, monkeypatch: pytest.MonkeyPatch, leave: Callable[[Hands], Any]
) -> None:
    async with interface() as hands:
        held, then = Held(), list[str]()
        await ask(hands, monkeypatch, held)
        monkeypatch.setattr(hands.page, "_then", then.append)
        await leave(hands)
        assert isinstance(hands.page, Asking)
        held.may_end.set()
        await hands.settle()
        assert (isinstance(hands.page, CasePage), then) == (True, ["done"])


async def test_a_refusal_that_comes_late_finds_its_dialogue_and_its_words(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        held = Held(ConflictError("somebody else writes", "try again"))
        await ask(hands, monkeypatch, held)
        await tap(hands, "escape")
        held.may_end.set()
        await hands.settle()
        assert "somebody else writes" in hands.shown()
        assert "HR said no" in hands.shown()
        await hands.press("escape")
        assert isinstance(hands.page, CasePage)


async def test_a_refusal_whose_dialogue_is_gone_is_told_on_the_page(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        held = Held(ConflictError("somebody else writes", "try again"))
        await ask(hands, monkeypatch, held)
        hands.page.dismiss(None)
        await frames(hands.pilot)
        held.may_end.set()
        await hands.settle()
        assert "somebody else writes" in hands.shown()


async def test_what_is_refused_after_its_page_was_left_is_told_all_the_same(
    interface: Interface,
) -> None:
    async with interface() as hands:
        held = Held(ConflictError("somebody else writes", "try again"))
        await start_case(hands, "Ruben Kok")
        hands.page.work(held.job, lambda _: None)
        await begun(hands, held)
        await tap(hands, "escape")
        held.may_end.set()
        for _ in range(100):
            await frames(hands.pilot)
            if hands.app._notifications:
                break
        await hands.settle()
        assert "somebody else writes" in hands.shown()


async def test_a_key_pressed_twice_asks_once_and_for_the_code_that_is_on_its_way(
    interface: Interface,
) -> None:
    async with interface() as hands:
        box = next(b for b in hands.app.desk.registry.all(Mailbox) if b.proven_at is None)
        hands.app.open(MailboxPage(box.id))
        await hands.settle()
        await burst(hands, "pp")
        await hands.press(*hands.code_to_send().lower(), "enter")
        assert isinstance(hands.page, MailboxPage)
        assert f"proven {hands.app.desk.today}" in hands.shown()


async def test_what_was_to_be_asked_comes_over_no_question_that_was_asked_meanwhile(
    interface: Interface,
) -> None:
    async with interface() as hands:
        box = next(b for b in hands.app.desk.registry.all(Mailbox) if b.proven_at is None)
        hands.app.open(MailboxPage(box.id))
        await hands.settle()
        await burst(hands, "pe")
        assert hands.app.desk.registry.get(box.id, Mailbox).challenge
        assert sum(isinstance(each, Asking) for each in hands.app.screen_stack) == 1


async def test_a_question_on_another_question_is_asked_of_the_page_below(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("b")
        below = hands.page
        await hands.press("escape", "t")
        hands.app.push_screen(below.__class__("Why", below._fields, lambda *_: 1, lambda _: None))
        await hands.settle()
        await hands.press("ctrl+s")
        assert isinstance(hands.page, Asking)


async def test_locking_shows_nothing_any_more_at_once_and_lets_the_write_end(
    interface: Interface,
) -> None:
    async with interface() as hands:
        held = Held()
        hands.page.work(held.job, lambda _: None)
        await begun(hands, held)
        session = hands.app.desk.session
        await tap(hands, "ctrl+l")
        assert isinstance(hands.page, UnlockScreen)
        assert not hands.app.desk.is_open
        assert not held.may_end.is_set()
        assert session._open is not None  # the write needs its keys to the end
        held.may_end.set()
        await hands.settle()
        assert session._open is None


async def test_what_was_recorded_behind_the_lock_is_not_asked_for_again(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        held = Held()
        await ask(hands, monkeypatch, held)
        await tap(hands, "ctrl+l")
        held.may_end.set()
        await hands.settle()
        await hands.unlock()
        assert isinstance(hands.page, CasePage)


async def test_what_was_refused_behind_the_lock_is_told_at_unlocking(interface: Interface) -> None:
    async with interface() as hands:
        held = Held(ConflictError("somebody else writes", "try again"))
        hands.page.work(held.job, lambda _: None)
        await begun(hands, held)
        await tap(hands, "ctrl+l")
        held.may_end.set()
        await hands.settle()
        assert "somebody else writes" not in hands.shown()
        await hands.unlock()
        assert "somebody else writes" in hands.shown()


async def test_quitting_leaves_at_once_and_keeps_what_is_refused_afterwards(
    interface: Interface,
) -> None:
    async with interface() as hands:
        held = Held(ConflictError("somebody else writes", "try again"))
        hands.page.work(held.job, lambda _: None)
        await begun(hands, held)
        worker = next(iter(hands.app.workers))
        await tap(hands, "ctrl+q")
        assert hands.app.return_value == 0
        worker.cancel()  # as the application does at its end
        held.may_end.set()
        for _ in range(100 * WAITED_S):
            if hands.app.unheard:
                break
            await asyncio.sleep(0.01)
        assert [error.message for error in hands.app.unheard] == ["somebody else writes"]


def test_what_was_refused_after_quitting_is_told_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    def leave(app: SafehandsApp) -> int:
        app.unheard.append(ConflictError("somebody else writes", "try again"))
        return 0

    monkeypatch.setattr(SafehandsApp, "run", leave)
    with pytest.raises(ConflictError, match="somebody else writes"):
        tui.run(str(tmp_path / "none.safehands"), environment(tmp_path))


async def test_marked_steps_that_were_recorded_before_a_refusal_are_shown_so(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await start_case(hands, "Jan Bakker")
        case = hands.page.case
        ready = next(p.step.id for p in case.progress if not open_needs(case, p))
        waits = next(
            p.step.id for p in case.progress if {q.step.id for q in open_needs(case, p)} - {ready}
        )
        hands.page.rail.marked.update({ready, waits})
        await hands.press("a", "ctrl+s")
        assert "recorded before it" in " ".join(hands.shown().split())
        await hands.press("escape")
        assert state_of(hands, ready) != "todo"
        assert ready not in hands.page.rail.marked
        assert hands.page.rail.rows == hands.page.case.progress


async def test_a_step_that_another_program_has_just_recorded_is_shown_so(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        step = hands.page.rail.key
        with hands.sample.open() as other:
            apply_step(other, case_of(hands, "Ruben Kok"), step, other.person, "")
        await hands.press("a", "enter")
        assert "applied already" in " ".join(hands.shown().split())
        await hands.press("escape")
        assert "applied" in str(hands.page.rail.render_line(hands.page.rail.cursor + 1).text)


async def test_f5_shows_what_was_read_already(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        step = hands.page.rail.key
        with hands.sample.open() as other:
            apply_step(other, case_of(hands, "Ruben Kok"), step, other.person, "")
        hands.app.desk.session.refresh()
        await hands.press("f5")
        assert hands.page.rail.rows == hands.page.case.progress
