"""What still needs an account that is to be closed: nothing may, after the last step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from vault.domain.account import Account
from vault.domain.existence import was_open
from vault.domain.grace import is_closing
from vault.domain.ids import Id
from vault.domain.mending import Names
from vault.domain.registry import Registry
from vault.domain.spell import current
from vault.domain.ways_out import Blocker, way


class Dependant(Blocker, frozen=True, gc=False):
    """Something that needs an account: on which `account`, what it is, and ways out.

    A seat `ends_with_it`: who has it needs nothing once the account is gone.
    """

    ends_with_it: bool = False


def dependants(
    registry: Registry, account: Account, at: datetime, names: Names | None = None
) -> Iterator[Dependant]:
    """Yield what needs an account at a moment: by sign-in, container, tool, seat or grant, or
    because it goes on there.

    What is closed or being closed itself needs nothing. Who asks about many accounts gives the same
    `names` each time: to make them, all that are in use are counted.
    """
    for each in _dependants(registry, account, at, names or Names(registry)):
        if each.account == account.id or not is_closing(registry, each.account):
            yield each


def _dependants(
    registry: Registry, account: Account, at: datetime, names: Names
) -> Iterator[Dependant]:
    yield from _hanging(registry, names, account, at)
    yield from _going_on(registry, names, account, at)
    for grant in registry.grants_by.get(account.id, ()):
        if grant.tool == account.id and grant.holds(at) and _is_open(registry, grant.account, at):
            on = registry.name_of(grant.account)
            ways = (
                way(names, "end_grant", f"connect {on} to another tool, then", grant),
                way(names, "close_account", f"close {on} as well", registry.account(grant.account)),
            )
            yield Dependant(grant.account, f"{account.label} is the tool that posts on {on}", ways)
    for seat in registry.seats_of.get(account.id, ()):
        held = seat.role_account == account.id and seat.holds(at)
        if held and _is_open(registry, seat.account, at):
            on = registry.name_of(seat.account)
            end = way(names, "end_seat", f"give somebody else the seat on {on}, then", seat)
            yield Dependant(seat.account, f"{account.label} holds a seat on {on}", (end,))
    for seat in registry.seats_on.get(account.id, ()):
        if seat.holds(at):
            who = registry.name_of(seat.person or seat.role_account)
            what, end = f"{who} has a seat on {account.label}", way(names, "end_seat", "", seat)
            yield Dependant(account.id, what, (end,), ends_with_it=True)
    for grant in registry.grants_on.get(account.id, ()):
        if grant.holds(at):
            what = f"{registry.name_of(grant.tool)} is connected to {account.label}"
            yield Dependant(account.id, what, (way(names, "end_grant", "", grant),))


def _hanging(
    registry: Registry, names: Names, account: Account, at: datetime
) -> Iterator[Dependant]:
    for other in registry.accounts_on.get(account.id, ()):
        if not registry.is_live(other, at):
            continue
        close = way(names, "close_account", "close it as well", other)
        if account.id in current(other.sign_in_accounts, at):
            what = f"{other.label} signs in with {account.label}"
            own = way(names, "give_own_login", "give it a log-in of its own", other)
            yield Dependant(other.id, what, (own, close))
        if account.id in current(other.containers, at):
            what = f"{other.label} is contained in {account.label}"
            out = way(names, "move_out", "move it out", other)
            yield Dependant(other.id, what, (out, close))


def _going_on(
    registry: Registry, names: Names, account: Account, at: datetime
) -> Iterator[Dependant]:
    for case in registry.cases_into.get(account.id, ()):
        another = case.account != account.id and _is_open(registry, case.account, at)
        if another and was_open(case, at):
            name = registry.name_of(case.account)
            what = f"{name}, which is being closed, goes on in {account.label}"
            anew = way(
                names, "close_anew", "let it go on elsewhere", registry.account(case.account)
            )
            yield Dependant(case.account, what, (anew,))


def _is_open(registry: Registry, account: Id, at: datetime) -> bool:
    record = registry.find(account)
    return isinstance(record, Account) and registry.is_live(record, at)
