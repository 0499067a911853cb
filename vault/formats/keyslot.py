"""The key slot: one passphrase, or one device, opens one member's private keys.

Bytes: docs/file-format.md section 3. A slot is exactly 190 bytes.
"""

from __future__ import annotations

import msgspec

from vault.crypto import aead, kdf
from vault.crypto.aead import Cipher
from vault.crypto.digest import same
from vault.crypto.hkdf import expand, extract
from vault.crypto.kdf import KdfCost, Stretch
from vault.crypto.randomness import Random
from vault.errors import (
    CannotUnlockError,
    IntegrityError,
    MalformedError,
    SlotTamperedError,
    WrongPassphraseError,
)
from vault.formats.keyslot_prefix import MAGIC, VERSION, SlotKind, SlotPrefix
from vault.formats.member import BUNDLE_BYTES, MemberKeys, keys_from_bundle
from vault.formats.wire import HASH_BYTES, ID_BYTES, KeyMaterial, Reader

SLOT_BYTES = 190
SALT_BYTES = 16
SECRET_KEY_BYTES = 16
DEVICE_KEY_BYTES = 32

_KEY_LABEL = b"smr1/keyslot/key\0"
_COMMIT_LABEL = b"smr1/keyslot/commit\0"
_NO_COST = KdfCost(0, 0, 0)


class Keyslot(msgspec.Struct, frozen=True):
    """A parsed key slot. Nothing in it is secret without what opens it."""

    kind: SlotKind
    member_id: bytes
    slot_id: bytes
    cost: KdfCost
    salt: bytes
    commitment: bytes
    sealed: bytes

    def encode(self) -> bytes:
        """Return the 190 bytes of the slot."""
        return self.prefix() + self.commitment + self.sealed

    def prefix(self) -> bytes:
        """Return the first 66 bytes, which everything derived for the slot depends on."""
        return SlotPrefix(self.kind, self.member_id, self.slot_id, self.cost, self.salt).encode()


class SlotSecret(KeyMaterial, frozen=True):
    """What opens a slot of `kind`: stretched passphrase, that and a secret key, or a device key."""

    kind: SlotKind
    passphrase: str = ""
    key: bytes = b""


def by_passphrase(passphrase: str) -> SlotSecret:
    """Return the secret of a slot that a passphrase alone opens."""
    return SlotSecret(SlotKind.PASSPHRASE, passphrase)


def by_passphrase_and_secret_key(passphrase: str, secret_key: bytes) -> SlotSecret:
    """Return the secret of a slot that takes a passphrase and a 16-byte secret key."""
    _require_length("secret key", secret_key, SECRET_KEY_BYTES)
    return SlotSecret(SlotKind.PASSPHRASE_AND_SECRET_KEY, passphrase, secret_key)


def by_device_key(device_key: bytes) -> SlotSecret:
    """Return the secret of a slot that the 32-byte key in this device's keyring opens."""
    _require_length("device key", device_key, DEVICE_KEY_BYTES)
    return SlotSecret(SlotKind.DEVICE_KEY, key=device_key)


def seal_slot(
    keys: MemberKeys, secret: SlotSecret, random: Random, cost: KdfCost = kdf.STRONG
) -> Keyslot:
    """Return a new slot that opens `keys` for whoever holds `secret`.

    Draws slot id, salt and nonce from `random`, in this order. `cost` is ignored for a device key,
    which has nothing to guess.
    """
    slot = Keyslot(
        kind=secret.kind,
        member_id=keys.public().member_id,
        slot_id=random(ID_BYTES),
        cost=_NO_COST if secret.kind is SlotKind.DEVICE_KEY else cost,
        salt=random(SALT_BYTES),
        commitment=b"",
        sealed=b"",
    )
    key, commitment = _derive(slot, secret)
    slot = msgspec.structs.replace(slot, commitment=commitment)
    sealed = Cipher(key).seal(random(aead.NONCE_BYTES), keys.bundle(), slot.encode())
    return msgspec.structs.replace(slot, sealed=sealed)


