"""`safehands grant`: what connected tools may do."""

from __future__ import annotations

from typing import get_args

import click

from vault.cli.arguments import given, moment, pass_invocation
from vault.cli.by_account import resolve_on_account
from vault.cli.invocation import Invocation
from vault.cli.listing import short, show_list, show_record, tell, warn_of_leavers
from vault.domain.account import Account
from vault.domain.grant import Grant
from vault.domain.levels import Level
from vault.domain.naming import resolve
from vault.domain.person import Person

_LEVEL = click.Choice(get_args(Level))


@click.group()
def grant() -> None:
    """Grants: tools that are connected to accounts, and by whom.

    Where a command takes GRANT, an id, the tool, or an account with only one will do.
    """


@grant.command("list")
@click.option("--account", "which", metavar="ACCOUNT", help="Only on this account.")
@pass_invocation
def list_(invocation: Invocation, which: str | None) -> None:
    """List the tools that are connected."""
    registry, at = invocation.registry(), invocation.moment
    on = resolve(registry, Account, which).id if which else None
    found = [g for g in registry.all(Grant) if g.holds(at) and on in {None, g.account}]
    found.sort(key=lambda g: (registry.name_of(g.account), registry.name_of(g.tool)))
    columns = {
        "id": lambda _r, g, _at: short(g.id),
        "account": lambda r, g, _at: r.name_of(g.account),
        "tool": lambda r, g, _at: r.name_of(g.tool),
        "level": lambda _r, g, _at: g.level,
        "connected by": lambda r, g, _at: r.name_of(g.granted_by) if g.granted_by else "",
        "scope": lambda _r, g, _at: g.scope,
        "since": lambda _r, g, _at: str(g.since.date()),
    }
    empty = "no tools recorded: safehands grant add ACCOUNT TOOL"
    show_list(invocation, registry, "grants", found, columns, empty)


@grant.command("show")
@click.argument("which", metavar="GRANT")
@pass_invocation
def show(invocation: Invocation, which: str) -> None:
    """Show one grant."""
    registry = invocation.registry()
    show_record(invocation, registry, resolve_on_account(registry, Grant, which))


@grant.command("add")
@click.argument("which", metavar="ACCOUNT")
@click.argument("tool")
@click.option("--by", "who", metavar="PERSON", help="Who connected it.")
@click.option("--scope", default="", help="What it may do, as the platform says.")
@click.option("--level", type=_LEVEL, default="post", show_default=True, help="What that means.")
@click.option("--since", metavar="DATE", help="Since when; today if not given.")
@pass_invocation
def add(
    invocation: Invocation,
    which: str,
    tool: str,
    who: str | None,
    scope: str,
    level: Level,
    since: str | None,
) -> None:
    """Record that TOOL, which is an account too, is connected to ACCOUNT."""
    from vault.services.editing import add_record, fresh_id

    session = invocation.writing()
    registry = session.registry
    record = Grant(
        id=fresh_id(session),
        account=resolve(registry, Account, which).id,
        tool=resolve(registry, Account, tool).id,
        granted_by=resolve(registry, Person, who).id if who else "",
        scope=scope,
        level=level,
        since=moment(since, "--since", session.env.now()),
    )
    add_record(session, record)
    tell(invocation, session, record)
    warn_of_leavers(session, record)


@grant.command("edit")
@click.argument("which", metavar="GRANT")
@click.option("--by", "who", metavar="PERSON", help="Who connected it.")
@click.option("--scope", help="What it may do, as the platform says.")
@click.option("--level", type=_LEVEL, help="What that means.")
@pass_invocation
def edit(
    invocation: Invocation,
    which: str,
    who: str | None,
    scope: str | None,
    level: Level | None,
) -> None:
    """Change what is known of a grant."""
    from vault.services.editing import edit_record

    session = invocation.writing()
    registry = session.registry
    found = resolve_on_account(registry, Grant, which)
    by = resolve(registry, Person, who).id if who else who
    values = given(granted_by=by, scope=scope, level=level)
    record = edit_record(session, found, **values)
    tell(invocation, session, record)
    warn_of_leavers(session, record, found)


@grant.command("end")
@click.argument("which", metavar="GRANT")
@pass_invocation
def end(invocation: Invocation, which: str) -> None:
    """Record that a tool was disconnected."""
    from vault.services.editing import end_record

    session = invocation.writing()
    found = resolve_on_account(session.registry, Grant, which)
    tell(invocation, session, end_record(session, found), "ended")
