"""What a command needs besides the keys, made while they are derived: that needs no interpreter."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Generic, TypeVar

from vault.errors import SafehandsError
from vault.services.catalogue import load_catalogue
from vault.storage.reading import Snapshot
from vault.storage.verifying import Rows, read_rows

T = TypeVar("T")


class Ahead(Generic[T]):
    """What `make` returns, made in the background from `start` on.

    Start it when a key is about to be derived, not before: the interpreter goes from one thread to
    the other only every 5 ms, and whoever opens a vault lets go of it at each query.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made: list[T] = []
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin, unless that was done."""
        if self._thread.ident is None:
            self._thread.start()

    def result(self) -> T:
        """Wait for it and return it; raises what making it raised."""
        self.start()
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._made[0]

    def _run(self) -> None:
        try:
            self._made.append(self._make())
        except BaseException as error:  # noqa: BLE001  # it is raised where the result is asked for
            self._error = error


class ReadAhead:
    """The rows of the vault at `path`, or the state `kept` of it, read in the background.

    Nothing is believed of what was read, and no fault met on the way is told: whoever verifies the
    vault does it by the journal of his own snapshot, and reads again what does not fit that.
    """

    def __init__(self, path: Path, kept: Path | None = None) -> None:
        self._path, self._kept = path, kept
        self._found: Ahead[Rows | bytes | None] | None = Ahead(self._read)
        self._found.start()

    def take(self) -> Rows | bytes | None:
        """Return what was read, once it is there, to the first who asks; None: do it yourself."""
        found, self._found = self._found, None
        return found.result() if found else None

    def _read(self) -> Rows | bytes | None:
        found: Rows | bytes | None = None
        with suppress(SafehandsError, OSError):
            found = self._kept.read_bytes() if self._kept else self._rows()
            load_catalogue()  # whoever loads it later finds the shipped one at hand
        return found

    def _rows(self) -> Rows:
        with Snapshot(self._path) as snapshot:
            return read_rows(snapshot)
