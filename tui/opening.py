"""Which page opens a record."""

from __future__ import annotations

from typing import Literal

from tui.screens.page import Page

Kind = Literal["account", "person", "role", "mailbox", "phone", "case", "departure"]


def page_about(kind: Kind, record_id: str) -> Page:  # noqa: PLR0911  # one a kind
    """Return the page about a record; `departure` is that of the person with the id.

    Pages are imported when one is first opened, so that they may open each other.
    """
    match kind:
        case "account":
            from tui.screens.account import AccountPage

            return AccountPage(record_id)
        case "person":
            from tui.screens.person import PersonPage

            return PersonPage(record_id)
        case "role":
            from tui.screens.role import RolePage

            return RolePage(record_id)
        case "mailbox":
            from tui.screens.mailbox import MailboxPage

            return MailboxPage(record_id)
        case "phone":
            from tui.screens.phone import PhonePage

            return PhonePage(record_id)
        case "case":
            from tui.screens.case import CasePage

            return CasePage(record_id)
        case "departure":
            from tui.screens.departure import DeparturePage

            return DeparturePage(record_id)
