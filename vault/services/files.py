"""Writing reports to files: new ones only, for their owner only, whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from vault.errors import StorageError


def write_new_file(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read; raises StorageError and leaves nothing behind.

    A file or symbolic link that is there already is refused, never overwritten or followed.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError as error:
        message = f"{path} is there already"
        raise StorageError(message, "name a new file, or remove that one") from error
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise StorageError(message, "check the folder") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        # Also when the user stops it: half a report looks like a whole one.
        with contextlib.suppress(OSError):
            path.unlink()
        if not isinstance(error, OSError):
            raise
        message = f"{path} cannot be written: {error.strerror}"
        raise StorageError(message, "make room; nothing was left there") from error
