"""Giving up a new secret that is pending: what is asked about it, wherever that is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tui.choices import yes_or_no
from tui.fields import Answers, Field
from tui.screens.ask import AskScreen
from tui.widgets.sheet import in_title
from vault.domain.credential import Credential
from vault.domain.registry import Registry
from vault.domain.wording import in_words
from vault.services.credentials import drop_pending
from vault.services.session import Session

GIVEN_UP: Final = "Given up: the old one stays in use, a new one is kept as dropped."
OLD_WORKS: Final = Field(
    "old",
    "Did somebody log in with the old one, after the new one was made?",
    value="no",
    help="yes or no",
    choices=yes_or_no,
)


def drop_title(registry: Registry, secret: Credential) -> str:
    """Return the question whether the pending version of a secret is to be given up."""
    name, what = in_title(registry.name_of(secret.account)), in_words(secret.what)
    return f"Give up the new {what} of {name}?"


def drop_form(registry: Registry, secret: Credential, then: Callable[[str], None]) -> AskScreen:
    """Return what asks whether the old one works, and gives the pending version up if it does."""

    def job(session: Session, answers: Answers) -> str:
        drop_pending(session, secret, old_works=bool(answers.word("old")))
        return GIVEN_UP

    return AskScreen(drop_title(registry, secret), [OLD_WORKS], job, then, yes="Give up")
