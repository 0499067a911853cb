"""`safehands role`: roles, and who holds them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from vault.cli.arguments import given, moment, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import short, show_record, show_words, tell, warn_of_leavers
from vault.domain.holders import holders, told
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.role import DEFAULT_MIN_HOLDERS, Role
from vault.domain.spell import current
from vault.domain.verdict import by_name
from vault.errors import AmbiguousError, NotFoundError, UsageError

if TYPE_CHECKING:
    from vault.domain.ids import Id
    from vault.domain.registry import Registry
    from vault.services.session import Session


@click.group()
def role() -> None:
    """Roles: what accounts belong to, so that they do not belong to a person."""


def _holders(registry: Registry, found: Role, at: datetime) -> list[Id]:
    return by_name(registry, holders(registry, found.id, at))


def _all_holders(registry: Registry, found: Role, at: datetime) -> str:
    return told(registry, found.id, at) or "nobody"


def _owned(registry: Registry, found: Role, at: datetime) -> list[Id]:
    owned = (
        a.id
        for a in registry.accounts_on.get(found.id, ())
        if a.is_open(at) and found.id in current(a.owner_roles, at)
    )
    return by_name(registry, owned)


def _in_a_document(registry: Registry, found: Role, at: datetime) -> dict[str, list[str]]:
    held, owned = _holders(registry, found, at), _owned(registry, found, at)
    named = [[registry.name_of(each) for each in some] for some in (held, owned)]
    return {"holders": named[0], "holder_ids": held, "accounts": named[1], "account_ids": owned}


@role.command("list")
@click.argument("words", nargs=-1)
@pass_invocation
def list_(invocation: Invocation, words: tuple[str, ...]) -> None:
    """List roles whose name or purpose holds all WORDS.

    person:jan narrows it down to those that somebody holds.
    """
    from vault.domain.directory import roles

    registry, at = invocation.registry(), invocation.moment
    rows = roles(registry, at)
    columns = {
        "id": lambda _r, each, _at: short(each.id),
        "name": lambda _r, each, _at: each.name,
        "held by": lambda r, each, at: told(r, each.id, at),
        "at least": lambda _r, each, _at: str(each.min_holders),
        "accounts": lambda r, each, at: str(len(_owned(r, each, at))),
    }
    empty = "no roles yet: safehands role add NAME"

    def more(each: Role) -> dict[str, list[str]]:
        return _in_a_document(registry, each, at)

    show_words(invocation, registry, "roles", rows, words, columns, empty, more)


@role.command("show")
@click.argument("name")
@pass_invocation
def show(invocation: Invocation, name: str) -> None:
    """Show one role, its holders and accounts."""
    registry, at = invocation.registry(), invocation.moment
    found = resolve(registry, Role, name)
    told = _in_a_document(registry, found, at)
    more = {name: told.pop(name) for name in ("holders", "accounts")}
    show_record(invocation, registry, found, more, **told)


@role.command("add")
@click.argument("name")
@click.option("--purpose", default="", help="What the role is for.")
@click.option(
    "--min-holders",
    type=int,
    default=DEFAULT_MIN_HOLDERS,
    show_default=True,
    help="How many people hold it at least, so that one can fall ill.",
)
@click.option("--external-id", default="", help="The key that another list knows it by.")
@click.option("--note", default="", help="A remark.")
@pass_invocation
def add(invocation: Invocation, **values: Any) -> None:
    """Add a role called NAME."""
    from vault.services.editing import add_record, fresh_id

    session = invocation.writing()
    record = add_record(session, Role(id=fresh_id(session), **values))
    tell(invocation, session, record)
    if not invocation.as_json:
        invocation.out.line(f"Next: safehands role assign {short(record.id)} PERSON")


@role.command("edit")
@click.argument("name")
@click.option("--name", "new_name", help="Another name.")
@click.option("--purpose", help="What the role is for.")
@click.option("--min-holders", type=int, help="How many people hold it at least.")
@click.option("--external-id", help="The key that another list knows it by.")
@click.option("--note", help="A remark.")
@pass_invocation
def edit(invocation: Invocation, name: str, new_name: str | None, **typed: Any) -> None:
    """Change what is known of a role."""
    from vault.services.editing import edit_record

    session = invocation.writing()
    found = resolve(session.registry, Role, name)
    values = given(name=new_name, **typed)
    tell(invocation, session, edit_record(session, found, **values))


@role.command("end")
@click.argument("name")
@pass_invocation
def end(invocation: Invocation, name: str) -> None:
    """End a role that owns nothing any more."""
    from vault.services.editing import end_record

    session = invocation.writing()
    found = resolve(session.registry, Role, name)
    tell(invocation, session, end_record(session, found), "ended")


def _role_and_person(registry: Registry, name: str, who: str) -> tuple[Role, Person]:
    """The role and the person that two words name; raises UsageError where they are swapped."""
    try:
        return resolve(registry, Role, name), resolve(registry, Person, who)
    except NotFoundError as error:
        with suppress(NotFoundError, AmbiguousError):
            holder, found = resolve(registry, Person, name), resolve(registry, Role, who)
            message = f"{holder.name} is a person, and {found.name} a role"
            raise UsageError(message, "name the role first, then the person") from error
        raise


@role.command("assign")
@click.argument("name")
@click.argument("who")
@click.option("--from", "since", metavar="DATE", help="From that day on; today if not given.")
@pass_invocation
def assign(invocation: Invocation, name: str, who: str, since: str | None) -> None:
    """Give the role NAME to the person WHO."""
    from vault.services.roles import assign_role

    session = invocation.writing()
    begins = moment(since, "--from", session.env.now())
    found, holder = _role_and_person(session.registry, name, who)
    given = assign_role(session, found, holder, begins)
    held = f"held by {_all_holders(session.registry, found, begins)}"
    tell(invocation, session, found, _from_then(session, begins) + held)
    warn_of_leavers(session, given)


@role.command("unassign")
@click.argument("name")
@click.argument("who")
@click.option("--from", "since", metavar="DATE", help="From that day on; today if not given.")
@click.option("--force", is_flag=True, help="Even if nobody else holds a role that owns something.")
@pass_invocation
def unassign(
    invocation: Invocation,
    name: str,
    who: str,
    since: str | None,
    force: bool,  # noqa: FBT001
) -> None:
    """Take the role NAME from the person WHO."""
    from vault.services.roles import unassign_role

    session = invocation.writing()
    ends = moment(since, "--from", session.env.now())
    found, holder = _role_and_person(session.registry, name, who)
    unassign_role(session, found, holder, ends, force=force)
    left = _all_holders(session.registry, found, ends)
    told = f"{_from_then(session, ends)}held by {left}; not by {holder.name}"
    tell(invocation, session, found, told)


def _from_then(session: Session, begins: datetime) -> str:
    """Say from which day on something is so that is not so yet."""
    return f"from {begins.date()} on " if begins > session.env.now() else ""
