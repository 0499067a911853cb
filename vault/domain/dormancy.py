"""Dormancy: what an account's last known activity says about it at a moment.

Section 7 of docs/access-model.md. Without data the verdict is `unknown`: it never guesses.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from vault.domain.account import Account
from vault.domain.registry import Registry

DormancyVerdict = Literal["active", "quiet", "dormant", "never_posted", "platform_gone", "unknown"]

TELLING: tuple[DormancyVerdict, ...] = ("dormant", "never_posted", "platform_gone")
"""Verdicts that call for a decision."""

DEFAULT_DORMANT_DAYS = 90
CADENCES_MISSED = 3  # an account that misses its own rhythm three times has gone silent


class Dormancy(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The verdict on one account. `idle_days` is None where no activity is known."""

    account: str
    verdict: DormancyVerdict
    idle_days: int | None


def dormancy(
    registry: Registry, account: Account, at: datetime, days: int = DEFAULT_DORMANT_DAYS
) -> Dormancy:
    """Return the verdict on an account: dormant if idle for over `days`, quiet for half of that.

    An account with a cadence of its own is measured by three times that cadence instead.
    """
    platform = registry.platform(account)
    activity = account.last_activity
    if platform.is_dead and (platform.died_on is None or platform.died_on <= at.date()):
        return Dormancy(account=account.id, verdict="platform_gone", idle_days=None)
    if activity is None or activity.checked_at > at:
        return Dormancy(account=account.id, verdict="unknown", idle_days=None)
    if activity.moment is None:
        return Dormancy(account=account.id, verdict="never_posted", idle_days=None)
    idle = (at - activity.moment).days
    limit = account.cadence_days * CADENCES_MISSED if account.cadence_days else days
    verdict: DormancyVerdict = "active"
    if idle > limit:
        verdict = "dormant"
    elif idle > limit / 2:
        verdict = "quiet"
    return Dormancy(account=account.id, verdict=verdict, idle_days=idle)
