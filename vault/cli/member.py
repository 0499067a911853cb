"""`safehands member`: who can open the vault."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from vault.cli import diagnostics
from vault.cli.arguments import kdf_option, pass_invocation
from vault.cli.invocation import Invocation, passphrase_of_another
from vault.cli.listing import short
from vault.domain.passphrase import strength
from vault.reports.table import Column

if TYPE_CHECKING:
    from vault.services.roster import MemberLine


@click.group()
def member() -> None:
    """Members: who can open the vault, and what they can open in it."""


@member.command("list")
@pass_invocation
def list_members(invocation: Invocation) -> None:
    """List who can open the vault now."""
    invocation.refuse_as_of()
    present = invocation.reading().members()
    if invocation.as_json:
        told = [asdict(each) for each in present]
        invocation.out.document("safehands.members/1", {"members": told})
        return
    since = Column("since", fixed=True)
    columns: list[Column | str] = [Column("id", fixed=True), "name", "kind", since, "fingerprint"]
    rows = [
        [
            short(each.id),
            f"{each.name} (you)" if each.is_you else each.name,
            each.kind,
            each.since.date(),
            each.fingerprint,
        ]
        for each in present
    ]
    invocation.out.table(columns, rows)


@member.command("add-reporter")
@click.argument("name")
@click.option(
    "--new-passphrase-file",
    metavar="F",
    help="Read the reporter's passphrase from a file; without it, it is asked for.",
)
@kdf_option
@pass_invocation
def add_reporter(
    invocation: Invocation, name: str, new_passphrase_file: str | None, kdf: str
) -> None:
    """Add a reporter called NAME: a member for a machine that makes reports.

    It reads names and dates, and holds no key that opens a secret.
    """
    from vault.services.members import add_reporter as let_add

    session = invocation.writing()
    made = let_add(session, name, passphrase_of_another(new_passphrase_file), cost=kdf)
    _tell(invocation, made, "added")
    if not invocation.as_json:
        invocation.out.line("It opens names and dates, and no secret.")
        invocation.out.line("Next: safehands schedule systemd --help, or schedule cron --help")


@member.command("passphrase")
@click.option(
    "--new-passphrase-file",
    metavar="F",
    help="Read the new passphrase from a file; without it, it is asked for twice.",
)
@kdf_option
@pass_invocation
def passphrase(invocation: Invocation, new_passphrase_file: str | None, kdf: str) -> None:
    """Change the passphrase by which you open the vault; the one you have now is asked for first.

    Who has the old one and a copy of the vault from before still gets in, today's vault included.
    A reporter changes its own: --passphrase-file says which member you are.
    """
    from vault.services.members import change_passphrase

    invocation.refuse_as_of()
    session = invocation.reading(by_passphrase=True)
    new = passphrase_of_another(new_passphrase_file)
    change_passphrase(session, new, cost=kdf)
    judged = strength(new)
    if judged.word == "weak":
        again = "change it again to several words nobody would put together"
        diagnostics.warn(judged.why, again)
    you = next(each for each in session.members() if each.is_you)
    _tell(invocation, you, "has a new passphrase")
    if not invocation.as_json:
        for line in _WHO_STILL_GETS_IN, _AGAINST_THAT[you.kind]:
            invocation.out.line(line)


_WHO_STILL_GETS_IN = (
    "Who has the old one and a copy of the vault from before opens that copy, and with the keys "
    "in it this vault too, now and later, if they can read its file."
)
_AGAINST_THAT = {
    "admin": (
        "Delete such copies. If somebody may have both, change the secrets on the platforms, and "
        "keep them in a new vault: safehands init"
    ),
    "reporter": (
        "Delete such copies. If somebody may have both, let an admin remove this member, which "
        "seals everything anew, and add another: safehands member remove --help"
    ),
}


@member.command("remove")
@click.argument("who", metavar="NAME")
@pass_invocation
def remove(invocation: Invocation, who: str) -> None:
    """Take a member out of the vault, and seal everything anew without it.

    What it has read before, and copies of the vault that it has, stay readable to it.
    """
    from vault.services.members import find_member, remove_member

    session = invocation.writing()
    found = find_member(session, who)
    remove_member(session, found)
    _tell(invocation, found, "removed")
    if not invocation.as_json:
        invocation.out.line("Every record is sealed anew; what it has seen, it has seen.")


def _tell(invocation: Invocation, made: MemberLine, became: str) -> None:
    if invocation.as_json:
        invocation.out.document("safehands.member/1", {**asdict(made), "became": became})
        return
    invocation.out.line(f"{short(made.id)}  {made.name}, {made.kind}, {became}")
