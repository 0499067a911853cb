"""Files that are their owner's only, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from vault.storage.crashpoints import crashpoint
from vault.storage.paths import FILE_MODE

# A file or link that somebody put there is neither followed nor written over.
_FRESH: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write_private(path: Path, parts: Iterable[bytes], *, beside: Path | None = None) -> None:
    """Write a new file that is on the disk when this returns; raises OSError and leaves nothing.

    It holds the `parts`, one after the other. With `beside` the file takes the place of an older
    one in one step: it is written under that name first, where what a killed program left behind is
    taken away.
    """
    fresh = beside or path
    if beside:
        beside.unlink(missing_ok=True)
    descriptor = os.open(fresh, _FRESH, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        crashpoint("file.written")
        if beside:
            beside.replace(path)
    except BaseException:
        # Also when the user stops it: half a file looks like a whole one.
        with suppress(OSError):
            fresh.unlink()
        raise
