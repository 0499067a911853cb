"""The application: which page is shown, locking and coming back, and dying without telling."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence

from textual import events, work

from tui.commands import bindings_of
from tui.desk import Desk
from tui.ending import leave_on_signals, refuse_logging
from tui.idle import Idle
from tui.messages import VaultChanged, VaultUnreadable
from tui.palette import Search
from tui.places import page_of
from tui.preferences import Preferences
from tui.quiet import QuietApp
from tui.screens.dialogue import Dialogue
from tui.screens.page import Bookmark, Page
from tui.screens.unlock import UnlockScreen
from tui.telling import told
from tui.widgets.busy import running_in, stop_all
from tui.widgets.plain import LONG, shown
from vault.errors import RefusedError, SafehandsError

LOOK_S = 2.0
"""How often the interface looks whether another program changed the vault."""

LEFT_S = 5.0
"""How long after locking what pages have left is collected: they are cycles, and hold records.

Until then asyncio may keep timers that they stopped, and with a timer what it was for.
"""

ERROR_SHOWN_S = 15.0

FINISHES = "One moment: what is being written is finished."


class SafehandsApp(QuietApp):
    """The terminal interface on one vault; `run` returns the exit code."""

    TITLE = "Safehands"
    CSS_PATH = "safehands.tcss"
    BINDINGS = bindings_of()
    COMMANDS = {Search}
    HORIZONTAL_BREAKPOINTS = [
        (0, "-narrow"),
        (100, "-normal"),
        (140, "-wide"),
    ]

    def __init__(self, desk: Desk) -> None:
        refuse_logging()
        super().__init__(desk)
        self._trail: Sequence[Bookmark] = ()
        self._kept: dict[str, Sequence[Bookmark]] = {}
        self._place = "today"
        self.preferences = Preferences(self)
        self._idle = Idle()
        self._was_unreadable = ""
        self.unheard: list[SafehandsError] = []

    def on_mount(self) -> None:
        """Ask for the passphrase, and begin to watch the clock and the file."""
        self.preferences.apply()
        leave_on_signals(self)
        self.set_interval(5, self._lock_when_idle)
        self.watch(self, "app_focus", self._lock_when_away, init=False)
        self.set_interval(LOOK_S, self._look)
        if self.desk.exists:
            self.push_screen(UnlockScreen(self.desk, at_once=True), self._unlocked)
        else:
            from tui.screens.first_run import FirstRunScreen

            self.push_screen(FirstRunScreen(self.desk), self._unlocked)

    # Places and pages

    async def action_go(self, place: str) -> None:
        """Show the list of one of the six places as it was left; from that list itself, anew."""
        if not self.desk.is_open:
            return
        trail = self._leave()
        self._kept[self._place] = trail[:1]
        anew = place == self._place and len(trail) == 1
        self._place = place
        kept = () if anew else self._kept.get(place, ())
        await self._open_all(kept or (Bookmark(page_of(place)),))

    def open(self, page: Page) -> None:
        """Open a page on top of the one that is shown; escape comes back."""
        self.push_screen(page)

    async def action_back(self) -> None:
        """Take a filter or a shown secret back; without one, go to where this was opened from."""
        pages = self._pages()
        if pages and pages[-1].take_back(is_place=len(pages) == 1):
            return
        if len(pages) > 1:
            self.pop_screen()
            if isinstance(self.screen, Page):
                self.screen.show()
        else:
            stop_all(self.workers)

    def _pages(self) -> list[Page]:
        return [screen for screen in self.screen_stack if isinstance(screen, Page)]

    def _leave(self) -> Sequence[Bookmark]:
        """Close all pages, and return how to come back to them."""
        trail = tuple(page.bookmark() for page in self._pages())
        while len(self.screen_stack) > 1:
            self.pop_screen()
        return trail

    async def _open_all(self, trail: Iterable[Bookmark]) -> None:
        for bookmark in trail:
            await self.push_screen(bookmark.open())

    # Locking

    def action_lock(self) -> None:
        """Lock the vault, and ask for the passphrase."""
        if not self.desk.is_open:
            return
        pages, dialogue = self._pages(), self.screen
        if pages and isinstance(dialogue, Dialogue):
            pages[-1].keep(dialogue)
        self._trail = self._leave()
        session = self.desk.let_go()
        self.copied.clear()
        self.clear_notifications()
        self.push_screen(UnlockScreen(self.desk), self._unlocked)
        self.set_timer(LEFT_S, gc.collect)
        if session is not None:  # another program may hold a write of it up for half a minute
            self.run_worker(session.close, thread=True, group="close", description="close")

    async def _unlocked(self, _: None) -> None:
        self._idle.note_use()
        unheard, self.unheard = self.unheard, []
        for error in unheard:
            self.tell_error(error)
        try:
            self.desk.read_policy()
        except SafehandsError as error:
            self.tell_error(error)
        trail, self._trail = self._trail, ()
        await self._open_all(trail or (Bookmark(page_of(self._place)),))
        if isinstance(self.screen, Page):
            await self.screen.take_up()

    def _lock_when_idle(self) -> None:
        if self._idle.seconds > self.preferences.idle_lock_s:
            self.action_lock()

    def _lock_when_away(self, is_here: bool) -> None:  # noqa: FBT001  # Textual calls it
        if not is_here and self.preferences.settings.lock_when_away:
            self.action_lock()

    async def on_event(self, event: events.Event) -> None:
        """Note when a key or the mouse was last used, also while a dialogue is open."""
        if isinstance(event, events.Key | events.MouseEvent | events.Paste):
            self._idle.note_use()
        await super().on_event(event)

    async def action_quit(self) -> None:
        """Leave; what is being written is finished when nothing is on the screen any more."""
        self.copied.clear()
        self.exit(0, message=FINISHES if running_in(self.workers) else None)

    # What others change

    def action_read_again(self) -> None:
        """Read what others have changed meanwhile, and show the page anew."""
        self._look(again=True)

    @work(thread=True, exclusive=True, group="look", description="look")
    def _look(self, *, again: bool = False) -> None:
        if not self.desk.is_open:
            return
        try:
            if self.desk.session.has_news() or again:
                self.post_message(VaultChanged())
            self._was_unreadable = ""
        except RefusedError:
            return  # locked meanwhile
        except SafehandsError as error:
            self.post_message(VaultUnreadable(error))

    def on_vault_changed(self) -> None:
        """Show the page anew, also below a dialogue; the others are when one comes back to them."""
        for page in self._pages()[-1:]:
            if page.is_mounted:  # one that is about to be shown shows what is new by itself
                page.show()

    def on_vault_unreadable(self, message: VaultUnreadable) -> None:
        """Say once what is wrong with the file; what was read stays on the screen."""
        if self._was_unreadable != message.error.message:
            self._was_unreadable = message.error.message
            self.tell_error(message.error)

    # Telling

    def tell(self, text: str) -> None:
        """Say in passing that something was done."""
        self.notify(shown(text), markup=False)

    def tell_error(self, error: SafehandsError) -> None:
        """Say what went wrong and what to do about it."""
        text = "\n".join(shown(each, LONG) for each in told(self, error))
        self.notify(text, severity="error", timeout=ERROR_SHOWN_S, markup=False)

    def hear(self, error: SafehandsError) -> None:
        """Take from a thread what a job was refused with whose page is gone.

        It waits until somebody is there to read it: until unlocking, or for the command line.
        """
        if self.desk.is_open and self.return_value is None:
            self.call_from_thread(self.tell_error, error)
        elif self.desk.is_open or not isinstance(error, RefusedError):  # of being locked, mostly
            self.unheard.append(error)

    def action_stop(self) -> None:
        """Stop what is read or checked in the background; what is being written is finished."""
        found = stop_all(self.workers)
        self.tell("Stopped." if found else "Nothing that can be stopped is running.")

    def action_present(self) -> None:
        """Mask names on the screen, or show them again."""
        self.tell(self.preferences.toggle_presentation())
        self.on_vault_changed()

    def action_settings(self) -> None:
        """Show the settings."""
        from tui.screens.settings import SettingsScreen

        if isinstance(self.screen, Page):
            self.push_screen(SettingsScreen(self.preferences))

    def action_import(self) -> None:
        """Bring in a file."""
        from tui.screens.import_file import ImportScreen

        if isinstance(self.screen, Page):
            screen = ImportScreen(self.desk)
            self.screen.put(screen, "app.import", lambda _: self.on_vault_changed())

    def action_help(self) -> None:
        """Show the help page of the page that is shown."""
        from tui.screens.help import HelpScreen

        if isinstance(self.screen, Page):
            self.push_screen(HelpScreen(self.screen))
