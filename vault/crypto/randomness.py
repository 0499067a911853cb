"""Where random bytes come from: an argument everywhere, this function in a running program."""

from __future__ import annotations

import os
from collections.abc import Callable

Random = Callable[[int], bytes]
"""Returns as many unpredictable bytes as it is asked for."""


def system_random(length: int) -> bytes:
    """Return `length` bytes of the operating system's generator, fit for keys, nonces and ids."""
    return os.urandom(length)


def in_portions(random: Random, portion: int = 6144) -> Random:
    """Return a source of the same bytes that asks `random` for `portion` of them at a time.

    For those who need some for each of thousands of records: a system call for each was 3 % of a
    large import. What is left of a portion is not used.
    """
    left = memoryview(b"")

    def drawn(length: int) -> bytes:
        nonlocal left
        if len(left) < length:
            left = memoryview(random(max(portion, length)))
        found, left = left[:length], left[length:]
        return bytes(found)

    return drawn
