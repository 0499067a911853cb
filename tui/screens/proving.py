"""Proving that a mailbox can be read: a code is sent there, and a reader says what arrived."""

from __future__ import annotations

from collections.abc import Callable

from tui.fields import Answers, Field
from tui.screens.ask import AskScreen
from tui.screens.page import Page
from tui.widgets.sheet import in_title
from vault.domain.mailbox import Mailbox
from vault.errors import SafehandsError
from vault.services.mailboxes import challenge_mailbox, prove_mailbox
from vault.services.session import Session


class Proving(Page):
    """A page from which a mailbox is proven."""

    _makes_code = False

    def prove(self, mailbox: Mailbox, again: str, then: Callable[[], None]) -> None:
        """Ask for the code that arrived; `again` is the action that asks for it anew.

        A code is made where none is on its way or being made: a new one would make that one
        worthless. It is shown once, since nothing of it is kept but what it is known again by.
        """

        def made(code: str) -> None:
            self._makes_code = False
            self._ask_code(mailbox, code, again, then)

        def failed(error: SafehandsError) -> None:
            self._makes_code = False
            self.safehands.tell_error(error)

        if self._makes_code:
            return
        if mailbox.challenge:
            self._ask_code(mailbox, "", again, then)
        else:
            self._makes_code = True
            self.work(lambda session: challenge_mailbox(session, mailbox), made, failed=failed)

    def _ask_code(self, mailbox: Mailbox, code: str, again: str, then: Callable[[], None]) -> None:
        """Ask for the code that arrived; without `code`, which is to be sent, one is on its way."""
        about = (
            f"A code is sent to {in_title(mailbox.address)} from another address. "
            "A reader of the mailbox, who stays, tells you what arrived."
        )
        on_its_way = "A code is on its way. What arrived? Nothing typed makes a new code."
        label = f"The code to send is {code}. What arrived?" if code else on_its_way

        def answered(session: Session, answers: Answers) -> Mailbox | str:
            typed = answers.text("code")
            if typed or code:
                return prove_mailbox(session, mailbox, typed)
            return challenge_mailbox(session, mailbox)

        def told(result: Mailbox | str) -> None:
            if isinstance(result, Mailbox):
                then()
            else:
                self._ask_code(mailbox, result, again, then)

        asked = AskScreen(
            "Prove that the mailbox can be read",
            [Field("code", label)],
            answered,
            told,
            about=about,
            yes="It arrived",
        )
        self.put(asked, again)
