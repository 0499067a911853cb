"""The page about one phone: whose codes go to it, who carries it, and what hangs on it."""

from __future__ import annotations

from typing import Any

from tui.commands import bindings_of
from tui.gone_rows import gone_part
from tui.record_forms import phone_form
from tui.rows import about_part, history_part, spell_rows
from tui.screens.detail import DetailPage, Part, Row, columns
from tui.tie_forms import factor_form
from vault.domain.endings import accounts_on
from vault.domain.factor import Factor
from vault.domain.phone import Phone
from vault.domain.wording import in_words
from vault.services.editing import end_record
from vault.services.session import Session


class PhonePage(DetailPage):
    """One phone; its id is in `ids`."""

    NAME = "phone"
    PLACE = "people"
    BINDINGS = bindings_of("phone")

    @property
    def phone(self) -> Phone:
        """The phone as it is now."""
        return self.desk.registry.get(self.id_shown, Phone)

    def heading(self) -> tuple[str, str]:
        """Return the number, and what matters most in one line."""
        phone, registry = self.phone, self.desk.registry
        contract = registry.name_of(phone.contract) if phone.contract else "the company"
        ended = f"ended {phone.until.date()}" if phone.until else ""
        told = [phone.type, f"contract of {contract}", phone.note, ended]
        return phone.number, " · ".join(filter(None, told))

    def parts(self) -> tuple[Part, ...]:
        """Return what hangs on it, who carries it, what if it were gone, and what happened."""
        about = self.id_shown
        return (
            Part(
                "accounts",
                "Accounts on it",
                columns(("account", 20, 2), ("how", 20)),
                self._accounts,
                "no account's codes go to it",
                edit=self._edit_factor,
            ),
            Part(
                "carriers",
                "Carried by",
                columns(("how", 8), ("who", 18, 2), ("since", 10), ("until", 10)),
                lambda s: list(
                    spell_rows(
                        s.registry, "carries", s.registry.get(about, Phone).carriers, self.desk.now
                    )
                ),
                "nobody is recorded to carry it",
            ),
            gone_part("phone", about, lambda: self.desk.now),
            about_part(about, lambda: self.desk.now),
            history_part(about),
        )

    def _accounts(self, session: Session) -> list[Row]:
        registry, at, about = session.registry, self.desk.now, self.id_shown
        found = [
            Row(account.id, (account.label, "recovery"), opens=("account", account.id))
            for account in accounts_on(registry, about, at)
        ]
        for factor in registry.factors_on.get(about, ()):
            if factor.phone == about and factor.holds(at):
                how = f"codes: {in_words(factor.method)} {factor.label}".rstrip()
                cells = (registry.name_of(factor.account), how)
                opens = ("account", factor.account)
                found.append(Row(factor.id, cells, opens=opens, record=factor.id))  # type: ignore[arg-type]  # a page's kind
        return sorted(found, key=lambda row: row.cells)

    def _edit_factor(self, row: Row) -> None:
        registry = self.desk.registry
        factor = registry.get(row.record, Factor)
        account = registry.account(factor.account)
        self.fill_in(factor_form(registry, self.desk.now, self._saved, account, factor), "edit")

    def _saved(self, _: Any) -> None:
        self.done("Saved.")

    def edit_record(self) -> None:
        """Edit the phone."""
        form = phone_form(self.desk.registry, self.desk.now, self._saved, self.phone)
        self.fill_in(form, "edit")

    def end_record(self) -> None:
        """End the phone, if nothing hangs on it any more."""
        phone = self.phone
        title, text = f"End the phone {phone.number}?", "It is kept as history."
        self.ask(title, text, yes="Ended", job=lambda session: end_record(session, phone))

    def action_tonight(self) -> None:
        """See what would be lost without it."""
        self.go_to_part("gone")
