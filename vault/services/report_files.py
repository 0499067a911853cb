"""Reports as files: their owner's only, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from vault.errors import StorageError
from vault.services.files import write_new_file


def save_report(path: Path, data: bytes, *, replace: bool = False) -> Path:
    """Write a file that only its owner can read, and return its whole path.

    Whatever is there already is refused; with `replace` a plain file gives way to the new one, in
    one moment: who reads it finds the old one or the new one, whole. Raises StorageError, with
    nothing left behind and the old file as it was.
    """
    whole = path.expanduser().absolute()
    if not replace or not _is_plain_file(whole):
        write_new_file(whole, data)
        return whole
    beside = whole.with_name(f".safehands-{os.getpid()}.part")
    write_new_file(beside, data)
    try:
        beside.replace(whole)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        message = f"{whole} cannot be replaced: {error.strerror}"
        raise StorageError(message, "check the folder, or name a new file") from error
    return whole


def _is_plain_file(path: Path) -> bool:
    """Whether a file of its own is there: no symbolic link, whose target would be another's."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