def open_slot(
    slot: Keyslot,
    secret: SlotSecret,
    *,
    min_memory_kib: int = 0,
    min_passes: int = 0,
    stretch: Stretch = kdf.stretch,
) -> MemberKeys:
    """Return the member's keys, proven to be those of `slot.member_id`.

    Raises KdfPolicyError before any work if the slot's cost is out of bounds (the vault's policy
    may raise the floor), WrongPassphraseError, CannotUnlockError if `secret` is of another kind
    than the slot, and SlotTamperedError if the secret fits and the content does not.
    """
    if secret.kind is not slot.kind:
        raise CannotUnlockError(
            f"This keyslot is opened by {_KIND_WORDS[slot.kind]}.",
            "Give exactly that, or use another keyslot.",
        )
    if slot.kind is not SlotKind.DEVICE_KEY:
        kdf.check_cost(slot.cost, min_memory_kib=min_memory_kib, min_passes=min_passes)
    key, commitment = _derive(slot, secret, stretch)
    # A key that commits to nothing would let one altered slot test many passphrases at once.
    if not same(commitment, slot.commitment):
        raise WrongPassphraseError(
            "The keyslot does not open.", f"Check {_KIND_WORDS[slot.kind]}, and try again."
        )
    unsealed = msgspec.structs.replace(slot, sealed=b"")
    try:
        keys = keys_from_bundle(Cipher(key).open(slot.sealed, unsealed.encode()))
    except IntegrityError:
        raise _tampered(slot, "its sealed keys were altered") from None
    if keys.public().member_id != slot.member_id:
        raise _tampered(slot, "it holds the keys of someone else")
    return keys


def parse_slot(raw: bytes) -> Keyslot:
    """Return the slot these bytes are.

    Raises MalformedError for a wrong length, magic, or a device slot that names a cost, and
    UnsupportedFormatError for a version or kind from elsewhere.
    """
    reader = Reader(raw, "keyslot")
    if len(raw) != SLOT_BYTES:
        reader.refuse(f"has {len(raw)} bytes instead of {SLOT_BYTES}")
    reader.header(MAGIC, VERSION)
    slot = Keyslot(
        kind=reader.kind(SlotKind, "kind"),
        member_id=reader.take(ID_BYTES),
        slot_id=reader.take(ID_BYTES),
        cost=KdfCost(reader.number(4), reader.number(4), reader.number(4)),
        salt=reader.take(SALT_BYTES),
        commitment=reader.take(HASH_BYTES),
        sealed=reader.take(aead.OVERHEAD_BYTES + BUNDLE_BYTES),
    )
    if slot.kind is SlotKind.DEVICE_KEY and slot.cost != _NO_COST:
        reader.refuse("is for a device and names a passphrase cost")
    return slot


_KIND_WORDS = {
    SlotKind.PASSPHRASE: "a passphrase",
    SlotKind.PASSPHRASE_AND_SECRET_KEY: "a passphrase and the secret key",
    SlotKind.DEVICE_KEY: "this device's key",
}


def _derive(
    slot: Keyslot, secret: SlotSecret, stretch: Stretch = kdf.stretch
) -> tuple[bytes, bytes]:
    """Return the slot key and the commitment that `secret` gives for this slot's prefix."""
    ikm = secret.key
    if slot.kind is not SlotKind.DEVICE_KEY:
        ikm = stretch(secret.passphrase, slot.salt, slot.cost) + secret.key
    prk = extract(slot.prefix(), ikm)
    return expand(prk, _KEY_LABEL), expand(prk, _COMMIT_LABEL)


def _require_length(what: str, value: bytes, length: int) -> None:
    if len(value) != length:
        raise MalformedError(f"A {what} has {length} bytes, this one {len(value)}.")


def _tampered(slot: Keyslot, fault: str) -> SlotTamperedError:
    return SlotTamperedError(
        f"Keyslot {slot.slot_id.hex()} is not what its owner wrote: {fault}.",
        "Restore the vault from a backup and find out who could write to it.",
    )
