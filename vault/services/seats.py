"""Ending seats, under the guard that somebody with full rights must stay."""

from __future__ import annotations

from vault.domain.account import Account
from vault.domain.guards import objection
from vault.domain.person import Person
from vault.domain.seat import Seat
from vault.domain.steps import Step
from vault.errors import NotFoundError, RefusedError
from vault.services.editing import end_record
from vault.services.session import Session


def end_seat(session: Session, account: Account, person: Person, *, force: bool = False) -> Seat:
    """Record that a person's seat on an account was removed.

    Raises RefusedError where nobody else has such rights, unless it is a fact that cannot be
    helped (`force`); NotFoundError where there is no such seat.
    """
    registry, now = session.registry, session.env.now()
    for seat in registry.seats_on.get(account.id, ()):
        if seat.person != person.id or not seat.holds(now):
            continue
        step = Step(id="", act="remove_seat", account=account.id, target=seat.id, person=person.id)
        why = objection(registry, step, now)
        if why and not force:
            hint = "give somebody else the same rights first, or record the fact with --force"
            raise RefusedError(why[0].upper() + why[1:], hint)
        return end_record(session, seat)
    message = f"{person.name} has no seat on {account.label}"
    raise NotFoundError(message, f"see who has: safehands seat list --account {account.label}")
