"""The commands of the pages on which records are kept: accounts, people, roles and mailboxes."""

from __future__ import annotations

from tui.command import Command, Where

_LISTS: tuple[Where, ...] = ("accounts", "people")
_DETAILS: tuple[Where, ...] = ("account", "person", "role", "mailbox")
_MANY: tuple[Where, ...] = ("accounts", "hygiene")
_FATES: tuple[Where, ...] = ("accounts", "account", "hygiene")
_SECRETS: tuple[Where, ...] = ("account",)

RECORD_COMMANDS: tuple[Command, ...] = (
    Command("record.add", "Add", "Add one to this list.", "a", "add", _LISTS, shown=True),
    Command(
        "record.add_here",
        "Add here",
        "Add to the part that is shown: a factor, a seat, a tool, a role, a mailbox.",
        "a",
        "add_here",
        _DETAILS,
        shown=True,
    ),
    Command(
        "record.edit",
        "Edit",
        "Edit what is under the cursor; from the parts on the left, the record itself.",
        "e",
        "edit",
        (*_LISTS, *_DETAILS),
        shown=True,
    ),
    Command(
        "record.end",
        "End",
        "Record that what is under the cursor, or what is marked, is over.",
        "x",
        "end",
        (*_LISTS, *_DETAILS, "hygiene"),
        shown=True,
    ),
    Command(
        "record.undo",
        "Undo",
        "Undo your last change; once more does it again.",
        "ctrl+z",
        "undo",
        (*_LISTS, *_DETAILS, "hygiene"),
    ),
    Command(
        "accounts.role",
        "Owner role",
        "Give the marked accounts, or the one under the cursor, an owner role.",
        "o",
        "set_role",
        _MANY,
    ),
    Command(
        "accounts.mailbox",
        "Log-in mailbox",
        "Give the marked accounts, or the one under the cursor, a log-in mailbox.",
        "b",
        "set_mailbox",
        _MANY,
    ),
    Command(
        "accounts.keep",
        "Keep until",
        "Keep an account that nobody uses until a day; of marked ones, all.",
        "t",
        "keep",
        _FATES,
    ),
    Command(
        "accounts.revive",
        "Revive",
        "Have an account post again, and how often; of marked ones, all.",
        "v",
        "revive",
        _FATES,
    ),
    Command(
        "accounts.into",
        "Consolidate",
        "Have an account go on in another one; of marked ones, all.",
        "i",
        "consolidate",
        _FATES,
    ),
    Command(
        "accounts.close",
        "Close",
        "See what closing an account takes and until when it can be undone, then start.",
        "z",
        "close_account",
        _FATES,
    ),
    Command(
        "accounts.rotate",
        "Rotate",
        "See what changing the secrets of an account takes, then start; of marked ones, all.",
        "n",
        "rotate",
        _FATES,
    ),
    Command(
        "accounts.mark_all",
        "Mark all",
        "Mark all rows that are shown; once more takes their marks off.",
        "m",
        "mark_all",
        _MANY,
    ),
    Command(
        "accounts.unmark",
        "Unmark",
        "Take all marks off; space marks.",
        "u",
        "unmark",
        _MANY,
    ),
    Command(
        "record.reveal",
        "Show secret",
        "Show the secret under the cursor for ten seconds.",
        "r",
        "reveal",
        _SECRETS,
    ),
    Command(
        "record.copy",
        "Copy secret",
        "Put the secret under the cursor on the clipboard for thirty seconds.",
        "c",
        "copy_secret",
        _SECRETS,
    ),
    Command(
        "record.code",
        "Code",
        "Show the code that the authenticator under the cursor gives now.",
        "o",
        "show_code",
        _SECRETS,
    ),
    Command(
        "record.link", "Copy link", "Copy the address of the account.", "y", "copy_link", _SECRETS
    ),
    Command("people.people", "People", "Show people.", "p", "list('people')", ("people",)),
    Command("people.roles", "Roles", "Show roles.", "r", "list('roles')", ("people",)),
    Command(
        "people.mailboxes", "Mailboxes", "Show mailboxes.", "m", "list('mailboxes')", ("people",)
    ),
    Command("people.phones", "Phones", "Show phones.", "h", "list('phones')", ("people",)),
    Command(
        "person.departure",
        "Departure",
        "Plan their departure.",
        "d",
        "departure",
        ("person",),
        shown=True,
    ),
    Command(
        "person.tonight",
        "Gone tonight",
        "See what would be lost if they left now.",
        "t",
        "tonight",
        ("person",),
        shown=True,
    ),
    Command(
        "mailbox.tonight",
        "Gone tonight",
        "See what would be lost without it.",
        "t",
        "tonight",
        ("mailbox",),
        shown=True,
    ),
)
