"""The high-water marks of this device: how far it has seen each vault, and which vault lies where.

Nothing else catches a vault that was set back as a whole (docs/threat-model.md, T5). The files hold
no secret; whoever could lower a mark could as well exchange the program. Of a vault that the device
remembers the keyring has the mark as well: the later of the two counts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec.structs import replace

from vault import keystore
from vault.crypto.digest import sha256
from vault.errors import KeyringError, StorageError, WrongVaultError
from vault.services import device_files
from vault.storage.crashpoints import crashpoint
from vault.storage.verifying import Mark, another_entry

T = TypeVar("T")


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a device remembers of a vault: its last entry, and who unlocked it here last.

    `first` is the entry that was the last one when the device saw the vault first, 0 where a
    release kept no such thing: whether it was set back before that, the device cannot know.
    """

    seq: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]  # what a row of the journal may bear
    hash: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    member: str = ""
    first: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0

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

    Every method raises StorageError where a file or an item of the keyring is damaged or cannot be
    written, and UnsafePathError where others may write to a file. A keyring that cannot be used is
    no error: `trouble` says then why a mark that belongs there is in a file only, which is weaker.
    """

    def __init__(self, folder: Path) -> None:
        self.trouble: KeyringError | None = None
        self._folder = folder
        # Asking the keyring takes 25 ms, so it is asked once, and before each write.
        self._kept: dict[bytes, Seen | None] = {}

    def seen(self, vault_id: bytes) -> Seen | None:
        """Return what this device remembers of a vault, or None if it never saw it."""
        seen, kept = self._in_file(vault_id), self._in_keyring(vault_id)
        if seen is None or kept is None:
            return seen or kept
        # Of two marks at one place the keyring's was harder to write.
        return seen if seen.seq > kept.seq else replace(kept, member=seen.member, first=seen.first)

    def mark(self, vault_id: bytes) -> Mark | None:
        """Return a vault's high-water mark, or None if this device never saw it."""
        seen = self.seen(vault_id)
        return None if seen is None else seen.mark

    def advance(self, vault_id: bytes, mark: Mark, member: str) -> None:
        """Remember `mark`, unless the device has seen more already: a mark only grows.

        Raises RollbackError, and remembers what it did, where the device has seen another entry at
        that place: the vault was split in two, and both of them grow.
        """
        with device_files.locked(self._folder):
            known = self.seen(vault_id)
            if known is not None and known.seq == mark.seq and known.mark != mark:
                raise another_entry(mark.seq)
            first = mark.seq if known is None else known.first
            wanted = Seen(mark.seq, mark.hash.hex(), member, first)
            seen = self._in_file(vault_id)
            if seen is None or (seen.seq <= mark.seq and seen != wanted):
                device_files.write(self._mark_file(vault_id), msgspec.json.encode(wanted))
            self._advance_in_keyring(vault_id, Seen(wanted.seq, wanted.hash))
        crashpoint("mark.raised")

    def give_up(self, vault_id: bytes, mark: Mark, member: str) -> None:
        """Go back to `mark`, whatever was seen: the vault was set back on purpose.

        Raises KeyringError too, with nothing given up: the keyring's mark would go on to count.
        """
        with device_files.locked(self._folder):
            known = self._in_file(vault_id)
            first = min(known.first, mark.seq) if known else 0
            wanted = Seen(mark.seq, mark.hash.hex(), member, first)
            in_keyring = self._in_keyring(vault_id)
            if self.trouble is not None:
                raise self.trouble
            if in_keyring is not None:
                kept = msgspec.json.encode(Seen(wanted.seq, wanted.hash))
                keystore.keep(vault_id, "mark", kept.decode())
                del self._kept[vault_id]
            device_files.write(self._mark_file(vault_id), msgspec.json.encode(wanted))

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
        with device_files.locked(self._folder):
            if _read(file, Place) != place:
                device_files.write(file, msgspec.json.encode(place))

    def _mark_file(self, vault_id: bytes) -> Path:
        return device_files.mark_file(self._folder, vault_id)

    def _place_file(self, location: Path) -> Path:
        return self._folder / f"{sha256(os.fsencode(location)).hex()[:32]}.place.json"

    def _in_file(self, vault_id: bytes) -> Seen | None:
        return _read(self._mark_file(vault_id), Seen)

    def _in_keyring(self, vault_id: bytes) -> Seen | None:
        """Return the keyring's mark, or None: nobody asked us to use it, or it cannot be used."""
        if self.trouble is not None or not device_files.remembers(self._folder, vault_id):
            self._kept.pop(vault_id, None)
            return None
        if vault_id not in self._kept:
            try:
                text = keystore.fetch(vault_id, "mark")
            except KeyringError as error:
                self.trouble = error
                return None
            self._kept[vault_id] = None if text is None else _kept(text)
        return self._kept[vault_id]

    def _advance_in_keyring(self, vault_id: bytes, wanted: Seen) -> None:
        kept = self._in_keyring(vault_id)
        if kept is not None and kept.seq < wanted.seq:
            # Another program on this vault may have raised it meanwhile.
            del self._kept[vault_id]
            kept = self._in_keyring(vault_id)
        if vault_id not in self._kept or (kept is not None and kept.seq >= wanted.seq):
            return
        try:
            keystore.keep(vault_id, "mark", msgspec.json.encode(wanted).decode())
        except KeyringError as error:
            self.trouble = error
        else:
            self._kept[vault_id] = wanted


def _kept(text: str) -> Seen:
    return _decoded(
        text.encode(), Seen, "The keyring's item for this vault", "run: safehands unlock forget"
    )


def _read(file: Path, kind: type[T]) -> T | None:
    raw = device_files.read(file)
    return None if raw is None else _decoded(raw, kind, str(file), "remove the file")


def _decoded(raw: bytes, kind: type[T], where: str, mend: str) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as error:
        raise StorageError(
            f"{where} is damaged; it says how far this device has seen a vault.",
            f"Compare the vault's last entry with another member's, then {mend}.",
        ) from error
