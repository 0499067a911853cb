"""`safehands credential`: passwords and other secrets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import click

from vault.cli import diagnostics
from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import short, show_list, tell
from vault.cli.reveal import show_secret
from vault.domain.account import Account
from vault.domain.credential import Credential, CredentialKind, Exposure, Stage, Version
from vault.domain.instructions import in_words
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.secret import Secret
from vault.errors import RefusedError, UsageError
from vault.reports.table import Column

if TYPE_CHECKING:
    from datetime import datetime

    from vault.domain.registry import Registry
    from vault.services.session import Session

_WHAT = click.option(
    "--what",
    type=click.Choice(get_args(CredentialKind)),
    default="password",
    show_default=True,
    help="Which secret.",
)
_STDOUT = click.option(
    "--stdout", "to_stdout", is_flag=True, help="Print it even where no terminal is."
)
SECRET_BYTES = 65536  # a list of recovery codes or a key fits; a wrong file does not


@click.group()
def credential() -> None:
    """Secrets, by numbered versions: pending until a log-in proves them, then current."""


@credential.command("set")
@click.argument("which", metavar="ACCOUNT")
@_WHAT
@click.option("--generate", is_flag=True, help="Make one under the platform's rules.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read it from standard input.")
@click.option("--current", is_flag=True, help="It is what the platform accepts already.")
@click.option("--drop", is_flag=True, help="Give up the pending version.")
@_STDOUT
@pass_invocation
def set_(
    invocation: Invocation,
    which: str,
    what: CredentialKind,
    generate: bool,  # noqa: FBT001
    from_stdin: bool,  # noqa: FBT001
    current: bool,  # noqa: FBT001
    drop: bool,  # noqa: FBT001
    to_stdout: bool,  # noqa: FBT001
) -> None:
    """Store a new version for ACCOUNT: pending, until a case step verifies it."""
    from vault.services.credentials import drop_pending, find_credential, set_credential

    if sum((generate, from_stdin, drop)) > 1 or (current and (generate or drop)):
        message = "these options exclude each other"
        hint = "give one of --generate, --stdin, --drop; --current goes with a secret in use"
        raise UsageError(message, hint)
    invocation.refuse_as_of()
    if generate:
        _refuse_without_terminal(to_stdout)
    session = invocation.writing()
    found = resolve(session.registry, Account, which)
    if drop:
        stored = drop_pending(session, find_credential(session.registry, found, what))
        _tell(invocation, session, stored)
        return
    secret = _new_secret(session.registry, found, generate=generate, from_stdin=from_stdin)
    stored = set_credential(session, found, secret, what=what, as_current=current)
    if not generate:
        _tell(invocation, session, stored)
        return
    # It is durable, read back, and journalled as seen by whoever made it: now it may be shown.
    diagnostics.note(_newest(invocation, session.registry, stored))
    _show(invocation, secret, stored, "pending")


def _new_secret(
    registry: Registry, account: Account, *, generate: bool, from_stdin: bool
) -> Secret:
    from vault.services.credentials import generate_password

    if generate:
        return generate_password(registry.platform(account).password)
    if from_stdin:
        return _from_stdin()
    if not sys.stdin.isatty():
        message = "no terminal to ask for the secret on"
        raise UsageError(message, "pipe it in with --stdin, or let it be made with --generate")
    return Secret(diagnostics.ask_secret("Secret: "))


def _from_stdin() -> Secret:
    try:
        text = sys.stdin.read(SECRET_BYTES + 1)
    except UnicodeDecodeError as error:
        message = "the secret is not UTF-8 text"
        raise UsageError(message, "check what is piped in") from error
    if len(text) > SECRET_BYTES:
        message = f"the secret is longer than {SECRET_BYTES} characters"
        raise UsageError(message, "check what is piped in")
    return Secret(text.removesuffix("\n"))


def _refuse_without_terminal(allowed: bool) -> None:  # noqa: FBT001
    if not allowed and not sys.stdout.isatty():
        message = "the secret would go to a file or pipe"
        hint = "run it on a terminal, or say --stdout if that is what you want"
        raise RefusedError(message, hint)


def _tell(invocation: Invocation, session: Session, stored: Credential) -> None:
    if invocation.as_json:
        tell(invocation, session, stored)
    else:
        invocation.out.line(_newest(invocation, session.registry, stored))


def _newest(invocation: Invocation, registry: Registry, stored: Credential) -> str:
    newest = stored.versions[-1]
    label, stage = registry.name_of(stored.account), newest.stage(invocation.moment)
    return f"{label}: {in_words(stored.what)} version {newest.number} is {stage}"


def _show(invocation: Invocation, secret: Secret, stored: Credential, stage: Stage) -> None:
    if not invocation.as_json:
        show_secret(invocation, secret, f"{stage} {in_words(stored.what)}")
        return
    told = {"account": stored.account, "credential": stored.id, "what": stored.what}
    content = {**told, "stage": stage, "secret": secret.reveal()}
    invocation.out.document("safehands.secret/1", content)


@credential.command("reveal")
@click.argument("which", metavar="ACCOUNT")
@_WHAT
@click.option(
    "--stage",
    type=click.Choice(["current", "pending", "previous"]),
    default="current",
    show_default=True,
    help="Which version.",
)
@_STDOUT
@pass_invocation
def reveal(
    invocation: Invocation,
    which: str,
    what: CredentialKind,
    stage: Any,  # one of the choices
    to_stdout: bool,  # noqa: FBT001
) -> None:
    """Show a secret of ACCOUNT, after the journal says who saw it."""
    from vault.services.credentials import find_credential, reveal_credential

    invocation.refuse_as_of()
    _refuse_without_terminal(to_stdout)
    session = invocation.writing()
    found = resolve(session.registry, Account, which)
    stored = find_credential(session.registry, found, what)
    _show(invocation, reveal_credential(session, stored, stage), stored, stage)


@credential.command("list")
@click.option("--account", "which", metavar="ACCOUNT", help="Only of this account.")
@pass_invocation
def list_(invocation: Invocation, which: str | None) -> None:
    """List the secrets that the registry knows of, and how far a change of them is."""
    registry, at = invocation.registry(), invocation.moment
    on = resolve(registry, Account, which).id if which else None
    found = [
        c
        for c in registry.all(Credential)
        if (c.until is None or at < c.until) and on in {None, c.account}
    ]
    found.sort(key=lambda c: (registry.name_of(c.account), c.what))
    columns = {
        "id": lambda _r, c, _at: short(c.id),
        "account": lambda r, c, _at: r.name_of(c.account),
        "secret": lambda _r, c, _at: in_words(c.what),
        "current": lambda _r, c, at: _version(c.at_stage("current", at)),
        "pending": lambda _r, c, at: _version(c.at_stage("pending", at)),
        "previous": lambda _r, c, at: _version(c.at_stage("previous", at)),
    }
    empty = "no secrets: safehands credential set ACCOUNT"
    show_list(invocation, registry, "credentials", found, columns, empty)


def _version(version: Version | None) -> str:
    if version is None:
        return ""
    return f"{version.number}, {'kept here' if version.stored else 'not kept here'}"


@credential.command("end")
@click.argument("which", metavar="ACCOUNT")
@_WHAT
@pass_invocation
def end(invocation: Invocation, which: str, what: CredentialKind) -> None:
    """Record that the platform does not take a secret of ACCOUNT any more."""
    from vault.services.credentials import find_credential
    from vault.services.editing import end_record

    session = invocation.writing()
    registry = session.registry
    found = find_credential(registry, resolve(registry, Account, which), what)
    tell(invocation, session, end_record(session, found), "ended")


@credential.command("history")
@click.argument("which", metavar="ACCOUNT")
@_WHAT
@pass_invocation
def history(invocation: Invocation, which: str, what: CredentialKind) -> None:
    """List the versions of a secret, and who could know and did see each."""
    registry = invocation.registry()
    found = resolve(registry, Account, which)
    told = [
        _known(registry, stored, version, invocation.moment)
        for stored in registry.credentials_of.get(found.id, ())
        if stored.what == what
        for version in stored.versions
        if version.stage(invocation.moment) != "unmade"
    ]
    if invocation.as_json:
        versions = [_as_document(each) for each in told]
        content = {"as_of": invocation.moment, "account": found.id, "versions": versions}
        invocation.out.document("safehands.credential_history/1", content)
        return
    rows = [
        [
            str(each.version.number),
            each.stage,
            "yes" if each.version.stored else "no",
            f"{each.version.made_at:%Y-%m-%d}",
            ", ".join(p.name for p in each.could),
            ", ".join(f"{registry.name_of(e.person)} ({e.how})" for e in each.saw),
        ]
        for each in told
    ]
    made = Column("made", fixed=True)
    columns: list[Column | str] = ["version", "stage", "kept here", made, "could know", "did see"]
    invocation.out.table(columns, rows, empty=f"{found.label} has no {in_words(what)} here")


class _Known(NamedTuple):
    """A version, and who could know and did see it."""

    credential: Credential
    version: Version
    stage: Stage
    could: list[Person]
    saw: list[Exposure]


def _known(registry: Registry, stored: Credential, version: Version, at: datetime) -> _Known:
    from vault.services.access import knowers

    return _Known(stored, version, version.stage(at), *knowers(registry, stored, version, at))


def _as_document(known: _Known) -> dict[str, object]:
    version = known.version
    return {
        "credential": known.credential.id,
        "version": version.number,
        "stage": known.stage,
        "stored": version.stored,
        "made_at": version.made_at,
        "current_from": version.current_from,
        "superseded_at": version.superseded_at,
        "could_know": [person.id for person in known.could],
        "did_see": [{"person": e.person, "how": e.how, "at": e.at} for e in known.saw],
    }
