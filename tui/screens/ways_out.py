"""Ways out of what stands in the way of a departure, opened where they are read."""

from __future__ import annotations

from textual import on

from tui.opening import page_about
from tui.screens.departure_choices import DepartureChoices
from tui.screens.proving import Proving
from tui.screens.read import ReadScreen
from tui.ways import asked_by, form_of, is_loss
from tui.widgets.listing import Listing
from tui.widgets.outlook import Outlook
from tui.widgets.sheet import in_title, section
from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.services.accounts import end_account


class WaysOut(DepartureChoices, Proving):
    """A page that lists ways out; what is recorded by one is planned with at once."""

    @on(Listing.Chosen, "#lines")
    def way_chosen(self, message: Listing.Chosen) -> None:
        """Open what a way out asks for."""
        row = message.listing.current
        if row is None or not row.way:
            return
        asked, about = asked_by(self.desk.registry, row)
        if "--successor" in row.way:
            self.action_successors()
        elif asked:
            self.action_way_out(asked, about)
        elif is_loss(row) and row.about:
            self._ask_loss(self.desk.registry.account(row.about))
        else:
            self._tell_way(row)

    def action_way_out(self, asked: str, about: Id) -> None:
        """Open the form that a way out asks for; by its name, since rows change with the plan."""
        again = f"way_out({asked!r}, {about!r})"
        record = self.desk.registry.find(about)
        if asked == "mailbox prove" and isinstance(record, Mailbox):
            self.prove(record, again, self._mended)
            return
        form = form_of(self.desk, asked, about, lambda _: self._mended())
        if form is not None:
            self.fill_in(form, again)

    def _mended(self) -> None:
        self.done("Saved, and planned again.")

    def _ask_loss(self, account: Account) -> None:
        self.ask(
            f"Is {in_title(account.label)} lost?",
            "It is kept as history. Record it once every other way has failed.",
            yes="Lost",
            job=lambda session: end_account(session, account, lost=True),
        )

    def _tell_way(self, row: Outlook) -> None:
        again = "Then come back here: the plan is made anew by itself."
        way = self.safehands.preferences.here(row.way)
        where = "Its page is opened next: record there what was done." if row.about else ""

        def on(_: None) -> None:
            if row.about:
                self.safehands.open(page_about("account", row.about))

        told = section("", filter(None, [way, where, again]))
        self.put(ReadScreen("A way out", told), then=on)
