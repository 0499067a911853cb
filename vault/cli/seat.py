"""`safehands seat`: rights that people's own profiles, or role accounts, hold on accounts."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import click

from vault.cli.arguments import moment, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import added, short, show_list
from vault.domain.account import Account
from vault.domain.levels import Level
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.seat import Seat
from vault.errors import RefusedError, UsageError


@click.group()
def seat() -> None:
    """Seats: rights on an account held by a person's own profile, or by a role account."""


@seat.command("list")
@click.option("--account", "which", help="Only on this account.")
@click.option("--person", "who", help="Only of this person.")
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
    show_list(invocation, registry, "seats", found, columns, "no seats")


@seat.command("add")
@click.argument("which")
@click.argument("holder")
@click.option("--level", type=click.Choice(get_args(Level)), default="full", show_default=True)
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
    """Record that HOLDER (a person, or account:NAME for a role account) has a seat on WHICH."""
    from vault.services.editing import add_record, fresh_id

    invocation.refuse_as_of()
    session = invocation.session()
    registry, now = session.registry, session.env.now()
    found = resolve(registry, Account, which)
    begins = moment(since, "--since", now)
    if not registry.platform(found).has_seats and registry.platform(found).models:
        message = f"{registry.platform(found).name} has no seats, but one shared log-in"
        raise UsageError(message, "record who knows the password instead: safehands credential set")
    person, role_account = _holder(invocation, registry, holder, begins)
    record = Seat(
        id=fresh_id(session),
        account=found.id,
        level=level,
        person=person,
        role_account=role_account,
        since=begins,
        granted_by=session.person,
        confirmed_on=None if unconfirmed else begins,
    )
    add_record(session, record)
    added(invocation, session.registry, found)


def _holder(
    invocation: Invocation, registry: object, text: str, begins: datetime
) -> tuple[str, str]:
    from vault.domain.registry import Registry

    assert isinstance(registry, Registry)  # noqa: S101  # narrows for the type checker
    if text.startswith("account:"):
        return "", resolve(registry, Account, text.removeprefix("account:")).id
    person = resolve(registry, Person, text)
    if not person.stays(max(begins, invocation.moment)):
        message = f"{person.name} has left: a seat now would be a new personal tie"
        raise RefusedError(message, "give it to somebody who stays")
    return person.id, ""


@seat.command("end")
@click.argument("which")
@click.argument("who")
@click.option("--force", is_flag=True, help="Even if nobody else has full rights.")
@pass_invocation
def end(invocation: Invocation, which: str, who: str, force: bool) -> None:  # noqa: FBT001
    """Record that the seat of WHO on the account WHICH was removed."""
    from vault.services.seats import end_seat

    invocation.refuse_as_of()
    session = invocation.session()
    registry = session.registry
    found, person = resolve(registry, Account, which), resolve(registry, Person, who)
    end_seat(session, found, person, force=force)
    added(invocation, session.registry, found)
