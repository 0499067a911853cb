"""Proving that a mailbox can be read: a code is sent there, and a reader says what arrived."""

from __future__ import annotations

from collections.abc import Callable

from tui.fields import Field
from tui.screens.ask import AskScreen
from tui.screens.page import Page
from tui.widgets.sheet import in_title
from vault.domain.mailbox import Mailbox
from vault.errors import SafehandsError
from vault.services.mailboxes import challenge_mailbox, prove_mailbox


class Proving(Page):
    """A page from which a mailbox is proven."""

    _makes_code = False

    def prove(self, mailbox: Mailbox, again: str, then: Callable[[], None]) -> None:
        """Ask for the code that arrived; `again` is the action that asks for it anew.

        A code is made where none is on its way or being made: a new one would make that one
        worthless.
        """

        def made(code: str) -> None:
            self._makes_code = False
            self._ask_code(mailbox, code, again, then)

        def failed(error: SafehandsError) -> None:
            self._makes_code = False
            self.safehands.tell_error(error)

        if mailbox.challenge:
            self._ask_code(mailbox, mailbox.challenge, again, then)
        elif not self._makes_code:
            self._makes_code = True
            self.work(lambda session: challenge_mailbox(session, mailbox), made, failed=failed)

    def _ask_code(self, mailbox: Mailbox, code: str, again: str, then: Callable[[], None]) -> None:
        about = (
            f"Send this code to {in_title(mailbox.address)} from another address: {code}. "
            "A reader of the mailbox, who stays, tells you what arrived."
        )
        asked = AskScreen(
            "Prove that the mailbox can be read",
            [Field("code", "The code that arrived")],
            lambda session, answers: prove_mailbox(session, mailbox, answers.text("code")),
            lambda _: then(),
            about=about,
            yes="It arrived",
        )
        self.put(asked, again)
