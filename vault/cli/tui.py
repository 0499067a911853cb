"""`safehands tui`: hands over to the terminal interface, which is found by its entry point."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import click

from vault.cli.arguments import pass_invocation
from vault.cli.hardening import close_to_others
from vault.cli.invocation import Invocation
from vault.errors import UsageError

GROUP = "safehands.interfaces"


@click.command("tui")
@pass_invocation
def tui(invocation: Invocation) -> int:
    """Open the terminal interface."""
    invocation.refuse_as_of()
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "the terminal interface needs a terminal"
        raise UsageError(message, "scripts use the other commands: safehands --help")
    found = entry_points(group=GROUP, name="tui")
    if not found:
        message = "the terminal interface is not installed"
        raise UsageError(message, "install Safehands again")
    close_to_others()
    run = next(iter(found)).load()
    return int(run(invocation.location, invocation.environment()))
