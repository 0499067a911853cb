"""The outbox: reports on their way, on disk until they have arrived.

A parcel is a report for one receiver. It holds what is to be brought, names and dates of the
registry, and no password of a server or a vault; its folder and files are their owner's alone. What
has arrived leaves a mark without content, so that nothing goes twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from vault.crypto.digest import sha256
from vault.domain.text import clean
from vault.errors import NotFoundError, StorageError
from vault.services import device_files

AGAIN_AFTER: Final = timedelta(hours=6)
"""A run that starts again, by hand or because it failed, is the same run until then."""

_SUFFIX: Final = ".parcel"
_FIRST_WAIT: Final = timedelta(minutes=5)
_LONGEST_WAIT: Final = timedelta(hours=6)


class Parcel(msgspec.Struct, frozen=True, omit_defaults=True):
    """One report for one receiver.

    `spec` tells which report, `to` is an address or a folder, `name` what the file is called, and
    `content` the whole message or file, b"" once it has arrived. `said` is why it did not, and
    `asked_in` the file of reports that asked for it, "" where an older version did not note it.
    """

    spec: str
    report: str
    way: Literal["mail", "folder"]
    to: str
    name: str
    made_at: datetime
    is_clean: bool
    content: bytes
    sender: str = ""
    asked_in: str = ""
    arrived_at: datetime | None = None
    attempts: int = 0
    not_before: datetime | None = None
    said: str = ""

    @property
    def id(self) -> str:
        """Return its name in the outbox, which begins with when it was made."""
        told = sha256("\0".join(self.key).encode()).hex()[:8]
        return f"{self.made_at:%Y%m%dT%H%M%SZ}-{self.report}-{told}"

    @property
    def is_waiting(self) -> bool:
        """Whether it has yet to arrive."""
        return self.arrived_at is None

    def is_due(self, at: datetime) -> bool:
        """Say whether it is to be tried at a moment, by how often it was tried in vain."""
        return self.not_before is None or self.not_before <= at

    @property
    def key(self) -> tuple[str, ...]:
        """Return which report this is for which receiver."""
        return self.spec, self.way, self.to

    def arrived(self, at: datetime) -> Parcel:
        """Return it as arrived."""
        return replace(self, content=b"", arrived_at=at, not_before=None, said="")

    def put_off(self, at: datetime, why: str) -> Parcel:
        """Return it as to be tried again later: after 5 minutes, 10, 20, up to six hours."""
        # Of a large power of two the product would overflow.
        wait = min(_FIRST_WAIT * 2 ** min(self.attempts, 10), _LONGEST_WAIT)
        return replace(self, attempts=self.attempts + 1, not_before=at + wait, said=why)


class Outbox:
    """The parcels in `folder`, which is made when one is first put there.

    Methods raise StorageError where a file cannot be used or is damaged, and UnsafePathError where
    others may write to it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let one process at a time bring what waits; raises ConflictError for another's turn."""
        with device_files.locked(self._folder):
            yield

    def parcels(self) -> list[Parcel]:
        """Return all parcels, oldest first."""
        return [self._read(file) for file in sorted(self._folder.glob(f"*{_SUFFIX}"))]

    def find(self, text: str) -> list[Parcel]:
        """Return the parcel with this id, or all that wait for this receiver.

        Raises NotFoundError where there is none.
        """
        known = self.parcels()
        meant = [parcel for parcel in known if parcel.id == text]
        found = meant or [parcel for parcel in known if parcel.is_waiting and parcel.to == text]
        if not found:
            raise NotFoundError(
                f"Nothing in the outbox is called {clean(text)!r}, or waits for it.",
                "See: safehands schedule outbox",
            )
        return found

    def put(self, parcel: Parcel) -> None:
        """Put a parcel onto the disk, or how it is now in the place of how it was."""
        device_files.write(self._file(parcel), msgspec.json.encode(parcel))

    def prepare(self, arrived: Parcel) -> None:
        """Write down how a parcel will be once it has arrived, without saying that it has."""
        device_files.write(self._note(arrived), msgspec.json.encode(arrived))

    def settle(self, parcel: Parcel) -> None:
        """Say that a parcel has arrived, as it was prepared: one step, which takes no room."""
        device_files.move(self._note(parcel), self._file(parcel))

    def drop(self, parcel: Parcel) -> None:
        """Take a parcel out."""
        device_files.remove(self._note(parcel))
        device_files.remove(self._file(parcel))

    def tidy(self) -> None:
        """Take out what has arrived, but the last of each report for each receiver."""
        newest: dict[tuple[str, ...], Parcel] = {}
        for parcel in self.parcels():
            older, newest[parcel.key] = newest.get(parcel.key), parcel
            if older is not None and not older.is_waiting:
                self.drop(older)

    def _file(self, parcel: Parcel) -> Path:
        return self._folder / f"{parcel.id}{_SUFFIX}"

    def _note(self, parcel: Parcel) -> Path:
        return self._folder / f"{parcel.id}.arrived"

    def _read(self, file: Path) -> Parcel:
        try:
            return msgspec.json.decode(device_files.read(file) or b"", type=Parcel)
        except msgspec.MsgspecError as error:
            raise StorageError(
                f"{file} is damaged; it was a report on its way.",
                "Move it away, and let the report be made again: schedule run --again",
            ) from error
