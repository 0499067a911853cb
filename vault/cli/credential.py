"""`safehands credential`: passwords and other secrets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from vault.cli import diagnostics
from vault.cli.arguments import pass_invocation
from vault.cli.credential_checks import breached, changed, reuse
from vault.cli.credential_codes import totp, use_code
from vault.cli.credential_history import history
from vault.cli.credential_parts import (
    LABEL,
    OLD_WORKS,
    STDOUT,
    WHAT,
    refuse_to_leave,
    show,
    stage_of,
    warn_if_closing,
)
from vault.cli.invocation import Invocation
from vault.cli.listing import short, show_list, tell
from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS, WEAK, Credential, CredentialKind, Version
from vault.domain.existence import had_begun
from vault.domain.naming import resolve
from vault.domain.secret import Secret
from vault.domain.wording import in_words
from vault.errors import UsageError

if TYPE_CHECKING:
    from vault.domain.registry import Registry
    from vault.services.session import Session

SECRET_BYTES = 65536  # a list of recovery codes or a key fits; a wrong file does not


@click.group()
def credential() -> None:
    """Secrets, by numbered versions: pending until a log-in proves them, then current."""


for command in (totp, use_code, history, reuse, breached, changed):
    credential.add_command(command)


class Source(NamedTuple):
    """Where a new secret comes from, as the options of `set` say."""

    generate: bool
    words: bool
    from_stdin: bool

    @property
    def is_made(self) -> bool:
        """Say whether it is made here."""
        return self.generate or self.words


@credential.command("set")
@click.argument("which", metavar="ACCOUNT")
@WHAT
@LABEL
@click.option("--generate", is_flag=True, help="Make one under the platform's rules.")
@click.option("--words", is_flag=True, help="Make one of words that can be read out.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read it from standard input.")
@click.option("--current", is_flag=True, help="It is what the platform accepts already.")
@click.option("--drop", is_flag=True, help="Give up the pending version.")
@OLD_WORKS
@STDOUT
@pass_invocation
def set_(
    invocation: Invocation,
    which: str,
    what: CredentialKind,
    label: str,
    current: bool,  # noqa: FBT001
    drop: bool,  # noqa: FBT001
    old_works: bool,  # noqa: FBT001
    to_stdout: bool,  # noqa: FBT001
    **chosen: bool,
) -> None:
    """Store a new version for ACCOUNT: pending, until a case step verifies it."""
    from vault.services.credentials import drop_pending, find_credential, set_credential
    from vault.services.generating import STRENGTH

    source = Source(**chosen)
    _check(source, what, current=current, drop=drop, old_works=old_works)
    invocation.refuse_as_of()
    if source.is_made:
        refuse_to_leave(invocation, allowed=to_stdout)
    session = invocation.writing()
    found = resolve(session.registry, Account, which)
    if drop:
        given_up = find_credential(session.registry, found, what, label)
        _tell(invocation, session, drop_pending(session, given_up, old_works=old_works))
        return
    secret, bits = _new_secret(session.registry, found, source, what)
    strength, before = STRENGTH if source.is_made else None, session.seq
    stored = set_credential(
        session, found, secret, what=what, as_current=current, label=label, strength=strength
    )
    if not source.is_made:
        if session.seq == before and not invocation.as_json:
            invocation.out.line(f"{found.label}: this {stored.called} is current already")
        else:
            _tell(invocation, session, stored)
        _warn_of_risks(session.registry, found, secret, stored)
        return
    # It is durable, read back, and journalled as seen by whoever made it: now it may be shown.
    diagnostics.note(f"{_newest(invocation, session.registry, stored)}, with {bits:.0f} bits")
    show(invocation, secret, stored, "pending")


def _check(
    source: Source, what: CredentialKind, *, current: bool, drop: bool, old_works: bool
) -> None:
    made = source.is_made
    if sum((*source, drop)) > 1 or (current and (made or drop)):
        message = "these options exclude each other"
        hint = "give one of --generate, --words, --stdin, --drop; --current goes with one in use"
        raise UsageError(message, hint)
    if old_works and not drop:
        message = "--old-works is for a pending version that is given up"
        raise UsageError(message, "it goes with --drop")
    if source.words and what == "pin":
        message = "a PIN has no words"
        raise UsageError(message, "let it be made of digits: --generate")
    if made and what not in LOGIN_SECRETS:
        message = f"only what one chooses is made here: the platform gives out its {in_words(what)}"
        raise UsageError(
            message, "pipe it in with --stdin; a seed is made by credential totp --new"
        )


def _new_secret(
    registry: Registry, account: Account, source: Source, what: CredentialKind
) -> tuple[Secret, float]:
    """The secret, and the bits of one that is made."""
    from vault.services.generating import generate

    if source.is_made:
        return generate(what, registry.platform(account).password, words=source.words)
    if source.from_stdin:
        return _from_stdin(), 0
    if not sys.stdin.isatty():
        message = "no terminal to ask for the secret on"
        raise UsageError(message, "pipe it in with --stdin, or let it be made with --generate")
    return Secret(diagnostics.ask_secret("Secret: ")), 0


def _warn_of_risks(
    registry: Registry, account: Account, secret: Secret, stored: Credential
) -> None:
    _warn_if_weak(registry, account, secret, stored)
    _warn_if_reused(registry, account, stored)


def _warn_if_weak(registry: Registry, account: Account, secret: Secret, stored: Credential) -> None:
    from vault.services.strength import judge, words_around

    strength = stored.versions[-1].strength
    if strength is not None and strength <= WEAK:
        why = judge(secret, words_around(registry, account)).why
        hint = f"let one be made: safehands credential set {short(account.id)} --generate"
        diagnostics.warn(f"this password is weak ({strength} of 4): {why}", hint)


def _warn_if_reused(registry: Registry, account: Account, stored: Credential) -> None:
    from vault.domain.counting import few
    from vault.services.credentials import also_of

    others = also_of(registry, stored)
    if others:
        told = f"that is, or was, {few(others)} as well: whoever knows one knows the other"
        diagnostics.warn(told, f"change it: safehands rotate start {short(account.id)}")


def _from_stdin() -> Secret:
    try:
        text = sys.stdin.read(SECRET_BYTES + 1)
    except UnicodeDecodeError as error:
        message = "the secret is not UTF-8 text"
        raise UsageError(message, "check what is piped in") from error
    if len(text) > SECRET_BYTES:
        message = f"the secret is longer than {SECRET_BYTES} characters"
        raise UsageError(message, "check what is piped in")
    return Secret(text.removesuffix("\n").removesuffix("\r"))


def _tell(invocation: Invocation, session: Session, stored: Credential) -> None:
    if invocation.as_json:
        tell(invocation, session, stored)
    else:
        invocation.out.line(_newest(invocation, session.registry, stored))


def _newest(invocation: Invocation, registry: Registry, stored: Credential) -> str:
    newest = stored.versions[-1]
    label, stage = registry.name_of(stored.account), newest.stage(invocation.moment)
    return f"{label}: {stored.called} version {newest.number} is {stage}"


@credential.command("reveal")
@click.argument("which", metavar="ACCOUNT")
@WHAT
@LABEL
@click.option(
    "--stage",
    type=click.Choice(["current", "pending", "previous"]),
    help="Which version.  [default: current]",
)
@click.option(
    "--version",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="That one, whatever became of it (credential history).",
)
@STDOUT
@pass_invocation
def reveal(
    invocation: Invocation,
    which: str,
    what: CredentialKind,
    label: str,
    stage: Any,  # one of the choices, or None
    number: int | None,
    to_stdout: bool,  # noqa: FBT001
) -> None:
    """Show a secret of ACCOUNT, after the journal says who saw it."""
    from vault.services import credentials

    if stage and number:
        message = "--stage and --version exclude each other"
        raise UsageError(message, "a version has one stage: see credential history")
    invocation.refuse_as_of()
    refuse_to_leave(invocation, allowed=to_stdout)
    session = invocation.writing()
    found = resolve(session.registry, Account, which)
    warn_if_closing(session.registry, found, invocation.moment)
    if number is None:
        stored = credentials.find_credential(session.registry, found, what, label)
        secret = credentials.reveal_credential(session, stored, stage or "current")
        show(invocation, secret, stored, stage or "current")
        return
    stored = credentials.find_version(session.registry, found, what, number, label)
    secret = credentials.reveal_version(session, stored, number)
    show(invocation, secret, stored, stage_of(stored, number, invocation.moment))


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
        if had_begun(c, at) and (c.until is None or at < c.until) and on in {None, c.account}
    ]
    found.sort(key=lambda c: (registry.name_of(c.account), c.what))
    columns = {
        "id": lambda _r, c, _at: short(c.id),
        "account": lambda r, c, _at: r.name_of(c.account),
        "secret": lambda _r, c, _at: c.called,
        "current": lambda _r, c, at: _version(c.at_stage("current", at)),
        "pending": lambda _r, c, at: _version(c.at_stage("pending", at)),
        "previous": lambda _r, c, at: _version(c.at_stage("previous", at)),
        "codes left": lambda _r, c, _at: "" if c.codes_left is None else str(c.codes_left),
        "strength": lambda _r, c, at: _strength(c.at_stage("current", at)),
    }
    empty = "no secrets: safehands credential set ACCOUNT"
    show_list(invocation, registry, "credentials", found, columns, empty)


def _version(version: Version | None) -> str:
    if version is None:
        return ""
    return f"{version.number}, {'kept here' if version.stored else 'not kept here'}"


def _strength(version: Version | None) -> str:
    return "" if version is None or version.strength is None else f"{version.strength} of 4"


@credential.command("end")
@click.argument("which", metavar="ACCOUNT")
@WHAT
@LABEL
@click.option("--does-not-work", is_flag=True, help="The platform does not take the one in use.")
@pass_invocation
def end(
    invocation: Invocation,
    which: str,
    what: CredentialKind,
    label: str,
    does_not_work: bool,  # noqa: FBT001
) -> None:
    """Record that the platform does not take a secret of ACCOUNT any more.

    What is stored of it stays readable: credential reveal --version N.
    """
    from vault.services.credentials import end_credential, find_credential

    session = invocation.writing()
    registry = session.registry
    found = find_credential(registry, resolve(registry, Account, which), what, label)
    tell(invocation, session, end_credential(session, found, does_not_work=does_not_work), "ended")
