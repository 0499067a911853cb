"""Accounts of which the company has full control only if a seat works that nobody has confirmed.

Such a seat is no control in a verdict (docs/access-model.md, section 2), and its account is not
safe either: what would be lost with it cannot be said. After an import that is every seat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from vault.domain.access import Access, company_side
from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.levels import at_least
from vault.domain.mending import Names
from vault.domain.neighbourhood import surroundings
from vault.domain.registry import Registry
from vault.domain.seat import Seat
from vault.domain.spell import current

Unconfirmed = Mapping[Id, tuple[Seat, ...]]
"""The accounts that hang on unconfirmed seats, each with those seats; on a container they are its.
"""


def on_unconfirmed_seats(registry: Registry, at: datetime) -> Unconfirmed:
    """Return the accounts of which the company has full control only if unconfirmed seats work.

    They are in the order of their names, and so are those who hold the seats of each. Costs next to
    nothing where all seats are confirmed.
    """
    doubted = _doubted(registry, at)
    if not doubted:
        return {}
    hanging = {
        account.id: tuple(_reaching(registry, account, doubted, at))
        for account in sorted(registry.all(Account), key=lambda a: (a.label, a.id))
    }
    part = surroundings(registry, [account for account, seats in hanging.items() if seats])
    access = Access(part, company_side(part, at), at)
    found = {}
    for account, seats in hanging.items():
        usable = tuple(s for s in seats if s.person or access.can_log_in(s.role_account))
        if usable and not access.controls(account, "full"):
            found[account] = usable
    return found


def is_unconfirmed(seat: Seat, at: datetime) -> bool:
    """Say whether a seat is there and nobody has shown that it works."""
    return seat.holds(at) and not seat.is_confirmed(at)


def to_confirm(names: Names, seat: Seat) -> str:
    """Return the command that records that a seat was seen to work."""
    return f"safehands seat edit {names.of(seat.account)} {names.holder(seat)} --confirmed"


def seat_holders(registry: Registry, seats: Sequence[Seat]) -> str:
    """Return the names of those who hold seats, with commas."""
    return ", ".join(dict.fromkeys(registry.name_of(s.person or s.role_account) for s in seats))


def _doubted(registry: Registry, at: datetime) -> Mapping[Id, list[Seat]]:
    """The unconfirmed seats with full rights by account, of who works here and of role accounts."""
    people = company_side(registry, at).people
    found: defaultdict[Id, list[Seat]] = defaultdict(list)
    for seat in registry.all(Seat):
        has_full = at_least(seat.level, "full") and is_unconfirmed(seat, at)
        if has_full and (seat.role_account or seat.person in people):
            found[seat.account].append(seat)
    for seats in found.values():
        seats.sort(key=lambda s: (registry.name_of(s.person or s.role_account), s.id))
    return found


def _reaching(
    registry: Registry, account: Account, doubted: Mapping[Id, list[Seat]], at: datetime
) -> Iterator[Seat]:
    """Yield the doubted seats on an account and on what it is contained in, while that is open."""
    waiting, seen = [account.id], set[Id]()
    while waiting:
        each = registry.account(waiting.pop())
        if each.id not in seen and registry.is_live(each, at):
            seen.add(each.id)
            yield from doubted.get(each.id, ())
            waiting.extend(current(each.containers, at))
