"""What Textual would give away, and must not: the traps S1 to S10 of a program with secrets."""

from __future__ import annotations

import ast
import asyncio
import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pexpect  # type: ignore[import-untyped]
import pytest
import textual.screen
from textual import events
from textual.command import CommandPalette
from textual.widgets import Input

from tests.conftest import REPOSITORY
from tests.integration.storage.builder import environment
from tests.tui.conftest import Interface
from tui.app import LEFT_S, SafehandsApp
from tui.desk import Desk
from tui.widgets.secret_input import SecretInput
from tui.widgets.secret_view import SecretText
from vault.domain.secret import Secret
from vault.errors import RefusedError

CANARY = "zq7-canary-4x"

# The canary is put together at run time: a traceback shows the lines of the source.
CRASH = """
import os, sys
from pathlib import Path
from typing import Any
from weakref import WeakSet
from tui import run
from tui.app import LEFT_S, SafehandsApp
from tests.integration.storage.builder import environment

def fail(held=None):
    passphrase = os.environ["REVERSED"][::-1]
    raise RuntimeError("on purpose")

def begin(app):
    if sys.argv[1] == "worker":
        app.run_worker(fail, thread=True, description="fail")
    elif sys.argv[1] == "arguments":
        app.set_timer(0.3, lambda: fail(os.environ["REVERSED"][::-1]))
    else:
        app.set_timer(0.3, fail)

SafehandsApp.on_ready = begin
folder = Path(sys.argv[2])
raise SystemExit(run(str(folder / "none.safehands"), environment(folder)))
"""


@pytest.mark.parametrize("where", ["handler", "worker", "arguments"])
def test_s1_a_crash_shows_no_local_variable_and_leaves_no_file(tmp_path: Path, where: str) -> None:
    (tmp_path / "cwd").mkdir()
    (tmp_path / "crash.py").write_text(CRASH)
    child = pexpect.spawn(
        sys.executable,
        [str(tmp_path / "crash.py"), where, str(tmp_path)],
        cwd=str(tmp_path / "cwd"),
        env={**os.environ, "REVERSED": CANARY[::-1], "PYTHONPATH": str(REPOSITORY)},
        encoding="utf-8",
        timeout=60,
    )
    said = child.read()
    child.close()
    assert "on purpose" in said
    assert CANARY not in said
    assert child.exitstatus == 9
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in left if CANARY.encode() in path.read_bytes()] == []
    assert list((tmp_path / "cwd").iterdir()) == []


