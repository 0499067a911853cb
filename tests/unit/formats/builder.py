"""Builds journals entry by entry, correct ones and wrong ones, with the product's own formats."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from vault.crypto.aead import NONCE_BYTES, Cipher
from vault.crypto.randomness import Random
from vault.crypto.signing import SigningKey
from vault.formats.control import (
    AddMember,
    Control,
    ControlBody,
    Cosignature,
    Genesis,
    Policy,
    Recovery,
    RecoveryChange,
    RemoveMember,
    cosign,
    cosign_message,
    kind_of,
)
from vault.formats.entry import NO_HASH, Entry, EntryKind
from vault.formats.epoch import EpochKeys, derive_epoch_keys, seal_grant, seal_ladder, start_epoch
from vault.formats.member import Member, MemberKeys, MemberKind, join_message, recovery_keys
from vault.formats.membership import Membership, fold_control
from vault.formats.record import Part, RecordPlace, seal_records
from vault.formats.state import EMPTY_STATE, state_root

FOUNDER = MemberKeys(bytes(range(32)), bytes(range(32, 64)))
COLLEAGUE = MemberKeys(b"\x51" * 32, b"\x52" * 32)
THIRD = MemberKeys(b"\x61" * 32, b"\x62" * 32)
RECOVERY = recovery_keys(b"\x71" * 32)
NEW_RECOVERY = recovery_keys(b"\x72" * 32)
OUTSIDER = MemberKeys(b"\x81" * 32, b"\x82" * 32)
POLICY = Policy(quorum=1, min_memory_kib=64 * 1024, min_passes=3)


def counted_random(start: int = 0x30) -> Any:
    """Return a source whose n-th answer repeats one byte: start, start + 1, ..."""
    state = {"next": start}

    def random(length: int) -> bytes:
        drawn = bytes([state["next"] % 256]) * length
        state["next"] += 1
        return drawn

    return random


def seal_record(
    cipher: Cipher, part: Part, place: RecordPlace, plain: bytes, random: Random
) -> bytes:
    """Return one part of one record, sealed in its place."""
    nonce = random(NONCE_BYTES)
    records = [(place.rid, place.version, plain, plain)]
    ciphers = dict.fromkeys(Part, cipher)
    [(_, _, _, head, body, _, _)] = seal_records(
        ciphers, place.vault_id, place.epoch, records, lambda _: nonce + nonce
    )
    return head if part is Part.HEAD else body


def recovery_of(keys: MemberKeys, threshold: int = 2, shares: int = 3) -> Recovery:
    """Return the recovery structure of a pair."""
    public = keys.public()
    return Recovery(public.signing_public, public.wrapping_public, threshold, shares)


class Journal:
    """A journal that grows; every value of an entry can be forced to a wrong one."""

    def __init__(self, recovery: MemberKeys | None = RECOVERY, policy: Policy = POLICY) -> None:
        self.random = counted_random()
        self.entries: list[Entry] = []
        self.root, self.n_records = state_root(EMPTY_STATE), 0
        founder = FOUNDER.public()
        pair = None if recovery is None else recovery_of(recovery)
        genesis = Genesis(b"\x0f" * 16, founder, pair, policy, start_epoch(b"", 1, _NONE, ()))
        self.vault_id = genesis.vault_id()
        self.keys = {1: derive_epoch_keys(self.vault_id, 1, b"\x07" * 32)}
        grantees = [founder] if pair is None else [founder, pair.member]
        block = start_epoch(self.vault_id, 1, self.keys[1], grantees)
        self.genesis = replace(genesis, block=block)

    @property
    def membership(self) -> Membership:
        """Return what the control entries say."""
        return fold_control([e for e in self.entries if e.kind.is_control], self.vault_id)

    def found(self, author: MemberKeys = FOUNDER, **forced: Any) -> Entry:
        """Write the genesis entry."""
        return self.control(self.genesis, author, **forced)

    def control(
        self,
        body: ControlBody,
        author: MemberKeys = FOUNDER,
        cosigners: tuple[MemberKeys, ...] = (),
        **forced: Any,
    ) -> Entry:
        """Write a control entry, cosigned for the place it gets."""
        message = cosign_message(self.vault_id, len(self.entries) + 1, self._prev(), body)
        cosignatures = tuple(self.cosigned(keys, message) for keys in cosigners)
        public = Control(body, cosignatures).encode()
        epoch = max(self.keys)
        return self.write(kind_of(body), author, **{"public": public, "epoch": epoch} | forced)

    @staticmethod
    def cosigned(keys: MemberKeys, message: bytes) -> Cosignature:
        """Return one cosignature."""
        return cosign(SigningKey(keys.signing_seed), keys.public().member_id, message)

    def write(
        self, kind: EntryKind = EntryKind.UNLOCK, author: MemberKeys = FOUNDER, **forced: Any
    ) -> Entry:
        """Append an entry of `kind`, signed by `author`; `forced` values replace the right ones."""
        signer = forced.pop("signer", author)
        controls = [e for e in self.entries if e.kind.is_control]
        right: dict[str, Any] = {
            "vault_id": self.vault_id,
            "seq": len(self.entries) + 1,
            "kind": kind,
            "time_ms": 1_700_000_000_000 + len(self.entries),
            "author": author.public().member_id,
            "epoch": max(self.keys),
            "prev": self._prev(),
            "prev_control": controls[-1].hash() if controls else NO_HASH,
            "root": self.root,
            "n_records": self.n_records,
        }
        entry = Entry(**right | forced).signed_by(SigningKey(signer.signing_seed))
        self.entries.append(entry)
        return entry

    def next_block(self, grantees: list[Member]) -> Any:
        """Return the block of the next epoch, and keep its keys."""
        epoch = max(self.keys) + 1
        keys = derive_epoch_keys(self.vault_id, epoch, bytes([epoch]) * 32)
        ladder = seal_ladder(self.vault_id, epoch, keys, self.keys[epoch - 1], self.random)
        self.keys[epoch] = keys
        return start_epoch(self.vault_id, epoch, keys, grantees, ladder)

    def joining(self, keys: MemberKeys, kind: MemberKind = MemberKind.ADMIN) -> AddMember:
        """Return the body that adds the owner of `keys`."""
        epoch, member = max(self.keys), keys.public(kind)
        grant = seal_grant(self.vault_id, epoch, member, self.keys[epoch])
        signature = SigningKey(keys.signing_seed).sign(join_message(self.vault_id, member))
        return AddMember(member, epoch, grant.suite, grant.wrapped, signature)

    def leaving(self, keys: MemberKeys) -> RemoveMember:
        """Return the body that removes the owner of `keys`."""
        leaver = keys.public().member_id
        remaining = [m for i, m in self.membership.grantees.items() if i != leaver]
        return RemoveMember(leaver, self.next_block(remaining))

    def renewing(self, pair: MemberKeys | None) -> RecoveryChange:
        """Return the body that makes `pair` the recovery pair."""
        grantees = list(self.membership.members.values())
        if pair is None:
            return RecoveryChange(None, self.next_block(grantees))
        recovery = recovery_of(pair)
        return RecoveryChange(recovery, self.next_block([*grantees, recovery.member]))

    def _prev(self) -> bytes:
        return self.entries[-1].hash() if self.entries else NO_HASH


_NONE: EpochKeys = derive_epoch_keys(bytes(16), 1, bytes(32))
