"""`safehands unlock`: opening the vault on this device without the passphrase."""

from __future__ import annotations

import click

from vault.cli import diagnostics
from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation


@click.group()
def unlock() -> None:
    """Opening the vault on this device without its passphrase, by the system's keyring."""


@unlock.command()
@pass_invocation
def remember(invocation: Invocation) -> None:
    """Open the vault without the passphrase on this device from now on."""
    from vault.services.remembering import remember as let_remember

    session = invocation.writing()
    let_remember(session)
    if invocation.as_json:
        _answer(invocation)
        return
    out = invocation.out
    out.line(f"This device opens {invocation.location} for {session.member_name} from now on.")
    out.line("Whoever uses your log-in on this device can open it too; the passphrase still does.")
    out.line("To end that: safehands unlock forget")


@unlock.command()
@pass_invocation
def forget(invocation: Invocation) -> None:
    """Ask for the passphrase on this device again."""
    from vault.services.remembering import forget as let_forget

    invocation.refuse_as_of()
    was_remembered, left = let_forget(invocation.location, invocation.environment())
    if left:
        diagnostics.warn(f"{left} A key stayed in it, which opens nothing any more.")
    if invocation.as_json:
        _answer(invocation)
    elif was_remembered:
        invocation.out.line(f"This device asks for the passphrase of {invocation.location} again.")
    else:
        invocation.out.line(f"This device did not remember {invocation.location}.")


@unlock.command()
@pass_invocation
def status(invocation: Invocation) -> None:
    """Say whether this device remembers the vault, and what it keeps where; opens nothing."""
    invocation.refuse_as_of()
    _answer(invocation)


def _answer(invocation: Invocation) -> None:
    from vault.services.remembering import memory

    kept = memory(invocation.location, invocation.environment())
    out = invocation.out
    if invocation.as_json:
        out.document("safehands.unlock/1", {"vault": invocation.location, **kept._asdict()})
        return
    mark = "in the keyring and in a file of this device"
    if not kept.marked_in_keyring:
        mark = "in a file of this device, which is weaker than in a keyring"
    for name, told in (
        ("vault", invocation.location),
        ("remembered", "yes" if kept.is_remembered else "no"),
        ("keyring", kept.keyring or kept.trouble),
        ("high-water mark", mark),
    ):
        out.line(f"{name:16}{told}")
    if kept.is_remembered or kept.keyring:
        verb = "forget" if kept.is_remembered else "remember"
        out.line(f"Next: safehands unlock {verb}")
