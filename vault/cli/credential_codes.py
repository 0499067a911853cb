"""`safehands credential totp` and `use-code`: codes beside the password."""

from __future__ import annotations

import sys

import click

from vault.cli import diagnostics
from vault.cli.arguments import pass_invocation
from vault.cli.credential_parts import LABEL, STDOUT, refuse_to_leave
from vault.cli.invocation import Invocation
from vault.cli.reveal import show_secret
from vault.domain.account import Account
from vault.domain.credential import FEW_CODES
from vault.domain.naming import resolve
from vault.domain.secret import Secret
from vault.errors import UsageError


@click.command("totp")
@click.argument("which", metavar="ACCOUNT")
@click.option("--new", "anew", is_flag=True, help="Make a seed, pending until --code proves it.")
@click.option("--qr", is_flag=True, help="Show the seed for another app to scan.")
@click.option("--code", metavar="CODE", help="What the app shows: the pending seed is in use now.")
@STDOUT
@pass_invocation
def totp(
    invocation: Invocation,
    which: str,
    anew: bool,  # noqa: FBT001
    qr: bool,  # noqa: FBT001
    code: str | None,
    to_stdout: bool,  # noqa: FBT001
) -> None:
    """Show the code that ACCOUNT asks for now, or enrol an authenticator app."""
    from vault.services import authenticator

    if code is not None and (anew or qr):
        message = "--code goes alone: it proves what --new made and an app has scanned"
        raise UsageError(message, "leave --new and --qr out")
    invocation.refuse_as_of()
    if code is None:
        refuse_to_leave(invocation, allowed=to_stdout)
    session = invocation.writing()
    account = resolve(session.registry, Account, which)
    if code is not None:
        proved = authenticator.prove(session, account, code)
        told = {
            "account": account.id,
            "credential": proved.id,
            "version": proved.versions[-1].number,
        }
        line = f"{account.label}: the app is enrolled; its seed is version {told['version']}"
        _answer(invocation, "safehands.totp_enrolled/1", told, line)
        return
    if anew:
        authenticator.begin(session, account)
    if anew or qr:
        _show_address(invocation, account, authenticator.address(session, account))
        return
    found = authenticator.code_now(session, account)
    shown = {"account": account.id, "code": found.code.reveal(), "seconds_left": found.seconds_left}
    if not invocation.as_json and sys.stdout.isatty():
        show_secret(invocation, found.code, f"{account.label}, {found.seconds_left} seconds more")
        return
    _answer(invocation, "safehands.totp_code/1", shown, found.code.reveal())


def _show_address(invocation: Invocation, account: Account, address: Secret) -> None:
    if invocation.as_json:
        told = {"account": account.id, "address": address.reveal()}
        invocation.out.document("safehands.totp_seed/1", told)
        return
    if sys.stdout.isatty():
        from vault.cli.drawing import qr_code

        show_secret(invocation, address, f"scan this for {account.label}", qr_code(address))
    else:
        invocation.out.text(address.reveal())
    diagnostics.note(f"Then: safehands credential totp {account.id[:8]} --code CODE")


def _answer(invocation: Invocation, schema: str, told: dict[str, object], line: str) -> None:
    if invocation.as_json:
        invocation.out.document(schema, told)
    else:
        invocation.out.line(line)


@click.command("use-code")
@click.argument("which", metavar="ACCOUNT")
@LABEL
@STDOUT
@pass_invocation
def use_code(
    invocation: Invocation,
    which: str,
    label: str,
    to_stdout: bool,  # noqa: FBT001
) -> None:
    """Show the next recovery code of ACCOUNT; it counts as used from then on."""
    from vault.domain.counting import several
    from vault.services import recovery_codes
    from vault.services.credentials import find_credential

    invocation.refuse_as_of()
    refuse_to_leave(invocation, allowed=to_stdout)
    session = invocation.writing()
    account = resolve(session.registry, Account, which)
    credential = find_credential(session.registry, account, "recovery_codes", label)
    used = recovery_codes.use_code(session, credential)
    is_low = used.left <= FEW_CODES
    if is_low:
        message = f"{several(used.left, 'recovery code')} of {account.label} left"
        hint = "make new ones on the platform while you still get in, and store that list"
        diagnostics.warn(message, hint)
    if not invocation.as_json:
        show_secret(invocation, used.code, f"recovery code of {account.label}")
        if not is_low:
            diagnostics.note(f"{several(used.left, 'code')} left")
        return
    told = {"account": account.id, "credential": credential.id}
    content = {**told, "code": used.code.reveal(), "codes_left": used.left}
    invocation.out.document("safehands.recovery_code/1", content)
