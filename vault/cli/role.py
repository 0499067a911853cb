"""`safehands role`: roles, and who holds them."""

from __future__ import annotations

from typing import Any

import click

from vault.cli.arguments import moment, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import added, short, show_list, show_record
from vault.domain.naming import folded, resolve
from vault.domain.person import Person
from vault.domain.role import DEFAULT_MIN_HOLDERS, Assignment, Role
from vault.domain.spell import current
from vault.errors import NotFoundError, RefusedError


@click.group()
def role() -> None:
    """Roles: what accounts belong to, so that they do not belong to a person."""


def _holders(registry: Any, found: Role, at: Any) -> list[str]:
    return sorted(
        registry.name_of(a.person) for a in registry.assignments_of.get(found.id, ()) if a.holds(at)
    )


def _owned(registry: Any, found: Role, at: Any) -> list[str]:
    return sorted(
        a.label
        for a in registry.accounts_on.get(found.id, ())
        if a.is_open(at) and found.id in current(a.owner_roles, at)
    )


@role.command("list")
@click.argument("words", nargs=-1)
@pass_invocation
def list_(invocation: Invocation, words: tuple[str, ...]) -> None:
    """List roles whose name holds all WORDS."""
    registry, at = invocation.registry(), invocation.moment
    wanted = [folded(word) for word in words]
    found = [
        r
        for r in registry.all(Role)
        if (r.until is None or at < r.until) and all(w in folded(r.name) for w in wanted)
    ]
    found.sort(key=lambda r: folded(r.name))
    columns = {
        "id": lambda _r, each, _at: short(each.id),
        "name": lambda _r, each, _at: each.name,
        "held by": lambda r, each, at: ", ".join(_holders(r, each, at)),
        "at least": lambda _r, each, _at: str(each.min_holders),
        "accounts": lambda r, each, at: str(len(_owned(r, each, at))),
    }
    show_list(
        invocation, registry, "roles", found, columns, "no roles yet: safehands role add NAME"
    )


@role.command("show")
@click.argument("name")
@pass_invocation
def show(invocation: Invocation, name: str) -> None:
    """Show one role, its holders and accounts."""
    registry, at = invocation.registry(), invocation.moment
    found = resolve(registry, Role, name)
    more = {"holders": _holders(registry, found, at), "accounts": _owned(registry, found, at)}
    show_record(invocation, registry, found, more)


@role.command("add")
@click.argument("name")
@click.option("--purpose", default="", help="What the role is for.")
@click.option("--min-holders", type=int, default=DEFAULT_MIN_HOLDERS, show_default=True)
@click.option("--note", default="", help="A remark.")
@pass_invocation
def add(invocation: Invocation, **values: Any) -> None:
    """Add a role called NAME."""
    from vault.services.editing import add_record, fresh_id

    invocation.refuse_as_of()
    session = invocation.session()
    added(invocation, session.registry, add_record(session, Role(id=fresh_id(session), **values)))


@role.command("edit")
@click.argument("name")
@click.option("--name", "new_name", help="Another name.")
@click.option("--purpose", help="What the role is for.")
@click.option("--min-holders", type=int)
@click.option("--note", help="A remark.")
@pass_invocation
def edit(invocation: Invocation, name: str, new_name: str | None, **given: Any) -> None:
    """Change what is known of a role."""
    from vault.services.editing import edit_record

    invocation.refuse_as_of()
    session = invocation.session()
    values = {key: value for key, value in given.items() if value is not None}
    if new_name:
        values["name"] = new_name
    found = resolve(session.registry, Role, name)
    added(invocation, session.registry, edit_record(session, found, **values))


@role.command("end")
@click.argument("name")
@pass_invocation
def end(invocation: Invocation, name: str) -> None:
    """End a role that owns nothing any more."""
    from vault.services.editing import end_record

    invocation.refuse_as_of()
    session = invocation.session()
    found = resolve(session.registry, Role, name)
    owned = _owned(session.registry, found, invocation.moment)
    if owned:
        message = f"the role {found.name} still owns {len(owned)} accounts, {owned[0]} among them"
        raise RefusedError(message, "give them to another role first: safehands account edit")
    added(invocation, session.registry, end_record(session, found))


@role.command("assign")
@click.argument("name")
@click.argument("who")
@click.option("--from", "since", metavar="DATE", help="From that day on; today if not given.")
@pass_invocation
def assign(invocation: Invocation, name: str, who: str, since: str | None) -> None:
    """Give the role NAME to the person WHO."""
    from vault.services.editing import add_record, fresh_id

    invocation.refuse_as_of()
    session = invocation.session()
    registry, now = session.registry, invocation.moment
    found, holder = resolve(registry, Role, name), resolve(registry, Person, who)
    begins = moment(since, "--from", now)
    for other in registry.assignments_of.get(found.id, ()):
        if other.person == holder.id and other.holds(begins):
            message = f"{holder.name} holds the role {found.name} already"
            raise RefusedError(message, "nothing to do")
    if not holder.stays(max(begins, now)):
        message = f"{holder.name} does not work here on {begins.date()}"
        raise RefusedError(message, "give the role to somebody who stays")
    record = Assignment(id=fresh_id(session), person=holder.id, role=found.id, since=begins)
    add_record(session, record)
    added(invocation, session.registry, found)


@role.command("unassign")
@click.argument("name")
@click.argument("who")
@click.option("--from", "since", metavar="DATE", help="From that day on; today if not given.")
@pass_invocation
def unassign(invocation: Invocation, name: str, who: str, since: str | None) -> None:
    """Take the role NAME from the person WHO."""
    from vault.services.editing import end_record

    invocation.refuse_as_of()
    session = invocation.session()
    registry = session.registry
    found, holder = resolve(registry, Role, name), resolve(registry, Person, who)
    ends = moment(since, "--from", invocation.moment)
    for assignment in registry.assignments_of.get(found.id, ()):
        if assignment.person == holder.id and assignment.until is None:
            end_record(session, assignment, ends)
            added(invocation, session.registry, found)
            return
    message = f"{holder.name} does not hold the role {found.name}"
    raise NotFoundError(message, f"see who does: safehands role show {found.name}")
