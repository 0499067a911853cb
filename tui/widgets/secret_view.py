"""A secret on the screen: masked, shown for ten seconds, copied for thirty.

It is fetched when it is asked for, after the journal says who asks, and nothing of it stays in the
widget once it is hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from time import monotonic
from typing import Literal, cast

from textual import on
from textual.app import ComposeResult, RenderResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button

from tui.clipboard import kept_by_tmux
from tui.screens.page import Page
from tui.widgets.plain import Plain
from vault.domain.credential import Credential, Stage
from vault.domain.ids import Id
from vault.domain.secret import SHOWN_S, Secret
from vault.domain.text import legible, said_of_hidden
from vault.errors import RefusedError, UsageError
from vault.services.credentials import reveal_credential
from vault.services.preparing import KeptSecret
from vault.services.totp import Code, live_code

CODES_SHOWN_S = 30.0
"""Long enough for one whole code of nearly every platform."""

MASK = "•" * 12
"""As long for every secret: its length is nobody's business."""


class SecretText(Widget):
    """The secret or its mask. It cannot be selected, since a selection could be copied."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "SecretText { width: auto; max-width: 70%; min-width: 24; height: auto; }"

    secret: Secret | None = None

    def on_unmount(self) -> None:
        """Let go of the secret."""
        self.secret = None

    def render(self) -> RenderResult:
        """Return the mask, or the secret as a reader may see it."""
        if self.secret is None:
            return Content(MASK)
        value = self.secret.reveal()
        return Content("\n".join(filter(None, [legible(value), said_of_hidden(value)])))


class SecretView(Vertical):
    """One secret of the vault with what can be done with it; `point_at` says which."""

    DEFAULT_CSS = """
    SecretView { height: auto; display: none; }
    SecretView.has-secret { display: block; }
    SecretView Horizontal { height: auto; }
    SecretView Button { margin-left: 1; min-width: 6; }
    SecretView #code { display: none; }
    SecretView.gives-codes #code { display: block; }
    SecretView #status { color: $text-muted; display: none; }
    SecretView.busy #status { display: block; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._credential: Id = ""
        self._stage: Stage = "current"
        self._shown_until = 0.0
        self._copied = False
        self._seed: Secret | None = None

    def compose(self) -> ComposeResult:
        """Lay out what it is, the value, and what to do with it."""
        yield Plain("", id="label")
        with Horizontal():
            yield SecretText()
            yield Button("Show", id="show", compact=True)
            yield Button("Copy", id="copy", compact=True)
            yield Button("Code", id="code", compact=True)
        yield Plain("", id="status")

    def on_mount(self) -> None:
        """Hide the secret whenever nobody is looking at this screen."""
        self.set_interval(0.5, self._tick)
        self.watch(self.app, "app_focus", self._focus_changed, init=False)
        self.app.screen_change_signal.subscribe(self, lambda _: self.hide())

    @property
    def is_shown(self) -> bool:
        """Whether the secret is on the screen now."""
        return self._text.secret is not None

    @property
    def gives_codes(self) -> bool:
        """Whether codes of an authenticator can be made of it."""
        return self.has_class("gives-codes")

    def on_unmount(self) -> None:
        """Let go of what codes are made of."""
        self._seed = None

    def point_at(self, kept: KeptSecret | None, label: str = "") -> None:
        """Be about another secret, masked, or about none; the same one stays as it is."""
        credential, stage = (kept.credential.id, kept.stage) if kept else ("", self._stage)
        if (credential, stage) != (self._credential, self._stage):
            self.hide()
            self._copied = False
        self._credential, self._stage = credential, stage
        self.query_one("#label", Plain).say(label)
        self.set_class(kept is not None, "has-secret")
        is_seed = kept is not None and kept.credential.what == "totp_seed"
        self.set_class(is_seed, "gives-codes")

    @on(Button.Pressed, "#show")
    def toggle(self) -> None:
        """Show the secret for ten seconds, or hide it if it is shown."""
        if self.is_shown:
            self.hide()
        else:
            self._fetch("revealed", self._show)

    @on(Button.Pressed, "#copy")
    def copy(self) -> None:
        """Put the secret on the clipboard for thirty seconds; the code, where that is shown."""
        self._fetch("copied", self._copy)

    @on(Button.Pressed, "#code")
    def toggle_code(self) -> None:
        """Show the code of the moment, and those that follow, or hide it."""
        if self._seed is not None:
            self.hide()
        elif self.gives_codes:
            self.hide()
            self._fetch("revealed", self._show_codes)

    def hide(self) -> None:
        """Show the mask."""
        if self.is_shown:
            self._text.secret = self._seed = None
            self._text.refresh(layout=True)
            self.query_one("#show", Button).label = "Show"
        self._tick()

    def _fetch(self, how: Literal["revealed", "copied"], then: Callable[[Secret], None]) -> None:
        page = cast("Page", self.screen)
        wanted = (self._credential, self._stage)
        if not self._credential:
            return
        try:
            page.safehands.copied.refuse_in_browser()
        except RefusedError as error:
            page.safehands.tell_error(error)
            return
        credential = page.desk.registry.get(self._credential, Credential)

        def take(secret: Secret) -> None:
            if wanted != (self._credential, self._stage) or not self.screen.is_current:
                return  # the user has gone on meanwhile
            try:
                then(secret)
            except UsageError as error:  # no codes can be made of what was stored
                page.safehands.tell_error(error)
            self._tick()

        page.work(lambda session: reveal_credential(session, credential, wanted[1], how), take)

    def _show(self, secret: Secret) -> None:
        self._text.secret = secret
        self._text.refresh(layout=True)
        self._shown_until = monotonic() + SHOWN_S
        self.query_one("#show", Button).label = "Hide"

    def _show_codes(self, seed: Secret) -> None:
        self._show(self._code_of(seed).code)
        self._seed = seed
        self._shown_until = monotonic() + CODES_SHOWN_S

    def _copy(self, secret: Secret) -> None:
        held = self._code_of(secret).code if self._seed is not None else secret
        cast("Page", self.screen).safehands.copied.hold(held)
        self._copied = True

    def _code_of(self, seed: Secret) -> Code:
        return live_code(seed, cast("Page", self.screen).desk.now)

    def _focus_changed(self, has_focus: bool) -> None:  # noqa: FBT001  # Textual calls it
        if not has_focus:
            self.hide()

    @property
    def _text(self) -> SecretText:
        return self.query_one(SecretText)

    def _tick(self) -> None:
        """Say how long it stays, and end what is over."""
        if self.is_shown and monotonic() >= self._shown_until:
            self.hide()
            return
        said = []
        if self._seed is not None:
            code, left = self._code_of(self._seed)
            self._text.secret = code
            self._text.refresh()
            said.append(f"The next code comes in {left} s.")
        if self.is_shown:
            said.append(f"Hidden in {ceil(self._shown_until - monotonic())} s.")
        left = cast("Page", self.screen).safehands.copied.seconds_left
        if self._copied and left:
            said += [f"Copied; off the clipboard in {left} s.", kept_by_tmux()]
        self._copied = self._copied and left > 0
        self.set_class(bool(said), "busy")
        self.query_one("#status", Plain).say(" ".join(filter(None, said)))


def hide_all(page: Page) -> bool:
    """Show the mask of every secret on a page; tell whether one was shown."""
    shown = [view for view in page.query(SecretView) if view.is_shown]
    for view in shown:
        view.hide()
    return bool(shown)
