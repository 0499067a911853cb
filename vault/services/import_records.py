"""Importing records that are one a row: what people, roles and mailboxes have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from vault.domain.ids import Id
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.text import clean
from vault.errors import AmbiguousError, NotFoundError
from vault.exchange.entries import Entry
from vault.services.import_report import Kind
from vault.services.import_run import ImportRun, RowCounter
from vault.services.matching import Directory

R = TypeVar("R", bound=Record)


class RecordImport(ABC, Generic[R]):
    """Brings the rows of a mapping of one kind into a run; `seen` gives each record's row."""

    kind: ClassVar[Kind]

    def __init__(self, run: ImportRun, directory: Directory) -> None:
        self.run = run
        self.directory = directory
        self.seen: dict[Id, Entry] = {}
        self._counter = RowCounter(run.tally, self.kind)

    def bring(self, entries: Sequence[Entry]) -> None:
        """Stage the records of all rows and count them."""
        made: list[R] = []
        for entry in self.in_order(entries):
            record = self.record(entry)
            if record is None:
                self._counter.note((entry.file, entry.row), "skipped")
            else:
                self.seen[record.id] = entry
                made.append(record)
        for record in self.settled(made):
            self.stage(record, self.seen[record.id])
        self.finish(entries)
        self._counter.close()

    def in_order(self, entries: Sequence[Entry]) -> Iterable[Entry]:
        """Return the rows in the order in which to ask what they mean, which is theirs for most."""
        return entries

    @abstractmethod
    def record(self, entry: Entry) -> R | None:
        """Return the record a row means; None, with a problem, where the row is skipped."""

    def settled(self, made: Sequence[R]) -> Iterable[R]:
        """Return the records as all rows together have them; most kinds go row by row."""
        return made

    def finish(self, entries: Sequence[Entry]) -> None:
        """Do what needs the records of all rows; most kinds need nothing."""

    def stage(self, record: R, entry: Entry) -> None:
        """Stage a record, and note what became of its row."""
        self._counter.note((entry.file, entry.row), self.run.put(record))

    def name(self, entry: Entry, *others: str) -> str:
        """Return a row's name, else the first of the others, else ""; a missing one is reported."""
        name = entry.get("name")
        if name:
            return name
        instead = next(filter(None, others), "")
        taken = f"{clean(instead)!r} as the name" if instead else "skipped"
        self.run.report(entry, "name", "missing", "the name is missing", taken)
        return instead

    def is_second(self, record: Record | None, entry: Entry) -> bool:
        """Say whether an earlier row meant the same record, which is a problem."""
        first = self.seen.get(record.id) if record else None
        if first is None:
            return False
        self.report_second(first, entry)
        return True

    def report_second(
        self, first: Entry, entry: Entry, more: str = "", of_it: str = "this one skipped"
    ) -> None:
        """Report a row that means the same record as an earlier one; `of_it` is taken of it."""
        what = f"the same {self.kind} as in row {first.row} of {clean(first.file)}{more}"
        self.run.report(entry, "", "duplicate", what, f"row {first.row}; {of_it}")

    def person(self, entry: Entry, field: str, text: str) -> Person | None:
        """Return the person a cell names; None, with a problem, where nobody or several are."""
        try:
            return self.directory.person(text)
        except (NotFoundError, AmbiguousError) as error:
            message = clean(error.message)
            self.run.report(entry, field, "unknown_person", message, "nobody")
            return None
