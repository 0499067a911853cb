"""One import in progress: what it changes, counts and complains about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from vault.crypto.randomness import in_portions
from vault.domain.changes import Change, Changes
from vault.domain.ids import Id, Random, new_id
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.spell import Spell, Spells, replaced
from vault.exchange.entries import Entry
from vault.exchange.mapping import ImportMapping
from vault.exchange.problem import Problem, ProblemKind
from vault.services.import_report import Kind, Outcome, Proposal, Tally

Row = tuple[str, int]


class ImportRun:
    """The registry as it was, and what is to be put in it; nothing is written here.

    `as_of` counts as now: it is since when what the source says without a date holds. What it saw
    it saw by `looked_at`, which is the same if not given. `tied` are the ids of what rows name that
    ties people: assignments, seats and exposures.
    """

    def __init__(
        self,
        registry: Registry,
        mapping: ImportMapping,
        as_of: datetime,
        random: Random,
        looked_at: datetime | None = None,
    ) -> None:
        self.registry = registry
        self.mapping = mapping
        self.source = mapping.source.name
        self.as_of = as_of
        self.looked_at = looked_at or as_of
        self.tally = Tally()
        self.problems: list[Problem] = []
        self.proposals: list[Proposal] = []
        self.tied: set[Id] = set()
        self._random = in_portions(random)
        self._staged: dict[Id, Record] = {}

    def fresh_id(self) -> Id:
        """Return an id for a new record."""
        return new_id(self._random)

    def put(self, record: Record) -> Outcome:
        """Stage a record and return what that makes of the registry's."""
        before = self.registry.find(record.id)
        if before == record:
            self._staged.pop(record.id, None)
            return "unchanged"
        self._staged[record.id] = record
        return "created" if before is None else "updated"

    def find(self, record_id: Id) -> Record | None:
        """Return a record as it is to be, or None."""
        return self._staged.get(record_id) or self.registry.find(record_id)

    @cached_property
    def changes(self) -> Changes:
        """The staged records, all of which differ from the registry's, once all are staged."""
        return tuple(map(Change, self._staged.values()))

    def report(self, entry: Entry, field: str, kind: ProblemKind, message: str, taken: str) -> None:
        """Add a problem with a field of a row."""
        column = " + ".join(self.mapping.columns.get(field, ()))
        self.problems.append(Problem(entry.file, entry.row, column, kind, message, taken))


class RowCounter:
    """Says what became of each row; a row that matters twice counts for the most it did."""

    def __init__(self, tally: Tally, kind: Kind) -> None:
        self._tally = tally
        self._kind: Kind = kind
        self._rows: dict[Row, Outcome] = {}

    def record(self, rows: Iterable[Row], outcome: Outcome) -> None:
        """Note what became of the record that these rows, in their order, are about."""
        further: Outcome = "updated" if outcome == "created" else outcome
        for number, row in enumerate(rows):
            self.note(row, further if number else outcome)

    def note(self, row: Row, outcome: Outcome) -> None:
        """Note what became of one row."""
        known = self._rows.get(row)
        if known is None or _RANK[outcome] < _RANK[known]:
            self._rows[row] = outcome

    def close(self) -> None:
        """Hand the rows over to the tally."""
        for outcome, times in Counter(self._rows.values()).items():
            self._tally.count(self._kind, outcome, times)


_RANK: dict[Outcome, int] = {"created": 0, "updated": 1, "unchanged": 2, "skipped": 3}


def strongest(*outcomes: Outcome) -> Outcome:
    """Return the outcome that says most."""
    return outcomes[0] if len(set(outcomes)) == 1 else min(outcomes, key=_RANK.__getitem__)


def turned(spells: Spells, of: Id, at: datetime) -> Spells:
    """Return the spells with `of` holding from `at` on, unless it holds with no end already.

    A source older than what is recorded ends nothing before it began.
    """
    if not spells:
        return (Spell(of, at),)
    if any(spell.of == of and spell.until is None for spell in spells):
        return spells
    latest = max((spell.since for spell in spells if spell.until is None), default=at)
    return replaced(spells, of, max(at, latest))


def begun_beside(spells: Spells, of: Id, at: datetime) -> Spells:
    """Return the spells with `of` holding from `at` on, beside the others."""
    if any(spell.of == of and spell.until is None for spell in spells):
        return spells
    return (*spells, Spell(of, at))
