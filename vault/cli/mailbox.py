"""`safehands mailbox`: mailboxes, who reads them, and whether they work."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, get_args

import click

from vault.cli.arguments import changed, given, optional_day, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import (
    short,
    show_record,
    show_words,
    tell,
    warn_of_leavers,
    warn_of_what_hangs,
)
from vault.domain.endings import accounts_on
from vault.domain.mailbox import Mailbox, MailboxKind
from vault.domain.naming import holder, resolve
from vault.domain.role import Role
from vault.domain.spell import current
from vault.domain.telling import names
from vault.domain.verdict import by_name
from vault.domain.whose import owners
from vault.errors import UsageError

if TYPE_CHECKING:
    from vault.services.session import Session


@click.group()
def mailbox() -> None:
    """Mailboxes: what resets passwords, and so what accounts really hang on."""


@mailbox.command("list")
@click.argument("words", nargs=-1)
@pass_invocation
def list_(invocation: Invocation, words: tuple[str, ...]) -> None:
    """List mailboxes whose address or note holds all WORDS.

    kind:shared and owner:press narrow it down.
    """
    from vault.domain.directory import mailboxes

    registry = invocation.registry()
    rows = mailboxes(registry, invocation.moment)
    columns = {
        "id": lambda _r, m, _at: short(m.id),
        "address": lambda _r, m, _at: m.address,
        "kind": lambda _r, m, _at: m.type,
        "owner": lambda r, m, _at: r.name_of(m.owner) if m.owner else "",
        "read by": lambda r, m, at: names(r, m.readers, at),
        "proven": lambda _r, m, _at: str(m.proven_at.date()) if m.proven_at else "never",
        "accounts": lambda r, m, at: str(sum(1 for _ in accounts_on(r, m.id, at))),
    }
    show_words(invocation, registry, "mailboxes", rows, words, columns, _EMPTY)


@mailbox.command("show")
@click.argument("address")
@pass_invocation
def show(invocation: Invocation, address: str) -> None:
    """Show one mailbox and the accounts that hang on it."""
    registry = invocation.registry()
    found = resolve(registry, Mailbox, address)
    users = by_name(registry, (a.id for a in accounts_on(registry, found.id, invocation.moment)))
    labels = [registry.name_of(each) for each in users]
    show_record(invocation, registry, found, {"accounts": labels}, account_ids=users)


_EMPTY = "no mailboxes yet: safehands mailbox add ADDRESS --role ROLE"
_KIND = click.Choice(get_args(MailboxKind))


@mailbox.command("add")
@click.argument("address")
@click.option(
    "--type",
    "type_",
    type=_KIND,
    help="What sort of mailbox it is; if not given, personal for a freemail address, else shared.",
)
@click.option("--role", metavar="ROLE", help="The role that owns it.")
@click.option("--owner", help="The role or person that owns it.")
@click.option("--reader", "readers", multiple=True, help="A role or person that reads it.")
@click.option("--keep-until", metavar="DATE", help="It must not be deleted before that day.")
@click.option("--note", default="", help="A remark.")
@pass_invocation
def add(
    invocation: Invocation,
    address: str,
    type_: MailboxKind | None,
    role: str | None,
    owner: str | None,
    readers: tuple[str, ...],
    keep_until: str | None,
    note: str,
) -> None:
    """Add the mailbox ADDRESS. A role that owns it reads it, unless readers are named.

    Where no owner is named it is the person's on record with that address, if there is one.
    """
    from vault.services.mailboxes import add_mailbox, day_to_keep

    if role and owner:
        message = "--role and --owner exclude each other"
        raise UsageError(message, "a mailbox has one owner: leave one out")
    kept = optional_day(keep_until, "--keep-until")
    session = invocation.writing()
    registry = session.registry
    owned_by = f"role:{role}" if role else owner
    record = add_mailbox(
        session,
        address,
        type_,
        owner=holder(registry, owned_by) if owned_by else "",
        readers=tuple(holder(registry, each) for each in readers),
        keep_until=day_to_keep(kept, session.env.now()),
        note=note,
    )
    _tell(invocation, session, record)
    if record.owner and not owned_by and not invocation.as_json:
        who, edit = session.registry.name_of(record.owner), shlex.quote(record.address)
        invocation.out.line(f"{who} owns it: it is an address of theirs. If somebody else does:")
        invocation.out.line(f"  $ safehands mailbox edit {edit} --owner WHO")
    warn_of_leavers(session, record)


def _tell(invocation: Invocation, session: Session, record: Mailbox) -> None:
    """Tell which mailbox was added or edited, and who reads it.

    Whose own it is reads it unless they are shut out, and a role that owns it only where it is
    among the readers (docs/access-model.md, section 2).
    """
    registry, now = session.registry, session.env.now()
    owner, told = registry.find(record.owner), names(registry, record.readers, now)
    reading = current(record.readers, now)
    own = (p for p in owners(registry, record) if p not in reading and record.lets_in(p, now))
    told = ", ".join(filter(None, (*map(registry.name_of, own), told)))
    tell(invocation, session, record, f"read by {told or 'nobody'}")
    if isinstance(owner, Role) and owner.id not in reading and not invocation.as_json:
        reader = f"{shlex.quote(record.address)} --reader {shlex.quote(f'role:{owner.name}')}"
        invocation.out.line(f"{owner.name} owns it, and is not among its readers. If it reads it:")
        invocation.out.line(f"  $ safehands mailbox edit {reader}")


@mailbox.command("edit")
@click.argument("address")
@click.option(
    "--address", "renamed", metavar="NEW", help="Its new address, to be proved; all stays on it."
)
@click.option("--type", "type_", type=_KIND, help="What sort of mailbox it is.")
@click.option("--owner", help="The role or person that owns it.")
@click.option("--reader", "readers", multiple=True, help="A role or person that reads it too.")
@click.option("--no-reader", "gone", multiple=True, help="One that does not read it any more.")
@click.option("--keep-until", metavar="DATE", help="It must not be deleted before that day.")
@click.option("--note", help="A remark.")
@pass_invocation
def edit(
    invocation: Invocation,
    address: str,
    renamed: str | None,
    type_: MailboxKind | None,
    owner: str | None,
    readers: tuple[str, ...],
    gone: tuple[str, ...],
    keep_until: str | None,
    note: str | None,
) -> None:
    """Change what is known of a mailbox. Its owner reads it too, until named with --no-reader."""
    from vault.services.mailboxes import day_to_keep, edit_mailbox, shut_out

    kept = optional_day(keep_until, "--keep-until")
    session = invocation.writing()
    registry, now = session.registry, session.env.now()
    found = resolve(registry, Mailbox, address)
    values = given(
        address=renamed,
        type=type_,
        owner=holder(registry, owner) if owner else None,
        keep_until=day_to_keep(kept, now),
        note=note,
    )
    values["readers"] = changed(registry, found.readers, readers, gone, now)
    new, old = ([holder(registry, each) for each in texts] for texts in (readers, gone))
    values["shut_out"] = shut_out(registry, found, new, old, now)
    record = edit_mailbox(session, found, **values)
    _tell(invocation, session, record)
    warn_of_leavers(session, record, found)


@mailbox.command("end")
@click.argument("address")
@click.option("--force", is_flag=True, help="It is gone, though something still hangs on it.")
@pass_invocation
def end(invocation: Invocation, address: str, force: bool) -> None:  # noqa: FBT001
    """Record that a mailbox is not in use any more."""
    from vault.services.editing import end_record

    session = invocation.writing()
    found = resolve(session.registry, Mailbox, address)
    ended = end_record(session, found, forced=force)
    tell(invocation, session, ended, "ended")
    warn_of_what_hangs(session, ended)


@mailbox.command("prove")
@click.argument("address")
@click.option("--code", help="The code that arrived, to finish the proof.")
@pass_invocation
def prove(invocation: Invocation, address: str, code: str | None) -> None:
    """Prove that ADDRESS can be read: without --code, get a code to send there."""
    from vault.services.mailboxes import challenge_mailbox, prove_mailbox

    session = invocation.writing()
    found = resolve(session.registry, Mailbox, address)
    if code is not None:
        tell(invocation, session, prove_mailbox(session, found, code), "proven")
        return
    made = challenge_mailbox(session, found)
    if invocation.as_json:
        invocation.out.document(
            "safehands.mailbox_challenge/1", {"mailbox": found.id, "code": made}
        )
        return
    invocation.out.line(f"Send this code to {found.address} from another address: {made}")
    invocation.out.line(
        "Then a reader types it back: "
        f"safehands mailbox prove {shlex.quote(found.address)} --code CODE"
    )
