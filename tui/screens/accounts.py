"""The place "Accounts": all accounts, filtered as one types."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from textual import on

from tui.choices import records
from tui.commands import bindings_of
from tui.opening import page_about
from tui.record_forms import account_form
from tui.screens.form import Answers, Field, FormScreen, by_name
from tui.screens.keeping import Keeping
from tui.screens.list_page import ListPage
from tui.widgets.listing import Column, Listing
from tui.widgets.plain import Plain
from tui.widgets.search_box import SearchBox
from vault.domain.account import Account
from vault.domain.counting import several
from vault.domain.dormancy import dormancy
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.query import is_personal, parse_query
from vault.domain.role import Role
from vault.domain.spell import Spells, current
from vault.services.accounts import Links, end_accounts, link_accounts
from vault.services.session import Session

MOST_NAMED = 8
"""How many accounts a question names; the others are counted."""


class AccountsPage(Keeping, ListPage):
    """The list of accounts."""

    NAME = "accounts"
    PLACE = "accounts"
    BINDINGS = bindings_of("list", "accounts")
    PLACEHOLDER = "acme  platform:x  role:webcare  tie:personal  status:dormant"
    EMPTY = "no accounts yet: import a list, or press a to add one"
    NOUN = "account"
    DEFAULT_CSS = """
    AccountsPage #marked { padding: 0 2; background: $surface; display: none; }
    AccountsPage #marked.some { display: block; }
    """

    def widgets(self) -> Iterator[Any]:
        """Yield the box, the list, and how many are marked."""
        yield SearchBox(self.PLACEHOLDER)
        yield Listing[Any](self.columns(), self.key_of, empty=self.EMPTY, can_mark=True)
        yield Plain("", id="marked")

    def on_mount(self) -> None:
        """Mark again what was marked."""
        self.listing.marked = set(self.place.get("marked", ()))

    def remember(self) -> None:
        """Note the filter, the row and what is marked."""
        super().remember()
        self.place["marked"] = tuple(self.listing.marked)

    def columns(self) -> tuple[Column, ...]:
        """Return the columns."""
        return (
            Column("platform", lambda a: a.platform, 10),
            Column("handle", lambda a: a.handle_at(self.desk.now) or a.platform_id, 18, share=2),
            Column("owner", lambda a: self._names(a.owner_roles), 14, share=1),
            Column("log-in address", lambda a: self._names(a.login_mailboxes), 20, share=2, drop=2),
            Column("tie", self._tie, 8),
            Column("activity", self._activity, 12, drop=3),
            Column("name", lambda a: a.display_name, 12, share=2, drop=4),
        )

    def find(self, text: str) -> Sequence[Any]:
        """Return the accounts that a text finds."""
        return self.desk.account_index().find(parse_query(text))

    def total(self) -> int:
        """Return how many accounts there are."""
        return len(self.desk.account_index().accounts)

    def choose(self, key: str) -> None:
        """Open the account."""
        self.safehands.open(page_about("account", key))

    def _names(self, spells: Spells) -> str:
        registry = self.desk.registry
        return ", ".join(registry.name_of(each) for each in current(spells, self.desk.now))

    def _tie(self, account: Account) -> str:
        return "person" if is_personal(self.desk.registry, account, self.desk.now) else "role"

    def _activity(self, account: Account) -> str:
        return dormancy(self.desk.registry, account, self.desk.now).verdict.replace("_", " ")

    # What is done here

    def action_add(self) -> None:
        """Add an account, and open it."""
        self.fill_in(account_form(self.desk.registry, self.desk.now, self._added))

    def _added(self, account: Account) -> None:
        self.done("Added.")
        self.choose(account.id)

    def action_edit(self) -> None:
        """Edit the account under the cursor."""
        registry = self.desk.registry
        account = registry.find(self.listing.key)
        if isinstance(account, Account):
            self.fill_in(account_form(registry, self.desk.now, self._done, account))

    def action_end(self) -> None:
        """Record that the marked accounts, or the one under the cursor, are closed."""
        chosen = self._chosen()
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
        """Give the marked accounts, or the one under the cursor, an owner role."""
        registry, now = self.desk.registry, self.desk.now
        self._link(
            Field("role", "Owner role", "one", "", "Empty: none.", records(registry, now, Role)),
            lambda session, answers: Links(
                owner_role=answers.record("role", by_name(session.registry, Role))
            ),
        )

    def action_set_mailbox(self) -> None:
        """Give the marked accounts, or the one under the cursor, a log-in mailbox."""
        registry, now = self.desk.registry, self.desk.now
        addresses = records(registry, now, Mailbox)
        self._link(
            Field("login", "Log-in mailbox", "one", "", "Empty: none.", addresses),
            lambda session, answers: Links(
                login_mailbox=answers.record("login", by_name(session.registry, Mailbox))
            ),
        )

    def _link(self, asked: Field, links: Any) -> None:
        chosen = self._chosen()
        if not chosen:
            return

        def job(session: Session, answers: Answers) -> int:
            return link_accounts(session, chosen, links(session, answers))

        title = f"{asked.label} of {', '.join(self._named(chosen))}"
        self.fill_in(FormScreen(title, (asked,), job, self._done))

    def _done(self, _: Any) -> None:
        self.done("Saved.")

    def _chosen(self) -> tuple[Id, ...]:
        marked = self.listing.marked & {
            account.id for account in self.desk.account_index().accounts
        }
        return tuple(sorted(marked)) or tuple(filter(None, (self.listing.key,)))

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
        self.query_one("#marked", Plain).say(
            f"{number:,} marked: o owner role, b log-in mailbox, x closed, u unmark"
        )
        self.query_one("#marked").set_class(number > 0, "some")
