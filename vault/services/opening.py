"""Reading a vault's file before anybody has unlocked it."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from vault.errors import IntegrityError, RefusedError, StorageError
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


def vault_id_of(location: str) -> bytes:
    """Return the id that the vault at `location` claims to have, without opening it.

    Raises what finding a vault's file raises.
    """
    path = paths.file_of(location)
    paths.check_existing(path)
    with Snapshot(path) as snapshot:
        return snapshot.vault_id


def owner_of(path: Path) -> str:
    """Return the log-in name of whoever owns the vault's file, the only one who may open it.

    Raises StorageError where there is no such file.
    """
    try:
        uid = path.stat().st_uid
    except OSError as error:
        raise StorageError(
            f"There is no vault at {path} ({error.strerror}).", "Check the path."
        ) from error
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


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
    slots = read_slots(snapshot.keyslots())
    return Locked(position.membership, slots, member, position.head.seq)


def on_one_snapshot(path: Path, read: Callable[[Snapshot], T]) -> T:
    """Return what `read` makes of one snapshot; only the second fault in a row is believed."""
    try:
        with Snapshot(path) as snapshot:
            return read(snapshot)
    except IntegrityError:
        with Snapshot(path) as snapshot:
            return read(snapshot)
