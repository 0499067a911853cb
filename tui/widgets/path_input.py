"""An input for the path of a file, which offers how the path may go on."""

from __future__ import annotations

import os
from pathlib import Path

from textual.suggester import Suggester
from textual.widgets import Input


class PathSuggester(Suggester):
    """Offers the first entry of the folder that goes on as typed; hidden ones only when meant."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Return the value as it may go on, or None."""
        return _continued(value)


class PathInput(Input):
    """An input for a path; the right arrow takes what is offered."""

    DEFAULT_CSS = "PathInput { background: $panel; }"

    def __init__(self, value: str = "", *, id: str | None = None) -> None:
        super().__init__(value, suggester=PathSuggester(), id=id, compact=True)

    @property
    def path(self) -> Path:
        """The path, with `~` as the home folder."""
        try:
            return Path(self.value.strip()).expanduser()
        except RuntimeError:  # nobody has a home of that name
            return Path(self.value.strip())


def _continued(value: str) -> str | None:
    folder, begun = os.path.split(value)
    try:
        with os.scandir(Path(folder or ".").expanduser()) as entries:
            names = [
                entry.name + "/" * entry.is_dir()
                for entry in entries
                if entry.name.startswith(begun) and (begun or entry.name[0] != ".")
            ]
    except (OSError, ValueError, RuntimeError):
        return None
    # A name that a terminal would not show as it is, is not offered.
    fitting = sorted(name for name in names if name.isprintable())
    return value + fitting[0][len(begun) :] if fitting else None
