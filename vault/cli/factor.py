"""`safehands factor`: second factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import click

from vault.cli.arguments import changed, given, holders, moment, pass_invocation
from vault.cli.by_account import resolve_on_account
from vault.cli.invocation import Invocation
from vault.cli.listing import short, show_list, show_record, tell, warn_of_leavers
from vault.domain.account import Account
from vault.domain.factor import Factor, FactorMethod, SeedPlace
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.naming import resolve
from vault.domain.phone import Phone
from vault.domain.seeds import loose_seed
from vault.domain.telling import names
from vault.domain.wording import in_words

if TYPE_CHECKING:
    from vault.services.session import Session

_SEED = click.Choice(get_args(SeedPlace))


@click.group()
def factor() -> None:
    """Second factors: what is asked for beside the password, and who has it.

    Where a command takes FACTOR, an id, the factor's label, or an account with only one will do.
    """


@factor.command("list")
@click.option("--account", "which", metavar="ACCOUNT", help="Only of this account.")
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
        "method": lambda _r, f, _at: in_words(f.method),
        "held by": lambda r, f, at: names(r, f.holders, at) or _unheld(f),
        "sent to": lambda r, f, _at: (
            r.name_of(f.phone or f.mailbox) if f.phone or f.mailbox else ""
        ),
        "seed": lambda _r, f, _at: f.seed,
        "label": lambda _r, f, _at: f.label,
    }
    empty = "no second factors: safehands factor add ACCOUNT METHOD"
    show_list(invocation, registry, "factors", found, columns, empty)


def _unheld(found: Factor) -> str:
    return "" if found.phone or found.mailbox or found.credential else "nobody recorded"


@factor.command("show")
@click.argument("which", metavar="FACTOR")
@pass_invocation
def show(invocation: Invocation, which: str) -> None:
    """Show one second factor."""
    registry = invocation.registry()
    show_record(invocation, registry, resolve_on_account(registry, Factor, which))


@factor.command("add")
@click.argument("which", metavar="ACCOUNT")
@click.argument("method", type=click.Choice(get_args(FactorMethod)))
@click.option("--holder", "held_by", multiple=True, metavar="WHO", help="A role or person with it.")
@click.option("--phone", "number", help="The number that codes go to.")
@click.option("--mailbox", "address", help="The address that codes go to.")
@click.option(
    "--seed", type=_SEED, default="unknown", show_default=True, help="Where its secret is kept."
)
@click.option("--company-device", is_flag=True, help="The device is the company's.")
@click.option("--label", default="", help="What people call the device.")
@click.option("--since", metavar="DATE", help="Since when; today if not given.")
@pass_invocation
def add(
    invocation: Invocation,
    which: str,
    method: FactorMethod,
    held_by: tuple[str, ...],
    number: str | None,
    address: str | None,
    seed: SeedPlace,
    company_device: bool,  # noqa: FBT001
    label: str,
    since: str | None,
) -> None:
    """Record a second factor of ACCOUNT."""
    from vault.services.editing import add_record, fresh_id

    session = invocation.writing()
    registry = session.registry
    begins = moment(since, "--since", session.env.now())
    account = resolve(registry, Account, which)
    record = Factor(
        id=fresh_id(session),
        account=account.id,
        method=method,
        label=label,
        holders=holders(registry, held_by, begins),
        phone=resolve(registry, Phone, number).id if number else "",
        mailbox=resolve(registry, Mailbox, address).id if address else "",
        credential=_made_from(session, account, method, seed),
        seed=seed,
        company_device=company_device,
        since=begins,
    )
    add_record(session, record)
    tell(invocation, session, record)
    warn_of_leavers(session, record)


def _made_from(
    session: Session, account: Account, method: FactorMethod, seed: SeedPlace | None
) -> Id:
    """The secret that an app is made from: the one in the vault that no second factor has yet."""
    if (method, seed) != ("totp", "vault"):
        return ""
    kept = loose_seed(session.registry, account, session.env.now())
    return kept.id if kept else ""


@factor.command("edit")
@click.argument("which", metavar="FACTOR")
@click.option("--holder", "new", multiple=True, metavar="WHO", help="A role or person with it now.")
@click.option("--no-holder", "gone", multiple=True, metavar="WHO", help="One without it now.")
@click.option("--phone", "number", help="The number that codes go to.")
@click.option("--mailbox", "address", help="The address that codes go to.")
@click.option("--seed", type=_SEED, help="Where its secret is kept.")
@click.option("--company-device/--own-device", default=None, help="Whose device it is.")
@click.option("--label", help="What people call the device.")
@pass_invocation
def edit(
    invocation: Invocation,
    which: str,
    new: tuple[str, ...],
    gone: tuple[str, ...],
    number: str | None,
    address: str | None,
    seed: SeedPlace | None,
    company_device: bool | None,  # noqa: FBT001
    label: str | None,
) -> None:
    """Change what is known of a second factor."""
    from vault.services.editing import edit_record

    session = invocation.writing()
    registry = session.registry
    found = resolve_on_account(registry, Factor, which)
    values = given(
        phone=resolve(registry, Phone, number).id if number else number,
        mailbox=resolve(registry, Mailbox, address).id if address else address,
        seed=seed,
        company_device=company_device,
        label=label,
    )
    if not found.credential:
        account = registry.account(found.account)
        values |= given(credential=_made_from(session, account, found.method, seed) or None)
    values["holders"] = changed(registry, found.holders, new, gone, session.env.now())
    record = edit_record(session, found, **values)
    tell(invocation, session, record)
    warn_of_leavers(session, record, found)


@factor.command("end")
@click.argument("which", metavar="FACTOR")
@click.option("--force", is_flag=True, help="Even if it is the only one of its account.")
@pass_invocation
def end(invocation: Invocation, which: str, force: bool) -> None:  # noqa: FBT001
    """Record that a second factor was removed from the platform."""
    from vault.services.factors import end_factor

    session = invocation.writing()
    found = resolve_on_account(session.registry, Factor, which)
    tell(invocation, session, end_factor(session, found, force=force), "ended")
