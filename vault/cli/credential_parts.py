"""What the credential commands share: which secret is meant, and where it may be shown."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Literal, get_args

import click

from vault.cli import diagnostics
from vault.cli.invocation import Invocation
from vault.cli.reveal import show_secret
from vault.domain.account import Account
from vault.domain.credential import Credential, CredentialKind, Stage
from vault.domain.fate import open_closings, reversible_until
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.errors import RefusedError

WHAT = click.option(
    "--what",
    type=click.Choice(get_args(CredentialKind)),
    default="password",
    show_default=True,
    help="Which secret.",
)
LABEL = click.option("--label", default="", metavar="TEXT", help="Which of several of that kind.")
OLD_WORKS = click.option(
    "--old-works", is_flag=True, help="Somebody logged in with the old secret just now."
)
STDOUT = click.option(
    "--stdout",
    "to_stdout",
    is_flag=True,
    help="Print it where no terminal is, or, with --json, where it stays on the terminal.",
)


def refuse_to_leave(invocation: Invocation, *, allowed: bool) -> None:
    """Raise RefusedError where a secret would stay in a file, a pipe or a terminal's scrollback.

    A document is no screen that could be taken away again: with --json somebody has to say so.
    """
    if allowed:
        return
    if not sys.stdout.isatty():
        message = "the secret would go to a file or pipe"
        hint = "run it on a terminal, or say --stdout if that is what you want"
        raise RefusedError(message, hint)
    if invocation.as_json:
        message = (
            "with --json the secret would stay on the terminal, where others scroll back to it"
        )
        raise RefusedError(message, "leave --json out, or say --stdout if that is what you want")


def warn_if_closing(registry: Registry, account: Account, at: datetime) -> None:
    """Warn where a log-in may bring an account back that is being closed, and until when."""
    if account.state != "closing":
        return
    case = open_closings(registry).get(account.id)
    until = reversible_until(case) if case else None
    if until is not None and until < at.date():
        return
    day = f" until {until}" if until else ""
    message = f"{account.label} is being closed: a log-in may bring it back{day}"
    stay = f"safehands deactivate stop {account.id[:8]} --reason TEXT"
    diagnostics.warn(message, f"if it is to stay: {stay}")


def stage_of(credential: Credential, number: int, at: datetime) -> Stage | Literal["ended"]:
    """Return the stage of a version; one that was waiting or in use ended with its secret."""
    version = credential.version(number)
    stage = version.stage(at) if version else "unmade"
    ended = credential.until is not None and credential.until <= at
    return "ended" if ended and stage in {"pending", "current"} else stage


def show(invocation: Invocation, secret: Secret, credential: Credential, stage: str) -> None:
    """Show a secret on the terminal for a moment, or as it is to a pipe.

    Recovery codes that are used are marked, in JSON named beside the whole list.
    """
    from vault.services.recovery_codes import marked, used_codes

    used = used_codes(credential, secret, stage, invocation.moment)
    if not invocation.as_json:
        show_secret(invocation, marked(secret, used), f"{stage} {credential.called}")
        return
    told = {"account": credential.account, "credential": credential.id, "what": credential.what}
    content: dict[str, object] = {**told, "stage": stage, "secret": secret.reveal()}
    if credential.what == "recovery_codes":
        content["used"] = used
    invocation.out.document("safehands.secret/1", content)
