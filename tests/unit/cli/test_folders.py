"""A device's own folders are where platformdirs has them, which most commands spare to import."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from vault.cli.places import config_folder, default_vault, state_folder

FOLDERS: dict[str, Callable[[], Path]] = {
    "data": lambda: default_vault().parent,
    "state": state_folder,
    "config": config_folder,
}
HOMES = ["/home/eva", "/home/eva/", "/", "eva", "", None]
NAMED = ["/srv/eva", "/srv/eva/", "eva", "~/eva", " ", "", None]


def set_or_not(patch: pytest.MonkeyPatch, name: str, value: str | None) -> None:
    if value is None:
        patch.delenv(name, raising=False)
    else:
        patch.setenv(name, value)


@pytest.mark.parametrize("kind", FOLDERS)
@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("named", NAMED)
def test_a_folder_is_the_one_that_platformdirs_names(
    monkeypatch: pytest.MonkeyPatch, kind: str, home: str | None, named: str | None
) -> None:
    monkeypatch.delenv("SAFEHANDS_STATE", raising=False)
    set_or_not(monkeypatch, "HOME", home)
    set_or_not(monkeypatch, f"XDG_{kind.upper()}_HOME", named)
    theirs = platformdirs.PlatformDirs("safehands", appauthor=False)
    assert FOLDERS[kind]() == Path(getattr(theirs, f"user_{kind}_dir"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs is always asked")
def test_plain_folders_are_known_without_platformdirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    monkeypatch.setenv("HOME", "/home/eva")
    monkeypatch.setenv("XDG_STATE_HOME", "/srv/eva")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("SAFEHANDS_STATE", raising=False)
    assert state_folder() == Path("/srv/eva/safehands")
    assert config_folder() == Path("/home/eva/.config/safehands")
