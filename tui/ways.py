"""Ways out of what stands in the way of a departure, as the forms they ask for."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Final

from tui.desk import Desk
from tui.record_forms import Then, account_form, mailbox_form
from tui.screens.form import FormScreen
from tui.tie_forms import assignment_form, factor_form
from tui.widgets.outlook import Outlook
from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.naming import resolve
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import current
from vault.errors import NotFoundError

_NAMED: Final[Mapping[str, type[Role | Mailbox]]] = {"role assign": Role, "mailbox prove": Mailbox}
_ON_AN_ACCOUNT: Final = ("mailbox add", "account edit", "factor add")


def asked_by(registry: Registry, row: Outlook) -> tuple[str, Id]:
    """Return the command that a way out stands for, and the id of the record it is about.

    Both are "" where nothing asks for it here.
    """
    for asked, kind in _NAMED.items():
        _, command, named = row.way.partition(f"safehands {asked} ")
        if command:
            return asked, _named(registry, kind, shlex.split(named)[0])
    asked = next((each for each in _ON_AN_ACCOUNT if f"safehands {each} " in row.way), "")
    return (asked, row.about) if row.about else ("", "")


def _named(registry: Registry, kind: type[Role | Mailbox], typed: str) -> Id:
    try:
        return resolve(registry, kind, typed).id
    except NotFoundError:
        return ""  # a word in its place, such as ROLE


def form_of(desk: Desk, asked: str, about: Id, then: Then) -> FormScreen | None:
    """Return the form for what `asked_by` tells of; None where the account is gone by now."""
    registry, now, record = desk.registry, desk.now, desk.registry.find(about)
    if asked == "role assign":
        return assignment_form(registry, now, then, role=about if record else "")
    if not isinstance(record, Account):
        return None
    if asked == "mailbox add":
        owner = next(iter(current(record.owner_roles, now)), "")
        return mailbox_form(registry, now, then, owner=owner)
    if asked == "account edit":
        return account_form(registry, now, then, record)
    return factor_form(registry, now, then, record)


def is_loss(row: Outlook) -> bool:
    """Tell whether a way out is to record the account as lost."""
    return "--lost" in row.way
