"""What this device keeps of a large vault it has verified, so that opening it again takes less.

It goes on from there as an open session does: what was signed since is followed and its rows are
read, and the other rows are not read again until a day has passed (docs/adr/0018).
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from vault import __version__
from vault.crypto.digest import sha256
from vault.domain.record import Record
from vault.errors import SafehandsError
from vault.formats.kept_state import ORIGIN_BYTES, Origin, read_origin
from vault.formats.wire import ID_BYTES
from vault.services import device_files
from vault.services.holding import Held
from vault.services.unlocking import Locked
from vault.services.writing import milliseconds
from vault.storage import paths

WORTH_KEEPING: Final = 4096
"""Of how many records a state is kept: fewer are verified in some 20 ms."""

GOOD_FOR_MS: Final = 24 * 60 * 60 * 1000
"""How long other rows than new ones may go unread: a day."""

MOST_ENTRIES: Final = 500
"""How many new entries are followed: each takes a signature's check and a query."""

_LOCK: Final = "kept.lock"

MOST_BYTES: Final = 1 << 30
"""How large a file may be that is read: 100,000 accounts have a tenth of it."""


def file_of(folder: Path, vault_id: bytes) -> Path:
    """Return where this device keeps the state of a vault."""
    return folder / f"{vault_id.hex()}.kept"


def find(folder: Path, path: Path, locked: Locked, now: datetime) -> Path | None:
    """Return the file to go on from, or None where there is none for the vault at `path` and now.

    It says of itself that it is; what is in it is believed when it opens and fits the journal.
    """
    file = file_of(folder, locked.membership.vault_id)
    try:
        paths.check_private(file)
        with file.open("rb") as begun:
            origin = read_origin(begun.read(ORIGIN_BYTES))
        source, size = _source(path), file.stat().st_size
    except (SafehandsError, OSError):
        return None
    is_fit = (
        origin[:3] == (locked.membership.vault_id, locked.membership.epoch, source)
        and size <= MOST_BYTES
        and 0 <= locked.seq - origin.seq <= MOST_ENTRIES
        and abs(milliseconds(now) - origin.verified_ms) < GOOD_FOR_MS  # a clock may be set back
    )
    return file if is_fit else None


def keep(folder: Path, path: Path, held: Held, now: datetime) -> None:
    """Keep what was loaded from `path` just now, or take away what was kept of a vault so small.

    Nothing is told where that fails: the next opening takes longer, and that is all.
    """
    membership, head = held.position
    file = file_of(folder, membership.vault_id)
    with suppress(SafehandsError):
        if len(held.leaves) < WORTH_KEEPING:
            device_files.remove(file)
            return
        verified = (membership.epoch, _source(path), head.seq, milliseconds(now))
        origin = Origin(membership.vault_id, *verified)
        registry = held.registry
        parts = held.sealer.seal_state(origin, held.leaves, lambda i: registry.get(i, Record))
        # A lock of its own: it takes seconds on a slow disk, and each command notes what it saw.
        with device_files.locked(folder, patience_s=0, name=_LOCK):
            device_files.write_parts(file, parts)


def drop(folder: Path, vault_id: bytes) -> None:
    """Take away what was kept of a vault in which a fault was found: the next opening finds it."""
    with suppress(SafehandsError):
        device_files.remove(file_of(folder, vault_id))


def forget(folder: Path, vault_id: bytes) -> None:
    """Take away what is kept of a vault, whole or not; raises StorageError where it has to stay."""
    file = file_of(folder, vault_id)
    files = (file, device_files.unfinished(file))
    if any(map(os.path.lexists, files)):
        # Who is writing one now would put it in its place afterwards.
        with device_files.locked(folder, name=_LOCK):
            for each in files:
                device_files.remove(each)


def _source(path: Path) -> bytes:
    """Return what tells the file from its copies, and this program from one of another version.

    A newer one may find more in the rows than was kept of them.
    """
    device, inode = paths.identity(path)
    return sha256(f"safehands {__version__}, device {device}, inode {inode}".encode())[:ID_BYTES]
