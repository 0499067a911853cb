"""The first run, where no vault is at the place: where it goes, whose it is, and what is in it."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, ContentSwitcher, Input, LoadingIndicator
from textual.worker import get_current_worker

from tui.desk import Desk
from tui.screens.import_file import ImportScreen
from tui.telling import told, warn
from tui.widgets.path_input import PathInput
from tui.widgets.plain import Plain, PlainInput
from tui.widgets.secret_input import SecretInput
from tui.widgets.tick import Tick
from vault.domain.passphrase import strength
from vault.domain.secret import Secret
from vault.errors import SafehandsError, UsageError
from vault.services.cautions import cautions
from vault.services.demo import DemoBuilder
from vault.services.opening import check_new_place
from vault.services.remembering import remember
from vault.services.session import Session
from vault.services.vaults import create_vault

T = TypeVar("T")

WELCOME = (
    "Safehands keeps a company's accounts in safe hands when people come and go.",
    "There is no vault yet: this makes one, in three steps.",
)
REMINDER = (
    "Nobody can open the vault without this passphrase: there is no way around it, and nobody to "
    "ask. Write it down, and keep it where you find it, away from this computer."
)
CHOICES = (
    ("import", "Import a file", "People, roles, mailboxes or accounts from a list you have."),
    ("demo", "Try the demo company", "An invented company, to try things on, in this vault."),
    ("empty", "Start empty", "Add people, roles and accounts by hand."),
)


class FirstRunScreen(ModalScreen[None]):
    """Makes a vault, step by step; it is gone once the vault is open and has its first content."""

    BINDINGS = [("escape", "back", "Back"), ("ctrl+q", "app.quit", "Quit")]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def compose(self) -> ComposeResult:
        """Lay out the three steps, of which one is shown."""
        with Vertical(id="box"):
            with ContentSwitcher(initial="place"):
                with Vertical(id="place"):
                    yield from self._place()
                with Vertical(id="passphrase"):
                    yield from self._passphrase()
                with Vertical(id="content"):
                    yield from self._content()
            yield Plain("", id="error")
            yield Plain("", id="doing")
            yield LoadingIndicator()

    def _place(self) -> ComposeResult:
        yield Plain("A new vault, step 1 of 3: where, and whose", classes="title")
        yield Plain(*WELCOME)
        yield Plain("The vault's file", classes="label")
        yield PathInput(str(Path(self.desk.location).expanduser()), id="location")
        yield Plain("Your name, as colleagues know it", classes="label")
        yield PlainInput(_own_name(), id="founder", compact=True)
        with Horizontal(classes="answers"):
            yield Button("Quit", id="quit", compact=True)
            yield Button("Next", id="next", compact=True, variant="primary")

    def _passphrase(self) -> ComposeResult:
        yield Plain("A new vault, step 2 of 3: its passphrase", classes="title")
        yield Plain("Four or more words are best that nobody would put together.")
        yield SecretInput("Passphrase", id="first")
        yield SecretInput("Once more", id="second")
        yield Plain("", id="strength")
        yield Plain(REMINDER, id="reminder")
        yield Tick("I have it where I will find it", id="acknowledged")
        yield Tick("Remember on this device", id="remember")
        with Horizontal(classes="answers"):
            yield Button("Back", id="back", compact=True)
            yield Button("Make the vault", id="make", compact=True, variant="primary")

    def _content(self) -> ComposeResult:
        yield Plain("A new vault, step 3 of 3: what to begin with", classes="title")
        for name, title, about in CHOICES:
            yield Button(title, id=name, compact=True)
            yield Plain(about, classes="about")

    @property
    def step(self) -> str:
        """The step that is shown: place, passphrase or content."""
        return self.query_one(ContentSwitcher).current or ""

    def on_mount(self) -> None:
        """Begin with the name: the place is right for most."""
        self.query_one("#founder").focus()

    @on(Button.Pressed, "#quit")
    async def leave(self) -> None:
        """Leave; nothing was made."""
        await self.run_action("app.quit")

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """Go back from the passphrase; once the vault is made there is no way back."""
        if self.step == "passphrase" and not self.has_class("busy"):
            self._go("place", "#founder")

    @on(Input.Submitted, "#location")
    def place_named(self) -> None:
        """Go on to the name."""
        self.query_one("#founder").focus()

    @on(Input.Submitted, "#founder")
    @on(Button.Pressed, "#next")
    def to_passphrase(self) -> None:
        """Go on to the passphrase, if a vault can be made there."""
        location = str(self.query_one("#location", PathInput).path)
        try:
            if not self._founder:
                raise UsageError("The vault needs to know who you are.", "Type your name.")
            check_new_place(location)
        except SafehandsError as error:
            self._refused(error)
            return
        self.desk.location = location
        self._go("passphrase", "#first")

    @on(Input.Changed, "#first")
    def judge(self, event: Input.Changed) -> None:
        """Say how hard the passphrase is to guess."""
        judged = strength(event.value)
        self.query_one("#strength", Plain).say(f"{judged.word}: {judged.why}" * bool(event.value))

    @on(Input.Submitted, "#first")
    def typed_once(self) -> None:
        """Go on to typing it again."""
        self.query_one("#second").focus()

    @on(Input.Submitted, "#second")
    def typed_twice(self) -> None:
        """Go on to the reminder."""
        self.query_one("#acknowledged").focus()

    @on(Button.Pressed, "#make")
    def make(self) -> None:
        """Make the vault in the background."""
        if self.has_class("busy"):
            return
        objection = self._objection()
        if objection is not None:
            self._refused(objection)
            return
        passphrase, _ = (box.take() for box in self.query(SecretInput))
        wanted = self.query_one("#remember", Tick).value
        self._run(
            lambda: self._made(passphrase, wanted=wanted),
            self._has_vault,
            "Deriving the key: it takes a second, so that guessing takes years.",
        )

    def _objection(self) -> UsageError | None:
        """Return what is missing before a vault can be made, if anything is."""
        first, second = (box.value for box in self.query(SecretInput))
        if not first:
            return UsageError("A vault needs a passphrase.", "Type one.")
        if first != second:
            return UsageError("The two passphrases differ.", "Type the second one again.")
        if not self.query_one("#acknowledged", Tick).value:
            return UsageError("Without the passphrase the vault is lost.", "Keep it, and say so.")
        return None

    def _made(self, passphrase: Secret, *, wanted: bool) -> tuple[Session, SafehandsError | None]:
        desk = self.desk
        session = create_vault(desk.location, passphrase.reveal(), self._founder, desk.env)
        try:
            if wanted:
                remember(session)
        except SafehandsError as error:
            return session, error
        return session, None

    def _has_vault(self, made: tuple[Session, SafehandsError | None]) -> None:
        session, trouble = made
        self.desk.take(session)
        for caution in cautions(session):
            warn(self.app, caution.text, caution.hint)
        if trouble is not None:
            warn(self.app, trouble.message, trouble.hint)
        self._go("content", "#import")

    @on(Button.Pressed, "#import")
    def import_file(self) -> None:
        """Bring in files; without one, the choice is still there."""
        if not self.has_class("busy"):
            self.app.push_screen(ImportScreen(self.desk), self._imported)

    def _imported(self, has_brought: bool | None) -> None:  # noqa: FBT001  # Textual calls it
        if has_brought:
            self.dismiss(None)

    @on(Button.Pressed, "#demo")
    def build_demo(self) -> None:
        """Fill the vault with the invented company."""
        if self.has_class("busy"):
            return
        app, session, doing = self.app, self.desk.session, self.query_one("#doing", Plain)

        def tell(what: str) -> None:
            app.call_from_thread(doing.say, f"Building the company: {what} …")

        self._run(DemoBuilder(session, tell).build, lambda _: self.dismiss(None), "")

    @on(Button.Pressed, "#empty")
    def start_empty(self) -> None:
        """Begin with nothing but oneself."""
        if not self.has_class("busy"):
            self.dismiss(None)

    @property
    def _founder(self) -> str:
        return self.query_one("#founder", Input).value.strip()

    def _go(self, step: str, first: str) -> None:
        self.query_one(ContentSwitcher).current = step
        self.query_one("#error", Plain).say("")
        self.query_one(first).focus()

    def _run(self, job: Callable[[], T], then: Callable[[T], object], doing: str) -> None:
        app = self.app
        self.add_class("busy")
        self.query_one("#doing", Plain).say(doing)
        self.query_one("#error", Plain).say("")

        def run() -> None:
            worker = get_current_worker()
            try:
                result = job()
            except SafehandsError as error:
                if not worker.is_cancelled:
                    app.call_from_thread(self._refused, error)
                return
            if not worker.is_cancelled:
                app.call_from_thread(self._done, then, result)

        self.run_worker(run, thread=True, description="first run", group="first run")

    def _done(self, then: Callable[[T], object], result: T) -> None:
        self.remove_class("busy")
        then(result)

    def _refused(self, error: SafehandsError) -> None:
        self.remove_class("busy")
        self.query_one("#error", Plain).say(*told(self.app, error))


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return ""
