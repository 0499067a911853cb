"""Cases: guided work that is carried through, step by step, with evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal

import msgspec

from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.rotation_policy import Terms
from vault.domain.steps import Step

CaseKind = Literal["offboarding", "rotation", "deactivation"]
KINDS: Final[Mapping[CaseKind, str]] = {
    "offboarding": "departure",
    "rotation": "rotation",
    "deactivation": "closing",
}
"""What people call a kind of case."""

Mode = Literal["planned", "immediate"]
StepState = Literal[
    "todo", "waiting", "blocked", "pending", "applied", "verified", "waived", "dropped"
]

DONE: frozenset[StepState] = frozenset({"applied", "verified", "waived"})
ENDED: frozenset[StepState] = DONE | {"dropped"}
_GIVEN_UP: Final = "given up: "


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

    def as_of(self, at: datetime) -> Progress:
        """Return how far the step was at a moment, as far as its moments tell.

        What happened since is taken back: to when it was applied, else to when it was to do.
        """
        evidence = tuple(each for each in self.evidence if each.at <= at)
        if self.changed_at is None or self.changed_at <= at:
            return msgspec.structs.replace(self, evidence=evidence)
        if self.applied_at is None or self.applied_at > at:
            return Progress(self.step, evidence=evidence)
        return Progress(
            self.step,
            state="applied",
            changed_at=self.applied_at,
            applied_by=self.applied_by,
            applied_at=self.applied_at,
            evidence=evidence,
        )


class Case(Record, frozen=True, kw_only=True):
    """A departure, rotation or closing in progress. `successors` pairs role ids with person ids.

    A departure is of a `person`, everything else of an `account`; `reason` is why it was begun. A
    rotation replaces `version` of a `credential` (none where the account has no secret of its own)
    on the `terms` of the policy it was begun with, which cases of earlier releases did not keep.
    """

    what: CaseKind
    person: Id = ""
    account: Id = ""
    credential: Id = ""
    version: int = 0
    reason: str = ""
    terms: Terms | None = None
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

    def as_of(self, at: datetime) -> Case:
        """Return the case as it was at a moment not before it was opened."""
        is_closed = self.closed_at is not None and self.closed_at <= at
        return msgspec.structs.replace(
            self,
            closed_at=self.closed_at if is_closed else None,
            closed_by=self.closed_by if is_closed else "",
            progress=tuple(each.as_of(at) for each in self.progress),
            notes=tuple(each for each in self.notes if each.at <= at),
        )

    @property
    def was_given_up(self) -> bool:
        """Say whether the case was closed before its time, by the remark that `given_up` leaves."""
        return bool(self.why_given_up)

    @property
    def why_given_up(self) -> str:
        """The reason for which the case was closed before its time, "" for one that was not."""
        last = (note.what for note in self.notes if note.at == self.closed_at)
        found = (what for what in last if what.startswith(_GIVEN_UP))
        return next(found, "").removeprefix(_GIVEN_UP)

    @property
    def ended_as(self) -> str:
        """What became of the case, in a word or two: a departure is called off, not given up."""
        if self.closed_at is None:
            return "open"
        if not self.was_given_up:
            return "closed"
        return "called off" if self.what == "offboarding" else "given up"

    def given_up(self, at: datetime, by: Id, reason: str) -> Case:
        """Return the case closed before its time: what was done stays, the rest is dropped.

        The reason stays with it as a remark of whoever gave it up.
        """
        progress = (
            p
            if p.state in ENDED
            else msgspec.structs.replace(p, state="dropped", changed_at=at, reason=reason)
            for p in self.progress
        )
        return msgspec.structs.replace(
            self,
            progress=tuple(progress),
            notes=(*self.notes, Evidence(at, by, f"{_GIVEN_UP}{reason}")),
            closed_at=at,
            closed_by=by,
        )
