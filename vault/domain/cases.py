"""Cases: guided work that is carried through, step by step, with evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.steps import Step

CaseKind = Literal["offboarding", "role_change", "rotation", "deactivation"]
Mode = Literal["planned", "immediate"]
StepState = Literal[
    "todo", "waiting", "blocked", "pending", "applied", "verified", "waived", "dropped"
]

DONE: frozenset[StepState] = frozenset({"applied", "verified", "waived"})
ENDED: frozenset[StepState] = DONE | {"dropped"}


class Evidence(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What somebody says they saw or did: `by` is a person's id, `what` their words."""

    at: datetime
    by: Id
    what: str


class Progress(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A step of a case and how far it is.

    `pending` is a secret that was made and shown but not yet proved; `dropped` a step that a new
    plan no longer needs. `applied_by` and `approved_by` are person ids.
    """

    step: Step
    state: StepState = "todo"
    changed_at: datetime | None = None
    applied_by: Id = ""
    applied_at: datetime | None = None
    verified_by: Id = ""
    approved_by: Id = ""
    reason: str = ""
    wait_until: date | None = None
    evidence: tuple[Evidence, ...] = ()


class Case(Record, frozen=True, kw_only=True):
    """A departure, rotation or closing in progress. `successors` pairs role ids with person ids.

    A departure is of a `person`, everything else of an `account`; `reason` is why it was begun. A
    rotation replaces `version` of a `credential` (none where the account has no secret of its own).
    """

    what: CaseKind
    person: Id = ""
    account: Id = ""
    credential: Id = ""
    version: int = 0
    reason: str = ""
    last_day: date | None = None
    mode: Mode = "planned"
    two_person: bool = False
    successors: tuple[tuple[Id, Id], ...] = ()
    opened_at: datetime
    opened_by: Id = ""
    closed_at: datetime | None = None
    closed_by: Id = ""
    progress: tuple[Progress, ...] = ()
    notes: tuple[Evidence, ...] = ()

    def find(self, step_id: str) -> Progress | None:
        """Return the progress of the one step whose id begins so, or None."""
        found = [each for each in self.progress if each.step.id.startswith(step_id)]
        return found[0] if len(found) == 1 else None
