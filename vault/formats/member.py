"""Who a member is to the vault: two public keys, an id made of them, and the private halves.

Bytes: docs/file-format.md section 2.
"""

from __future__ import annotations

import base64
from enum import IntEnum

import msgspec

from vault.crypto import hpke
from vault.crypto.digest import sha256
from vault.crypto.hkdf import expand, extract
from vault.crypto.randomness import Random
from vault.crypto.signing import SigningKey
from vault.errors import MalformedError
from vault.formats.wire import ID_BYTES, KeyMaterial, Reader, u8

SEED_BYTES = 32
BUNDLE_BYTES = 2 * SEED_BYTES

_ID_LABEL = b"smr1/admin\0"
_JOIN_LABEL = b"smr1/join\0"
_RECOVERY_LABEL = b"smr1/recovery\0"


class MemberKind(IntEnum):
    """What a member may open: an ADMIN everything, a REPORTER heads and journal only."""

    ADMIN = 1
    REPORTER = 2


class Member(msgspec.Struct, frozen=True):
    """The public side of a member: his kind and his Ed25519 and X25519 public keys."""

    kind: MemberKind
    signing_public: bytes
    wrapping_public: bytes

    @property
    def member_id(self) -> bytes:
        """Return the 16-byte id, made of the keys alone: the kind does not change it."""
        return self._digest()[:ID_BYTES]

    @property
    def fingerprint(self) -> str:
        """Return what two people compare by voice: 160 bits as eight groups of four letters."""
        letters = base64.b32encode(self._digest()[:20]).decode()
        return " ".join(letters[i : i + 4] for i in range(0, len(letters), 4))

    def encode(self) -> bytes:
        """Return `kind u8 ‖ Ed25519 public 32 ‖ X25519 public 32`."""
        return u8(self.kind) + self.signing_public + self.wrapping_public

    def _digest(self) -> bytes:
        return sha256(_ID_LABEL + self.signing_public + self.wrapping_public)


class MemberKeys(KeyMaterial, frozen=True):
    """The private side of a member: an Ed25519 seed and an X25519 private key, 32 bytes each."""

    signing_seed: bytes
    wrapping_private: bytes

    def public(self, kind: MemberKind = MemberKind.ADMIN) -> Member:
        """Return the public side, as a member of `kind`."""
        return Member(
            kind=kind,
            signing_public=SigningKey(self.signing_seed).public,
            wrapping_public=hpke.public_key(self.wrapping_private),
        )

    def bundle(self) -> bytes:
        """Return the 64 bytes a keyslot seals."""
        return self.signing_seed + self.wrapping_private


def new_member_keys(random: Random) -> MemberKeys:
    """Return fresh keys, drawn as two times 32 bytes from `random`."""
    return MemberKeys(signing_seed=random(SEED_BYTES), wrapping_private=random(SEED_BYTES))


def keys_from_bundle(bundle: bytes) -> MemberKeys:
    """Return the keys that `MemberKeys.bundle` wrote; raises MalformedError on another length."""
    if len(bundle) != BUNDLE_BYTES:
        raise MalformedError(f"A key bundle has {BUNDLE_BYTES} bytes, this one {len(bundle)}.")
    return MemberKeys(signing_seed=bundle[:SEED_BYTES], wrapping_private=bundle[SEED_BYTES:])


def recovery_keys(seed: bytes) -> MemberKeys:
    """Return the recovery pair of the 32-byte `seed` that the recovery shares make up."""
    if len(seed) != SEED_BYTES:
        raise MalformedError(f"A recovery seed has {SEED_BYTES} bytes, this one {len(seed)}.")
    prk = extract(_RECOVERY_LABEL, seed)
    return MemberKeys(signing_seed=expand(prk, b"ed\0"), wrapping_private=expand(prk, b"x\0"))


def read_member(reader: Reader) -> Member:
    """Return the member whose public structure comes next."""
    return Member(
        kind=reader.kind(MemberKind, "member kind"),
        signing_public=reader.take(32),
        wrapping_public=reader.take(32),
    )


def join_message(vault_id: bytes, member: Member) -> bytes:
    """Return what a new member signs to ask for entry: he holds the keys, and means this vault."""
    return _JOIN_LABEL + vault_id + member.encode()
