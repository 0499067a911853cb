"""Roles: what accounts belong to, so that they do not belong to a person."""

from __future__ import annotations

from datetime import datetime

from vault.domain.ids import Id
from vault.domain.record import Record

DEFAULT_MIN_HOLDERS = 2  # one holder who falls ill locks the company out


class Role(Record, frozen=True, kw_only=True):
    """A job that people hold in turn, such as webcare; `source` is the import that brought it."""

    name: str
    purpose: str = ""
    external_id: str = ""
    min_holders: int = DEFAULT_MIN_HOLDERS
    until: datetime | None = None
    source: str = ""
    note: str = ""


class Assignment(Record, frozen=True, kw_only=True):
    """That a person holds a role from `since` until `until`."""

    person: Id
    role: Id
    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Say whether the assignment is active at a moment."""
        return self.since <= at and (self.until is None or at < self.until)

    def is_over(self, at: datetime) -> bool:
        """Say whether the assignment holds neither at a moment nor later."""
        return self.until is not None and self.until <= max(at, self.since)
