"""What the user prefers, applied to the running interface: colours, keys, presentation mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from textual.binding import Binding

from tui.commands import COMMANDS, Command
from tui.hints import here, press
from tui.presentation import PRESENTATION
from tui.themes import DARK, THEMES
from vault.settings import Settings, read_settings, write_settings

if TYPE_CHECKING:
    from tui.app import SafehandsApp
    from vault.domain.registry import Registry


class Preferences:
    """The settings in use. What is wrong with them is told once, and the usual is taken."""

    def __init__(self, app: SafehandsApp) -> None:
        self._app = app
        self.settings, self._problems = read_settings(app.desk.env.settings_file)
        self.presents = self.settings.presentation
        self._keymap: Mapping[str, str] = {}
        for theme in THEMES:
            app.register_theme(theme)

    @property
    def idle_lock_s(self) -> float:
        """After how many seconds without a key or the mouse the vault is locked."""
        return self.settings.idle_lock_minutes * 60

    def keys_of(self, command: Command) -> Sequence[str]:
        """Return the keys that a command has now."""
        return self._keymap.get(command.id, command.keys).split(",")

    def keys_shown(self, command: Command) -> str:
        """Return the keys that a command has now, as they are written on keyboards."""
        keys = (Binding(key, "") for key in self.keys_of(command))
        return ", ".join(self._app.get_key_display(key) for key in keys)

    def here(self, text: str) -> str:
        """Return a hint as it is for who sits at the interface, with the keys as they are now."""
        return here(text, self.keys_shown)

    def press(self, name: str) -> str:
        """Return a command by its id as a hint says it."""
        return press(name, self.keys_shown)

    def apply(self) -> None:
        """Use the settings from now on."""
        app, problems = self._app, list(self._problems)
        self._problems = ()
        known = self.settings.theme in app.available_themes
        app.theme = self.settings.theme if known else DARK.name
        if not known:
            problems.append(f"there is no theme {self.settings.theme!r}")
        self._keymap, refused = keymap_of(self.settings.keys)
        app.set_keymap(self._keymap)
        for problem in (*problems, *refused):
            app.tell(f"Settings: {problem}.")
        PRESENTATION.source = self._registry if self.presents else None

    def keep(self, settings: Settings) -> None:
        """Use these settings, now and next time; raises what writing them raises."""
        write_settings(self._app.desk.env.settings_file, settings)
        if settings.presentation != self.settings.presentation:
            self.presents = settings.presentation
        self.settings = settings
        self.apply()

    def toggle_presentation(self) -> str:
        """Mask names, or show them again, until the interface is left; say which it is now."""
        self.presents = not self.presents
        PRESENTATION.source = self._registry if self.presents else None
        return "Names are masked." if self.presents else "Names are shown again."

    def _registry(self) -> Registry | None:
        desk = self._app.desk
        return desk.registry if desk.is_open else None


def keymap_of(wanted: Mapping[str, str]) -> tuple[dict[str, str], Sequence[str]]:
    """Return the keys that commands have instead of their usual ones, and what is not taken.

    A key that another command of the same page has is not taken: one of the two, perhaps the one
    that quits, would be without a key.
    """
    commands = {command.id: command for command in COMMANDS}
    keymap: dict[str, str] = {}
    problems: list[str] = []
    for name, keys in wanted.items():
        tidy = ",".join(key.strip() for key in keys.split(",") if key.strip())
        if name not in commands:
            problems.append(f"there is no command {name!r} to give keys to")
        elif not tidy:
            problems.append(f"{name} needs a key")
        else:
            keymap[name] = tidy
    for name in list(keymap):
        other = taken_by(commands[name], keymap[name], keymap)
        if other is not None:
            problems.append(f"{name} does not get {keymap.pop(name)}: {other.id} has it")
    return keymap, problems


def taken_by(command: Command, keys: str, keymap: Mapping[str, str]) -> Command | None:
    """Return another command that has one of the keys where this one can be given, if any."""
    wanted = set(keys.split(","))
    return next(
        (
            other
            for other in COMMANDS
            if other.id != command.id
            and may_meet(command, other)
            and wanted & set(keymap.get(other.id, other.keys).split(","))
        ),
        None,
    )


def may_meet(one: Command, other: Command) -> bool:
    """Tell whether two commands can be there on the same page."""
    everywhere = {"anywhere", "list"}
    places = set(one.where), set(other.where)
    return bool(places[0] & places[1] or everywhere & (places[0] | places[1]))


def with_key(settings: Settings, command: Command, keys: str) -> Settings:
    """Return the settings with other keys for a command; "" or its own gives it the usual ones."""
    kept = {name: each for name, each in settings.keys.items() if name != command.id}
    if keys and keys != command.keys:
        kept[command.id] = keys
    return msgspec.structs.replace(settings, keys=kept)
