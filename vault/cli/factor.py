"""`safehands factor`: second factors."""

from __future__ import annotations

from typing import get_args

import click

from vault.cli.arguments import holder, moment, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import added, names, short, show_list
from vault.domain.account import Account
from vault.domain.factor import Factor, FactorMethod, SeedPlace
from vault.domain.mailbox import Mailbox
from vault.domain.naming import resolve
from vault.domain.phone import Phone
from vault.domain.spell import Spell


@click.group()
def factor() -> None:
    """Second factors: what is asked for beside the password, and who has it."""


@factor.command("list")
@click.option("--account", "which", help="Only of this account.")
@pass_invocation
def list_(invocation: Invocation, which: str | None) -> None:
    """List the second factors that are asked for."""
    registry, at = invocation.registry(), invocation.moment
    on = resolve(registry, Account, which).id if which else None
    found = [f for f in registry.all(Factor) if f.holds(at) and on in {None, f.account}]
    found.sort(key=lambda f: (registry.name_of(f.account), f.method))
    columns = {
        "id": lambda _r, f, _at: short(f.id),
        "account": lambda r, f, _at: r.name_of(f.account),
        "method": lambda _r, f, _at: f.method.replace("_", " "),
        "held by": lambda r, f, at: names(r, f.holders, at) or "nobody recorded",
        "sent to": lambda r, f, _at: (
            r.name_of(f.phone or f.mailbox) if f.phone or f.mailbox else ""
        ),
        "seed": lambda _r, f, _at: f.seed,
        "label": lambda _r, f, _at: f.label,
    }
    show_list(invocation, registry, "factors", found, columns, "no second factors recorded")


@factor.command("add")
@click.argument("which")
@click.argument("method", type=click.Choice(get_args(FactorMethod)))
@click.option("--holder", "holders", multiple=True, help="A role or person that has it.")
@click.option("--phone", "number", help="The number that codes go to.")
@click.option("--mailbox", "address", help="The address that codes go to.")
@click.option(
    "--seed", type=click.Choice(get_args(SeedPlace)), default="unknown", show_default=True
)
@click.option("--company-device", is_flag=True, help="The device is the company's.")
@click.option("--label", default="", help="What people call the device.")
@click.option("--since", metavar="DATE", help="Since when; today if not given.")
@pass_invocation
def add(
    invocation: Invocation,
    which: str,
    method: FactorMethod,
    holders: tuple[str, ...],
    number: str | None,
    address: str | None,
    seed: SeedPlace,
    company_device: bool,  # noqa: FBT001
    label: str,
    since: str | None,
) -> None:
    """Record a second factor of the account WHICH."""
    from vault.services.editing import add_record, fresh_id

    invocation.refuse_as_of()
    session = invocation.session()
    registry = session.registry
    found = resolve(registry, Account, which)
    begins = moment(since, "--since", invocation.moment)
    record = Factor(
        id=fresh_id(session),
        account=found.id,
        method=method,
        label=label,
        holders=tuple(Spell(holder(registry, each), begins) for each in holders),
        phone=resolve(registry, Phone, number).id if number else "",
        mailbox=resolve(registry, Mailbox, address).id if address else "",
        seed=seed,
        company_device=company_device,
        since=begins,
    )
    add_record(session, record)
    added(invocation, session.registry, found)


@factor.command("end")
@click.argument("factor_id", metavar="ID")
@pass_invocation
def end(invocation: Invocation, factor_id: str) -> None:
    """Record that a second factor was removed from the platform."""
    from vault.services.editing import end_record

    invocation.refuse_as_of()
    session = invocation.session()
    found = resolve(session.registry, Factor, factor_id)
    end_record(session, found)
    added(invocation, session.registry, session.registry.account(found.account))
