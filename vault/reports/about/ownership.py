"""Ownership: which role owns each account, who holds it, and what hangs on one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from vault.domain.access import active_factors
from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.levels import at_least
from vault.domain.mailbox import Mailbox
from vault.domain.numbers import numbers
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.sessions import has_login
from vault.domain.spell import current
from vault.domain.staff import Staff
from vault.domain.telling import names
from vault.domain.unconfirmed import on_unconfirmed_seats, seat_holders
from vault.domain.whose import owners
from vault.reports.report import Cell, Chart, Column, Figure, Report, Row, most, section
from vault.reports.unconfirmed import as_figure, as_section


def ownership(registry: Registry, at: datetime) -> Report:
    """Return who owns the accounts there are at a moment: roles, their holders, their mailboxes."""
    accounts = [a for a in registry.all(Account) if a.is_open(at)]
    accounts.sort(key=lambda account: (account.platform, account.label, account.id))
    staff = Staff(registry, "", {}, at)
    holders = {role.id: staff.holders(role.id) for role in registry.all(Role)}
    personal = {account.id: sorted(_personal(registry, account, at)) for account in accounts}
    unproved = on_unconfirmed_seats(registry, at)
    tied = sum(map(bool, personal.values()))
    for account, seats in unproved.items():
        personal[account].append(f"seats not confirmed: {seat_holders(registry, seats)}")
    return Report(
        name="ownership",
        title="Who owns the accounts",
        as_of=at,
        answers="Which role owns each account, who holds that role, and what hangs on one person.",
        figures=(*_figures(accounts, holders, tied, at), as_figure(unproved)),
        sections=(
            section(
                "accounts",
                "Accounts",
                ("account", "platform", "owner_role", "holders", "login_mailbox", "hangs_on"),
                (Row(a.id, _cells(registry, a, holders, personal[a.id], at)) for a in accounts),
                "there are no accounts",
            ),
            section(
                "roles",
                "Roles",
                ("role", Column("accounts", "number"), "holders", Column("minimum", "number")),
                _roles(registry, accounts, holders, at),
                "there are no roles",
            ),
            as_section(registry, unproved, at),
        ),
        charts=(Chart("Accounts by platform", most(_platforms(registry, accounts))),),
    )


_PERSONAL: Final = "with an address, phone, second factor or the only seat of one person"


def _figures(
    accounts: list[Account], holders: dict[Id, list[Id]], personal: int, at: datetime
) -> Iterator[Figure]:
    roles = [current(account.owner_roles, at) for account in accounts]
    ownerless = sum(not owners for owners in roles)
    unheld = sum(bool(owners) and not any(map(holders.get, owners)) for owners in roles)
    yield Figure("accounts", len(accounts), "account")
    yield Figure("without_role", ownerless, "account", "without an owner role", calls=True)
    yield Figure("without_holder", unheld, "account", "whose role nobody holds", calls=True)
    yield Figure("personal", personal, "account", _PERSONAL, calls=True)


def _cells(
    registry: Registry, account: Account, holders: dict[Id, list[Id]], ties: list[str], at: datetime
) -> tuple[Cell, ...]:
    roles = current(account.owner_roles, at)
    people = dict.fromkeys(person for role in roles for person in holders.get(role, ()))
    return (
        account.label,
        registry.platform(account).name,
        names(registry, account.owner_roles, at),
        ", ".join(map(registry.name_of, people)),
        names(registry, account.login_mailboxes, at),
        "; ".join(ties),
    )


def _personal(registry: Registry, account: Account, at: datetime) -> Iterator[str]:
    """Yield what of an account is one person's own: address, phone, factor, the only full seat."""
    for word, spells in (
        ("log-in address", account.login_mailboxes),
        ("recovery address", account.recovery_mailboxes),
    ):
        for each in current(spells, at):
            mailbox = registry.find(each)
            if isinstance(mailbox, Mailbox):
                people = owners(registry, mailbox)
                yield from (f"{word} of {registry.name_of(person)}" for person in people)
                if not people and mailbox.type == "personal":
                    yield f"{word} of somebody"
    for each in current(numbers(registry, account), at):
        phone = registry.find(each)
        if isinstance(phone, Phone) and phone.contract:
            yield f"recovery phone of {registry.name_of(phone.contract)}"
    for factor in active_factors(registry, account, at):
        held = current(factor.holders, at)
        if len(held) == 1 and isinstance(registry.find(held[0]), Person):
            yield f"second factor of {registry.name_of(held[0])}"
    yield from _only_seat(registry, account, at)


def _only_seat(registry: Registry, account: Account, at: datetime) -> Iterator[str]:
    """Yield the only full seat; where one can log in as well, the account does not hang on it."""
    seats = [
        seat
        for seat in registry.seats_on.get(account.id, ())
        if seat.is_confirmed(at) and at_least(seat.level, "full")
    ]
    if len(seats) == 1 and seats[0].person and not has_login(registry, account):
        yield f"only seat of {registry.name_of(seats[0].person)}"


def _roles(
    registry: Registry, accounts: list[Account], holders: dict[Id, list[Id]], at: datetime
) -> Iterator[Row]:
    owned = Counter(role for account in accounts for role in current(account.owner_roles, at))
    roles = [r for r in registry.all(Role) if r.until is None or at < r.until]
    for role in sorted(roles, key=lambda role: (-owned[role.id], role.name, role.id)):
        people = ", ".join(map(registry.name_of, holders[role.id]))
        yield Row(role.id, (role.name, owned[role.id], people, role.min_holders))


def _platforms(registry: Registry, accounts: list[Account]) -> list[tuple[str, int]]:
    return [*Counter(registry.platform(account).name for account in accounts).items()]
