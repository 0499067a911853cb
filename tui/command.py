"""What a command is: one thing an admin can do, with its key and where it can be done."""

from __future__ import annotations

from typing import Literal, NamedTuple

Where = Literal[
    "anywhere",
    "list",
    "today",
    "accounts",
    "account",
    "people",
    "person",
    "roles",
    "role",
    "mailbox",
    "phone",
    "cases",
    "leaver",
    "departure",
    "case",
    "hygiene",
    "journal",
]
"""The pages by name; `list` are all pages that show a list, `anywhere` is every page."""


class Command(NamedTuple):
    """One thing an admin can do. `id` names the key binding (a user may give it another key).

    `action` is the method `action_...` of the page or of the application; `shown` puts it into the
    footer, which has room for six.
    """

    id: str
    title: str
    help: str
    keys: str
    action: str
    where: tuple[Where, ...]
    shown: bool = False
