"""What can be done about several accounts at once, on every page that lists them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from textual import on

from tui.choices import records, words
from tui.fields import Answers, Field, by_name
from tui.screens.form import FormScreen
from tui.screens.keeping import Keeping
from tui.screens.list_page import ListPage
from tui.widgets.listing import Listing
from tui.widgets.plain import Plain
from vault.domain.account import Account
from vault.domain.counting import several
from vault.domain.decision import Fate
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.role import Role
from vault.services.accounts import Links, end_accounts, link_accounts
from vault.services.deciding import Verdict, decide_on
from vault.services.session import Session

MOST_NAMED = 8
"""How many accounts a question names; the others are counted."""


class AccountActs(Keeping, ListPage):
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
        chosen = self._asked_about()
        if chosen:
            text = "They are kept as history. Record it once they are closed on the platform."
            title = f"Have these been closed? {several(len(chosen), 'account')}"
            self.ask(title, *self._named(chosen), text, yes="Closed", job=self._end(chosen))

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
        """Give the accounts a log-in mailbox."""
        registry, now = self.desk.registry, self.desk.now
        addresses = records(registry, now, Mailbox)
        self._link(
            Field("login", "Log-in mailbox", "one", "", "Empty: none.", addresses),
            lambda session, answers: Links(
                login_mailbox=answers.record("login", by_name(session.registry, Mailbox))
            ),
            "set_mailbox",
        )

    def _link(self, asked: Field, links: Any, again: str) -> None:
        chosen = self._asked_about()
        if not chosen:
            return

        def job(session: Session, answers: Answers) -> int:
            return link_accounts(session, chosen, links(session, answers))

        title = f"{asked.label} of {', '.join(self._named(chosen))}"
        self.fill_in(FormScreen(title, (asked,), job, self._saved), again)

    def action_decide(self) -> None:
        """Decide what is to become of the accounts."""
        chosen = self._asked_about()
        if not chosen:
            return

        def job(session: Session, answers: Answers) -> Any:
            answers.needed("what")
            verdict = Verdict(
                what=cast("Fate", answers.word("what")),
                until=answers.day("until"),
                reason=answers.text("reason"),
                into=answers.record("into", by_name(session.registry, Account)),
                cadence_days=answers.number("cadence_days"),
            )
            answers.wrong = ""
            return decide_on(session, chosen, verdict)

        title = f"What is to become of {', '.join(self._named(chosen))}?"
        self.fill_in(FormScreen(title, self._fate(), job, self._saved, yes="Decide"), "decide")

    def _fate(self) -> Sequence[Field]:
        accounts = records(self.desk.registry, self.desk.now, Account)
        return (
            Field("what", "Decision", "one", "", "What is to become of them.", words(Fate)),
            Field("reason", "Why", help="For those that are kept: what they are for."),
            Field("until", "Kept until", "day", help="When it is asked again."),
            Field("cadence_days", "A post every", "number", help="Revived: so many days."),
            Field("into", "Into", "one", "", "Consolidated: the account that stays.", accounts),
        )

    def _saved(self, _: Any) -> None:
        self.done("Saved.")

    def _asked_about(self) -> tuple[Id, ...]:
        chosen = self.chosen()
        if not chosen and self.listing.rows:
            self.safehands.tell("This is not about an account: enter opens it.")
        return chosen

    def _named(self, chosen: Sequence[Id]) -> list[str]:
        names = sorted(map(self.desk.registry.name_of, chosen))
        more = len(names) - MOST_NAMED
        return [*names[:MOST_NAMED], f"and {more:,} more"] if more > 0 else names

    def action_unmark(self) -> None:
        """Take all marks off."""
        self.listing.marked = set()
        self.listing.refresh()
        self.tell_marked()

    @on(Listing.Moved)
    def tell_marked(self) -> None:
        """Say how many are marked, and what can be done with them."""
        number = len(self.listing.marked)
        acts = "o owner role, b log-in mailbox, c decide, x closed, u unmark"
        self.query_one("#marked", Plain).say(f"{number:,} marked: {acts}")
        self.query_one("#marked").set_class(number > 0, "some")
