"""The settings: colours, when to lock, presentation mode, and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button, Input, Label, Select

from tui.preferences import Preferences
from tui.screens.dialogue import Dialogue
from tui.screens.key_table import KeyTable
from tui.telling import told
from tui.widgets.plain import Plain
from tui.widgets.tick import Tick
from vault.errors import SafehandsError
from vault.settings import Settings

if TYPE_CHECKING:
    from tui.app import SafehandsApp

_MOST_MINUTES = 24 * 60


class SettingsScreen(Dialogue[None]):
    """The settings as a form; a theme is shown as soon as it is chosen."""

    BINDINGS = [("escape", "leave", "Cancel"), ("ctrl+s", "save", "Save")]

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._draft = preferences.settings

    def compose(self) -> ComposeResult:
        """Lay out one field a setting."""
        now = self._draft
        themes = sorted(self.app.available_themes, key=lambda name: ("safehands" not in name, name))
        with Vertical(id="box"):
            yield Label("Settings", id="title", markup=False)
            with VerticalScroll(can_focus=False):
                yield Label("Colours", markup=False)
                yield Select(
                    [(name, name) for name in themes],
                    value=self.app.theme,
                    allow_blank=False,
                    id="theme",
                    compact=True,
                )
                yield Label("Lock after so many minutes without a key", markup=False)
                yield Input(str(now.idle_lock_minutes), type="integer", id="minutes", compact=True)
                yield Tick("Lock when the window is left", id="away")
                yield Tick("Start in presentation mode", id="presentation")
            yield Plain("", id="error")
            with Horizontal(id="answers"):
                yield Button("Keys", id="keys", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Save", id="save", compact=True, variant="primary")

    def on_mount(self) -> None:
        """Tick what is on."""
        self.query_one("#away", Tick).value = self._draft.lock_when_away
        self.query_one("#presentation", Tick).value = self._draft.presentation

    @on(Select.Changed, "#theme")
    def look(self, event: Select.Changed) -> None:
        """Show a theme as soon as it is chosen."""
        self.app.theme = str(event.value)

    @on(Button.Pressed, "#keys")
    def keys(self) -> None:
        """Give commands other keys."""
        self.app.push_screen(KeyTable(self._draft), self._with_keys)

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """Leave everything as it was."""
        self._preferences.apply()
        self.dismiss(None)

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Keep the settings; what is wrong is told here, and nothing typed is lost."""
        try:
            minutes = int(self.query_one("#minutes", Input).value)
        except ValueError:
            minutes = 0
        if not 1 <= minutes <= _MOST_MINUTES:
            self.query_one("#error", Plain).say("Minutes are a number from 1 to 1440.")
            return
        try:
            self._preferences.keep(self._as_typed(minutes))
        except SafehandsError as error:
            self.query_one("#error", Plain).say(*told(self.app, error))
            return
        app = cast("SafehandsApp", self.app)
        self.dismiss(None)
        app.on_vault_changed()
        app.tell("The settings are kept.")

    def _with_keys(self, settings: Settings | None) -> None:
        self._draft = settings or self._draft

    def _as_typed(self, minutes: int) -> Settings:
        return msgspec.structs.replace(
            self._draft,
            theme=self.app.theme,
            idle_lock_minutes=minutes,
            lock_when_away=self.query_one("#away", Tick).value,
            presentation=self.query_one("#presentation", Tick).value,
        )
