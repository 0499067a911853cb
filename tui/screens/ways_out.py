"""Ways out of what stands in the way of a departure, opened where they are read."""

from __future__ import annotations

from typing import cast, get_args

from textual import on

from tui.opening import Kind, page_about
from tui.record_forms import account_form, mailbox_form
from tui.screens.departure_choices import DepartureChoices
from tui.screens.form import FormScreen
from tui.screens.proving import Proving
from tui.screens.read import ReadScreen
from tui.tie_forms import assignment_form, factor_form
from tui.widgets.listing import Listing
from tui.widgets.sheet import in_title, section
from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.ways_out import Way, WayKind
from vault.services.accounts import end_account


class WaysOut(DepartureChoices, Proving):
    """A page that lists ways out; what is recorded by one is planned with at once."""

    @on(Listing.Chosen, "#lines")
    def way_chosen(self, message: Listing.Chosen) -> None:
        """Open what a way out asks for."""
        row = message.listing.current
        way = row.way if row else None
        if way is not None and not self.action_way_out(way.kind, way.about):
            self._tell_way(way)

    def action_way_out(self, kind: WayKind, about: Id) -> bool:
        """Ask for what a way out needs; return whether there is anything to ask.

        Asked again by kind and record after locking, since rows change with the plan.
        """
        again = f"way_out({kind!r}, {about!r})"
        match kind, self.desk.registry.find(about):
            case "name_successor" | "name_successor_in_role", _:
                self.action_successors()
            case "prove_mailbox", Mailbox() as mailbox:
                self.prove(mailbox, again, self._mended)
            case "record_loss", Account() as account:
                self._ask_loss(account)
            case _:
                form = self._form(kind, about)
                if form is None:
                    return False
                self.fill_in(form, again)
        return True

    def _form(self, kind: WayKind, about: Id) -> FormScreen | None:
        registry, now = self.desk.registry, self.desk.now

        def then(_: object) -> None:
            self._mended()

        match kind, registry.find(about):
            case "assign_role", role:
                return assignment_form(registry, now, then, role=about if role else "")
            case "add_mailbox", role:
                return mailbox_form(registry, now, then, owner=about if role else "")
            case "keep_mailbox_shorter", Mailbox() as mailbox:
                return mailbox_form(registry, now, then, mailbox)
            case "give_owner_role", Account() as account:
                return account_form(registry, now, then, account)
            case "add_factor", Account() as account:
                return factor_form(registry, now, then, account)
        return None

    def _mended(self) -> None:
        self.done("Saved, and planned again.")

    def _ask_loss(self, account: Account) -> None:
        self.ask(
            f"Is {in_title(account.label)} lost?",
            "It is kept as history. Record it once every other way has failed.",
            yes="Lost",
            job=lambda session: end_account(session, account, lost=True),
        )

    def _tell_way(self, way: Way) -> None:
        again = "Then come back here: the plan is made anew by itself."
        told = self.safehands.preferences.here(way.text)
        kind = type(self.desk.registry.find(way.about)).__name__.lower()
        has_page = kind in get_args(Kind)
        where = "Its page is opened next: record there what was done." if has_page else ""

        def on(_: None) -> None:
            if has_page:
                self.safehands.open(page_about(cast("Kind", kind), way.about))

        self.put(ReadScreen("A way out", section("", filter(None, [told, where, again]))), then=on)
