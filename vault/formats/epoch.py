"""The epoch: a period under one secret key, granted to every member of that time and no other.

Bytes: docs/file-format.md section 4. All working keys are derived from the epoch key; the ladder
seals the previous epoch key under the next, so that a new admin reads old history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum

import msgspec

from vault.crypto import aead, hpke
from vault.crypto.aead import Cipher
from vault.crypto.digest import same
from vault.crypto.hkdf import expand, extract
from vault.crypto.randomness import Random
from vault.errors import EpochKeyError, IntegrityError
from vault.formats.member import Member, MemberKeys, MemberKind
from vault.formats.wire import HASH_BYTES, ID_BYTES, KeyMaterial, Reader, prefixed, u8, u16, u32

KEY_BYTES = 32
LADDER_BYTES = aead.OVERHEAD_BYTES + KEY_BYTES

_EPOCH_LABEL = b"smr1/epoch\0"
_GRANT_LABEL = b"smr1/grant\0"
_FINGERPRINT_LABEL = b"smr1/fingerprint\0"
_LADDER_AAD = b"SMRD\x01"


class Suite(IntEnum):
    """Which HPKE suite wraps a grant; 2 is kept free for ML-KEM-768+X25519."""

    X25519 = 1


class ReadingKeys(KeyMaterial, frozen=True):
    """What a reporter holds of an epoch: the keys of heads, journal and snapshot."""

    head: bytes
    log: bytes
    snap: bytes


class EpochKeys(ReadingKeys, frozen=True):
    """What an admin holds of an epoch: the epoch key itself, and all that derives from it."""

    body: bytes
    ladder: bytes
    epoch_key: bytes
    commitment: bytes


class Grant(msgspec.Struct, frozen=True):
    """An epoch's keys, wrapped for one member."""

    member_id: bytes
    suite: Suite
    wrapped: bytes


class EpochBlock(msgspec.Struct, frozen=True):
    """What the control entry that opens an epoch says of it."""

    epoch: int
    commitment: bytes
    grants: tuple[Grant, ...]
    ladder: bytes

    def encode(self) -> bytes:
        """Return the block's bytes."""
        grants = (g.member_id + u8(g.suite) + prefixed(g.wrapped) for g in self.grants)
        return (
            u32(self.epoch)
            + self.commitment
            + u16(len(self.grants))
            + b"".join(grants)
            + prefixed(self.ladder)
        )


def read_epoch_block(reader: Reader) -> EpochBlock:
    """Return the epoch block that comes next."""
    epoch = reader.number(4)
    commitment = reader.take(HASH_BYTES)
    grants = tuple(
        Grant(reader.take(ID_BYTES), reader.kind(Suite, "grant suite"), reader.prefixed())
        for _ in range(reader.number(2))
    )
    return EpochBlock(epoch, commitment, grants, ladder=reader.prefixed())


def derive_epoch_keys(vault_id: bytes, epoch: int, epoch_key: bytes) -> EpochKeys:
    """Return all keys of an epoch, and the commitment its control entry carries."""
    prk = extract(_EPOCH_LABEL + vault_id + u32(epoch), epoch_key)
    return EpochKeys(
        head=expand(prk, b"head\0"),
        log=expand(prk, b"log\0"),
        snap=expand(prk, b"snap\0"),
        body=expand(prk, b"body\0"),
        ladder=expand(prk, b"ladder\0"),
        epoch_key=epoch_key,
        commitment=expand(prk, b"commit\0"),
    )


def derive_fingerprint_key(vault_id: bytes, first: EpochKeys) -> bytes:
    """Return the key under which equal secrets look equal, from the keys of the first epoch.

    Every admin has those, by the ladder, and no reporter: docs/file-format.md section 4.
    """
    return expand(extract(_FINGERPRINT_LABEL + vault_id, first.epoch_key), b"fingerprint\0")


def seal_grant(vault_id: bytes, epoch: int, member: Member, keys: EpochKeys) -> Grant:
    """Return `member`'s grant: the epoch key for an admin, three derived keys for a reporter."""
    plain = keys.epoch_key
    if member.kind is MemberKind.REPORTER:
        plain = keys.head + keys.log + keys.snap
    info = _grant_info(vault_id, epoch, member)
    return Grant(
        member_id=member.member_id,
        suite=Suite.X25519,
        wrapped=hpke.wrap(plain, member.wrapping_public, info),
    )


