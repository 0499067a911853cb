"""`safehands journal`: who did what when."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

import click

from vault.cli import diagnostics
from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import TEXT_LIMIT, nothing_fits
from vault.domain.counting import several
from vault.domain.naming import describe
from vault.domain.telling import value_in_words
from vault.domain.text import clean
from vault.errors import NotFoundError, UsageError
from vault.reports.table import Column

if TYPE_CHECKING:
    from vault.services.journal import JournalLine
    from vault.services.restoring import Older


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
    from vault.services.journal import no_dates, searchable

    for wrong in no_dates(" ".join(words)):
        raise UsageError(f"{wrong} is no date", "write it as in since:2026-01-31")
    session, last = invocation.reading(), invocation.moment
    told = (e for portion in session.journal_back() for e in portion if e.at <= last)
    rows = searchable(session.registry, told if words else ())
    newest = list(islice(rows.find(" ".join(words)) if words else told, limit))
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
        empty=nothing_fits(words, "no entries up to that day", rows.filters),
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
    # From the last entry back, which vouches for those before it.
    entries = (e for portion in session.journal_back() for e in portion)
    entry = next((e for e in entries if e.seq == number), None)
    if entry is not None and entry.at > invocation.moment:
        message = f"entry {number} of the journal was written later, {entry.at:%Y-%m-%d %H:%M}"
        raise NotFoundError(
            message, "leave --as-of out, or see what there was by then: safehands journal list"
        )
    if entry is None:
        message = f"the journal has no entry {number}; its last one is {session.seq}"
        raise NotFoundError(message, "see them: safehands journal list")
    if invocation.as_json:
        invocation.out.document("safehands.journal_entry/1", _as_dict(entry))
        return
    for name, value in _as_dict(entry).items():
        if name not in {"records", "is_open"} and value != "":
            told = value_in_words(session.registry, value, invocation.moment)
            invocation.out.line(f"{name:8}{told}")
    for record in entry.records:
        known = session.registry.find(record)
        told = describe(session.registry, known) if known else record[:8]
        invocation.out.line(f"record  {clean(told, TEXT_LIMIT)}")


@journal.command("accept-older")
@click.option("--reason", required=True, help="Why it was set back, for the journal.")
@click.option(
    "--fingerprint",
    metavar="TEXT",
    help="That of its last entry, 16 characters or more; without it, you are asked to type them.",
)
@pass_invocation
def accept_older(invocation: Invocation, reason: str, fingerprint: str | None) -> None:
    """Take a backup that you restored on purpose, though this device has seen a newer vault.

    All else is verified as ever. The passphrase is asked for, and the journal says what was given
    up, and why. If nobody restored a backup, do not: somebody set your vault back.
    """
    from vault.services.restoring import accept, set_back

    invocation.refuse_as_of()
    env, out = invocation.environment(), invocation.out
    with set_back(invocation.location, invocation.by_passphrase(), env) as older:
        accept(older, fingerprint or _typed_fingerprint(older), reason, env)
        given_up, entries, now = older.seen.seq, older.session.seq, older.session.head_hash
    if invocation.as_json:
        told = {"given_up": given_up, "entries": entries, "fingerprint": now}
        out.document("safehands.older_accepted/1", told)
        return
    out.line(f"This device takes the vault as it is now, with its last entry {entries}.")
    out.line("What was changed after that backup is not in it: passwords, too, may be older.")


def _typed_fingerprint(older: Older) -> str:
    """Return what is typed, once it is shown what the vault is now."""
    last = next(entry for portion in older.session.journal_back() for entry in portion)
    diagnostics.note(older.why)
    diagnostics.note(f"Its last entry is {last.seq}, by {last.author}, {last.at:%Y-%m-%d %H:%M}.")
    diagnostics.note(f"Fingerprint: {last.hash}")
    if not sys.stdin.isatty():
        message = "no terminal on which the fingerprint could be typed"
        raise UsageError(message, "compare it with what was noted, and give --fingerprint")
    typed: str = click.prompt("If it is the backup you restored, type its beginning", err=True)
    return typed


@journal.command("verify")
@pass_invocation
def verify(invocation: Invocation) -> None:
    """Check every record, and every entry's hash, signature and author, first to last."""
    invocation.refuse_as_of()
    session = invocation.reading(afresh=True)
    session.check_rows()
    count = session.audit()
    if invocation.as_json:
        invocation.out.document("safehands.journal_verified/1", {"entries": count})
        return
    entries = several(count, "entry is", "entries are")
    invocation.out.line(f"{entries} in order, each signed by a member of its time.")
