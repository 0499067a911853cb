"""Seats: given, changed and removed, under the guard that somebody with full rights must stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.ids import Id
from vault.domain.levels import Level, at_least
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.seat import Seat
from vault.domain.steps import Step
from vault.errors import NotFoundError, RefusedError, UsageError
from vault.services.editing import (
    Guard,
    add_record,
    edit_record,
    end_record,
    fresh_id,
    write_checked,
)
from vault.services.guarding import guarded
from vault.services.session import Session


def add_seat(
    session: Session,
    account: Account,
    holder: Person | Account,
    level: Level,
    since: datetime,
    *,
    confirmed: bool = True,
) -> Seat:
    """Record that a person, or a role account, has a seat on an account.

    Raises UsageError where the platform knows no seats, RefusedError for somebody who has left,
    or who has a seat there already.
    """

    def guard(registry: Registry, now: datetime) -> None:
        platform = registry.platform(account)
        if platform.models and not platform.has_seats:
            message = f"{platform.name} has no seats, but one shared log-in"
            hint = f"record the log-in instead: safehands credential set {account.id[:8]}"
            raise UsageError(message, hint)
        found = registry.find(holder.id)
        if isinstance(found, Person) and not found.stays(max(since, now)):
            message = f"{found.name} has left: a seat now would be a new personal tie"
            raise RefusedError(message, "give it to somebody who stays")

    seat = Seat(
        id=fresh_id(session),
        account=account.id,
        level=level,
        person=holder.id if isinstance(holder, Person) else "",
        role_account=holder.id if isinstance(holder, Account) else "",
        since=since,
        granted_by=session.person,
        confirmed_on=since if confirmed else None,
    )
    return add_record(session, seat, guard)


def find_seat(session: Session, account: Account, holder: Id) -> Seat:
    """Return the seat that a person or role account has now; raises NotFoundError."""
    now = session.env.now()
    for seat in session.registry.seats_on.get(account.id, ()):
        if holder in {seat.person, seat.role_account} and seat.holds(now):
            return seat
    message = f"{session.registry.name_of(holder)} has no seat on {account.label}"
    raise NotFoundError(message, f"see who has: safehands seat list --account {account.id[:8]}")


def edit_seat(
    session: Session,
    seat: Seat,
    *,
    level: Level | None = None,
    confirmed: bool = False,
    force: bool = False,
) -> Seat:
    """Record that a seat has another level from now on, or that its holder showed that it works.

    A seat at another level is a new one, so that the past can still be asked. Raises RefusedError
    where nobody else would have full rights, unless it is a fact that cannot be helped (`force`).
    """
    now = session.env.now()
    values: dict[str, Any] = {}
    if confirmed and not seat.is_confirmed(now):
        values["confirmed_on"] = now
    if level is None or level == seat.level:
        return edit_record(session, seat, **values)
    guard = None if force or at_least(level, seat.level) else _somebody_keeps_rights(seat)
    new = msgspec.structs.replace(seat, id=fresh_id(session), level=level, since=now, **values)
    old = msgspec.structs.replace(seat, until=now)
    note = f"{session.registry.name_of(seat.account)}, {seat.level} to {level}"
    write_checked(session, "seat.edit", changes(old, new), note, based_on=seat, guard=guard)
    return new


def end_seat(session: Session, seat: Seat, *, force: bool = False) -> Seat:
    """Record that a seat was removed.

    Raises RefusedError where nobody else has such rights, unless it is a fact that cannot be
    helped (`force`).
    """
    return end_record(session, seat, guard=None if force else _somebody_keeps_rights(seat))


def _somebody_keeps_rights(seat: Seat) -> Guard:
    step = Step(id="", act="remove_seat", account=seat.account, target=seat.id, person=seat.person)
    return guarded(step, "give somebody else the same rights first")
