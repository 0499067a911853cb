"""`safehands journal`: who did what when."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation
from vault.domain.counting import several
from vault.errors import NotFoundError
from vault.reports.table import Column

if TYPE_CHECKING:
    from vault.services.journal import JournalLine


@click.group()
def journal() -> None:
    """The signed journal: audit log, membership and manifest in one."""


@journal.command("list")
@click.argument("words", nargs=-1)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many.")
@pass_invocation
def list_(invocation: Invocation, words: tuple[str, ...], limit: int) -> None:
    """List the newest entries that hold all WORDS, newest first; with --as-of, up to that day.

    by:ana act:account about:x/@acme since:2026-01-01 until:2026-02-01 narrow it down.
    """
    from vault.services.journal import searchable

    session, last = invocation.reading(), invocation.moment
    told = (e for portion in session.journal_back() for e in portion if e.at <= last)
    found = searchable(session.registry, told).find(" ".join(words)) if words else told
    newest = list(islice(found, limit))
    if invocation.as_json:
        documents = [_as_dict(entry) for entry in newest]
        invocation.out.document("safehands.journal/1", {"entries": documents})
        return
    invocation.out.table(
        [
            Column("no", right=True, fixed=True),
            Column("when", fixed=True),
            "who",
            Column("what", fixed=True),
            Column("records", right=True),
            "note",
        ],
        [
            [str(e.seq), f"{e.at:%Y-%m-%d %H:%M}", e.author, e.act, str(e.count), e.note]
            for e in newest
        ],
        empty="no entries up to that day",
    )


def _as_dict(entry: JournalLine) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "author": entry.author,
        "kind": entry.kind.name.lower(),
        "act": entry.act,
        "note": entry.note,
        "records": list(entry.records),
        "count": entry.count,
        "hash": entry.hash,
        "is_open": entry.is_open,
    }


@journal.command("show")
@click.argument("number", type=click.IntRange(1))
@pass_invocation
def show(invocation: Invocation, number: int) -> None:
    """Show the entry with that NUMBER, and which records it changed."""
    session = invocation.reading()
    entry = next((e for e in session.journal() if e.seq == number), None)
    if entry is None:
        message = f"the journal has no entry {number}; its last one is {session.seq}"
        raise NotFoundError(message, "see them: safehands journal list")
    if invocation.as_json:
        invocation.out.document("safehands.journal_entry/1", _as_dict(entry))
        return
    for name, value in _as_dict(entry).items():
        if name not in {"records", "is_open"} and value != "":
            invocation.out.line(f"{name:8}{value}")
    for record in entry.records:
        invocation.out.line(f"record  {record[:8]}  {session.registry.name_of(record)}")


@journal.command("verify")
@pass_invocation
def verify(invocation: Invocation) -> None:
    """Check every entry's hash, signature and author from the first to the last."""
    invocation.refuse_as_of()
    count = invocation.reading().audit()
    if invocation.as_json:
        invocation.out.document("safehands.journal_verified/1", {"entries": count})
        return
    entries = several(count, "entry is", "entries are")
    invocation.out.line(f"{entries} in order, each signed by a member of its time.")
