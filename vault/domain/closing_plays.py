"""How an account is closed, step by step: what no platform's own playbook says."""

from __future__ import annotations

from typing import Final

from vault.domain.platforms.model import Play
from vault.domain.steps import Act

CLOSING_PLAYS: Final[dict[Act, Play]] = {
    "save_archive": Play(
        steps=(
            "Ask the platform for a copy of everything posted, with pictures and messages.",
            "Put it where the company keeps its archives, and write down where that is.",
        ),
        check="Somebody else opens the copy and finds the first and the last post in it.",
        needs=("an owner's login",),
    ),
    "note_followers": Play(
        steps=(
            "Write down how many follow {account}, and who of them matters to the company.",
            "List what links to it: website, mail signatures, print, QR codes, other profiles.",
        ),
        check="The number and the list are kept as evidence with this step.",
    ),
    "point_to_successor": Play(
        steps=(
            "Say in a last post, pinned, and in the profile text that it goes on at {to}.",
            "Change the links that were listed so that they lead to {to}.",
        ),
        check="The profile and the last post show {to}; a listed link leads there.",
        needs=("an owner's login",),
    ),
    "stop_ads": Play(
        steps=(
            "End what runs and what is planned: advertisements, promoted posts, subscriptions.",
            "Pay what is open, take the company's card off, and keep the invoices.",
        ),
        check="The billing page shows nothing that runs, nothing to pay and no card.",
    ),
    "park_handle": Play(
        steps=(
            "Rename {account} to something meaningless; the handle is free from that moment on.",
            "Take the handle at once with an account of the company that stays; record it here.",
            "Where the platform gives no name a second time, close the account under its own.",
        ),
        check="The old address leads to an account of the company, or to nothing for good.",
        needs=("an owner's login", "a log-in address for the account that keeps the handle"),
    ),
    "free_handle": Play(
        steps=(
            "See who might take the handle when it is free: a namesake, a fan, a fraudster.",
            "Take it off the website, mail signatures and print first: links will lead to them.",
            "If that is too much, keep it instead: safehands deactivate plan --handle park",
        ),
        check="Somebody who answers for the brand agrees, in words kept with this step.",
    ),
    "verify_closed": Play(
        steps=(
            "Look from a private window, signed in nowhere, when it cannot be undone any more.",
            "Do not log in to check, on no device and with no tool: some platforms restore it.",
        ),
        check="The public page is gone, or says that there is no such account.",
    ),
    "retire_credentials": Play(
        steps=(
            "Take its entries out of authenticators, browsers and password managers.",
            "Keep the log-in mailbox as long as the platform may still write to it.",
        ),
        check="The registry shows no password and no second factor of it in use.",
    ),
    "archive_record": Play(
        steps=("Look once more: nothing signs in with it, posts through it or is in it.",),
        check="The registry shows it as closed, with its archive and its history.",
    ),
}
"""`{account}` is the account to be closed, `{to}` the one it goes on in."""

TOLD: Final[dict[Act, str]] = {
    "save_archive": "where the archive is",
    "note_followers": "how many follow it and what links to it, or where that is written down",
}
"""What is to be written down with steps that leave nothing else (docs/access-model.md, 7)."""
