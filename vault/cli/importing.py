"""`safehands import`: bring in people, roles, mailboxes and accounts from CSV files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vault.cli import diagnostics
from vault.cli.arguments import no_dash, pass_invocation
from vault.cli.invocation import Invocation
from vault.domain.counting import several
from vault.domain.wording import in_words
from vault.errors import UsageError
from vault.reports.table import Column

if TYPE_CHECKING:
    from vault.services.import_report import ImportReport

MOST_PROBLEMS = 25  # more than a screenful is for --json, or for a look at the file


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), callback=no_dash)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    help="Which column means what (docs/import.md; examples/ has some).",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--end-gone", is_flag=True, help="End what the source does not name any more.")
@click.option(
    "--accept-gone",
    multiple=True,
    metavar="SOURCE",
    help="Believe the source of that name although a large share is gone from it.",
)
@click.option(
    "--accept",
    "accept_silent",
    multiple=True,
    metavar="SOURCE",
    help="Believe the source of that name although a large share fell silent in it.",
)
@pass_invocation
def import_command(  # one parameter an option
    invocation: Invocation,
    files: tuple[Path, ...],
    mapping: Path | None,
    dry_run: bool,  # noqa: FBT001  # click passes flags so
    end_gone: bool,  # noqa: FBT001
    accept_gone: tuple[str, ...],
    accept_silent: tuple[str, ...],
) -> None:
    """Bring in people, roles, mailboxes, accounts from CSV FILES, all or nothing.

    --as-of is the day that counts as today for them.
    Importing the same file again changes nothing. Exit 5 where a large share is gone at once, or
    fell silent.
    """
    if mapping is None:
        message = "a list comes in by a mapping, which says which column means what"
        raise UsageError(message, "give --mapping FILE (docs/import.md; examples/ has some)")
    from vault.services.importing import import_source, read_source
    from vault.services.read_ahead import Ahead

    # Files are read while the key is derived: a seventh of the time of a large import.
    source = Ahead(lambda: read_source(files, mapping, invocation.catalogue()))
    session = invocation.reading(beside=source.start)
    report = import_source(
        session,
        source.result(),
        dry_run=dry_run,
        as_of=invocation.as_of,
        accept_gone=accept_gone,
        end_gone=end_gone,
        accept_silent=accept_silent,
    )
    if invocation.as_json:
        invocation.out.document("safehands.import/1", report.to_dict())
        return
    _tell(invocation, report)


def _tell(invocation: Invocation, report: ImportReport) -> None:
    out = invocation.out
    kinds = [kind for kind in report.read if report.read[kind]]
    out.table(
        ["kind", "read", "created", "updated", "unchanged", "skipped"],
        [
            [
                kind,
                report.read[kind],
                report.created.get(kind, 0),
                report.updated.get(kind, 0),
                report.unchanged.get(kind, 0),
                report.skipped.get(kind, 0),
            ]
            for kind in kinds
        ],
        empty="the files have no rows",
    )
    _tell_problems(invocation, report)
    if report.proposals:
        ended = sum(each.ended for each in report.proposals)
        out.line()
        out.line(f"Gone from the source: {len(report.proposals)}, of which {ended} ended now.")
        for each in report.proposals[:MOST_PROBLEMS]:
            out.line(f"  {each.kind}  {each.label}")
        if not ended and any(p.kind != "exposure" for p in report.proposals):
            out.line("To end them as well: --end-gone")
    if report.dry_run:
        diagnostics.note("a dry run: nothing was written")
    elif not report.written:
        diagnostics.note("nothing had changed, so nothing was written")


def _tell_problems(invocation: Invocation, report: ImportReport) -> None:
    if not report.problems:
        return
    out = invocation.out
    out.line()
    out.table(
        ["file", "row", "column", Column("what", wraps=True), Column("so", wraps=True)],
        [
            [Path(p.file).name, p.row, p.column, p.message, p.taken]
            for p in report.problems[:MOST_PROBLEMS]
        ],
    )
    counts = Counter(in_words(p.kind) for p in report.problems)
    told = ", ".join(f"{n} {kind}" for kind, n in counts.most_common())
    out.line(f"{several(len(report.problems), 'problem')}: {told}")
    if len(report.problems) > MOST_PROBLEMS:
        out.line("All of them, row by row: --json")
