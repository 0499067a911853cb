"""`safehands seat`: rights that people's own profiles, or role accounts, hold on accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import click

from vault.cli.arguments import moment, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import short, show_list, show_record, tell, warn_of_leavers
from vault.domain.account import Account
from vault.domain.levels import Level
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.seat import Seat
from vault.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from vault.domain.registry import Registry

_LEVEL = click.Choice(get_args(Level))


@click.group()
def seat() -> None:
    """Seats: rights on an account held by a person's own profile, or by a role account."""


@seat.command("list")
@click.option("--account", "which", metavar="ACCOUNT", help="Only on this account.")
@click.option("--person", "who", metavar="PERSON", help="Only of this person.")
@pass_invocation
def list_(invocation: Invocation, which: str | None, who: str | None) -> None:
    """List the seats that exist."""
    registry, at = invocation.registry(), invocation.moment
    on = resolve(registry, Account, which).id if which else None
    of = resolve(registry, Person, who).id if who else None
    found = [
        s
        for s in registry.all(Seat)
        if s.holds(at) and on in {None, s.account} and of in {None, s.person}
    ]
    found.sort(key=lambda s: (registry.name_of(s.account), s.level))
    columns = {
        "id": lambda _r, s, _at: short(s.id),
        "account": lambda r, s, _at: r.name_of(s.account),
        "holder": lambda r, s, _at: r.name_of(s.person or s.role_account),
        "level": lambda _r, s, _at: s.level,
        "since": lambda _r, s, _at: str(s.since.date()),
        "confirmed": lambda _r, s, at: (
            str(s.confirmed_on.date()) if s.is_confirmed(at) else "never"
        ),
    }
    empty = "no seats: safehands seat add ACCOUNT PERSON"
    show_list(invocation, registry, "seats", found, columns, empty)


def _holder(registry: Registry, text: str) -> Person | Account:
    if text.startswith("account:"):
        return resolve(registry, Account, text.removeprefix("account:"))
    return resolve(registry, Person, text)


@seat.command("show")
@click.argument("which", metavar="ACCOUNT")
@click.argument("who", metavar="HOLDER")
@pass_invocation
def show(invocation: Invocation, which: str, who: str) -> None:
    """Show the newest seat of HOLDER (a person, or account:NAME) on ACCOUNT."""
    registry = invocation.registry()
    account, holder = resolve(registry, Account, which), _holder(registry, who)
    held = [
        s
        for s in registry.seats_on.get(account.id, ())
        if holder.id in {s.person, s.role_account} and s.since <= invocation.moment
    ]
    if not held:
        message = f"{registry.name_of(holder.id)} never had a seat on {account.label}"
        hint = f"see who has: safehands seat list --account {account.id[:8]}"
        raise NotFoundError(message, hint)
    show_record(invocation, registry, max(held, key=lambda s: s.since))


@seat.command("add")
@click.argument("which", metavar="ACCOUNT")
@click.argument("holder")
@click.option(
    "--level", type=_LEVEL, default="full", show_default=True, help="What the holder may do."
)
@click.option("--since", metavar="DATE", help="Since when; today if not given.")
@click.option("--unconfirmed", is_flag=True, help="Invited, but not yet seen to work.")
@pass_invocation
def add(
    invocation: Invocation,
    which: str,
    holder: str,
    level: Level,
    since: str | None,
    unconfirmed: bool,  # noqa: FBT001
) -> None:
    """Record that HOLDER (a person, or account:NAME for a role account) has a seat on ACCOUNT."""
    from vault.services.seats import add_seat

    session = invocation.writing()
    registry = session.registry
    begins = moment(since, "--since", session.env.now())
    found, held_by = resolve(registry, Account, which), _holder(registry, holder)
    record = add_seat(session, found, held_by, level, begins, confirmed=not unconfirmed)
    tell(invocation, session, record)
    warn_of_leavers(session, record)


@seat.command("edit")
@click.argument("which", metavar="ACCOUNT")
@click.argument("who", metavar="HOLDER")
@click.option("--level", type=_LEVEL, help="What the holder may do from now on.")
@click.option("--confirmed", is_flag=True, help="The holder has shown that it works.")
@click.option("--force", is_flag=True, help="Even if nobody else has full rights.")
@pass_invocation
def edit(
    invocation: Invocation,
    which: str,
    who: str,
    level: Level | None,
    confirmed: bool,  # noqa: FBT001
    force: bool,  # noqa: FBT001
) -> None:
    """Change the seat of HOLDER on ACCOUNT: its level, or that it was seen to work."""
    from vault.services.seats import edit_seat, find_seat

    if level is None and not confirmed:
        message = "nothing to change was given"
        raise UsageError(message, "give --level LEVEL or --confirmed")
    session = invocation.writing()
    registry = session.registry
    found = find_seat(session, resolve(registry, Account, which), _holder(registry, who).id)
    record = edit_seat(session, found, level=level, confirmed=confirmed, force=force)
    tell(invocation, session, record)


@seat.command("end")
@click.argument("which", metavar="ACCOUNT")
@click.argument("who", metavar="HOLDER")
@click.option("--force", is_flag=True, help="Even if nobody else has full rights.")
@pass_invocation
def end(invocation: Invocation, which: str, who: str, force: bool) -> None:  # noqa: FBT001
    """Record that the seat of HOLDER on ACCOUNT was removed."""
    from vault.services.seats import end_seat, find_seat

    session = invocation.writing()
    registry = session.registry
    found = find_seat(session, resolve(registry, Account, which), _holder(registry, who).id)
    tell(invocation, session, end_seat(session, found, force=force), "ended")
