"""`safehands grant`: what connected tools may do."""

from __future__ import annotations

import click

from vault.cli.arguments import moment, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import added, short, show_list
from vault.domain.account import Account
from vault.domain.grant import Grant
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.errors import UsageError


@click.group()
def grant() -> None:
    """Grants: tools that are connected to accounts, and by whom."""


@grant.command("list")
@click.option("--account", "which", help="Only on this account.")
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
        "connected by": lambda r, g, _at: r.name_of(g.granted_by) if g.granted_by else "",
        "scope": lambda _r, g, _at: g.scope,
        "since": lambda _r, g, _at: str(g.since.date()),
    }
    show_list(invocation, registry, "grants", found, columns, "no tools recorded")


@grant.command("add")
@click.argument("which")
@click.argument("tool")
@click.option("--by", "who", help="Who connected it.")
@click.option("--scope", default="", help="What it may do, as the platform says.")
@click.option("--since", metavar="DATE", help="Since when; today if not given.")
@pass_invocation
def add(
    invocation: Invocation, which: str, tool: str, who: str | None, scope: str, since: str | None
) -> None:
    """Record that the account TOOL is connected to the account WHICH."""
    from vault.services.editing import add_record, fresh_id

    invocation.refuse_as_of()
    session = invocation.session()
    registry = session.registry
    found, connected = resolve(registry, Account, which), resolve(registry, Account, tool)
    if found.id == connected.id:
        message = f"{found.label} cannot be its own tool"
        raise UsageError(message, "name the publishing tool's account")
    record = Grant(
        id=fresh_id(session),
        account=found.id,
        tool=connected.id,
        granted_by=resolve(registry, Person, who).id if who else "",
        scope=scope,
        since=moment(since, "--since", invocation.moment),
    )
    add_record(session, record)
    added(invocation, session.registry, found)


@grant.command("end")
@click.argument("grant_id", metavar="ID")
@pass_invocation
def end(invocation: Invocation, grant_id: str) -> None:
    """Record that a tool was disconnected."""
    from vault.services.editing import end_record

    invocation.refuse_as_of()
    session = invocation.session()
    found = resolve(session.registry, Grant, grant_id)
    end_record(session, found)
    added(invocation, session.registry, session.registry.account(found.account))