def calls_in_the_interface() -> Iterator[tuple[Path, ast.Call]]:
    for path in (REPOSITORY / "tui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path, node


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def test_s2_every_worker_has_a_fixed_description() -> None:
    undescribed = [
        f"{path.name}:{call.lineno}"
        for path, call in calls_in_the_interface()
        if name_of(call) in {"run_worker", "work"}
        and not (name_of(call) == "work" and isinstance(call.func, ast.Attribute))
        and not any(
            each.arg == "description" and isinstance(each.value, ast.Constant)
            for each in call.keywords
        )
    ]
    assert undescribed == []


def test_s2_a_secret_that_is_described_anyway_says_nothing() -> None:
    assert CANARY not in f"{Secret(CANARY)!r} {Secret(CANARY)!s} {[Secret(CANARY)]}"


@pytest.mark.parametrize(
    ("name", "value"), [("TEXTUAL_LOG", "keys.log"), ("TEXTUAL", "devtools,debug")]
)
def test_s3_a_log_of_keys_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(RefusedError, match="log"):
        SafehandsApp(Desk(str(tmp_path / "v"), environment(tmp_path)))


@pytest.mark.parametrize("key", ["ctrl+c", "super+c", "ctrl+x"])
async def test_s4_a_masked_input_is_never_copied(interface: Interface, key: str) -> None:
    async with interface(locked=True) as hands:
        await hands.type(CANARY)
        await hands.press("shift+home", key)
        assert hands.app.clipboard == ""
        assert hands.page.query_one(SecretInput).value == CANARY
        assert CANARY not in hands.shown()


@pytest.mark.parametrize("leave", ["ctrl+l", "ctrl+q"])
async def test_s5_what_was_copied_stays_in_the_program_no_longer_than_the_vault_is_open(
    interface: Interface, leave: str
) -> None:
    async with interface() as hands:
        await hands.press("2", "slash", *"bakker", "shift+home", "ctrl+c")
        assert hands.app.clipboard == "bakker"
        await hands.press(leave)
        assert hands.app.clipboard == ""


HOSTILE = ["[/]", "[/foo]", "[@click=app.quit]x[/]", "a[b]c", "\x1b]52;c;eA==\x07", "\u202e", "["]


@pytest.mark.parametrize("text", HOSTILE)
async def test_s6_what_is_told_in_passing_is_never_markup(interface: Interface, text: str) -> None:
    async with interface() as hands:
        hands.app.tell(text)
        hands.app.tell_error(RefusedError(text, text))
        await hands.settle()
        assert "\x1b" not in hands.shown()
        assert "\u202e" not in hands.shown()
        if text.isprintable():
            assert text in hands.shown()


async def test_s7_the_palette_offers_no_picture_of_the_screen(interface: Interface) -> None:
    async with interface() as hands:
        assert list(hands.app.get_system_commands(hands.page)) == []
        await hands.press("ctrl+p")
        assert isinstance(hands.page, CommandPalette)
        await hands.type("screenshot")
        assert "SVG" not in hands.shown()
        await hands.press("enter", "escape")
        assert list(Path.cwd().glob("*.svg")) == []


def test_s8_a_shown_secret_cannot_be_selected() -> None:
    assert not SecretText.ALLOW_SELECT


async def test_s9_a_pasted_passphrase_is_its_first_line(interface: Interface) -> None:
    async with interface(locked=True) as hands:
        typed = hands.page.query_one(SecretInput)
        typed.post_message(events.Paste(f"{CANARY}\nsomething else"))
        await hands.settle()
        assert typed.value == CANARY


def test_nothing_writes_what_is_seen_or_typed_to_a_log() -> None:
    spoken = [
        f"{path.name}:{call.lineno}"
        for path, call in calls_in_the_interface()
        if name_of(call) in {"log", "print", "debug", "info", "save_screenshot", "getLogger"}
    ]
    assert [each for each in spoken if not each.startswith("keys.py")] == []


TERMINATED = """
import os, signal, sys
from pathlib import Path
from typing import Any
from weakref import WeakSet
from tui import run
from tui.app import LEFT_S, SafehandsApp
from tests.integration.storage.builder import environment

def arrive(app):
    os.kill(os.getpid(), getattr(signal, sys.argv[1]))

SafehandsApp.on_ready = lambda app: app.set_timer(0.3, lambda: arrive(app))
clear = SafehandsApp.action_quit
async def told(app):
    await clear(app)
    Path(sys.argv[2], "left").write_text(repr(app.desk.is_open))
SafehandsApp.action_quit = told
folder = Path(sys.argv[2])
raise SystemExit(run(str(folder / "none.safehands"), environment(folder)))
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_being_ended_from_outside_leaves_as_quitting_does(tmp_path: Path, name: str) -> None:
    (tmp_path / "ended.py").write_text(TERMINATED)
    child = pexpect.spawn(
        sys.executable,
        [str(tmp_path / "ended.py"), name, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        encoding="utf-8",
        timeout=60,
    )
    child.read()
    child.close()
    assert (tmp_path / "left").read_text() == "False"
    assert child.exitstatus == 0


async def test_ctrl_c_neither_quits_nor_copies_but_says_how_to_quit(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("ctrl+c")
        assert hands.app.is_running
        assert hands.app.desk.is_open
        assert "quit" in hands.shown().lower()


async def test_a_key_on_its_way_when_the_vault_is_locked_ends_nothing(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("2")
        hands.page.query_one("SearchBox").text = "bakker"
        hands.app.action_lock()
        await hands.settle()
        await hands.unlock()
        assert hands.app.is_running


async def test_nothing_typed_is_left_when_the_unlock_screen_is_gone(interface: Interface) -> None:
    async with interface(locked=True) as hands:
        screen = hands.page
        await hands.type(CANARY)
        await hands.unlock()
        held = [box.value for box in screen.query(Input)]
        assert CANARY not in held


async def test_soon_after_locking_no_page_is_left_in_memory_with_the_records_it_showed(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(textual.screen, "UPDATE_PERIOD", 1 / 60)  # as it is without tests
    gc.collect()
    gc.disable()  # it might find them by chance
    try:
        async with interface() as hands:
            seen = WeakSet[Any]()
            for key in ("1", "4", "2", "enter"):
                await hands.press(key)
                seen.add(hands.page)
            soon: list[Any] = []
            set_timer = hands.app.set_timer

            def note(delay: float, callback: Any = None, **more: Any) -> Any:
                soon.extend([callback] if delay == LEFT_S else [])
                return set_timer(delay, callback, **more)

            monkeypatch.setattr(hands.app, "set_timer", note)
            await hands.press("ctrl+l")
            assert len(soon) == 1
            for _ in range(100):  # until timers that were stopped are over
                if not seen:
                    break
                await asyncio.sleep(0.1)
                soon[0]()
            assert not seen
    finally:
        gc.enable()
