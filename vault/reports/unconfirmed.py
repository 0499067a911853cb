"""Accounts that hang on seats nobody has confirmed, in words: for reports and for commands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from vault.domain.counting import several
from vault.domain.mending import Names
from vault.domain.registry import Registry
from vault.domain.telling import names
from vault.domain.unconfirmed import Unconfirmed, seat_holders, to_confirm
from vault.reports.lines import Line, prose
from vault.reports.report import Figure, Row, Section, section


def as_lines(registry: Registry, found: Unconfirmed, room: int | None) -> Iterator[Line]:
    """Yield which accounts these are, and the command for each seat that is seen to work."""
    if not found:
        return
    counted = several(len(found), "account hangs", "accounts hang")
    named = (
        f"{registry.name_of(each)} ({seat_holders(registry, seats)})"
        for each, seats in found.items()
    )
    told = f"{counted} on seats that nobody has confirmed: {', '.join(named)}"
    yield from prose("", told, room, "warn")
    yield from _commands(registry, found)


def _commands(registry: Registry, found: Unconfirmed) -> Iterator[Line]:
    typing = Names(registry)
    seats = {seat.id: seat for each in found.values() for seat in each}
    yield Line("Say so of each that is seen to work:")
    yield from (Line(f"  {to_confirm(typing, seat)}") for seat in seats.values())


def as_list(registry: Registry, found: Unconfirmed) -> list[dict[str, Any]]:
    """Return the accounts with their seats as plain values."""
    return [
        {
            "account": account,
            "name": registry.name_of(account),
            "seats": [
                {
                    "seat": seat.id,
                    "account": seat.account,
                    "person": seat.person,
                    "role_account": seat.role_account,
                    "level": seat.level,
                }
                for seat in seats
            ],
        }
        for account, seats in found.items()
    ]


def as_figure(found: Unconfirmed) -> Figure:
    """Return how many there are; the company does not have these for certain."""
    return Figure("unconfirmed", len(found), "account", _WHICH, calls=True)


_WHICH = "hanging on seats that nobody has confirmed"


def as_section(registry: Registry, found: Unconfirmed, at: datetime) -> Section:
    """Return a row for each seat that such an account hangs on, with the command to confirm it."""
    return section(
        "unconfirmed",
        _WHICH.capitalize(),
        ("account", "hangs_on", "owner_role", "once_it_works"),
        _rows(registry, found, at),
        "no account hangs on such a seat",
    )


def _rows(registry: Registry, found: Unconfirmed, at: datetime) -> Iterator[Row]:
    typing = Names(registry)
    for account, seats in found.items():
        for seat in seats:
            cells = (
                registry.name_of(account),
                seat_holders(registry, [seat]),
                names(registry, registry.account(account).owner_roles, at),
                to_confirm(typing, seat),
            )
            yield Row(f"{account}:{seat.id}", cells)
