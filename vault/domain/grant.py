"""Grants: what connected tools may do with an account."""

from __future__ import annotations

from datetime import datetime

from vault.domain.ids import Id
from vault.domain.levels import Level
from vault.domain.record import Record


class Grant(Record, frozen=True, kw_only=True):
    """That `tool` (an account too) may act on `account`, by the say of `granted_by` (a person)."""

    tool: Id
    account: Id
    granted_by: Id = ""
    scope: str = ""
    level: Level = "post"
    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Say whether the tool is connected at a moment."""
        return self.since <= at and (self.until is None or at < self.until)

    def is_over(self, at: datetime) -> bool:
        """Say whether the tool is connected neither at a moment nor later."""
        return self.until is not None and self.until <= max(at, self.since)
