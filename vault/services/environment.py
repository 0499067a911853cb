"""What a running program gives the core: a clock, randomness, and places of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vault.crypto.randomness import Random


@dataclass(frozen=True)
class Environment:
    """The surroundings of a session.

    `now` gives the moment as aware UTC, `random` unpredictable bytes. `state_folder` is where
    this device keeps its high-water marks (made 0700 when first needed), `catalogue_folder` holds
    the user's own platform files, `settings_file` what the user prefers.
    """

    now: Callable[[], datetime]
    random: Random
    state_folder: Path
    catalogue_folder: Path | None = None
    settings_file: Path | None = None
