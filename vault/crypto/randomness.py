"""Where random bytes come from: an argument everywhere, `os.urandom` in a running program."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

Random = Callable[[int], bytes]
"""Returns as many unpredictable bytes as it is asked for."""


def in_portions(random: Random, portion: int = 6144) -> Random:
    """Return a source that asks `random` for `portion` bytes at a time and gives each of them once.

    For those who need some for each of thousands of records: a system call for each was 1 to 3 % of
    a large import. The rest of a portion that is too short for what is asked for is not used.
    """
    read = BytesIO().read

    def drawn(length: int) -> bytes:
        nonlocal read
        found = read(length)
        if len(found) < length:
            read = BytesIO(random(max(portion, length))).read
            found = read(length)
        return found

    return drawn
