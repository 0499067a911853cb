"""Decisions: what somebody who answers for an account wants to become of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from vault.domain.account import CADENCES_MISSED
from vault.domain.ids import Id
from vault.domain.record import Record

Fate = Literal["keep", "revive", "consolidate", "deactivate"]


class Decision(Record, frozen=True, kw_only=True):
    """What is to become of an account, decided by a person at a moment.

    Kept `until` a day for a `reason`, revived with a post every `cadence_days`, consolidated
    `into` another account, or deactivated. A later decision on the account replaces it. From
    `taken_back` on it counts as if it had never been made.
    """

    account: Id
    what: Fate
    until: date | None = None
    reason: str = ""
    into: Id = ""
    cadence_days: int | None = None
    by: Id = ""
    at: datetime
    taken_back: datetime | None = None

    @property
    def label(self) -> str:
        """What lists call it."""
        return self.what

    def runs_out(self) -> date | None:
        """Return the day from which it is asked again, or None where it stands.

        What is to be revived is given until it would have missed its cadence three times.
        """
        if self.cadence_days:
            return self.at.date() + timedelta(days=self.cadence_days * CADENCES_MISSED + 1)
        return self.until

    def counts(self, at: datetime) -> bool:
        """Say whether it was made before a moment, and not taken back by then."""
        return self.at <= at and not self.was_taken_back(at)

    def was_taken_back(self, at: datetime) -> bool:
        """Say whether somebody had taken it back by a moment."""
        return self.taken_back is not None and self.taken_back <= at

    def stands(self, at: datetime) -> bool:
        """Say whether it has neither run out at a moment nor been taken back."""
        ends = self.runs_out()
        return not self.was_taken_back(at) and (ends is None or at.date() < ends)
