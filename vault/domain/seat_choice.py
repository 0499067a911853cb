"""Which seat takes the place of a leaver's, and since when its holder has had the rights."""

from __future__ import annotations

from datetime import date, datetime

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.levels import LEVELS, Level, at_least
from vault.domain.registry import Registry
from vault.domain.seat import Seat
from vault.domain.staff import Staff


def other_full_seat(staff: Staff, account: Account, level: Level) -> Seat | None:
    """Return the best confirmed seat of somebody who stays, at that level or better, or None."""
    fit = [
        seat
        for seat in staff.registry.seats_on.get(account.id, ())
        if seat.is_confirmed(staff.at) and at_least(seat.level, level) and staff.stays(seat.person)
    ]
    fit.sort(key=lambda s: (LEVELS.index(s.level), staff.leaves(s.person), s.since, s.id))
    return fit[0] if fit else None


def seat_given(
    registry: Registry, account: Account, person: Id, level: Level, at: datetime
) -> Seat | None:
    """Return the seat that somebody was given already and has yet to use, or None."""
    for seat in registry.seats_on.get(account.id, ()):
        if seat.person == person and seat.holds(at) and at_least(seat.level, level):
            return seat
    return None


def held_since(registry: Registry, seat: Seat) -> date:
    """Return the day since which its holder has rights: a change of level begins no new wait."""
    begins = seat.since
    others = registry.seats_on.get(seat.account, ())
    for other in sorted(others, key=lambda s: s.since, reverse=True):
        if other.person == seat.person and other.until == begins:
            begins = other.since
    return begins.date()
