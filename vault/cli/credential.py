"""`safehands credential`: passwords and other secrets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, get_args

import click

from vault.cli import diagnostics
from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.reveal import show_secret
from vault.domain.account import Account
from vault.domain.credential import CredentialKind
from vault.domain.naming import resolve
from vault.domain.secret import Secret
from vault.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from vault.domain.credential import Credential
    from vault.domain.registry import Registry

_WHAT = click.option(
    "--what", type=click.Choice(get_args(CredentialKind)), default="password", show_default=True
)
SECRET_BYTES = 65536  # a list of recovery codes or a key fits; a wrong file does not


@click.group()
def credential() -> None:
    """Secrets, by numbered versions: pending until a log-in proves them, then current."""


@credential.command("set")
@click.argument("which")
@_WHAT
@click.option("--generate", is_flag=True, help="Make one under the platform's rules.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read it from standard input.")
@click.option("--current", is_flag=True, help="It is what the platform accepts already.")
@click.option("--drop", is_flag=True, help="Give up the pending version.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print it even where no terminal is.")
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
    """Store a new version for the account WHICH: pending, until a case step verifies it."""
    from vault.services.credentials import drop_pending, find_credential, set_credential

    invocation.refuse_as_of()
    if generate and from_stdin:
        message = "--generate and --stdin exclude each other"
        raise UsageError(message, "leave one out")
    if generate:
        _refuse_without_terminal(to_stdout)
    session = invocation.session()
    found = resolve(session.registry, Account, which)
    if drop:
        stored = drop_pending(session, find_credential(session.registry, found, what))
        _tell(invocation, session.registry, stored)
        return
    secret = _new_secret(session.registry, found, generate=generate, from_stdin=from_stdin)
    stored = set_credential(session, found, secret, what=what, as_current=current)
    _tell(invocation, session.registry, stored)
    if generate:
        # It is durable, read back, and journalled as seen by whoever made it: now it may be shown.
        show_secret(invocation, secret, f"new {what.replace('_', ' ')} of {found.label}")


def _new_secret(
    registry: Registry, account: Account, *, generate: bool, from_stdin: bool
) -> Secret:
    from vault.services.credentials import generate_password

    if generate:
        return generate_password(registry.platform(account).password)
    if from_stdin:
        text = sys.stdin.read(SECRET_BYTES + 1)
        if len(text) > SECRET_BYTES:
            message = f"the secret is longer than {SECRET_BYTES} characters"
            raise UsageError(message, "check what is piped in")
        return Secret(text.removesuffix("\n"))
    if not sys.stdin.isatty():
        message = "no terminal to ask for the secret on"
        raise UsageError(message, "pipe it in with --stdin, or let it be made with --generate")
    return Secret(diagnostics.ask_secret("Secret: "))


def _refuse_without_terminal(allowed: bool) -> None:  # noqa: FBT001
    if not allowed and not sys.stdout.isatty():
        message = "the secret would go to a file or pipe"
        raise RefusedError(
            message, "run it on a terminal, or say --stdout if that is what you want"
        )


def _tell(invocation: Invocation, registry: Registry, stored: Credential) -> None:
    if invocation.as_json:
        invocation.out.document("safehands.credential/1", _as_dict(stored))
        return
    newest = stored.versions[-1]
    stage = newest.stage(invocation.moment)
    invocation.out.line(
        f"{registry.name_of(stored.account)}: {stored.what} version {newest.number}, {stage}"
    )


def _as_dict(stored: Credential) -> dict[str, Any]:
    import msgspec

    return dict(msgspec.to_builtins(stored))


@credential.command("reveal")
@click.argument("which")
@_WHAT
@click.option("--stage", type=click.Choice(["current", "pending", "previous"]), default="current")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print it even where no terminal is.")
@pass_invocation
def reveal(
    invocation: Invocation,
    which: str,
    what: CredentialKind,
    stage: Any,  # one of the choices
    to_stdout: bool,  # noqa: FBT001
) -> None:
    """Show a secret of the account WHICH, after the journal says who saw it."""
    from vault.services.credentials import find_credential, reveal_credential

    invocation.refuse_as_of()
    _refuse_without_terminal(to_stdout)
    session = invocation.session()
    found = resolve(session.registry, Account, which)
    stored = find_credential(session.registry, found, what)
    secret = reveal_credential(session, stored, stage)
    show_secret(invocation, secret, f"{stage} {what.replace('_', ' ')} of {found.label}")


@credential.command("history")
@click.argument("which")
@_WHAT
@pass_invocation
def history(invocation: Invocation, which: str, what: CredentialKind) -> None:
    """List the versions of a secret, and who could know and did see each."""
    from vault.services.access import knowers

    registry, at = invocation.registry(), invocation.moment
    found = resolve(registry, Account, which)
    rows: list[list[str]] = []
    documents: list[dict[str, Any]] = []
    for stored in registry.credentials_of.get(found.id, ()):
        if stored.what != what:
            continue
        for version in stored.versions:
            could, saw = knowers(registry, stored, version, at)
            stage = version.stage(at)
            documents.append(
                {
                    "credential": stored.id,
                    "version": version.number,
                    "stage": stage,
                    "stored": version.stored,
                    "made_at": version.made_at,
                    "current_from": version.current_from,
                    "superseded_at": version.superseded_at,
                    "could_know": [p.id for p in could],
                    "did_see": [{"person": e.person, "how": e.how, "at": e.at} for e in saw],
                }
            )
            rows.append(
                [
                    str(version.number),
                    stage,
                    "yes" if version.stored else "no",
                    f"{version.made_at:%Y-%m-%d}",
                    ", ".join(p.name for p in could),
                    ", ".join(f"{registry.name_of(e.person)} ({e.how})" for e in saw),
                ]
            )
    if invocation.as_json:
        invocation.out.document(
            "safehands.credential_history/1", {"account": found.id, "versions": documents}
        )
        return
    columns = ["version", "stage", "in the vault", "made", "could know", "did see"]
    invocation.out.table(columns, rows, empty=f"{found.label} has no {what.replace('_', ' ')} here")
