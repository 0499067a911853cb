"""The page about one role: who holds it, and what it owns."""

from __future__ import annotations

from typing import Any

from tui.commands import bindings_of
from tui.record_forms import mailbox_form, role_form
from tui.rows import ACCOUNT_COLUMNS, about_part, account_row, history_part
from tui.screens.detail import DetailPage, Part, Row, columns
from tui.tie_forms import assignment_form
from vault.domain.counting import several
from vault.domain.holders import holders_here, is_enough
from vault.domain.role import Assignment, Role
from vault.domain.spell import current
from vault.services.editing import end_record
from vault.services.roles import end_assignment
from vault.services.session import Session


class RolePage(DetailPage):
    """One role; its id is in `ids`."""

    NAME = "role"
    PLACE = "people"
    BINDINGS = bindings_of("role")

    @property
    def role(self) -> Role:
        """The role as it is now."""
        return self.desk.registry.role(self.id_shown)

    def heading(self) -> tuple[str, str]:
        """Return the name, and what matters most in one line."""
        role, at = self.role, self.desk.now
        registry = self.desk.registry
        few = "" if is_enough(registry, role, at) else f", fewer than {role.min_holders}"
        ended = f"ended {role.until.date()}" if role.until and role.until <= at else ""
        held = several(len(holders_here(registry, role.id, at)), "person")
        told = [role.purpose, f"held by {held}{few}", ended]
        return role.name, " · ".join(filter(None, told))

    def parts(self) -> tuple[Part, ...]:
        """Return holders, accounts and mailboxes, and what happened."""
        about = self.id_shown
        return (
            Part(
                "holders",
                "Held by",
                columns(("who", 18, 2), ("since", 10), ("until", 10), ("status", 8)),
                self._holders,
                "nobody holds it; a gives it to somebody",
                add=self._give,
                end=self._take,
            ),
            Part("accounts", "Accounts", ACCOUNT_COLUMNS, self._accounts, "it owns no account"),
            Part(
                "mailboxes",
                "Mailboxes",
                columns(("address", 24, 2), ("kind", 10), ("how", 8)),
                self._mailboxes,
                "it has none; a adds one",
                add=self._add_mailbox,
            ),
            about_part(about, lambda: self.desk.now),
            history_part(about),
        )

    def _holders(self, session: Session) -> list[Row]:
        registry, at = session.registry, self.desk.now
        found = []
        for each in registry.assignments_of.get(self.id_shown, ()):
            person, over = registry.person(each.person), each.is_over(at)
            until = str(each.until.date()) if each.until else ""
            cells = (person.name, str(each.since.date()), until, person.status(at))
            record = "" if over else each.id
            found.append((over, Row(each.id, cells, opens=("person", person.id), record=record)))
        return [row for _, row in sorted(found, key=lambda each: (each[0], each[1].cells))]

    def _accounts(self, session: Session) -> list[Row]:
        at = self.desk.now
        owned = [
            account_row(account)
            for account in session.registry.accounts_on.get(self.id_shown, ())
            if account.is_open(at) and self.id_shown in current(account.owner_roles, at)
        ]
        return sorted(owned, key=lambda row: row.cells)

    def _mailboxes(self, session: Session) -> list[Row]:
        at = self.desk.now
        return [
            Row(
                box.id,
                (box.address, box.type, "owns" if box.owner == self.id_shown else "reads"),
                opens=("mailbox", box.id),
            )
            for box in session.registry.mailboxes_of.get(self.id_shown, ())
            if box.exists(at)
            and (box.owner == self.id_shown or self.id_shown in current(box.readers, at))
        ]

    def _give(self) -> None:
        registry, now = self.desk.registry, self.desk.now
        self.fill_in(assignment_form(registry, now, self._saved, role=self.id_shown), "add_here")

    def _add_mailbox(self) -> None:
        registry, now = self.desk.registry, self.desk.now
        self.fill_in(mailbox_form(registry, now, self._saved, owner=self.id_shown), "add_here")

    def _take(self, row: Row) -> None:
        record = self.desk.registry.find(row.record)
        if isinstance(record, Assignment):
            title = f"Does {row.cells[0]} no longer hold the role {self.role.name}?"
            text = "From now on. What they could know of its accounts stays on record."
            self.ask(title, text, yes="Taken", job=lambda session: end_assignment(session, record))

    def _saved(self, _: Any) -> None:
        self.done("Saved.")

    def edit_record(self) -> None:
        """Edit the role."""
        self.fill_in(role_form(self._saved, self.role), "edit")

    def end_record(self) -> None:
        """End the role, if it owns nothing any more."""
        role = self.role
        title, text = f"End the role {role.name}?", "It is kept as history."
        self.ask(title, text, yes="Ended", job=lambda session: end_record(session, role))
