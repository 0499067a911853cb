from __future__ import annotations

import threading
from time import sleep

import pytest

from tests.tui.conftest import Hands, Interface
from tui.screens.page import Page
from tui.widgets.busy import Busy, running_in
from vault.errors import RefusedError
from vault.services.session import Session


def said(hands: Hands) -> str:
    return str(hands.page.query_one(Busy).render())


async def started(hands: Hands) -> None:
    """Wait until the line in the bar has something to say, without waiting for the work."""
    for _ in range(40):
        await hands.pilot.pause(0.1)
        if "working" in hands.shown():
            return


async def test_the_bar_says_that_something_runs_until_it_is_done(interface: Interface) -> None:
    async with interface() as hands:
        done = threading.Event()
        assert said(hands) == ""
        hands.page.work(lambda _: done.wait(20), lambda _: None)
        await started(hands)
        assert "working" in hands.shown()
        assert "stops" not in hands.shown()
        done.set()
        await hands.settle()
        await hands.pilot.pause(0.5)
        assert said(hands) == ""


@pytest.mark.parametrize("by", ["key", "mouse", "escape"])
async def test_what_can_be_stopped_is_stopped_and_the_page_told(
    interface: Interface, by: str
) -> None:
    async with interface() as hands:
        ends: list[str] = []

        def job(_: Session) -> None:
            for _turn in range(400):
                if not running_in(hands.app.workers):
                    raise RefusedError("Stopped.")
                sleep(0.05)

        page: Page = hands.page
        page.work(job, lambda _: ends.append("done"), stopped=lambda: ends.append("stopped"))
        await started(hands)
        if by == "mouse":
            await hands.pilot.click(Busy)
        else:
            await hands.pilot.press("f4" if by == "key" else "escape")
        await hands.pilot.pause(0.3)
        await hands.settle()
        assert ends == ["stopped"]
        assert hands.page is page


async def test_without_anything_to_stop_the_command_says_so(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("f4")
        assert "Nothing that can be stopped" in hands.shown()


async def test_where_motion_is_unwanted_no_sign_turns(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        hands.app.animation_level = "none"
        done = threading.Event()
        hands.page.work(lambda _: done.wait(20), lambda _: None)
        await started(hands)
        signs = set()
        for _ in range(5):
            signs.add(said(hands)[0])
            await hands.pilot.pause(0.2)
        done.set()
        assert signs == {"…"}
