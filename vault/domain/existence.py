"""Which records there were at a moment, as far as they say when they began."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.credential import Credential
from vault.domain.record import Record
from vault.domain.spell import midnight
from vault.errors import RefusedError

_BEGINNINGS: Final = ("since", "joined", "opened_at", "started_at", "at")


def had_begun(record: Record, at: datetime) -> bool:
    """Say whether a record was true by a moment, or had been; one without a beginning always was.

    A secret begins with its first version.
    """
    if isinstance(record, Credential):
        return not record.versions or min(each.made_at for each in record.versions) <= at
    for name in _BEGINNINGS:
        begins = getattr(record, name, None)
        if begins is not None:
            return (begins if isinstance(begins, datetime) else midnight(begins)) <= at
    return True


def refuse_before(account: Account, at: datetime) -> None:
    """Raise RefusedError where a moment lies before all that is known of an account."""
    if account.since is not None and not had_begun(account, at):
        message = f"there was no {account.label} yet on {at.date()}"
        raise RefusedError(message, f"ask about a day from {account.since.date()} on")


def was_open(case: Case, at: datetime) -> bool:
    """Say whether a case had been opened and not been closed at a moment."""
    return case.opened_at <= at and (case.closed_at is None or at < case.closed_at)
