"""`safehands account`: accounts, and who gets into them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import click

from vault.cli.arguments import given, moment, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import short, show_list, show_record, tell, warn_of_leavers
from vault.domain.account import Account
from vault.domain.instructions import address_of
from vault.domain.mailbox import Mailbox
from vault.domain.naming import named_account, resolve
from vault.domain.phone import Phone
from vault.domain.role import Role
from vault.domain.spell import current
from vault.domain.telling import names
from vault.domain.wording import in_words
from vault.reports.table import Column

if TYPE_CHECKING:
    from datetime import datetime

    from vault.domain.credential import Version
    from vault.domain.factor import Factor
    from vault.domain.ids import Id
    from vault.domain.record import Record
    from vault.domain.registry import Registry
    from vault.services.access import WhoGetsIn
    from vault.services.accounts import Links


@click.group()
def account() -> None:
    """Accounts: everything the company holds on platforms, publishing tools included."""


@account.command("list")
@click.option("--platform", help="Only on this platform.")
@click.option("--role", help="Only those of this role.")
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@click.argument("words", nargs=-1)
@pass_invocation
def list_(
    invocation: Invocation,
    platform: str | None,
    role: str | None,
    everything: bool,  # noqa: FBT001  # click passes flags so
    words: tuple[str, ...],
) -> None:
    """List accounts whose handle, name or purpose holds all WORDS.

    platform:x role:press mailbox:web@ tag:fair tie:personal (or role) status:dormant state:active
    narrow it down; each is matched from its beginning, role and mailbox anywhere.
    """
    from vault.domain.query import find_accounts, no_filter

    registry, at = invocation.registry(), invocation.moment
    found = find_accounts(
        registry,
        at,
        words,
        platform=registry.catalogue.named(platform).id if platform else None,
        role=resolve(registry, Role, role).id if role else None,
        closed=everything,
    )

    @cache  # many accounts are of few roles
    def called(held: tuple[Id, ...]) -> str:
        return ", ".join(map(registry.name_of, held))

    columns = {
        "id": lambda _r, a, _at: short(a.id),
        "platform": lambda _r, a, _at: a.platform,
        "handle": lambda _r, a, at: a.handle_at(at) or a.platform_id,
        "owner": lambda _r, a, at: called(current(a.owner_roles, at)),
        "log-in address": lambda _r, a, at: called(current(a.login_mailboxes, at)),
        "state": lambda _r, a, _at: a.state,
        "name": lambda _r, a, _at: a.display_name,
    }
    empty = "no accounts: safehands account add ADDRESS, or safehands import"
    if words or platform or role:
        empty = no_filter(" ".join(words)) or "no account fits all of that"
    show_list(invocation, registry, "accounts", found, columns, empty)


@account.command("show")
@click.argument("which")
@pass_invocation
def show(invocation: Invocation, which: str) -> None:
    """Show one account and what hangs on it."""
    from vault.domain.fate import fate, open_closings

    registry, at = invocation.registry(), invocation.moment
    found = resolve(registry, Account, which)
    seats = [s for s in registry.seats_on.get(found.id, ()) if s.holds(at)]
    factors = [f for f in registry.factors_of.get(found.id, ()) if f.holds(at)]
    tools = [g.tool for g in registry.grants_on.get(found.id, ()) if g.holds(at)]
    secrets = [
        (c.id, f"{in_words(c.what)} {version.number}, {_kept(version)}")
        for c in registry.credentials_of.get(found.id, ())
        if (version := c.at_stage("current", at))
    ]
    more: dict[str, object] = {
        "seats": [f"{registry.name_of(s.person or s.role_account)} ({s.level})" for s in seats],
        "factors": [f"{in_words(f.method)}: {_who_has(registry, f, at)}" for f in factors],
        "tools": [registry.name_of(tool) for tool in tools],
        "secrets": [told for _, told in secrets],
    }
    if found.since is not None and invocation.moment < found.since:
        more["state"] = "not yet"
    decided = fate(registry, found, at, open_closings(registry).get(found.id))
    show_record(
        invocation,
        registry,
        found,
        {**more, "decided": decided},
        seat_ids=[s.id for s in seats],
        factor_ids=[f.id for f in factors],
        tool_ids=tools,
        secret_ids=[secret for secret, _ in secrets],
    )


def _kept(version: Version) -> str:
    return "kept here" if version.stored else "not kept here"


def _who_has(registry: Registry, found: Factor, at: datetime) -> str:
    sent_to = found.phone or found.mailbox
    held = names(registry, found.holders, at)
    return held or (registry.name_of(sent_to) if sent_to else "nobody recorded")


_FIELDS = [
    click.option("--role", help="The role that owns it."),
    click.option("--login-mailbox", metavar="ADDRESS", help="The log-in address."),
    click.option(
        "--recovery-mailbox",
        "recovery_mailboxes",
        multiple=True,
        metavar="ADDRESS",
        help="A recovery address; those not named are off.",
    ),
    click.option(
        "--recovery-phone",
        "recovery_phones",
        multiple=True,
        metavar="NUMBER",
        help="A recovery phone; those not named are off.",
    ),
    click.option("--signs-in-with", metavar="ACCOUNT", help="The account it signs in with."),
    click.option("--container", metavar="ACCOUNT", help="The account that contains it."),
    click.option("--platform-id", help="The platform's own identifier."),
    click.option("--url", help="Its address."),
    click.option("--name", "display_name", help="The name shown on the platform."),
    click.option("--purpose", help="What it is for."),
    click.option("--audience", help="Whom it reaches."),
    click.option("--brand", help="The brand it speaks for."),
    click.option("--country", help="The country it is for."),
    click.option("--language", help="The language it speaks."),
    click.option("--tag", "tags", multiple=True, help="A word to find it by."),
    click.option("--cadence-days", type=click.IntRange(1, 3650), help="How often it posts."),
    click.option("--external-id", help="The key that another list knows it by."),
    click.option("--note", help="A remark."),
]

_LINKS = (
    "role",
    "login_mailbox",
    "recovery_mailboxes",
    "recovery_phones",
    "signs_in_with",
    "container",
)


def _with_fields(command: Any) -> Any:  # click's decorators take any function
    for option in reversed(_FIELDS):
        command = option(command)
    return command


def _links(registry: Registry, typed: dict[str, Any]) -> Links:
    from vault.services.accounts import Links

    def one(name: str, kind: type[Record]) -> Id | None:
        text: str | None = typed[name]
        return resolve(registry, kind, text).id if text else text

    def some(name: str, kind: type[Record]) -> tuple[Id, ...] | None:
        texts: tuple[str, ...] = typed[name]
        return tuple(resolve(registry, kind, text).id for text in texts if text) if texts else None

    return Links(
        owner_role=one("role", Role),
        login_mailbox=one("login_mailbox", Mailbox),
        recovery_mailboxes=some("recovery_mailboxes", Mailbox),
        recovery_phones=some("recovery_phones", Phone),
        sign_in_account=one("signs_in_with", Account),
        container=one("container", Account),
    )


def _values(typed: dict[str, Any]) -> dict[str, Any]:
    return given(**{name: value for name, value in typed.items() if name not in _LINKS})


@account.command("add")
@click.argument("name")
@click.option("--since", metavar="DATE", help="Since when the company has it; today if not given.")
@click.option("--another", is_flag=True, help="It is not the one of that handle that was closed.")
@_with_fields
@pass_invocation
def add(invocation: Invocation, name: str, since: str | None, another: bool, **typed: Any) -> None:  # noqa: FBT001
    """Add an account. NAME is its address, or platform and handle such as x/@acme."""
    from vault.services.accounts import add_account

    session = invocation.writing()
    registry = session.registry
    platform, handle, url = named_account(registry, name)
    values = _values(typed)
    if url and "url" not in values:
        values["url"] = url
    values["since"] = moment(since, "--since", session.env.now())
    links = _links(registry, typed)
    record = add_account(session, platform, handle, links, another=another, **values)
    tell(invocation, session, record)


@account.command("edit")
@click.argument("which")
@click.option("--handle", help="Its new handle; the old one is kept as history.")
@click.option("--reopen", is_flag=True, help="It was not closed or lost after all.")
@_with_fields
@pass_invocation
def edit(
    invocation: Invocation,
    which: str,
    handle: str | None,
    reopen: bool,  # noqa: FBT001  # click passes flags so
    **typed: Any,
) -> None:
    """Change what is known of an account; an empty value, "", takes a link off."""
    from vault.services.accounts import edit_account

    session = invocation.writing()
    found = resolve(session.registry, Account, which)
    links = _links(session.registry, typed)
    record = edit_account(session, found, links, handle, reopen=reopen, **_values(typed))
    tell(invocation, session, record)
    warn_of_leavers(session, record, found)


@account.command("end")
@click.argument("which")
@click.option("--lost", is_flag=True, help="It is not closed, but nobody gets in any more.")
@pass_invocation
def end(invocation: Invocation, which: str, lost: bool) -> None:  # noqa: FBT001
    """Record that an account is closed, or lost."""
    from vault.services.accounts import end_account

    session = invocation.writing()
    found = resolve(session.registry, Account, which)
    record = end_account(session, found, lost=lost)
    tell(invocation, session, record, record.state)


@account.command("link")
@click.argument("which")
@pass_invocation
def link(invocation: Invocation, which: str) -> None:
    """Print the address of an account."""
    invocation.refuse_as_of()
    registry = invocation.registry()
    found = resolve(registry, Account, which)
    address = address_of(found, registry.platform(found))
    if invocation.as_json:
        invocation.out.document("safehands.link/1", {"account": found.id, "url": address})
    else:
        invocation.out.line(address or "no address is known")


@account.command("who")
@click.argument("which")
@pass_invocation
def who(invocation: Invocation, which: str) -> None:
    """Say who gets into an account and why, and who could know or did see its secrets."""
    from vault.reports import unconfirmed
    from vault.services.access import company_gets_in, unconfirmed_of, who_gets_in

    registry, at = invocation.registry(), invocation.moment
    found = resolve(registry, Account, which)
    people = who_gets_in(registry, found, at)
    company = company_gets_in(registry, found, at)
    unproved = unconfirmed_of(registry, found, at)
    if invocation.as_json:
        told = {
            "as_of": at,
            "account": found.id,
            "company_has_full_control": company,
            "people": [_access(each, at) for each in people],
            "unconfirmed": unconfirmed.as_list(registry, unproved),
        }
        invocation.out.document("safehands.access/1", told)
        return
    out = invocation.out
    out.table(_WHO, map(_who_row, people), empty="nobody is known to get in")
    out.line()
    if company:
        out.line(f"Those who work here have full control of {found.label}.", "good")
        return
    out.line(f"Nobody who works here has full control of {found.label}.", "bad")
    out.lines(unconfirmed.as_lines(registry, unproved, out.room))


_WHO: list[Column | str] = ["who", "as", Column("because", wraps=True), "could know", "did see"]


def _who_row(found: WhoGetsIn) -> list[str]:
    return [
        found.person.name,
        found.level or "not alone",
        " -> ".join(found.why) or "; ".join(tie.why[0] for tie in found.ties),
        ", ".join(f"{in_words(c.what)} {n}" for c, n in found.could),
        ", ".join(f"{e.how} {e.at.date()}" for e in found.saw),
    ]


def _access(found: WhoGetsIn, at: datetime) -> dict[str, object]:
    return {
        "person": found.person.id,
        "name": found.person.name,
        "status": found.person.status(at),
        "level": found.level,
        "why": " -> ".join(found.why),
        "ties": [tie.kind for tie in found.ties],
        "could_know": [{"what": c.what, "version": n} for c, n in found.could],
        "did_see": [{"version": e.version, "how": e.how, "at": e.at} for e in found.saw],
    }
