"""The keys of all commands, to be changed one by one."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Label

from tui.commands import COMMANDS, Command
from tui.preferences import taken_by, with_key
from tui.screens.dialogue import Dialogue
from tui.widgets.listing import Column, Listing
from tui.widgets.plain import Plain
from vault.settings import Settings

_ASIDE = frozenset({"escape", "backspace"})


class KeyTable(Dialogue[Settings | None]):
    """A list of the commands; opening one waits for its new key. Gives the settings with them."""

    BINDINGS = [("escape", "leave", "Cancel")]

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._waits_for: Command | None = None

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        columns = (
            Column("keys", self._keys, 16),
            Column("command", lambda command: command.title, 18, share=1),
            Column("where", lambda command: ", ".join(command.where), 12, share=1, drop=1),
        )
        with Vertical(id="box"):
            yield Label("Keys", id="title", markup=False)
            yield Listing[Command](columns, lambda command: command.id)
            yield Plain("", id="told")
            with Horizontal(id="answers"):
                yield Button("Change", id="change", compact=True)
                yield Button("Usual", id="usual", compact=True)
                yield Button("Done", id="done", compact=True, variant="primary")

    def on_mount(self) -> None:
        """Fill it."""
        self._listing.show(COMMANDS)
        self._listing.focus()
        self._say("Enter changes the key of a command; Usual gives it its own back.")

    @property
    def _listing(self) -> Listing[Command]:
        return self.query_one(Listing)

    @on(Listing.Chosen)
    @on(Button.Pressed, "#change")
    def change(self) -> None:
        """Wait for the new key."""
        self._waits_for = self._listing.current
        if self._waits_for is not None:
            self._say(f"Press the new key for {self._waits_for.title}; escape leaves it.")
            self.set_focus(None)

    @on(Button.Pressed, "#usual")
    def usual(self) -> None:
        """Give the command its usual keys back."""
        if self._listing.current is not None:
            self._give(self._listing.current, "")

    @on(Button.Pressed, "#done")
    def done(self) -> None:
        """Take the keys into the form."""
        self.dismiss(self._settings)

    def action_leave(self) -> None:
        """Leave the keys as they were."""
        self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Take the key that was waited for; it does nothing else."""
        command, self._waits_for = self._waits_for, None
        if command is None:
            return
        event.stop()
        event.prevent_default()
        if event.key in _ASIDE:
            self._say("Nothing is changed.")
        else:
            self._give(command, event.key)
        self._listing.focus()

    def _give(self, command: Command, key: str) -> None:
        other = taken_by(command, key or command.keys, self._settings.keys)
        if other is not None:
            self._say(f"{self._display(key)} is the key of {other.title}; give that another first.")
            return
        self._settings = with_key(self._settings, command, key)
        self._listing.refresh()
        self._say(f"{command.title}: {self._keys(command)}.")

    def _keys(self, command: Command) -> str:
        keys = self._settings.keys.get(command.id, command.keys)
        return ", ".join(map(self._display, keys.split(",")))

    def _display(self, key: str) -> str:
        return self.app.get_key_display(Binding(key, ""))

    def _say(self, text: str) -> None:
        self.query_one("#told", Plain).say(text)
