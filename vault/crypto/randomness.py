"""Where random bytes come from: an argument everywhere, this function in a running program."""

from __future__ import annotations

import os
from collections.abc import Callable

Random = Callable[[int], bytes]
"""Returns as many unpredictable bytes as it is asked for."""


def system_random(length: int) -> bytes:
    """Return `length` bytes of the operating system's generator, fit for keys, nonces and ids."""
    return os.urandom(length)
