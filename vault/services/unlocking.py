"""From what a member knows to the private keys that a vault's keyslots hold for him."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from vault import keystore
from vault.crypto import kdf
from vault.errors import (
    CannotUnlockError,
    KdfPolicyError,
    MalformedError,
    SafehandsError,
    SlotTamperedError,
    WrongPassphraseError,
)
from vault.formats.keyslot import (
    Keyslot,
    SlotSecret,
    by_device_key,
    by_passphrase,
    open_slot,
    parse_slot,
)
from vault.formats.keyslot_prefix import SlotKind
from vault.formats.member import MemberKeys
from vault.formats.membership import Membership
from vault.services import device_files
from vault.services.deriving import Derivation


class Locked(NamedTuple):
    """A vault whose journal is verified, and whose keyslots are still closed.

    `last_member` is the id of who unlocked it on this device last, in hexadecimal, or ""; `seq` is
    the number of the journal's last entry.
    """

    membership: Membership
    slots: tuple[Keyslot, ...]
    last_member: str = ""
    seq: int = 0


SLOTS_A_MEMBER = 8
"""How many keyslots a vault may have for each member: a person has one or two, and each that is
tried costs a second. Nobody signs the keyslots, so a hostile file could hold any number of them."""

Unlock = Callable[[Locked], MemberKeys]
"""Gives the keys of a member; raises CannotUnlockError where it cannot."""


def with_passphrase(passphrase: Callable[[], str], derivation: Derivation | None = None) -> Unlock:
    """Return the way in by passphrase, which is asked for once, and only when it is needed.

    The slot of who was here last is tried first, since each try costs a second on purpose; its key
    is taken from `derivation`, where that is of the same passphrase and slot. Raises
    WrongPassphraseError if no slot opens, KdfPolicyError if none opens and one asks for more or
    less work than accepted, and SlotTamperedError for one that was altered, and before anything is
    asked or derived where there are more slots than members can have.
    """

    def unlock(locked: Locked) -> MemberKeys:
        _check_number(locked)
        slots = [slot for slot in locked.slots if slot.kind is SlotKind.PASSPHRASE]
        if not slots:
            raise CannotUnlockError(
                "No keyslot of this vault opens with a passphrase alone.",
                "Use the secret key or the device it was made for.",
            )
        secret, policy = by_passphrase(passphrase()), locked.membership.policy
        refused: KdfPolicyError | None = None
        for slot in sorted(slots, key=lambda slot: _turn(slot, locked)):
            try:
                return open_slot(
                    slot,
                    secret,
                    min_memory_kib=policy.min_memory_kib,
                    min_passes=policy.min_passes,
                    stretch=derivation.key if derivation else kdf.stretch,
                )
            except WrongPassphraseError:
                continue
            except KdfPolicyError as error:
                refused = error
        raise refused or WrongPassphraseError(
            "The passphrase opens none of the vault's keyslots.", "Check it, and try again."
        )

    return unlock


def with_device(folder: Path) -> Unlock:
    """Return the way in by the device key in the keyring and the keyslot in the device's `folder`.

    Raises CannotUnlockError where this device does not remember the vault, or the key is not that
    of the slot, KeyringError where the keyring does not give it, StorageError and UnsafePathError
    for the slot's file, and SlotTamperedError and MalformedError for what is in it.
    """

    def unlock(locked: Locked) -> MemberKeys:
        vault_id = locked.membership.vault_id
        raw = device_files.read(device_files.slot_file(folder, vault_id))
        if raw is None:
            raise CannotUnlockError(
                "This device does not remember the vault.", "Unlock it with the passphrase."
            )
        slot = parse_slot(raw)
        if slot.member_id not in locked.membership.members:
            raise _useless("was made for somebody who is no member now")
        try:
            return open_slot(slot, _device_secret(vault_id))
        except WrongPassphraseError:
            raise _useless("is not opened by the key in the keyring") from None

    return unlock


def with_device_first(folder: Path, told: Callable[[SafehandsError], None], then: Unlock) -> Unlock:
    """Return the way in by this device where it remembers the vault, and otherwise `then`.

    `told` hears why a device that remembers the vault could not open it.
    """

    def unlock(locked: Locked) -> MemberKeys:
        if device_files.remembers(folder, locked.membership.vault_id):
            try:
                return with_device(folder)(locked)
            except SafehandsError as error:
                told(error)
        return then(locked)

    return unlock


def _device_secret(vault_id: bytes) -> SlotSecret:
    text = keystore.fetch(vault_id, "device") or ""
    try:
        return by_device_key(base64.b64decode(text + "=", b"-_", validate=True))
    except (ValueError, MalformedError):
        raise _useless("has no key in the keyring any more") from None


def _useless(why: str) -> CannotUnlockError:
    return CannotUnlockError(
        f"This device's keyslot {why}.",
        "Unlock with the passphrase, then let the device remember it: safehands unlock remember",
    )


def read_slots(rows: Sequence[tuple[bytes, bytes, bytes]]) -> tuple[Keyslot, ...]:
    """Return the keyslots in these rows (slot id, member id, slot).

    Raises SlotTamperedError where a row's ids are not the slot's, MalformedError or
    UnsupportedFormatError where a slot does not parse.
    """
    slots = []
    for slot_id, member_id, raw in rows:
        slot = parse_slot(raw)
        if (slot.slot_id, slot.member_id) != (slot_id, member_id):
            raise SlotTamperedError(
                f"The row of keyslot {slot_id.hex()} holds the slot {slot.slot_id.hex()}.",
                "Restore the vault from a backup and find out who could write to it.",
            )
        slots.append(slot)
    return tuple(slots)


def _check_number(locked: Locked) -> None:
    found, most = len(locked.slots), SLOTS_A_MEMBER * len(locked.membership.members)
    if found > most:
        raise SlotTamperedError(
            f"The vault holds {found} keyslots, where its members can have {most} at most.",
            "Restore the vault from a backup and find out who could write to it.",
        )


def _turn(slot: Keyslot, locked: Locked) -> tuple[bool, bool]:
    """Who was here last comes first, who is no member now last."""
    return (
        slot.member_id not in locked.membership.members,
        slot.member_id.hex() != locked.last_member,
    )
