"""The page about one account: who can get in and why, and everything it hangs on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from tui.account_parts import (
    ACTIVITY_COLUMNS,
    FACTOR_COLUMNS,
    SEAT_COLUMNS,
    SECRET_COLUMNS,
    TOOL_COLUMNS,
    activity_rows,
    factor_rows,
    hanging_rows,
    seat_rows,
    secret_rows,
    tool_rows,
    who_rows,
)
from tui.commands import bindings_of
from tui.dropping import drop_form, drop_title
from tui.opening import page_about
from tui.record_forms import account_form
from tui.rows import cases_part, facts, history_part
from tui.screens.detail import DetailPage, Part, Row, columns
from tui.screens.fates import Fates
from tui.screens.form import FormScreen
from tui.screens.rotating import Rotating
from tui.tie_forms import factor_form, grant_form, seat_form
from tui.widgets.listing import Column
from vault.domain.account import Account
from vault.domain.credential import Credential
from vault.domain.dormancy import dormancy
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.instructions import address_of
from vault.domain.personal import is_personal
from vault.domain.record import Record
from vault.domain.rotation import unproved
from vault.domain.rotation_cases import under_way
from vault.domain.seat import Seat
from vault.domain.telling import label_of, names
from vault.domain.wording import in_words
from vault.services.access import company_gets_in
from vault.services.accounts import end_account
from vault.services.credentials import drop_pending
from vault.services.editing import end_record
from vault.services.factors import end_factor
from vault.services.rotation import Target
from vault.services.seats import end_seat
from vault.services.session import Session


class AccountPage(DetailPage, Fates, Rotating):
    """One account; its id is in `ids`."""

    NAME = "account"
    PLACE = "accounts"
    BINDINGS = bindings_of("account")

    @property
    def account(self) -> Account:
        """The account as it is now."""
        return self.desk.registry.account(self.id_shown)

    def heading(self) -> tuple[str, str]:
        """Return platform and handle, and what matters most in one line."""
        registry, account, at = self.desk.registry, self.account, self.desk.now
        platform = registry.platform(account)
        if account.has_ended(at):
            about = (ending(account), account.display_name, platform.name)
            return account.label, " · ".join(filter(None, about))
        told = dormancy(registry, account, at)
        activity = in_words(told.verdict).replace("unknown", "activity unknown")
        if told.idle_days is not None:
            activity = f"{activity}, {told.idle_days} days idle"
        in_hands = company_gets_in(registry, account, at)
        parts = [
            "" if in_hands else "! NOT in the company's hands",
            account.display_name,
            f"{platform.name}, {account.state}",
            f"owner {names(registry, account.owner_roles, at) or 'nobody'}",
            "hangs on a person" if is_personal(registry, account, at) else "",
            activity,
        ]
        return account.label, " · ".join(filter(None, parts))

    def parts(self) -> tuple[Part, ...]:
        """Return who gets in, what it hangs on and has on it, and what happened."""
        about = self.id_shown
        return (
            Part(
                "who",
                "Who gets in",
                columns(("who", 14, 2), ("as", 9), ("could know", 10, 1), ("did see", 10, 1, 1)),
                self._listed(who_rows),
                "nobody is known to get in",
                quick=False,
            ),
            Part(
                "secrets",
                "Secrets",
                SECRET_COLUMNS,
                self._listed(secret_rows),
                "it has none: safehands credential set (on the command line)",
            ),
            *self._kept(),
            Part(
                "hangs",
                "Hangs on",
                columns(("how", 16), ("what", 18, 2), ("since", 10, 0, 1), ("until", 10, 0, 2)),
                self._listed(hanging_rows),
                "nothing; e says what it hangs on",
            ),
            Part(
                "activity",
                "Activity",
                ACTIVITY_COLUMNS,
                self._listed(activity_rows),
                "nobody has looked when it posted; safehands dormant record (on the command line)",
            ),
            Part("about", "About", columns(("what", 16), ("is", 20, 1)), self._listed(facts), ""),
            history_part(about),
            cases_part(lambda: self.desk.now, account=about),
        )

    def _kept(self) -> tuple[Part, ...]:
        """What is on the account, and is kept here: factors, seats and tools."""
        forms: tuple[tuple[str, str, tuple[Column, ...], Any, str, Any], ...] = (
            (
                "factors",
                "Second factors",
                FACTOR_COLUMNS,
                factor_rows,
                "none recorded",
                factor_form,
            ),
            ("seats", "Seats", SEAT_COLUMNS, seat_rows, "nobody has one", seat_form),
            ("tools", "Tools", TOOL_COLUMNS, tool_rows, "none is connected", grant_form),
        )
        return tuple(
            Part(
                key,
                title,
                shape,
                self._listed(rows),
                f"{empty}; a adds one",
                add=partial(self._form, form),
                edit=partial(self._form, form),
                end=self._end_row,
            )
            for key, title, shape, rows, empty, form in forms
        )

    def _listed(self, rows: Callable[..., list[Row]]) -> Callable[[Session], list[Row]]:
        """What makes rows of the account as it is in a session."""

        def made(session: Session) -> list[Row]:
            account = session.registry.account(self.id_shown)
            return rows(session.registry, account, self.desk.now)

        return made

    def _form(self, form: Callable[..., FormScreen], row: Row | None = None) -> None:
        registry, now = self.desk.registry, self.desk.now
        old = registry.find(row.record) if row else None
        made = form(registry, now, lambda _: self.done("Saved."), self.account, old)
        self.fill_in(made, "edit" if old else "add_here")

    def _end_row(self, row: Row) -> None:
        registry = self.desk.registry
        record = registry.find(row.record)
        if isinstance(record, Factor | Seat | Grant):
            text = "It is kept as history. Record it once it is so on the platform."
            name = label_of(registry, record)
            self.ask(f"End {name}?", text, yes="End", job=lambda session: _end(session, record))

    def edit_record(self) -> None:
        """Edit the account."""
        form = account_form(self.desk.registry, self.desk.now, self._saved, self.account)
        self.fill_in(form, "edit")

    def _saved(self, _: Any) -> None:
        self.done("Saved.")

    def end_record(self) -> None:
        """Record that the account is closed."""
        account = self.account
        if account.has_ended(self.desk.now):
            self.safehands.tell(
                f"{account.label} {ending(account)} already, and is kept as history."
            )
            return
        text = "It is kept as history. Record it once it is closed on the platform."
        title, texts = f"Has {account.label} been closed?", (*self.being_closed([account.id]), text)
        self.ask(title, *texts, yes="Closed", job=lambda session: end_account(session, account))

    def asked_about(self) -> tuple[Id, ...]:
        """Return the account."""
        return (self.id_shown,)

    def targets(self) -> Sequence[Target]:
        """Return the secret under the cursor, or what one logs in with."""
        secret, _ = self._secret
        return [Target(self.account, secret)] if secret else super().targets()

    @property
    def _secret(self) -> tuple[Credential | None, str]:
        """The secret under the cursor, and the number of its version."""
        row = self.rows.current if self.rows.has_focus and self.part.key == "secrets" else None
        about, _, number = row.key.partition(" ") if row else ("", "", "")
        secret = self.desk.registry.find(about)
        return (secret, number) if isinstance(secret, Credential) else (None, "")

    def action_drop(self) -> None:
        """Give up the pending version of the secret under the cursor, or go to its rotation."""
        registry, (secret, _) = self.desk.registry, self._secret
        pending = unproved(secret) if secret else None
        if secret is None or pending is None:
            return
        case = under_way(registry).get(secret.id)
        if case is not None and case.what == "rotation":
            stop = self.safehands.preferences.press("case.stop")
            self.safehands.tell(f"A rotation made it, which gives it up: {stop}.")
            self.safehands.open(page_about("case", case.id))
        elif case is not None or pending.applied_at is not None:
            self.put(drop_form(registry, secret, self.done), "drop")
        else:
            title, text = drop_title(registry, secret), "It is kept as dropped."
            self.ask(title, text, yes="Give up", job=lambda session: drop_pending(session, secret))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to give up only a secret that is pending."""
        if action == "drop" and self.is_mounted and self.desk.is_open:
            secret, number = self._secret
            pending = unproved(secret) if secret else None
            return pending is not None and str(pending.number) == number
        return super().check_action(action, parameters)

    def action_copy_link(self) -> None:
        """Copy the address of the account."""
        account = self.account
        address = address_of(account, self.desk.registry.platform(account))
        if address:
            self.app.copy_to_clipboard(address)
        self.safehands.tell(f"Copied: {address}" if address else "No address is known.")


def ending(account: Account) -> str:
    """Return how and when an account ended, such as "was closed on 2026-01-31"."""
    how = f"was {account.state}" if account.state in {"closed", "lost"} else "ended"
    return f"{how} on {account.until:%Y-%m-%d}"


def _end(session: Session, record: Factor | Seat | Grant) -> Record:
    if isinstance(record, Seat):
        return end_seat(session, record)
    if isinstance(record, Factor):
        return end_factor(session, record)
    return end_record(session, record)
