"""What can be done about several accounts at once, on every page that lists them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from textual import on

from tui.choices import records
from tui.fields import Answers, Field, by_name
from tui.screens.fates import Fates
from tui.screens.form import FormScreen
from tui.screens.list_page import ListPage
from tui.screens.rotating import Rotating
from tui.widgets.listing import Listing
from tui.widgets.plain import Plain
from vault.domain.counting import several
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.role import Role
from vault.services.accounts import Links, end_accounts, link_accounts
from vault.services.rotation import Begun
from vault.services.session import Session

MOST_NAMED = 8
"""How many accounts a question names; the others are counted."""


class AccountActs(Fates, Rotating, ListPage):
    """A list whose rows can be marked; below it, how many are and what can be done with them."""

    def chosen(self) -> tuple[Id, ...]:
        """Return the accounts that are marked, or the one under the cursor."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Mark again what was marked."""
        self.listing.marked = set(self.place.get("marked", ()))

    def remember(self) -> None:
        """Note the filter, the row and what is marked."""
        super().remember()
        self.place["marked"] = tuple(self.listing.marked)

    def action_end(self) -> None:
        """Record that the accounts are closed."""
        chosen = self.asked_about()
        if chosen:
            text = "They are kept as history. Record it once they are closed on the platform."
            title = f"Have these been closed? {several(len(chosen), 'account')}"
            texts = (*self._named(chosen), *self.being_closed(chosen), text)
            self.ask(title, *texts, yes="Closed", job=self._end(chosen))

    def _end(self, chosen: Collection[Id]) -> Any:
        def job(session: Session) -> int:
            ended = end_accounts(session, chosen)
            self.listing.marked -= set(chosen)
            return ended

        return job

    def action_set_role(self) -> None:
        """Give the accounts an owner role."""
        registry, now = self.desk.registry, self.desk.now
        self._link(
            Field("role", "Owner role", "one", "", "Empty: none.", records(registry, now, Role)),
            lambda session, answers: Links(
                owner_role=answers.record("role", by_name(session.registry, Role))
            ),
            "set_role",
        )

    def action_set_mailbox(self) -> None:
        """Give the accounts a log-in address."""
        registry, now = self.desk.registry, self.desk.now
        addresses = records(registry, now, Mailbox)
        self._link(
            Field("login", "Log-in address", "one", "", "Empty: none.", addresses),
            lambda session, answers: Links(
                login_mailbox=answers.record("login", by_name(session.registry, Mailbox))
            ),
            "set_mailbox",
        )

    def _link(self, asked: Field, links: Any, again: str) -> None:
        chosen = self.asked_about()
        if not chosen:
            return

        def job(session: Session, answers: Answers) -> int:
            return link_accounts(session, chosen, links(session, answers))

        title = f"{asked.label} of {', '.join(self._named(chosen))}"
        self.fill_in(FormScreen(title, (asked,), job, self._saved), again)

    def _saved(self, _: Any) -> None:
        self.done("Saved.")

    def asked_about(self) -> tuple[Id, ...]:
        """Return the accounts that an act is about; where there are none, say so."""
        chosen = self.chosen()
        if not chosen and self.listing.rows:
            self.safehands.tell("This is not about an account: enter opens it.")
        return tuple(sorted(chosen, key=self.desk.registry.name_of))

    def decided(self, about: Collection[Id], said: str = "") -> None:
        """Show that it is decided about accounts; their marks have done their work."""
        self.action_unmark()
        super().decided(about, said)

    def rotations_begun(self, begun: Sequence[Begun]) -> None:
        """Say what was begun; the marks have done their work."""
        self.action_unmark()
        super().rotations_begun(begun)

    def _named(self, chosen: Sequence[Id]) -> list[str]:
        names = sorted(map(self.desk.registry.name_of, chosen))
        more = len(names) - MOST_NAMED
        return [*names[:MOST_NAMED], f"and {more:,} more"] if more > 0 else names

    def action_mark_all(self) -> None:
        """Mark all rows that the filter finds, or take their marks off if all have one."""
        shown = {self.key_of(row) for row in self.listing.rows}
        marked = self.listing.marked
        self.listing.marked = marked - shown if shown <= marked else marked | shown
        self.listing.refresh()
        self.tell_marked()

    def action_unmark(self) -> None:
        """Take all marks off."""
        self.listing.marked = set()
        self.listing.refresh()
        self.tell_marked()

    @on(Listing.Moved)
    def tell_marked(self) -> None:
        """Say how many are marked, and what can be done with them."""
        number = len(self.listing.marked)
        acts = "t keep, v revive, i consolidate, z close, n rotate, x closed"
        self.query_one("#marked", Plain).say(
            f"{number:,} marked: {acts}; o role, b mailbox, u unmark"
        )
        self.query_one("#marked").set_class(number > 0, "some")
