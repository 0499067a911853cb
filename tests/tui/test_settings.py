from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input, Select

from tests.integration.storage.builder import Sample, environment
from tests.tui.conftest import Hands, Interface
from tui.app import SafehandsApp
from tui.desk import Desk
from tui.idle import seconds_awake_or_not
from tui.preferences import keymap_of
from tui.screens.key_table import KeyTable
from tui.screens.settings import SettingsScreen
from tui.themes import THEMES
from vault.settings import Settings, as_toml, read_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def keep_in(hands: Hands, file: Path) -> None:
    """Have the interface keep its settings in a file."""
    hands.app.desk.env = replace(hands.app.desk.env, settings_file=file)


def app_with(brugman: Sample, file: Path) -> SafehandsApp:
    env = replace(environment(brugman.device), settings_file=file)
    return SafehandsApp(Desk(str(brugman.path), env))


async def test_settings_are_kept_and_used_at_once(interface: Interface, file: Path) -> None:
    async with interface() as hands:
        keep_in(hands, file)
        await hands.press("f2")
        hands.page.query_one("#theme", Select).value = "safehands-light"
        hands.page.query_one("#minutes", Input).value = "25"
        await hands.press("ctrl+s")
        assert read_settings(file).settings == Settings(
            theme="safehands-light", idle_lock_minutes=25
        )
        assert hands.app.theme == "safehands-light"
        assert hands.app.preferences.idle_lock_s == 25 * 60


async def test_cancelling_puts_the_theme_back(interface: Interface, file: Path) -> None:
    async with interface() as hands:
        keep_in(hands, file)
        before = hands.app.theme
        await hands.press("f2")
        hands.page.query_one("#theme", Select).value = "safehands-contrast"
        await hands.settle()
        assert hands.app.theme == "safehands-contrast"
        await hands.press("escape")
        assert hands.app.theme == before
        assert not file.exists()


@pytest.mark.parametrize("minutes", ["", "0", "1441", "-5"])
async def test_minutes_that_make_no_sense_are_told_and_stay_typed(
    interface: Interface, file: Path, minutes: str
) -> None:
    async with interface() as hands:
        keep_in(hands, file)
        await hands.press("f2")
        hands.page.query_one("#minutes", Input).value = minutes
        await hands.press("ctrl+s")
        assert "from 1 to 1440" in hands.shown()
        assert hands.page.query_one("#minutes", Input).value == minutes
        assert not file.exists()


async def test_a_file_with_a_mistake_is_told_and_not_written_over(
    brugman: Sample, file: Path
) -> None:
    file.parent.mkdir()
    file.write_text("colour = '[/red]'\ntheme = 'no such'\n")
    app = app_with(brugman, file)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        hands = Hands(app, pilot, brugman)
        await hands.settle()
        told = {each.message for each in app._notifications}
        assert {"Settings: there is no theme 'no such'."} < told
        assert "there is no setting 'colour'" in hands.shown()
        assert app.theme == THEMES[0].name
        await hands.unlock()
        await hands.press("f2", "ctrl+s")
        assert "were not kept" in hands.shown()
        assert "no such" in file.read_text()


async def test_a_command_given_another_key_answers_to_that_one_only(
    interface: Interface, file: Path
) -> None:
    async with interface() as hands:
        keep_in(hands, file)
        await hands.press("f2")
        await hands.pilot.click("#keys")
        await hands.settle()
        table = hands.page
        assert isinstance(table, KeyTable)
        table._listing.go_to("lock")
        await hands.press("enter", "f12")
        assert "f12" in hands.shown()
        await hands.pilot.click("#done")
        await hands.settle()
        await hands.press("ctrl+s", "ctrl+l")
        assert hands.app.desk.is_open
        await hands.press("f12")
        assert not hands.app.desk.is_open


async def test_a_key_that_another_command_has_is_refused(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("f2")
        await hands.pilot.click("#keys")
        await hands.settle()
        hands.page._listing.go_to("lock")
        await hands.press("enter", "f5")
        assert "the key of Read again" in hands.shown()


def test_a_keymap_never_takes_a_key_from_another_command() -> None:
    keymap, problems = keymap_of({"lock": "ctrl+q", "no.such": "f9", "help": " ", "back": "f8"})
    assert keymap == {"back": "f8"}
    assert len(problems) == 3


def test_two_commands_may_exchange_their_keys() -> None:
    wanted = {"lock": "f5", "refresh": "ctrl+l"}
    assert keymap_of(wanted) == (wanted, [])


async def test_a_vault_nobody_uses_is_locked_after_the_minutes_of_the_settings(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        moment = 1_000_000.0
        monkeypatch.setattr("tui.idle.seconds_awake_or_not", lambda: moment)
        await hands.press("down")
        moment += hands.app.preferences.idle_lock_s - 1
        hands.app._lock_when_idle()
        assert hands.app.desk.is_open
        moment += 2
        hands.app._lock_when_idle()
        await hands.settle()
        assert not hands.app.desk.is_open


async def test_leaving_the_window_locks_only_where_that_is_wanted(interface: Interface) -> None:
    async with interface() as hands:
        hands.app.app_focus = False
        await hands.settle()
        assert hands.app.desk.is_open
        hands.app.preferences.settings = Settings(lock_when_away=True)
        hands.app.app_focus = True
        hands.app.app_focus = False
        await hands.settle()
        assert not hands.app.desk.is_open


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_every_theme_of_ours_draws_every_place(interface: Interface, theme: object) -> None:
    async with interface() as hands:
        hands.app.theme = theme.name  # type: ignore[attr-defined]
        for key in "123456":
            await hands.press(key)
        await hands.press("f2")
        assert isinstance(hands.page, SettingsScreen)


def test_settings_written_by_hand_may_leave_out_what_is_usual(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(as_toml(Settings()).splitlines()[1])
    assert read_settings(file).settings == Settings()


def test_idle_time_is_asked_of_the_clock_that_counts_sleep_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.idle.time.CLOCK_BOOTTIME", 7, raising=False)
    monkeypatch.setattr("tui.idle.time.clock_gettime", {7: 1234.5}.__getitem__)
    assert seconds_awake_or_not() == 1234.5
    monkeypatch.delattr("tui.idle.time.CLOCK_BOOTTIME")
    monkeypatch.setattr("tui.idle.time.monotonic", lambda: 67.5)
    assert seconds_awake_or_not() == 67.5
