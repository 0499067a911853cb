"""`safehands phone`: phone numbers."""

from __future__ import annotations

from typing import get_args

import click

from vault.cli.arguments import changed, given, holders, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import (
    short,
    show_record,
    show_words,
    tell,
    warn_of_leavers,
    warn_of_what_hangs,
)
from vault.domain.endings import accounts_on, sending_codes_to
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.phone import Phone, PhoneKind
from vault.domain.telling import names
from vault.domain.verdict import by_name

_KIND = click.Choice(get_args(PhoneKind))


@click.group()
def phone() -> None:
    """Phones: whose contract they are, and who carries them."""


@phone.command("list")
@click.argument("words", nargs=-1)
@pass_invocation
def list_(invocation: Invocation, words: tuple[str, ...]) -> None:
    """List phones whose number or note holds all WORDS.

    carrier:jan narrows it down to those that somebody carries.
    """
    from vault.domain.directory import phones

    registry = invocation.registry()
    rows = phones(registry, invocation.moment)
    columns = {
        "id": lambda _r, p, _at: short(p.id),
        "number": lambda _r, p, _at: p.number,
        "kind": lambda _r, p, _at: p.type,
        "contract": lambda r, p, _at: r.name_of(p.contract) if p.contract else "company",
        "carried by": lambda r, p, at: names(r, p.carriers, at),
        "note": lambda _r, p, _at: p.note,
    }
    empty = "no phones recorded: safehands phone add NUMBER"
    show_words(invocation, registry, "phones", rows, words, columns, empty)


@phone.command("show")
@click.argument("number")
@pass_invocation
def show(invocation: Invocation, number: str) -> None:
    """Show one phone and the accounts that hang on it."""
    registry = invocation.registry()
    found = resolve(registry, Phone, number)
    at = invocation.moment
    on = (*accounts_on(registry, found.id, at), *sending_codes_to(registry, found.id, at))
    users = by_name(registry, {account.id for account in on})
    labels = [registry.name_of(each) for each in users]
    show_record(invocation, registry, found, {"accounts": labels}, account_ids=users)


@phone.command("add")
@click.argument("number")
@click.option(
    "--type", "type_", type=_KIND, default="mobile", show_default=True, help="What sort it is."
)
@click.option("--contract", metavar="PERSON", help="Whose contract it is, if not the company's.")
@click.option("--carrier", "carriers", multiple=True, metavar="WHO", help="A role or person.")
@click.option("--note", default="", help="A remark.")
@pass_invocation
def add(
    invocation: Invocation,
    number: str,
    type_: PhoneKind,
    contract: str | None,
    carriers: tuple[str, ...],
    note: str,
) -> None:
    """Record the phone NUMBER."""
    from vault.services.editing import add_record, fresh_id

    session = invocation.writing()
    registry = session.registry
    record = Phone(
        id=fresh_id(session),
        number=number.strip(),
        type=type_,
        contract=resolve(registry, Person, contract).id if contract else "",
        carriers=holders(registry, carriers, session.env.now()),
        note=note,
    )
    add_record(session, record)
    tell(invocation, session, record)
    warn_of_leavers(session, record)


@phone.command("edit")
@click.argument("number")
@click.option("--type", "type_", type=_KIND, help="What sort it is.")
@click.option("--contract", metavar="PERSON", help='Whose contract it is; "" is the company\'s.')
@click.option("--carrier", "new", multiple=True, metavar="WHO", help="Who carries it now.")
@click.option("--no-carrier", "gone", multiple=True, metavar="WHO", help="Who does not any more.")
@click.option("--note", help="A remark.")
@pass_invocation
def edit(
    invocation: Invocation,
    number: str,
    type_: PhoneKind | None,
    contract: str | None,
    new: tuple[str, ...],
    gone: tuple[str, ...],
    note: str | None,
) -> None:
    """Change what is known of a phone."""
    from vault.services.editing import edit_record

    session = invocation.writing()
    registry = session.registry
    found = resolve(registry, Phone, number)
    payer = resolve(registry, Person, contract).id if contract else contract
    values = given(type=type_, contract=payer, note=note)
    values["carriers"] = changed(registry, found.carriers, new, gone, session.env.now())
    record = edit_record(session, found, **values)
    tell(invocation, session, record)
    warn_of_leavers(session, record, found)


@phone.command("end")
@click.argument("number")
@click.option("--force", is_flag=True, help="It is gone, though something still hangs on it.")
@pass_invocation
def end(invocation: Invocation, number: str, force: bool) -> None:  # noqa: FBT001
    """Record that a number is not in use any more."""
    from vault.services.editing import end_record

    session = invocation.writing()
    found = resolve(session.registry, Phone, number)
    ended = end_record(session, found, forced=force)
    tell(invocation, session, ended, "ended")
    warn_of_what_hangs(session, ended)