def open_admin_grant(
    vault_id: bytes, block: EpochBlock, keys: MemberKeys, grant: Grant
) -> EpochKeys:
    """Return the keys of `block`'s epoch from an admin's, or the recovery pair's, `grant`.

    Raises EpochKeyError if the grant does not open under `keys`, or gives another key than the
    one the members committed to.
    """
    plain = _unwrap(vault_id, block.epoch, keys, MemberKind.ADMIN, grant)
    return _committed(vault_id, block, plain)


def open_reporter_grant(
    vault_id: bytes, block: EpochBlock, keys: MemberKeys, grant: Grant
) -> ReadingKeys:
    """Return the reading keys of `block`'s epoch from a reporter's `grant`.

    They are vouched for by the signature on the entry that holds the grant; the commitment is
    to the epoch key, which a reporter never has. Raises EpochKeyError if it does not open.
    """
    plain = _unwrap(vault_id, block.epoch, keys, MemberKind.REPORTER, grant)
    if len(plain) != 3 * KEY_BYTES:
        raise _wrong_key(block.epoch)
    return ReadingKeys(head=plain[:32], log=plain[32:64], snap=plain[64:])


def start_epoch(
    vault_id: bytes,
    epoch: int,
    keys: EpochKeys,
    grantees: Iterable[Member],
    ladder: bytes = b"",
) -> EpochBlock:
    """Return the block of a new epoch under `keys`, granted to exactly `grantees`.

    They are the members and the recovery pair (`Membership.grantees`). Every epoch after the
    first has a `ladder`, made by `seal_ladder`.
    """
    grants = tuple(seal_grant(vault_id, epoch, grantee, keys) for grantee in grantees)
    return EpochBlock(epoch, keys.commitment, grants, ladder)


def seal_ladder(
    vault_id: bytes, epoch: int, keys: EpochKeys, previous: EpochKeys, random: Random
) -> bytes:
    """Return the previous epoch's key, sealed for whoever holds the `keys` of `epoch`."""
    return Cipher(keys.ladder).seal(
        random(aead.NONCE_BYTES), previous.epoch_key, _ladder_aad(vault_id, epoch)
    )


def descend_ladder(
    vault_id: bytes, keys: EpochKeys, blocks: Mapping[int, EpochBlock], epoch: int
) -> dict[int, EpochKeys]:
    """Return the keys of `epoch` and of every epoch before it, by number.

    `keys` are those of `epoch`; `blocks` are the verified blocks by number. Raises EpochKeyError
    where a rung does not open or gives a key that the members did not commit to.
    """
    found = {epoch: keys}
    for number in range(epoch, 1, -1):
        try:
            older_key = Cipher(found[number].ladder).open(
                blocks[number].ladder, _ladder_aad(vault_id, number)
            )
        except IntegrityError:
            raise _wrong_key(number - 1) from None
        found[number - 1] = _committed(vault_id, blocks[number - 1], older_key)
    return found


def _committed(vault_id: bytes, block: EpochBlock, epoch_key: bytes) -> EpochKeys:
    keys = derive_epoch_keys(vault_id, block.epoch, epoch_key)
    if len(epoch_key) != KEY_BYTES or not same(keys.commitment, block.commitment):
        raise _wrong_key(block.epoch)
    return keys


def _unwrap(vault_id: bytes, epoch: int, keys: MemberKeys, kind: MemberKind, grant: Grant) -> bytes:
    info = _grant_info(vault_id, epoch, keys.public(kind))
    try:
        return hpke.unwrap(grant.wrapped, keys.wrapping_private, info)
    except IntegrityError:
        raise _wrong_key(epoch) from None


def _grant_info(vault_id: bytes, epoch: int, member: Member) -> bytes:
    return _GRANT_LABEL + vault_id + u32(epoch) + member.member_id + u8(member.kind)


def _ladder_aad(vault_id: bytes, epoch: int) -> bytes:
    return _LADDER_AAD + vault_id + u32(epoch) + u32(epoch - 1)


def _wrong_key(epoch: int) -> EpochKeyError:
    return EpochKeyError(
        f"The key granted for epoch {epoch} is not the one the members committed to.",
        "Ask another admin to remove and add you again, and compare fingerprints.",
    )
