"""The high-water marks of this device: how far it has seen each vault, and which vault lies where.

Nothing else catches a vault that was set back as a whole (docs/threat-model.md, T5). The files hold
no secret; whoever could lower a mark could as well exchange the program.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from vault.crypto.digest import sha256
from vault.errors import StorageError, WrongVaultError
from vault.storage import paths
from vault.storage.verifying import Mark

T = TypeVar("T")


class Seen(msgspec.Struct, frozen=True):
    """What a device remembers of a vault: its last entry, and who unlocked it here last."""

    seq: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]  # what a row of the journal may bear
    hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    member: str = ""

    @property
    def mark(self) -> Mark:
        """Return the last entry as a high-water mark."""
        return Mark(self.seq, bytes.fromhex(self.hash))


class Place(msgspec.Struct, frozen=True):
    """Which vault a location held."""

    location: str
    vault: str


class Marks:
    """The marks kept in `folder`, which only we may write to; it is made when first needed.

    Every method raises StorageError where a file cannot be read, written or understood, and
    UnsafePathError where others may write to it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def seen(self, vault_id: bytes) -> Seen | None:
        """Return what this device remembers of a vault, or None if it never saw it."""
        return _read(self._mark_file(vault_id), Seen)

    def mark(self, vault_id: bytes) -> Mark | None:
        """Return a vault's high-water mark, or None if this device never saw it."""
        seen = self.seen(vault_id)
        return None if seen is None else seen.mark

    def advance(self, vault_id: bytes, mark: Mark, member: str) -> None:
        """Remember `mark`, unless the device has seen more already: a mark only grows."""
        with self._locked():
            seen = self.seen(vault_id)
            wanted = Seen(mark.seq, mark.hash.hex(), member)
            if seen is None or (seen.seq <= mark.seq and seen != wanted):
                _write(self._mark_file(vault_id), wanted)

    def check_place(self, location: Path, vault_id: bytes) -> None:
        """Raise WrongVaultError if this device knows another vault at `location`."""
        file = self._place_file(location)
        place = _read(file, Place)
        if place is not None and place.vault != vault_id.hex():
            raise WrongVaultError(
                f"{location} is another vault than the one this device knows there.",
                f"If you put it there on purpose, remove {file} and try again.",
            )

    def remember_place(self, location: Path, vault_id: bytes) -> None:
        """Remember which vault lies at `location`."""
        file, place = self._place_file(location), Place(str(location), vault_id.hex())
        with self._locked():
            if _read(file, Place) != place:
                _write(file, place)

    def _mark_file(self, vault_id: bytes) -> Path:
        return self._folder / f"{vault_id.hex()}.mark.json"

    def _place_file(self, location: Path) -> Path:
        return self._folder / f"{sha256(os.fsencode(location)).hex()[:32]}.place.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time compare and write."""
        paths.make_folder(self._folder)
        flags = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(self._folder / "lock", flags, paths.FILE_MODE)
        except OSError as error:
            raise _unusable(self._folder / "lock", error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _read(file: Path, kind: type[T]) -> T | None:
    if not os.path.lexists(file):
        return None
    paths.check_private(file)
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except OSError as error:
        raise _unusable(file, error) from error
    except msgspec.MsgspecError as error:
        raise StorageError(
            f"{file} is damaged; it says how far this device has seen a vault.",
            "Compare the vault's last entry with another member's, then remove the file.",
        ) from error


def _write(file: Path, content: msgspec.Struct) -> None:
    """Exchange the file for a new one that is on the disk, in one step; the caller has the lock."""
    # One name for all: what a killed program left behind is taken away by the next.
    fresh = file.with_name(f"{file.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY | os.O_CLOEXEC
        with os.fdopen(os.open(fresh, flags, paths.FILE_MODE), "wb") as out:
            out.write(msgspec.json.encode(content))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(file)
    except OSError as error:
        raise _unusable(file, error) from error


def _unusable(file: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{file} cannot be used ({error.strerror}).",
        "This device keeps there how far it has seen a vault: make the folder your own.",
    )
