"""The typed edits: what a service asks the store to write, and what a step's effect consists of."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from vault.domain.record import Record
from vault.domain.secret import Secret


class Change(msgspec.Struct, frozen=True, gc=False):
    """One record as it is to be from now on: new, or in place of the one with the same id.

    `secrets` are values to seal in the record's body, by version number; others stay as they are.
    `forget` names version numbers whose value is removed from the body.
    """

    record: Record
    secrets: Mapping[int, Secret] = {}
    forget: tuple[int, ...] = ()


Changes = tuple[Change, ...]


def changes(*records: Record) -> Changes:
    """Return plain changes of these records."""
    return tuple(Change(record) for record in records)
