"""How long nobody has used the terminal, the time the computer slept included."""

from __future__ import annotations

import time


def seconds_awake_or_not() -> float:
    """Return seconds of a clock that never goes back and, where there is one, counts sleep.

    `time.monotonic` stands still while a Linux computer sleeps (clock_gettime(2)), so a notebook
    that was closed for a night would still be unlocked.
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Idle:
    """When the terminal was last used."""

    def __init__(self) -> None:
        self._since = seconds_awake_or_not()

    def note_use(self) -> None:
        """Say that somebody is there."""
        self._since = seconds_awake_or_not()

    @property
    def seconds(self) -> float:
        """How long nobody was."""
        return seconds_awake_or_not() - self._since
