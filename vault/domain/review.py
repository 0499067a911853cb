"""Records of access reviews: the campaign, and each tie it is about with what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from vault.domain.ids import Id
from vault.domain.record import Record

Answer = Literal["keep", "remove"]


class Choice(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What somebody decided about a tie; `reason` is why, and needed to decide it again."""

    answer: Answer
    by: Id
    at: datetime
    reason: str = ""


class Review(Record, frozen=True, kw_only=True):
    """A campaign over the ties there were at `started_at`: all of them, or those of one `role`."""

    name: str
    role: Id = ""
    started_at: datetime
    started_by: Id = ""
    closed_at: datetime | None = None
    closed_by: Id = ""

    def is_open(self, at: datetime) -> bool:
        """Say whether ties can be decided at a moment."""
        return self.closed_at is None or at < self.closed_at


class ReviewedTie(Record, frozen=True, kw_only=True):
    """A tie as it was when its review began, and every decision about it, oldest first.

    `what` is the kind of tie (`vault.domain.ties.TieKind`). `roles` are those that owned the
    account, or what the tie is on, at that time; `sole` says that the company would lose the
    account without this person.
    """

    review: Id
    person: Id
    what: str
    account: Id = ""
    target: Id = ""
    roles: tuple[Id, ...] = ()
    sole: bool = False
    why: str = ""
    choices: tuple[Choice, ...] = ()

    def chosen(self, at: datetime) -> Choice | None:
        """Return the decision that stands at a moment, or None."""
        return next((each for each in reversed(self.choices) if each.at <= at), None)
