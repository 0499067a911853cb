"""`safehands journal`: who did what when."""

from __future__ import annotations

from itertools import islice

import click
import msgspec

from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation


@click.group()
def journal() -> None:
    """The signed journal: audit log, membership and manifest in one."""


@journal.command("list")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@pass_invocation
def list_(invocation: Invocation, limit: int) -> None:
    """List the newest entries, newest first."""
    session = invocation.reading()
    newest = list(islice(reversed(list(session.journal())), limit))
    if invocation.as_json:
        invocation.out.document(
            "safehands.journal/1", {"entries": [msgspec.to_builtins(e) for e in newest]}
        )
        return
    invocation.out.table(
        ["no", "when", "who", "what", "records", "note"],
        [
            [str(e.seq), f"{e.at:%Y-%m-%d %H:%M:%S}", e.author, e.act, str(e.count), e.note]
            for e in newest
        ],
    )


@journal.command("verify")
@pass_invocation
def verify(invocation: Invocation) -> None:
    """Check every entry's hash, signature and author from the first to the last."""
    session = invocation.reading()
    count = session.audit()
    if invocation.as_json:
        invocation.out.document("safehands.journal_verified/1", {"entries": count})
    else:
        invocation.out.line(
            f"{count} entries: each follows the one before and is signed by a member of its time"
        )
