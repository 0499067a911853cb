from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.tui.conftest import Hands, Interface
from tests.tui.test_secret_view import exposures, show_new_password
from tui import clipboard
from vault.domain.secret import Secret

HELPER = """#!/bin/sh
echo "$@" >> {folder}/called
case "$*" in
  *--clear*) : > {folder}/held ;;
  *) cat > {folder}/held ;;
esac
"""


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No desktop, no ssh and no tmux."""
    for name in ("WAYLAND_DISPLAY", "DISPLAY", "SSH_CONNECTION", "SSH_TTY", "TMUX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desktop whose clipboard is the file `held`; `called` has how its helper was called."""
    folder = tmp_path / "desktop"
    folder.mkdir()
    write = folder / "wl-copy"
    write.write_text(HELPER.format(folder=folder))
    read = folder / "wl-paste"
    read.write_text(f"#!/bin/sh\ncat {folder}/held\n")
    for program in (write, read):
        program.chmod(0o700)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return folder


def heard(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what the terminal is told to put on its clipboard, from now on."""
    told: list[str] = []
    real = hands.app.copy_to_clipboard

    def copy(text: str) -> None:
        told.append(text)
        real(text)

    monkeypatch.setattr(hands.app, "copy_to_clipboard", copy)
    return told


async def test_copying_is_in_the_journal_and_counts_down(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        secret = await show_new_password(hands)
        told = heard(hands, monkeypatch)
        await hands.press("c")
        assert told == [secret]
        assert exposures(hands, "copied") == 1
        assert "off the clipboard in 30 s." in hands.shown()
        assert secret not in hands.shown()
        assert hands.app.clipboard == ""  # Textual's own copy would outlive ours


@pytest.mark.parametrize("end", ["time", "ctrl+l", "ctrl+q"])
async def test_a_copied_secret_is_taken_away_in_time_on_lock_and_on_leaving(
    interface: Interface, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    if end == "time":
        monkeypatch.setattr(clipboard, "KEPT_S", 0.01)
    async with interface() as hands:
        secret = await show_new_password(hands)
        told = heard(hands, monkeypatch)
        await hands.press("c")
        if end != "time":
            await hands.press(end)
        while len(told) < 2:
            await hands.pilot.pause(0.01)
        assert told == [secret, ""]
        assert hands.app.copied.seconds_left == 0


async def test_without_a_copied_secret_the_clipboard_is_left_alone(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        told = heard(hands, monkeypatch)
        await hands.press("ctrl+l")
        assert told == []


async def test_on_a_desktop_its_own_clipboard_is_used_and_emptied(
    interface: Interface, desktop: Path
) -> None:
    async with interface() as hands:
        secret = await show_new_password(hands)
        await hands.press("c")
        assert (desktop / "held").read_text() == secret
        assert secret not in (desktop / "called").read_text()  # it goes in by standard input
        hands.app.copied.clear()
        assert (desktop / "held").read_text() == ""


async def test_what_was_copied_since_stays(
    interface: Interface, desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        await show_new_password(hands)
        await hands.press("c")
        (desktop / "held").write_text("something of the user's")
        told = heard(hands, monkeypatch)
        hands.app.copied.clear()
        assert (desktop / "held").read_text() == "something of the user's"
        assert told == []


async def test_over_ssh_the_far_desktop_is_left_alone(
    interface: Interface, desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    async with interface() as hands:
        secret = await show_new_password(hands)
        told = heard(hands, monkeypatch)
        await hands.press("c")
        assert told == [secret]
        assert not (desktop / "held").exists()


async def test_a_helper_that_fails_hinders_nothing(
    interface: Interface, desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desktop / "wl-copy").write_text("#!/bin/sh\nexit 1\n")
    async with interface() as hands:
        secret = await show_new_password(hands)
        told = heard(hands, monkeypatch)
        await hands.press("c")
        hands.app.copied.clear()
        assert told == [secret, ""]


TMUX = """#!/bin/sh
cd {folder}
case "$1" in
  list-buffers) ls ;;
  show-buffer) cat "$3" ;;
  delete-buffer) rm "$3" ;;
esac
"""


async def test_in_tmux_the_secret_is_overwritten_and_its_buffer_deleted(
    interface: Interface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffers = tmp_path / "buffers"
    buffers.mkdir()
    program = tmp_path / "tmux"
    program.write_text(TMUX.format(folder=buffers))
    program.chmod(0o700)
    monkeypatch.setenv("TMUX", "default,1,0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    async with interface() as hands:
        secret = await show_new_password(hands)
        told = heard(hands, monkeypatch)
        await hands.press("c")
        (buffers / "buffer0").write_text("of somebody else")
        assert "tmux keeps it" not in hands.shown()
        for act in (partial(hands.app.copied.hold, Secret("the next")), hands.app.copied.clear):
            (buffers / "buffer1").write_text(secret if told == [secret] else "the next")
            act()
            assert [each.name for each in buffers.iterdir()] == ["buffer0"]
        assert told == [secret, "the next", " "]  # tmux takes no notice of an empty one


def test_where_tmux_cannot_be_reached_it_says_how_to_delete_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clipboard.kept_by_tmux() == ""
    monkeypatch.setenv("TMUX", "default,1,0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert clipboard.kept_by_tmux() == "tmux keeps it: tmux delete-buffer"
