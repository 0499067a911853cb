"""The six places, and the page that each begins with."""

from __future__ import annotations

from tui.screens.accounts import AccountsPage
from tui.screens.cases import CasesPage
from tui.screens.hygiene import HygienePage
from tui.screens.journal import JournalPage
from tui.screens.page import Page
from tui.screens.people import PeoplePage
from tui.screens.today import TodayPage

_FIRST_PAGES: dict[str, type[Page]] = {
    page.PLACE: page
    for page in (TodayPage, AccountsPage, PeoplePage, CasesPage, HygienePage, JournalPage)
}


def page_of(place: str) -> type[Page]:
    """Return the page a place begins with."""
    return _FIRST_PAGES[place]
