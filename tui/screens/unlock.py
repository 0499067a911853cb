"""Unlocking: by this device, or the passphrase; progress while it works, and errors in place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Button, Input, Label, LoadingIndicator

from tui.desk import Desk
from tui.telling import told, warn
from tui.widgets.plain import Plain
from tui.widgets.secret_input import SecretInput
from tui.widgets.tick import Tick
from vault.domain.secret import Secret
from vault.errors import SafehandsError
from vault.services.cautions import cautions
from vault.services.remembering import forget, is_remembered, open_remembered, remember
from vault.services.session import Session
from vault.services.vaults import open_vault


class Opened(NamedTuple):
    """An open vault, and why the device could not remember or forget it, if it could not."""

    session: Session
    trouble: SafehandsError | None = None


class UnlockScreen(Screen[None]):
    """Asks for the passphrase until the vault is open, and is then gone.

    With `at_once`, as when the program starts, a device that remembers the vault opens it by
    itself. After locking it takes a key, or nobody would see that the vault was locked.
    """

    BINDINGS = [("ctrl+q", "app.quit", "Quit")]

    def __init__(self, desk: Desk, *, at_once: bool = False) -> None:
        super().__init__()
        self.desk = desk
        self._at_once = at_once
        self._attempt = 0
        self._is_remembered = False

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        with Vertical(id="box"):
            yield Label("Safehands", markup=False)
            yield Plain(Path(self.desk.location).name, id="vault")
            yield SecretInput("Passphrase", id="passphrase")
            yield Tick("Remember on this device", id="remember")
            yield Plain("", id="error")
            yield Plain("", id="doing")
            yield LoadingIndicator()
            yield Button("Unlock", variant="primary", id="unlock", compact=True)
            yield Button("Open with this device's key", id="by-device", compact=True)

    def on_mount(self) -> None:
        """Begin with the passphrase, unless this device opens the vault."""
        self.query_one("#passphrase", SecretInput).focus()
        # What is wrong with the file is said when it is opened.
        with suppress(SafehandsError):
            self._is_remembered = is_remembered(self.desk.location, self.desk.env)
        self.set_class(self._is_remembered, "remembered")
        if self._is_remembered:
            self.query_one("#passphrase", SecretInput).placeholder = "Passphrase, or just enter"
        self.query_one("#remember", Tick).value = self._is_remembered
        if self._is_remembered and self._at_once:
            self.open_by_device()

    @on(Button.Pressed, "#by-device")
    def open_by_device(self) -> None:
        """Open the vault with the key in the keyring; a passphrase may be typed meanwhile."""
        location, env = self.desk.location, self.desk.env
        self._try(lambda: Opened(open_remembered(location, env)), "Asking this device's keyring …")

    @on(Input.Submitted)
    @on(Button.Pressed, "#unlock")
    def unlock(self) -> None:
        """Try the passphrase in the background; without one, this device's key."""
        typed = self.query_one("#passphrase", SecretInput)
        if self.has_class("deriving"):
            return
        if not typed.value:
            if self._is_remembered and not self.has_class("busy"):
                self.open_by_device()
            elif not self.has_class("busy"):
                self.query_one("#error", Plain).say("Type the passphrase of this vault.")
            return
        passphrase = typed.take()
        wanted = self.query_one("#remember", Tick).value
        self.add_class("deriving")
        self._try(
            lambda: self._open(passphrase, wanted=wanted),
            "Deriving the key: it takes a second, so that guessing takes years.",
        )

    def _open(self, passphrase: Secret, *, wanted: bool) -> Opened:
        """Open the vault, and let the device remember or forget it as is wanted."""
        location, env = self.desk.location, self.desk.env
        session = open_vault(location, passphrase.reveal, env)
        try:
            if wanted:
                remember(session)
            elif self._is_remembered:
                forget(location, env)
        except SafehandsError as error:
            return Opened(session, error)
        return Opened(session)

    def _try(self, opening: Callable[[], Opened], doing: str) -> None:
        self._attempt += 1
        number, app = self._attempt, self.app
        self.add_class("busy")
        self.query_one("#doing", Plain).say(doing)
        self.query_one("#error", Plain).say("")

        def run() -> None:
            try:
                opened = opening()
            except SafehandsError as error:
                app.call_from_thread(self._refused, number, error)
            else:
                app.call_from_thread(self._opened, number, opened)

        self.run_worker(run, thread=True, description="unlock", group="unlock")

    def _opened(self, number: int, opened: Opened) -> None:
        if number != self._attempt or not self.is_attached:
            opened.session.close()  # another way in was faster
            return
        self._attempt += 1
        self.desk.take(opened.session)
        for caution in cautions(opened.session):
            warn(self.app, caution.text, caution.hint)
        if opened.trouble is not None:
            warn(self.app, opened.trouble.message, opened.trouble.hint)
        self.dismiss(None)

    def _refused(self, number: int, error: SafehandsError) -> None:
        if number != self._attempt or not self.is_attached:
            return
        self.remove_class("busy", "deriving")
        self.query_one("#error", Plain).say(*told(self.app, error))
        self.query_one("#passphrase", SecretInput).focus()
