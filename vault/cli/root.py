"""The root command: its groups are imported when they are asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, cast

import click

from vault import __version__
from vault.cli import diagnostics
from vault.cli.invocation import Invocation
from vault.cli.options import Options, taken_out
from vault.cli.output import standard_output
from vault.errors import SafehandsError, UsageError

if TYPE_CHECKING:
    from vault.services.deriving import Derivation

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("vault.cli.demo:demo", "Build a believable company and walk through a departure."),
    "init": ("vault.cli.top:init", "Make a new vault."),
    "status": ("vault.cli.top:status", "Say what the vault holds."),
    "check": ("vault.cli.top:check", "List what is wrong with how accounts are held."),
    "doctor": (
        "vault.cli.top:doctor",
        "Check this installation, the catalogue and the vault's files.",
    ),
    "import": (
        "vault.cli.importing:import_command",
        "Bring in people, roles, mailboxes, accounts.",
    ),
    "export": (
        "vault.cli.top:export",
        "Write all records, without secrets, as one JSON document.",
    ),
    "unlock": ("vault.cli.unlock:unlock", "Open the vault on this device without the passphrase."),
    "tui": ("vault.cli.tui:tui", "Open the terminal interface."),
    "person": ("vault.cli.person:person", "People, and what they hold."),
    "role": ("vault.cli.role:role", "Roles, and who holds them."),
    "mailbox": ("vault.cli.mailbox:mailbox", "Mailboxes, who reads them, and whether they work."),
    "account": ("vault.cli.account:account", "Accounts, and who gets into them."),
    "platform": ("vault.cli.platform:platform", "What the catalogue knows about platforms."),
    "seat": ("vault.cli.seat:seat", "Rights of people's own profiles on accounts."),
    "factor": ("vault.cli.factor:factor", "Second factors."),
    "grant": ("vault.cli.grant:grant", "Connected tools."),
    "phone": ("vault.cli.phone:phone", "Phone numbers."),
    "credential": ("vault.cli.credential:credential", "Passwords and other secrets."),
    "offboard": ("vault.cli.offboard:offboard", "Plan and start departures."),
    "rotate": ("vault.cli.rotate:rotate", "Change passwords and other secrets, losing none."),
    "case": ("vault.cli.case:case", "Carry a departure, a rotation or a closing through."),
    "dormant": ("vault.cli.dormant:dormant", "Accounts nobody uses."),
    "deactivate": ("vault.cli.deactivate:deactivate", "Close accounts for good."),
    "report": ("vault.cli.report:report", "Reports: tables, pages and files for programs."),
    "simulate": ("vault.cli.simulate:simulate", "What would be lost if something were gone."),
    "journal": ("vault.cli.journal:journal", "Who did what when."),
    "member": ("vault.cli.member:member", "Who can open the vault."),
    "schedule": ("vault.cli.schedule:schedule", "Reports that arrive by themselves."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported only when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        return cast("click.Command", getattr(import_module(module), name))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named; fails with the nearest one where there is none."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, 1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {name!r}.{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands with the help of the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, no_args_is_help=True)
@click.option("--vault", metavar="PATH", help="The vault [env: SAFEHANDS_VAULT].")
@click.option("--passphrase-file", metavar="F", help="Read the passphrase from a file.")
@click.option("--passphrase-fd", metavar="N", help="Read the passphrase from a file descriptor.")
@click.option("--as-of", metavar="DATE", help="Ask about that day, or moment, instead of now.")
@click.option("--json", is_flag=True, help="Answer with one JSON document.")
@click.version_option(__version__, message="%(version)s")
def root(**_options: object) -> None:
    """Keep a company's accounts in safe hands when people come and go.

    The options below may stand anywhere on the line.
    """


def invocation_of(options: Options) -> Invocation:
    """Return what commands are given; raises UsageError for what is no date or no descriptor."""
    return Invocation(
        vault=options.vault,
        passphrase_file=options.passphrase_file,
        passphrase_fd=_descriptor(options.passphrase_fd) if options.passphrase_fd else None,
        as_json=options.as_json,
        as_of=_day(options.as_of) if options.as_of else None,
    )


def _descriptor(text: str) -> int:
    if not text.isdecimal():
        message = f"--passphrase-fd needs a number, not {text!r}"
        raise UsageError(message, "such as --passphrase-fd 3")
    return int(text)


def _day(text: str) -> date:
    from vault.cli.arguments import day_or_moment

    return day_or_moment(text, "--as-of")


def run(arguments: Sequence[str], kept: list[object], derivation: Derivation | None = None) -> int:
    """Run a command line and return the exit code; errors are told on stderr.

    The invocation goes into `kept`: with it live the records of the vault, which take long to free.
    `derivation` is of the key that opens it, where that has begun.
    """
    os.umask(0o077)
    diagnostics.hide_values_in_tracebacks()
    as_json = "--json" in arguments
    try:
        options, rest = taken_out(arguments)
        invocation = invocation_of(options)
        invocation.derivation = derivation
        kept.append(invocation)
        with closing(invocation):
            code = root.main(rest, prog_name="safehands", standalone_mode=False, obj=invocation)
        return int(code or 0)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as bare:
        if arguments:
            return diagnostics.report(_no_verb(bare), as_json=as_json)
        standard_output(as_json=False).text(bare.format_message())
        return 0
    except click.ClickException as error:
        return diagnostics.report(
            UsageError(error.format_message(), _how_to_call(error)), as_json=as_json
        )
    except (SafehandsError, click.Abort, KeyboardInterrupt, Exception) as error:  # noqa: BLE001
        return diagnostics.report(error, as_json=as_json)


def _no_verb(bare: click.exceptions.NoArgsIsHelpError) -> UsageError:
    """What is told where a command ends before it says what to do: a script must not go on."""
    group, name = bare.ctx.command, bare.ctx.command_path
    verbs = group.list_commands(bare.ctx) if isinstance(group, click.Group) else []
    few = f"one of {', '.join(verbs)}; " if bare.ctx.parent else ""
    return UsageError(f"{name} needs a command", f"{few}see {name} --help")


def _how_to_call(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"see {context.command_path} --help" if context else "see safehands --help"
