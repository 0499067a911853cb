"""From what a member knows to the private keys that a vault's keyslots hold for him."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vault.errors import (
    CannotUnlockError,
    KdfPolicyError,
    SlotTamperedError,
    WrongPassphraseError,
)
from vault.formats.keyslot import Keyslot, SlotKind, by_passphrase, open_slot, parse_slot
from vault.formats.member import MemberKeys
from vault.formats.membership import Membership


@dataclass(frozen=True)
class Locked:
    """A vault whose journal is verified, and whose keyslots are still closed.

    `last_member` is the id of who unlocked it on this device last, in hexadecimal, or "".
    """

    membership: Membership
    slots: tuple[Keyslot, ...]
    last_member: str = ""


Unlock = Callable[[Locked], MemberKeys]
"""Gives the keys of a member; raises CannotUnlockError where it cannot."""


def with_passphrase(passphrase: Callable[[], str]) -> Unlock:
    """Return the way in by passphrase, which is asked for once, and only when it is needed.

    The slot of who was here last is tried first, since each try costs a second on purpose. Raises
    WrongPassphraseError if no slot opens, KdfPolicyError if none opens and one asks for more or
    less work than accepted, and SlotTamperedError for one that was altered.
    """

    def unlock(locked: Locked) -> MemberKeys:
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
                )
            except WrongPassphraseError:
                continue
            except KdfPolicyError as error:
                refused = error
        raise refused or WrongPassphraseError(
            "The passphrase opens none of the vault's keyslots.", "Check it, and try again."
        )

    return unlock


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


def _turn(slot: Keyslot, locked: Locked) -> tuple[bool, bool]:
    """Who was here last comes first, who is no member now last."""
    return (
        slot.member_id not in locked.membership.members,
        slot.member_id.hex() != locked.last_member,
    )
