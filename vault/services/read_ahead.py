"""What opening needs besides the keys, made while they are derived: that needs no interpreter."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Thread

from vault.errors import SafehandsError
from vault.services.catalogue import load_catalogue
from vault.storage.reading import Snapshot
from vault.storage.verifying import Rows, read_rows


class ReadAhead:
    """The rows of the vault at `path`, read in the background from now on.

    Nothing is believed of what was read, and no fault met on the way is told: whoever verifies the
    vault does it by the journal of his own snapshot, and reads again what does not fit that.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: Rows | None = None
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def take(self) -> Rows | None:
        """Return the rows, once they are there, to the first who asks; None: read them yourself."""
        self._thread.join()
        rows, self._rows = self._rows, None
        return rows

    def _read(self) -> None:
        with suppress(SafehandsError, OSError), Snapshot(self._path) as snapshot:
            self._rows = read_rows(snapshot)
            load_catalogue()  # whoever loads it later finds the shipped one at hand
