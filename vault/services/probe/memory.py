"""What this device keeps of its probing: what to ask with the next time, and what was asked today.

One line of JSON an address, written as soon as it is answered, so that a run that is killed is
taken up where it was. Addresses stand there as digests: the file is no list of the company's
accounts. It holds no secret, and what cannot be read in it is forgotten.
"""

from __future__ import annotations

import fcntl
import os
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from vault.crypto.digest import sha256
from vault.domain.probing import UNFINISHED, Outcome, Sighting
from vault.errors import RefusedError, StorageError
from vault.services import device_files
from vault.storage import paths

_KEPT: Final = timedelta(days=400)  # an address that nobody asks for a year is not ours any more
_MOST_BYTES: Final = 64 * 1024 * 1024  # 200,000 addresses take less
_LONGEST_VALIDATOR: Final = 1000


class Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    """The last answer of an address, and when it was tried in vain after that.

    `for_` is the digest of where the answer came from after redirects.
    """

    key: str
    asked_at: datetime
    outcome: Outcome
    moment: datetime | None = None
    etag: str = ""
    modified: str = ""
    for_: str = ""
    tried_at: datetime | None = None

    @property
    def sighting(self) -> Sighting:
        """Return the answer again."""
        return Sighting(self.outcome, self.moment)

    @property
    def last_tried(self) -> datetime:
        """Return when the address was asked last, with an answer or without."""
        return self.tried_at or self.asked_at

    @property
    def conditions(self) -> dict[str, str]:
        """Return the headers that ask for news only (RFC 9110, section 13.1).

        A validator may have other letters than ASCII (8.8.3), and no request carries those: such
        an address is asked for all of it.
        """
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in named.items() if value and value.isascii()}


class Memory:
    """The memory of one vault on this device, open for one run at a time; used with `with`.

    Raises RefusedError while another run has it open, and StorageError where it cannot be used.
    """

    def __init__(self, folder: Path, vault_id: str, now: datetime) -> None:
        self._file = folder / f"{vault_id}.probe.jsonl"
        self._vault_id = vault_id
        self._now = now
        self._lines: dict[str, Remembered] = {}
        self._descriptor = -1

    @classmethod
    def glance(cls, folder: Path, vault_id: str, now: datetime) -> Self:
        """Return what is remembered, to be read only: nothing is made, locked or written."""
        memory = cls(folder, vault_id, now)
        memory._read(device_files.read(memory._file) or b"")
        return memory

    def __enter__(self) -> Self:
        paths.make_folder(self._file.parent)
        flags = os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._descriptor = os.open(self._file, flags, paths.FILE_MODE)
            paths.check_private(self._file)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with os.fdopen(os.dup(self._descriptor), "rb") as stream:
                self._read(stream.read(_MOST_BYTES))
        except BlockingIOError as error:
            self._close()
            message = "another probing of this vault is under way on this device"
            raise RefusedError(message, "wait for it to end") from error
        except OSError as error:
            self._close()
            raise self._unusable(error) from error
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Write it anew without what is outdated, however the run ended."""
        try:
            since = self._now - _KEPT
            kept = [each for each in self._lines.values() if each.asked_at >= since]
            device_files.write(self._file, b"".join(map(_line, kept)))
        finally:
            self._close()

    def recall(self, url: str) -> Remembered | None:
        """Return the last answer of an address, if there is one."""
        return self._lines.get(self.digest(url))

    def today(self, url: str) -> Remembered | None:
        """Return the answer of an address where it was had on this day already (UTC)."""
        found = self.recall(url)
        if found is None or found.outcome in UNFINISHED:
            return None
        return found if found.asked_at.date() == self._now.date() else None

    def note(self, answered: Remembered) -> None:
        """Keep the answer of an address; raises StorageError where it cannot be written."""
        fits = max(len(answered.etag), len(answered.modified)) <= _LONGEST_VALIDATOR
        kept = answered if fits else msgspec.structs.replace(answered, etag="", modified="")
        self._lines[kept.key] = kept
        try:
            os.write(self._descriptor, _line(kept))
        except OSError as error:
            raise self._unusable(error) from error

    def digest(self, url: str) -> str:
        """Return what an address goes by in this memory: it differs from vault to vault."""
        return sha256(f"{self._vault_id} {url}".encode()).hex()[:32]

    def _read(self, content: bytes) -> None:
        for line in content.splitlines():
            try:
                found = msgspec.json.decode(line, type=Remembered)
            except msgspec.DecodeError:
                continue  # half a line, of a run that was killed
            if found.asked_at.tzinfo is not None and found.asked_at <= self._now:
                self._lines[found.key] = found

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _unusable(self, error: OSError) -> StorageError:
        return StorageError(
            f"{self._file} cannot be used ({error.strerror}).",
            "This device keeps there what it was told by feeds: make it your own, or remove it.",
        )


def _line(remembered: Remembered) -> bytes:
    return msgspec.json.encode(remembered) + b"\n"
