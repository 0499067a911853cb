"""Reading a vault's file before anybody has unlocked it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from vault.errors import IntegrityError, RefusedError
from vault.services.marks import Seen
from vault.services.unlocking import Locked, read_slots
from vault.storage import paths
from vault.storage.reading import Snapshot
from vault.storage.verifying import verify_journal

T = TypeVar("T")


def check_new_place(location: str) -> None:
    """Return if a vault may be made at `location`.

    Raises UsageError for what is no path, RefusedError where something is there already, and
    UnsafePathError and StorageError for its folder, which is made where there is none.
    """
    path = paths.file_of(location)
    if os.path.lexists(path):
        raise RefusedError(
            f"There is something at {path} already.",
            "Choose another name, or open it: safehands --vault PATH tui",
        )
    paths.make_folder(path.parent)


def bring_up_to_date(path: Path) -> bytes:
    """Return the id the vault claims to have, once its tables are of our revision."""
    with Snapshot(path) as snapshot:
        if not snapshot.is_outdated:
            return snapshot.vault_id
    from vault.storage.schema import upgrade

    upgrade(path)
    with Snapshot(path) as snapshot:
        return snapshot.vault_id


def read_locked(snapshot: Snapshot, vault_id: bytes, seen: Seen | None) -> Locked:
    """Return a vault whose journal is proven and goes on from what this device has seen."""
    mark, member = (None, "") if seen is None else (seen.mark, seen.member)
    position = verify_journal(snapshot, vault_id, mark)
    return Locked(position.membership, read_slots(snapshot.keyslots()), member)


def on_one_snapshot(path: Path, read: Callable[[Snapshot], T]) -> T:
    """Return what `read` makes of one snapshot; only the second fault in a row is believed."""
    try:
        with Snapshot(path) as snapshot:
            return read(snapshot)
    except IntegrityError:
        with Snapshot(path) as snapshot:
            return read(snapshot)
