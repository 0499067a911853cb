"""Importing CSV files into the registry: all of it in one entry of the journal, or nothing.

docs/import.md tells users what a mapping is and how rows are matched and counted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from vault.domain.changes import Changes
from vault.domain.ids import Id
from vault.domain.platforms import Catalogue
from vault.domain.registry import Registry
from vault.domain.spell import midnight
from vault.errors import StorageError, UsageError
from vault.exchange.csv_table import MAX_BYTES, read_table
from vault.exchange.entries import AccountEntry, Entry, Sheet
from vault.exchange.grouping import grouped
from vault.exchange.mapping import ImportMapping, Kind, read_mapping
from vault.formats.entry import EntryKind
from vault.services import import_report
from vault.services.import_accounts import AccountImport
from vault.services.import_activity import refuse_silence
from vault.services.import_gone import propose_endings
from vault.services.import_people import PeopleImport
from vault.services.import_records import RecordImport
from vault.services.import_report import ImportReport
from vault.services.import_roles import MailboxImport, RoleImport
from vault.services.import_run import ImportRun
from vault.services.import_ties import propose_ties
from vault.services.matching import Directory
from vault.services.session import Session

RECORD_KINDS: Final[dict[Kind, import_report.Kind]] = {
    "people": "person",
    "roles": "role",
    "mailboxes": "mailbox",
    "accounts": "account",
}

MAPPING_LIMIT: Final = 4 * 1024 * 1024  # bytes; a line for each of 50,000 values fits
LAST_MOMENT: Final = timedelta(days=1, seconds=-1)

_RECORDS: Final[dict[import_report.Kind, type[RecordImport[Any]]]] = {
    "person": PeopleImport,
    "role": RoleImport,
    "mailbox": MailboxImport,
}


def read_source(files: Sequence[Path], mapping: Path, catalogue: Catalogue) -> SourceRows:
    """Return the rows of CSV files of one source, read by a mapping and cleaned.

    Raises UsageError for a mapping that does not fit, ImportRefusedError for a file that cannot be
    read for certain, StorageError for a path that cannot be read.
    """
    meant = read_mapping(_text(mapping), str(mapping))
    sheets = [
        Sheet(read_table(_bytes(path, MAX_BYTES), name, meant.source.delimiter), meant)
        for path, name in zip(files, _names(files), strict=True)
    ]
    return SourceRows(meant, sheets, catalogue)


def import_source(
    session: Session,
    source: SourceRows,
    *,
    dry_run: bool = False,
    as_of: date | None = None,
    accept_gone: Collection[str] = (),
    end_gone: bool = False,
    accept_silent: Collection[str] = (),
) -> ImportReport:
    """Import the rows of a source, and return what was read and what came of it.

    `as_of` is the day that counts as now. What the source brought in before and names no longer is
    proposed for ending, and ended with `end_gone`. Nothing is written with `dry_run`, nor where
    nothing changes. Raises ImportRefusedError for a source of which a large share is gone (unless
    `accept_gone` holds its name), RefusedError where a large share fell silent at once (unless
    `accept_silent` does).
    """
    meant = source.mapping

    def work_out(registry: Registry, now: datetime) -> ImportRun:
        begins = midnight(as_of) if as_of else now
        looked_at = min(now, begins + LAST_MOMENT) if as_of else now
        run = ImportRun(registry, meant, begins, session.env.random, looked_at)
        known = source.bring_into(run)
        accepted = meant.source.name in accept_gone
        propose_endings(run, known, accepted=accepted, end=end_gone)
        propose_ties(run, known, accepted=accepted, end=end_gone)
        refuse_silence(run, accepted=meant.source.name in accept_silent)
        return run

    def decide(registry: Registry, now: datetime) -> tuple[Changes, ImportRun]:
        run = work_out(registry, now)
        return run.changes, run

    if dry_run:
        run = work_out(session.registry, session.env.now())
    else:
        act, name = f"{RECORD_KINDS[meant.source.kind]}.import", meant.source.name
        run = session.write_returning(act, decide, note=name, kind=EntryKind.IMPORT)
    return source.report(run, dry_run=dry_run)


class SourceRows:
    """The rows of a source as read, to be brought into whatever state the registry is in.

    The sheets are not kept: while a key is derived, letting go of them takes nobody's time.
    """

    def __init__(
        self, mapping: ImportMapping, sheets: Sequence[Sheet], catalogue: Catalogue
    ) -> None:
        self.mapping = mapping
        self._kind = RECORD_KINDS[mapping.source.kind]
        self._accounts: list[AccountEntry] = []
        self._entries: list[Entry] = []
        for sheet in sheets:
            if self._kind == "account":
                self._accounts += sheet.account_entries(catalogue)
            else:
                self._entries += sheet.entries()
        self._groups = grouped(self._accounts, by_identifier=bool(mapping.identifiers))
        self._read = sum(sheet.read for sheet in sheets)
        self._problems = [problem for sheet in sheets for problem in sheet.problems]
        self._order = {sheet.table.name: number for number, sheet in enumerate(sheets)}

    def bring_into(self, run: ImportRun) -> frozenset[Id]:
        """Stage all rows in a run, count them, and return the ids of the records they mean."""
        directory = Directory(run)
        if self._kind == "account":
            accounts = AccountImport(run, directory)
            accounts.bring(self._accounts, self._groups)
            known = accounts.seen
        else:
            records = _RECORDS[self._kind](run, directory)
            records.bring(self._entries)
            known = set(records.seen)
        run.tally.read[self._kind] += self._read
        unreadable = self._read - len(self._accounts) - len(self._entries)
        if unreadable:
            run.tally.outcomes["skipped"][self._kind] += unreadable
        return frozenset(known | directory.named)

    def report(self, run: ImportRun, *, dry_run: bool) -> ImportReport:
        """Return what became of it all in a run; problems come in the order of files and rows."""
        problems = [*self._problems, *run.problems]
        return ImportReport(
            source=run.source,
            as_of=run.as_of,
            dry_run=dry_run,
            written=not dry_run and bool(run.changes),
            read=dict(run.tally.read),
            **{outcome: dict(counts) for outcome, counts in run.tally.outcomes.items()},
            problems=tuple(sorted(problems, key=lambda p: (self._order[p.file], p.row))),
            proposals=tuple(run.proposals),
        )


def _names(files: Sequence[Path]) -> list[str]:
    """What each file is called: its name, or its whole path where two have the same name."""
    if not files or len({path.resolve() for path in files}) < len(files):
        message = "one of the files is named twice" if files else "no file to import is named"
        raise UsageError(message, "name each CSV file once")
    short = [path.name for path in files]
    return [path.name if short.count(path.name) == 1 else str(path) for path in files]


def _text(path: Path) -> str:
    raw = _bytes(path, MAPPING_LIMIT)
    if len(raw) > MAPPING_LIMIT:
        message = f"{path} has more than {MAPPING_LIMIT:,} bytes, which is too long for a mapping"
        raise UsageError(message, "name the CSV files first, and the mapping with --mapping")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8, from byte {error.start + 1:,} on"
        raise UsageError(message, "save the mapping as UTF-8") from None


def _bytes(path: Path, limit: int) -> bytes:
    """Return what a file holds, or of one beyond the limit a byte more than that."""
    try:
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise StorageError(message, "check the path and its permissions") from None
