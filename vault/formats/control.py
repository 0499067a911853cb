"""What control entries do, as their public part says it: who is a member, under which policy.

Bytes: docs/file-format.md section 8. Each public part is a body, then the cosignatures.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from vault.crypto.digest import sha256
from vault.crypto.signing import SIGNATURE_BYTES, SigningKey
from vault.errors import MalformedError
from vault.formats.entry import EntryKind
from vault.formats.epoch import EpochBlock, Grant, Suite, read_epoch_block
from vault.formats.member import Member, MemberKind, read_member
from vault.formats.wire import HASH_BYTES, ID_BYTES, Reader, prefixed, u8, u32, u64

NONCE_BYTES = 16

_VAULT_LABEL = b"smr1/vault\0"
_COSIGN_LABEL = b"smr1/cosign\0"
_NO_RECOVERY = bytes(66)


class Recovery(msgspec.Struct, frozen=True):
    """The recovery pair's public keys, and how many of how many shares make its seed."""

    signing_public: bytes
    wrapping_public: bytes
    threshold: int
    shares: int

    @property
    def member(self) -> Member:
        """Return the pair as grants and signatures know it: an admin of last resort."""
        return Member(MemberKind.ADMIN, self.signing_public, self.wrapping_public)


class Policy(msgspec.Struct, frozen=True):
    """How many members must sign a change of members, and the least cost of a passphrase."""

    quorum: int
    min_memory_kib: int
    min_passes: int

    def encode(self) -> bytes:
        """Return `quorum u8 ‖ min_memory_kib u32 ‖ min_passes u32`."""
        return u8(self.quorum) + u32(self.min_memory_kib) + u32(self.min_passes)


class Genesis(msgspec.Struct, frozen=True):
    """The first entry: founder, recovery pair or None, policy, and epoch 1."""

    nonce: bytes
    founder: Member
    recovery: Recovery | None
    policy: Policy
    block: EpochBlock

    def vault_id(self) -> bytes:
        """Return the 16-byte id of the vault this genesis starts."""
        return derive_vault_id(self.nonce, self.founder, self.recovery, self.policy)

    def encode(self) -> bytes:
        """Return the body."""
        start = self.nonce + self.founder.encode() + encode_recovery(self.recovery)
        return start + self.policy.encode() + self.block.encode()


class AddMember(msgspec.Struct, frozen=True):
    """A new member, his grant for the current epoch, and his own signature that he wants in."""

    member: Member
    epoch: int
    suite: Suite
    wrapped: bytes
    join_signature: bytes

    @property
    def grant(self) -> Grant:
        """Return the grant as an epoch block would hold it."""
        return Grant(self.member.member_id, self.suite, self.wrapped)

    def encode(self) -> bytes:
        """Return the body."""
        grant = u32(self.epoch) + u8(self.suite) + prefixed(self.wrapped)
        return self.member.encode() + grant + self.join_signature


class RemoveMember(msgspec.Struct, frozen=True):
    """A member who leaves, and the epoch that starts without him."""

    member_id: bytes
    block: EpochBlock

    def encode(self) -> bytes:
        """Return the body."""
        return self.member_id + self.block.encode()


class NewEpoch(msgspec.Struct, frozen=True):
    """An epoch that starts with the same members."""

    block: EpochBlock

    def encode(self) -> bytes:
        """Return the body."""
        return self.block.encode()


class PolicyChange(msgspec.Struct, frozen=True):
    """The policy that holds from here on."""

    policy: Policy

    def encode(self) -> bytes:
        """Return the body."""
        return self.policy.encode()


class RecoveryChange(msgspec.Struct, frozen=True):
    """The recovery pair, or None, that holds from here on, and the epoch that starts with it."""

    recovery: Recovery | None
    block: EpochBlock

    def encode(self) -> bytes:
        """Return the body."""
        return encode_recovery(self.recovery) + self.block.encode()


class AcceptRestore(msgspec.Struct, frozen=True):
    """A restored backup, accepted: the position of the journal that is given up for it."""

    old_seq: int
    old_hash: bytes

    def encode(self) -> bytes:
        """Return the body."""
        return u64(self.old_seq) + self.old_hash


ControlBody: TypeAlias = (
    Genesis | AddMember | RemoveMember | NewEpoch | PolicyChange | RecoveryChange | AcceptRestore
)


class Cosignature(msgspec.Struct, frozen=True):
    """A further member's consent to a control entry."""

    member_id: bytes
    signature: bytes


class Control(msgspec.Struct, frozen=True):
    """The public part of a control entry."""

    body: ControlBody
    cosignatures: tuple[Cosignature, ...] = ()

    def encode(self) -> bytes:
        """Return the bytes that go into `Entry.public`."""
        signed = b"".join(c.member_id + c.signature for c in self.cosignatures)
        return self.body.encode() + u8(len(self.cosignatures)) + signed


