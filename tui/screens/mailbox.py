"""The page about one mailbox: who reads it, and what hangs on it."""

from __future__ import annotations

from typing import Any

from tui.commands import bindings_of
from tui.gone_rows import gone_part
from tui.record_forms import mailbox_form
from tui.rows import about_part, history_part, spell_rows
from tui.screens.detail import DetailPage, Part, Row, columns
from tui.screens.proving import Proving
from vault.domain.mailbox import Mailbox
from vault.domain.spell import current
from vault.services.editing import end_record
from vault.services.session import Session


class MailboxPage(DetailPage, Proving):
    """One mailbox; its id is in `ids`."""

    NAME = "mailbox"
    PLACE = "people"
    BINDINGS = bindings_of("mailbox")

    @property
    def mailbox(self) -> Mailbox:
        """The mailbox as it is now."""
        return self.desk.registry.get(self.id_shown, Mailbox)

    def heading(self) -> tuple[str, str]:
        """Return the address, and what matters most in one line."""
        box, registry = self.mailbox, self.desk.registry
        owner = registry.name_of(box.owner) if box.owner else "nobody"
        proven = f"proven {box.proven_at.date()}" if box.proven_at else "never proven"
        kept = f"keep until {box.keep_until}" if box.keep_until else ""
        ended = f"ended {box.until.date()}" if box.until else ""
        told = [box.type, f"owner {owner}", proven, kept, ended]
        return box.address, " · ".join(filter(None, told))

    def parts(self) -> tuple[Part, ...]:
        """Return what hangs on it, who reads it, what if it were gone, and what happened."""
        about = self.id_shown
        return (
            Part(
                "accounts",
                "Accounts on it",
                columns(("account", 20, 2), ("how", 16), ("name", 12, 1, 1)),
                self._accounts,
                "no account hangs on it",
            ),
            Part(
                "readers",
                "Read by",
                columns(("how", 8), ("who", 18, 2), ("since", 10), ("until", 10)),
                lambda s: list(
                    spell_rows(
                        s.registry, "reads", s.registry.get(about, Mailbox).readers, self.desk.now
                    )
                ),
                "nobody is recorded to read it",
            ),
            gone_part("mailbox", about, lambda: self.desk.now),
            about_part(about, lambda: self.desk.now),
            history_part(about),
        )

    def _accounts(self, session: Session) -> list[Row]:
        at, about = self.desk.now, self.id_shown
        found = []
        for account in session.registry.accounts_on.get(about, ()):
            ways = [
                how
                for how, spells in (
                    ("log-in", account.login_mailboxes),
                    ("recovery", account.recovery_mailboxes),
                )
                if about in current(spells, at)
            ]
            if account.is_open(at) and ways:
                cells = (account.label, ", ".join(ways), account.display_name)
                found.append(Row(account.id, cells, opens=("account", account.id)))
        for factor in session.registry.factors_on.get(about, ()):
            if factor.mailbox == about and factor.holds(at):
                label = session.registry.name_of(factor.account)
                found.append(
                    Row(factor.id, (label, "second factor", ""), opens=("account", factor.account))
                )
        return sorted(found, key=lambda row: row.cells)

    def _saved(self, _: Any) -> None:
        self.done("Saved.")

    def edit_record(self) -> None:
        """Edit the mailbox."""
        self.fill_in(
            mailbox_form(self.desk.registry, self.desk.now, self._saved, self.mailbox), "edit"
        )

    def end_record(self) -> None:
        """End the mailbox, if nothing hangs on it any more."""
        box = self.mailbox
        title, text = f"End the mailbox {box.address}?", "It is kept as history."
        self.ask(title, text, yes="Ended", job=lambda session: end_record(session, box))

    def action_tonight(self) -> None:
        """See what would be lost without it."""
        self.go_to_part("gone")

    def action_prove(self) -> None:
        """Prove that it can be read."""
        self.prove(self.mailbox, "prove", lambda: self.done("It is proven."))
