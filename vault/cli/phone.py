"""`safehands phone`: phone numbers."""

from __future__ import annotations

from typing import get_args

import click

from vault.cli.arguments import holder, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import added, names, short, show_list
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.phone import Phone, PhoneKind
from vault.domain.spell import Spell


@click.group()
def phone() -> None:
    """Phones: whose contract they are, and who carries them."""


@phone.command("list")
@pass_invocation
def list_(invocation: Invocation) -> None:
    """List phone numbers."""
    registry, at = invocation.registry(), invocation.moment
    found = [p for p in registry.all(Phone) if p.until is None or at < p.until]
    found.sort(key=lambda p: p.number)
    columns = {
        "id": lambda _r, p, _at: short(p.id),
        "number": lambda _r, p, _at: p.number,
        "kind": lambda _r, p, _at: p.type,
        "contract": lambda r, p, _at: r.name_of(p.contract) if p.contract else "company",
        "carried by": lambda r, p, at: names(r, p.carriers, at),
        "note": lambda _r, p, _at: p.note,
    }
    show_list(invocation, registry, "phones", found, columns, "no phones recorded")


@phone.command("add")
@click.argument("number")
@click.option("--type", "type_", type=click.Choice(get_args(PhoneKind)), default="mobile")
@click.option("--contract", help="The person whose contract it is, if not the company's.")
@click.option("--carrier", "carriers", multiple=True, help="A role or person that carries it.")
@click.option("--note", default="")
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

    invocation.refuse_as_of()
    session = invocation.session()
    registry, now = session.registry, session.env.now()
    record = Phone(
        id=fresh_id(session),
        number=number.strip(),
        type=type_,
        contract=resolve(registry, Person, contract).id if contract else "",
        carriers=tuple(Spell(holder(registry, each), now) for each in carriers),
        note=note,
    )
    added(invocation, session.registry, add_record(session, record))


@phone.command("end")
@click.argument("number")
@pass_invocation
def end(invocation: Invocation, number: str) -> None:
    """Record that a number is not in use any more."""
    from vault.services.editing import end_record

    invocation.refuse_as_of()
    session = invocation.session()
    found = resolve(session.registry, Phone, number)
    added(invocation, session.registry, end_record(session, found))
