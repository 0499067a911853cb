"""The place "Accounts": all accounts, filtered as one types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tui.commands import bindings_of
from tui.opening import page_about
from tui.record_forms import account_form
from tui.screens.account_acts import AccountActs
from tui.widgets.listing import Column, Listing
from tui.widgets.plain import Plain, shown
from tui.widgets.search_box import SearchBox
from vault.domain.account import Account
from vault.domain.dormancy import dormancy
from vault.domain.ids import Id
from vault.domain.personal import is_personal
from vault.domain.query import no_filter, parse_query
from vault.domain.spell import Spells
from vault.domain.telling import names
from vault.domain.wording import in_words


class AccountsPage(AccountActs):
    """The list of accounts."""

    NAME = "accounts"
    PLACE = "accounts"
    BINDINGS = bindings_of("list", "accounts")
    PLACEHOLDER = "acme  platform:x  role:webcare  tie:personal  status:dormant"
    EMPTY = "no accounts yet: press a to add one, or ctrl+o to import a list"
    NOUN = "account"

    def widgets(self) -> Iterator[Any]:
        """Yield the box, the list, and how many are marked."""
        yield SearchBox(self.PLACEHOLDER)
        yield Listing[Any](self.columns(), self.key_of, empty=self.EMPTY, can_mark=True)
        yield Plain("", id="marked")

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

    def why_nothing(self, text: str) -> str:
        """Return what is no filter; else that nothing fits."""
        return shown(no_filter(text)) or super().why_nothing(text)

    def total(self) -> int:
        """Return how many accounts there are."""
        return len(self.desk.account_index().accounts)

    def choose(self, key: str) -> None:
        """Open the account."""
        self.safehands.open(page_about("account", key))

    def _names(self, spells: Spells) -> str:
        return names(self.desk.registry, spells, self.desk.now)

    def _tie(self, account: Account) -> str:
        return "person" if is_personal(self.desk.registry, account, self.desk.now) else "role"

    def _activity(self, account: Account) -> str:
        return in_words(dormancy(self.desk.registry, account, self.desk.now).verdict)

    # What is done here

    def action_add(self) -> None:
        """Add an account, and open it."""
        self.fill_in(account_form(self.desk.registry, self.desk.now, self._added), "add")

    def _added(self, account: Account) -> None:
        self.done("Added.")
        self.choose(account.id)

    def action_edit(self) -> None:
        """Edit the account under the cursor."""
        registry = self.desk.registry
        account = registry.find(self.listing.key)
        if isinstance(account, Account):
            self.fill_in(account_form(registry, self.desk.now, self._saved, account), "edit")

    def chosen(self) -> tuple[Id, ...]:
        """Return the marked accounts, or the one under the cursor."""
        marked = self.listing.marked & {
            account.id for account in self.desk.account_index().accounts
        }
        return tuple(sorted(marked)) or tuple(filter(None, (self.listing.key,)))
