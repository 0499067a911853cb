"""What is wrong in a source, where, and what was made of it."""

from __future__ import annotations

from typing import Literal

import msgspec

ProblemKind = Literal[
    "address",
    "closed_here",
    "contradiction",
    "date",
    "duplicate",
    "edited_here",
    "ended_here",
    "handle",
    "hidden_characters",
    "mail",
    "missing",
    "no_password",
    "no_profile",
    "no_time",
    "number",
    "reopened",
    "same_name",
    "too_long",
    "unknown_account",
    "unknown_holder",
    "unknown_identifier",
    "unknown_person",
    "unknown_platform",
    "value",
]


class Problem(msgspec.Struct, frozen=True, gc=False):
    """One thing that is not as it should be.

    `row` counts as a spreadsheet does, the header being row 1; `column` is the source's own name
    of the column, or "". `message` says what is wrong, `taken` what the import made of it.
    """

    file: str
    row: int
    column: str
    kind: ProblemKind
    message: str
    taken: str
