"""Writing reports to files: new ones only, for their owner only, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from vault.errors import StorageError
from vault.storage.files import write_private


def write_new_file(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read; raises StorageError and leaves nothing behind.

    A file or symbolic link that is there already is refused, never overwritten or followed.
    """
    try:
        write_private(path, [data])
    except FileExistsError as error:
        message = f"{path} is there already{', a symbolic link' if path.is_symlink() else ''}"
        raise StorageError(message, "name a new file, or remove that one") from error
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise StorageError(message, "check the folder, or make room; nothing was left") from error
