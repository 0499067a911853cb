"""What all pages that keep records have in common: forms, ending with a question, and undoing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tui.presentation import PRESENTATION
from tui.screens.confirm import ConfirmScreen
from tui.screens.form import FormScreen
from tui.screens.page import NAMES_IN_BOXES, Page
from vault.errors import RefusedError
from vault.services.session import Session
from vault.services.undoing import undo


class Keeping(Page):
    """A page on which records are added, edited and ended."""

    def fill_in(self, form: FormScreen, again: str) -> None:
        """Ask for what a form asks; not in presentation mode, whose masks nobody should save."""
        if PRESENTATION.is_on:
            self.safehands.tell_error(RefusedError(*NAMES_IN_BOXES))
        else:
            self.put(form, again)

    def do(self, job: Callable[[Session], Any], said: str) -> None:
        """Do a job in the background, then say what was done and show it."""
        self.work(job, lambda _: self.done(said))

    def ask(self, title: str, *texts: str, yes: str, job: Callable[[Session], Any]) -> None:
        """Ask whether to do a job, and do it."""
        done = f"{yes}: done."
        self.put(ConfirmScreen(title, *texts, yes=yes, then=lambda: self.do(job, done)))

    def done(self, said: str = "") -> None:
        """Say what was done, and show it."""
        if said:
            self.safehands.tell(said)
        if self.desk.is_open:
            self.show()

    def action_undo(self) -> None:
        """Undo the last act; once more does it again."""
        self.work(undo, lambda act: self.done(f"Undone: {act.replace('.', ' ', 1)}."))
