"""The files in which this device remembers something about vaults: ours alone, whole or not at all.

They hold no secret, and only we may write to them and to their folder.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Final

from vault.errors import ConflictError, StorageError
from vault.storage import paths
from vault.storage.files import write_private

_BETWEEN_TRIES: Final = 0.02  # seconds


def slot_file(folder: Path, vault_id: bytes) -> Path:
    """Return where the keyslot is by which this device opens a vault, if it remembers it."""
    return folder / f"{vault_id.hex()}.device.slot"


def mark_file(folder: Path, vault_id: bytes) -> Path:
    """Return where a device keeps how far it has seen a vault, and who unlocked it there last."""
    return folder / f"{vault_id.hex()}.mark.json"


def remembers(folder: Path, vault_id: bytes) -> bool:
    """Tell whether a device has a keyslot of its own for a vault."""
    return os.path.lexists(slot_file(folder, vault_id))


def read(file: Path) -> bytes | None:
    """Return what a file holds, or None where there is none.

    Raises StorageError where it cannot be read, and UnsafePathError where others may write to it.
    """
    if not os.path.lexists(file):
        return None
    paths.check_private(file)
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unusable(file, error) from error


def write(file: Path, content: bytes) -> None:
    """Exchange the file for a new one that is on the disk, in one step; the caller has the lock."""
    write_parts(file, [content])


def write_parts(file: Path, parts: Iterable[bytes]) -> None:
    """Exchange the file as `write` does, for one of these parts, the one after the other."""
    try:
        write_private(file, parts, beside=unfinished(file))
    except OSError as error:
        raise _unusable(file, error) from error


def unfinished(file: Path) -> Path:
    """Return where what is to take a file's place is written first.

    One name for all: what a killed program left behind is taken away by the next.
    """
    return file.with_name(f"{file.name}.new")


def move(file: Path, to: Path) -> None:
    """Let a file that is on the disk take the place of another, in one step."""
    try:
        file.replace(to)
    except OSError as error:
        raise _unusable(to, error) from error


def remove(file: Path) -> bool:
    """Remove a file, and tell whether there was one; raises StorageError where it has to stay."""
    if not os.path.lexists(file):
        return False
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise _unusable(file, error) from error
    return True


@contextmanager
def locked(folder: Path, patience_s: float = 10, name: str = "lock") -> Iterator[None]:
    """Let one process at a time compare and write; the folder is made where there is none.

    Who takes the lock of another `name` holds nobody else up.

    Raises ConflictError where another one does so for longer than `patience_s`.
    """
    paths.make_folder(folder)
    flags = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(folder / name, flags, paths.FILE_MODE)
    except OSError as error:
        raise _unusable(folder / name, error) from error
    try:
        _lock(descriptor, folder, patience_s)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                message = f"Another run of safehands holds {folder}."
                raise ConflictError(message, "Wait for it to end, and try again.") from error
            time.sleep(_BETWEEN_TRIES)
        else:
            return


def _unusable(file: Path, error: OSError) -> StorageError:
    what = "This device keeps there what it knows of a vault"
    to_do = "make room" if error.errno in {ENOSPC, EDQUOT} else "make the folder your own"
    return StorageError(f"{file} cannot be used ({error.strerror}).", f"{what}: {to_do}.")
