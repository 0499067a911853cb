"""Reading what still opens in a vault that does not verify: loudly, and without writing anything.

The members are believed as far as their chain of control entries holds, and each record as far as
it opens under an epoch's key, its id and its version: somebody who held that key wrote it. That it
is the newest, that none is missing, and which belong together, nobody vouches for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from vault.domain.records import AnyRecord
from vault.errors import (
    IntegrityError,
    JournalError,
    MalformedError,
    RefusedError,
    UnsupportedFormatError,
)
from vault.formats.membership import Membership, fold_control, follow
from vault.formats.record import HeadRow
from vault.services.environment import Environment
from vault.services.marks import Marks
from vault.services.unlocking import Locked, Unlock, read_slots
from vault.storage import paths
from vault.storage.keys import open_epochs
from vault.storage.reading import Snapshot
from vault.storage.sealing import Sealer
from vault.storage.verifying import parsed, verify_journal, verify_records


class Salvage(NamedTuple):
    """What opened, without secrets, and what did not: ids of records with the reason.

    `fault` is why the vault does not verify.
    """

    fault: IntegrityError
    records: list[AnyRecord]
    unopened: list[tuple[str, str]]


def salvage(location: str, unlock: Unlock, env: Environment) -> Salvage:
    """Return the records that open in a vault that does not verify; nothing is written anywhere.

    Raises RefusedError for one that verifies, IntegrityError where not even its tables, its first
    entry or its keyslots hold, and otherwise what `unlock` and finding the file raise.
    """
    path = paths.file_of(location)
    paths.check_existing(path)
    with Snapshot(path) as snapshot:
        vault_id = snapshot.vault_id
        membership = _believed(snapshot, vault_id)
        keys = open_epochs(membership, unlock(Locked(membership, read_slots(snapshot.keyslots()))))
        sealer = Sealer(vault_id, keys, env.random)
        try:
            mark = Marks(env.state_folder).mark(vault_id)
            verify_records(snapshot, verify_journal(snapshot, vault_id, mark), keys, sealer)
        except IntegrityError as fault:
            return Salvage(fault, *_opened(sealer, snapshot.heads()))
    raise RefusedError("This vault verifies: nothing is to be salvaged.", "Use: safehands export")


def _believed(snapshot: Snapshot, vault_id: bytes) -> Membership:
    """Return what the control entries say, up to the first that does not follow."""
    membership: Membership | None = None
    for stored in snapshot.entries_of_bytes():
        try:
            entry = parsed(stored)
            if membership is None:
                membership = fold_control([entry], vault_id)
            elif entry.kind.is_control:
                membership = follow(membership, entry)
        except (IntegrityError, UnsupportedFormatError):
            if membership is None:
                raise
            continue
    if membership is None:
        raise JournalError("The journal is empty.", "Restore the vault from a backup.")
    return membership


def _opened(
    sealer: Sealer, rows: Iterable[HeadRow]
) -> tuple[list[AnyRecord], list[tuple[str, str]]]:
    """Return the records of the rows that open, and of the others the id with the reason."""
    records: list[AnyRecord] = []
    unopened: list[tuple[str, str]] = []
    for row in rows:
        stored: tuple[object, ...] = row  # by whoever wrote the file
        rid = stored[0].hex() if isinstance(stored[0], bytes) else "?"
        try:
            if rid == "?" or not isinstance(stored[3], bytes):
                raise MalformedError("The row holds no bytes where they must stand.")
            records += sealer.open_heads([row])
        except (IntegrityError, UnsupportedFormatError) as error:
            unopened.append((rid, error.message))
    return sorted(records, key=lambda r: (type(r).__name__, r.id)), sorted(unopened)
