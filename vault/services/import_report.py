"""What an import did, or would do: counted by kind, with every problem and proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, get_args

import msgspec

from vault.domain.ids import Id
from vault.exchange.problem import Problem

SCHEMA: Final = "safehands.import/1"
Kind = Literal["person", "role", "mailbox", "account", "holder", "assignment"]
Outcome = Literal["created", "updated", "unchanged", "skipped"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("created", "updated", "unchanged", "skipped")
_KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class Proposal(msgspec.Struct, frozen=True, gc=False):
    """A record that the source brought in earlier and names no longer: shall it be ended?"""

    kind: str
    id: Id
    label: str
    ended: bool


@dataclass
class Tally:
    """Counts by kind and outcome, while an import goes on."""

    read: Counter[Kind] = field(default_factory=Counter)
    outcomes: dict[Outcome, Counter[Kind]] = field(
        default_factory=lambda: {outcome: Counter() for outcome in OUTCOMES}
    )

    def count(self, kind: Kind, outcome: Outcome, times: int = 1) -> None:
        """Count what became of one thing that was read, or of several."""
        self.outcomes[outcome][kind] += times


@dataclass(frozen=True)
class ImportReport:
    """What was read and what became of it; read = created + updated + unchanged + skipped.

    A row counts once, under the mapping's kind: the row that brings a record in as created, each
    further row of a record that is new or changed as updated. Holders count by row too; roles,
    mailboxes and assignments that rows merely name count once each. `proposals` lists what the
    source names no longer. `written` is False for a dry run and where nothing had changed.
    """

    source: str
    as_of: datetime
    dry_run: bool
    written: bool
    read: Mapping[Kind, int]
    created: Mapping[Kind, int]
    updated: Mapping[Kind, int]
    unchanged: Mapping[Kind, int]
    skipped: Mapping[Kind, int]
    problems: tuple[Problem, ...]
    proposals: tuple[Proposal, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values, in the form `import --json` prints."""
        counts: dict[str, dict[str, int]] = {}
        for name in ("read", *OUTCOMES):
            told: Mapping[Kind, int] = getattr(self, name)
            counts[name] = {kind: told.get(kind, 0) for kind in _KINDS}
        return {
            "schema": SCHEMA,
            "source": self.source,
            "as_of": self.as_of,
            "dry_run": self.dry_run,
            "written": self.written,
            **counts,
            "problems": [
                {
                    "where": {"file": each.file, "row": each.row, "column": each.column},
                    "kind": each.kind,
                    "message": each.message,
                    "taken": each.taken,
                }
                for each in self.problems
            ],
            "proposals": [msgspec.to_builtins(each) for each in self.proposals],
        }