def parse_control(kind: EntryKind, public: bytes) -> Control:
    """Return what the public part of an entry of `kind` says; nothing is verified.

    Raises MalformedError if it does not parse to the last byte, or `kind` is no control kind,
    and UnsupportedFormatError for an unknown member kind or suite.
    """
    reader = Reader(public, "control entry")
    if kind not in _READERS:
        reader.refuse(f"is of kind {kind}, which changes no members")
    body = _READERS[kind](reader)
    cosignatures = tuple(
        Cosignature(reader.take(ID_BYTES), reader.take(SIGNATURE_BYTES))
        for _ in range(reader.number(1))
    )
    reader.finish()
    return Control(body, cosignatures)


def kind_of(body: ControlBody) -> EntryKind:
    """Return the entry kind that carries `body`."""
    return _KINDS[type(body)]


def cosign(key: SigningKey, member_id: bytes, message: bytes) -> Cosignature:
    """Return a member's consent to what `cosign_message` describes.

    Readers demand it where a vault's policy asks for several members; no service makes such a vault
    (docs/file-format.md, section 8), and tests write theirs with this.
    """
    return Cosignature(member_id, key.sign(message))


def cosign_message(vault_id: bytes, seq: int, prev: bytes, body: ControlBody) -> bytes:
    """Return what a member signs to consent to `body` as entry `seq` after the entry `prev`."""
    return _COSIGN_LABEL + vault_id + u64(seq) + prev + sha256(body.encode())


def derive_vault_id(
    nonce: bytes, founder: Member, recovery: Recovery | None, policy: Policy
) -> bytes:
    """Return the 16-byte vault id, which commits to founder, recovery pair and policy."""
    if len(nonce) != NONCE_BYTES:
        raise MalformedError(f"A vault's nonce has {NONCE_BYTES} bytes, this one {len(nonce)}.")
    content = nonce + founder.encode() + encode_recovery(recovery) + policy.encode()
    return sha256(_VAULT_LABEL + content)[:ID_BYTES]


def encode_recovery(recovery: Recovery | None) -> bytes:
    """Return the 66 bytes of a recovery pair; no pair is all zeros."""
    if recovery is None:
        return _NO_RECOVERY
    keys = recovery.signing_public + recovery.wrapping_public
    return keys + u8(recovery.threshold) + u8(recovery.shares)


def _read_recovery(reader: Reader) -> Recovery | None:
    raw = reader.take(len(_NO_RECOVERY))
    if raw == _NO_RECOVERY:
        return None
    threshold, shares = raw[64], raw[65]
    if not 1 <= threshold <= shares:
        reader.refuse(f"needs {threshold} of {shares} recovery shares, which cannot be")
    return Recovery(raw[:32], raw[32:64], threshold, shares)


def _read_policy(reader: Reader) -> Policy:
    return Policy(reader.number(1), reader.number(4), reader.number(4))


def _read_genesis(reader: Reader) -> Genesis:
    return Genesis(
        nonce=reader.take(NONCE_BYTES),
        founder=read_member(reader),
        recovery=_read_recovery(reader),
        policy=_read_policy(reader),
        block=read_epoch_block(reader),
    )


def _read_add(reader: Reader) -> AddMember:
    return AddMember(
        member=read_member(reader),
        epoch=reader.number(4),
        suite=reader.kind(Suite, "grant suite"),
        wrapped=reader.prefixed(),
        join_signature=reader.take(SIGNATURE_BYTES),
    )


_READERS: dict[EntryKind, Callable[[Reader], ControlBody]] = {
    EntryKind.GENESIS: _read_genesis,
    EntryKind.ADD_MEMBER: _read_add,
    EntryKind.REMOVE_MEMBER: lambda r: RemoveMember(r.take(ID_BYTES), read_epoch_block(r)),
    EntryKind.NEW_EPOCH: lambda r: NewEpoch(read_epoch_block(r)),
    EntryKind.POLICY: lambda r: PolicyChange(_read_policy(r)),
    EntryKind.RECOVERY_CHANGE: lambda r: RecoveryChange(_read_recovery(r), read_epoch_block(r)),
    EntryKind.ACCEPT_RESTORE: lambda r: AcceptRestore(r.number(8), r.take(HASH_BYTES)),
}
_KINDS: dict[type[ControlBody], EntryKind] = {
    Genesis: EntryKind.GENESIS,
    AddMember: EntryKind.ADD_MEMBER,
    RemoveMember: EntryKind.REMOVE_MEMBER,
    NewEpoch: EntryKind.NEW_EPOCH,
    PolicyChange: EntryKind.POLICY,
    RecoveryChange: EntryKind.RECOVERY_CHANGE,
    AcceptRestore: EntryKind.ACCEPT_RESTORE,
}
