"""Closing this process to others before it knows a secret (docs/threat-model.md, T12)."""

from __future__ import annotations

import sys

_PR_SET_DUMPABLE = 4  # prctl(2)


def close_to_others() -> None:
    """Keep this process's memory, from now on, out of core files and other programs' reach.

    Where the system knows such things: no core file anywhere but on Windows; on Linux no process
    of the same user reads its memory or environment either. What the system refuses is left.
    """
    if sys.platform == "win32":
        return
    import resource
    from contextlib import suppress

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # a C library of another kind
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
