"""Seats: rights that a person's own profile, or a role account, holds on a company account."""

from __future__ import annotations

from datetime import datetime

from vault.domain.ids import Id
from vault.domain.levels import Level
from vault.domain.record import Record


class Seat(Record, frozen=True, kw_only=True):
    """A right on `account` at `level`, held by a person or by a `role_account` of the company."""

    account: Id
    level: Level
    person: Id = ""
    role_account: Id = ""
    since: datetime
    granted_by: Id = ""
    confirmed_on: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Say whether the seat exists at a moment, confirmed or not."""
        return self.since <= at and (self.until is None or at < self.until)

    def is_over(self, at: datetime) -> bool:
        """Say whether the seat holds neither at a moment nor later."""
        return self.until is not None and self.until <= max(at, self.since)

    def is_confirmed(self, at: datetime) -> bool:
        """Say whether its holder has shown that it works."""
        return self.holds(at) and self.confirmed_on is not None and self.confirmed_on <= at
