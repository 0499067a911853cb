"""Ways out of what stands in the way of a departure, as the forms they ask for."""

from __future__ import annotations

from tui.desk import Desk
from tui.record_forms import Then, account_form, mailbox_form
from tui.screens.form import FormScreen
from tui.tie_forms import assignment_form, factor_form
from tui.widgets.outlook import Outlook
from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.person import Person
from vault.domain.spell import current
from vault.domain.staff import Staff
from vault.services.offboarding import roles_of


def form_of(desk: Desk, leaver: Person, row: Outlook, then: Then) -> FormScreen | None:
    """Return the form that a way out asks for, about its account; None where there is none."""
    registry, now = desk.registry, desk.now
    account = registry.find(row.about)
    if "safehands role assign" in row.way:
        return assignment_form(registry, now, then, role=_vacant(desk, leaver))
    if not isinstance(account, Account):
        return None
    if "safehands mailbox add" in row.way:
        owner = next(iter(current(account.owner_roles, now)), "")
        return mailbox_form(registry, now, then, owner=owner)
    if "safehands account edit" in row.way:
        return account_form(registry, now, then, account)
    if "safehands factor add" in row.way:
        return factor_form(registry, now, then, account)
    return None


def is_loss(row: Outlook) -> bool:
    """Tell whether a way out is to record the account as lost."""
    return "--lost" in row.way


def _vacant(desk: Desk, leaver: Person) -> Id:
    """The first role of the leaver that nobody takes over."""
    staff = Staff(desk.registry, leaver.id, {}, desk.now)
    held = roles_of(desk.registry, leaver.id, desk.now)
    return next((role for role in held if not staff.takes_over(role)), "")
