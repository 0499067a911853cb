"""The open part of a keyslot: who opens it, by what, and how the key of that is derived.

Bytes: docs/file-format.md section 3. It stands apart from what opens a slot, so that a derivation
can begin before that is imported (docs/adr/0019).
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import Final, NamedTuple

from vault.crypto.kdf import KdfCost

MAGIC: Final = b"SMRK"
VERSION: Final = 1

_LAYOUT: Final = struct.Struct(">4sBB16s16sIII16s")


class SlotKind(IntEnum):
    """What opens the slot."""

    PASSPHRASE = 1
    PASSPHRASE_AND_SECRET_KEY = 2
    DEVICE_KEY = 3


class SlotPrefix(NamedTuple):
    """The first 66 bytes of a slot, which everything derived for it depends on."""

    kind: int
    member_id: bytes
    slot_id: bytes
    cost: KdfCost
    salt: bytes

    def encode(self) -> bytes:
        """Return the 66 bytes."""
        return _LAYOUT.pack(
            MAGIC, VERSION, self.kind, self.member_id, self.slot_id, *self.cost, self.salt
        )


def passphrase_prefix(raw: bytes) -> SlotPrefix | None:
    """Return the prefix of a slot that a passphrase alone opens, or None for all other bytes.

    Nothing more is looked at: whoever is to believe the slot parses it (`vault.formats.keyslot`).
    """
    if len(raw) < _LAYOUT.size:
        return None
    magic, version, kind, member_id, slot_id, memory_kib, passes, lanes, salt = _LAYOUT.unpack_from(
        raw
    )
    if (magic, version, kind) != (MAGIC, VERSION, SlotKind.PASSPHRASE):
        return None
    return SlotPrefix(kind, member_id, slot_id, KdfCost(memory_kib, passes, lanes), salt)
