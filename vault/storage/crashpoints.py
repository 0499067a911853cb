"""Named moments of a write, at which the tests end the program to see that nothing is lost.

A program that is shipped cannot be told to stop at one: nothing here reads the environment, an
option or a file. The tests exchange `reached` in a process of their own (tests/faults). A moment
costs a fraction of a microsecond, and a write takes thousands of times that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

CrashPoint = Literal[
    "write.begun",  # the file is held against other writers
    "write.ready",  # everything is handed to SQLite, nothing is committed
    "write.committed",  # on the disk, and nobody was told yet
    "file.written",  # a file of this device is on the disk, under the name it is exchanged by
    "mark.raised",  # this device remembers the entry
    "secret.read_back",  # durable and compared: from here on a secret may be shown
]


def _go_on(_name: CrashPoint) -> None:
    """Nothing happens at a moment, unless a test wants it."""


reached: Callable[[CrashPoint], None] = _go_on


def crashpoint(name: CrashPoint) -> None:
    """Say that a moment is reached."""
    reached(name)
