"""Members, epochs and journal as sections 2, 4, 7, 8 and 9 of docs/file-format.md demand them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nacl.bindings import crypto_scalarmult
from nacl.exceptions import CryptoError

from tests.independent.primitives import Cursor, RefusedError, require, sha256, verify

ADMIN, REPORTER = 1, 2
QUORUM_KINDS = {1, 2, 4, 5}
CONTROL_KINDS = {0, 1, 2, 3, 4, 5, 7}
DATA_KINDS = set(range(16, 25))
REPORTER_KINDS = {18, 22, 23}
NO_RECOVERY = bytes(66)
P = 2**255 - 19
T = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)


@dataclass(frozen=True)
class Member:
    kind: int
    ed: bytes
    x: bytes

    @property
    def id(self) -> bytes:
        return sha256(b"smr1/admin\0" + self.ed + self.x)[:16]

    def encode(self) -> bytes:
        return bytes([self.kind]) + self.ed + self.x

    def refuse_weak(self) -> None:
        y = int.from_bytes(self.ed, "little") & ~(1 << 255)
        require(y not in {0, 1, T, P - T, P - 1, P, P + 1}, "small-order Ed25519 key")
        try:
            shared = crypto_scalarmult(bytes(range(32)), self.x)
        except (CryptoError, RuntimeError):
            shared = bytes(32)
        require(any(shared), "small-order X25519 key")


def read_member(c: Cursor) -> Member:
    member = Member(c.number(1), c.take(32), c.take(32))
    require(member.kind in {ADMIN, REPORTER}, "unknown kind of member")
    return member


@dataclass(frozen=True)
class Block:
    epoch: int
    commitment: bytes
    grants: list[tuple[bytes, bytes]]
    ladder: bytes


def read_block(c: Cursor) -> Block:
    epoch, commitment, grants = c.number(4), c.take(32), []
    for _ in range(c.number(2)):
        member_id, suite, wrapped = c.take(16), c.number(1), c.prefixed()
        require(suite == 1, "unknown suite")
        grants.append((member_id, wrapped))
    return Block(epoch, commitment, grants, c.prefixed())


@dataclass(frozen=True)
class Entry:
    raw: bytes
    vault_id: bytes
    seq: int
    kind: int
    author: bytes
    epoch: int
    prev: bytes
    prev_control: bytes
    root: bytes
    n_records: int
    public: bytes

    @property
    def hash(self) -> bytes:
        return sha256(b"smr1/entry-hash\0" + self.raw)

    def verify(self, public: bytes) -> None:
        verify(public, self.raw[-64:], b"smr1/entry\0" + self.raw[:-64], f"entry {self.seq}")


def read_entry(raw: bytes) -> Entry:
    c = Cursor(raw)
    require(c.take(5) == b"SMRL\x01", "no journal entry of version 1")
    vault_id, seq, kind, _time = c.take(16), c.number(8), c.number(1), c.number(8)
    author, epoch, prev, prev_control = c.take(16), c.number(4), c.take(32), c.take(32)
    root, n_records, public = c.take(32), c.number(8), c.prefixed()
    c.prefixed()
    c.take(64)
    c.finish()
    require(kind in CONTROL_KINDS | DATA_KINDS, "unknown kind of entry")
    require(kind in CONTROL_KINDS or not public, "data entry with a public part")
    return Entry(
        raw, vault_id, seq, kind, author, epoch, prev, prev_control, root, n_records, public
    )


@dataclass
class Vault:
    id: bytes
    members: dict[bytes, Member] = field(default_factory=dict)
    terms: dict[bytes, tuple[Member, int, int]] = field(default_factory=dict)
    blocks: dict[int, Block] = field(default_factory=dict)
    recovery: Member | None = None
    quorum: int = 1
    used: set[bytes] = field(default_factory=set)
    last: Entry | None = None
    rescued: bool = False

    @property
    def epoch(self) -> int:
        return len(self.blocks)

    def admins(self) -> dict[bytes, Member]:
        return {i: m for i, m in self.members.items() if m.kind == ADMIN}

    def enrol(self, member: Member) -> None:
        member.refuse_weak()
        require(not {member.ed, member.x} & self.used, "key used before")
        self.used |= {member.ed, member.x}

    def join(self, member: Member, seq: int) -> None:
        self.enrol(member)
        self.members[member.id] = member
        self.terms[member.id] = (member, seq, 2**64)

    def set_recovery(self, raw: bytes) -> None:
        if raw == NO_RECOVERY:
            self.recovery = None
            return
        require(1 <= raw[64] <= raw[65], "impossible shares")
        self.recovery = Member(ADMIN, raw[:32], raw[32:64])
        self.enrol(self.recovery)

    def set_policy(self, raw: bytes) -> None:
        require(1 <= raw[0] <= len(self.admins()), "quorum out of reach")
        self.quorum = raw[0]

    def open_block(self, block: Block) -> None:
        require(block.epoch == self.epoch + 1, "epoch out of order")
        require(len(block.ladder) == (0 if block.epoch == 1 else 60), "wrong ladder")
        entitled = dict(self.members)
        if self.recovery:
            entitled[self.recovery.id] = self.recovery
        require(sorted(i for i, _ in block.grants) == sorted(entitled), "wrong set of grants")
        for member_id, wrapped in block.grants:
            check_grant(entitled[member_id], wrapped)
        self.blocks[block.epoch] = block


def check_grant(member: Member, wrapped: bytes) -> None:
    require(len(wrapped) == (80 if member.kind == ADMIN else 144), "grant of a wrong length")


def follow(vault: Vault, entry: Entry) -> None:
    """Verify one control entry and apply it."""
    require(entry.vault_id == vault.id, "entry of another vault")
    c = Cursor(entry.public)
    if vault.last is None:
        read_genesis(vault, entry, c)
    else:
        require(entry.seq > vault.last.seq, "control entries out of order")
        require(entry.prev_control == vault.last.hash, "control chain broken")
        apply_control(vault, entry, c)
    require(entry.epoch == vault.epoch, "entry names another epoch")
    vault.last = entry


def read_genesis(vault: Vault, entry: Entry, c: Cursor) -> None:
    require(entry.kind == 0 and entry.seq == 1, "no genesis")
    require(entry.prev == entry.prev_control == bytes(32), "genesis with a predecessor")
    nonce, founder, recovery, policy = c.take(16), read_member(c), c.take(66), c.take(9)
    content = nonce + founder.encode() + recovery + policy
    require(sha256(b"smr1/vault\0" + content)[:16] == vault.id, "another vault")
    require(founder.kind == ADMIN and founder.id == entry.author, "founder is not the author")
    entry.verify(founder.ed)
    vault.join(founder, 1)
    vault.set_recovery(recovery)
    vault.set_policy(policy)
    vault.open_block(read_block(c))
    require(c.number(1) == 0, "genesis with cosignatures")
    c.finish()


def read_body(kind: int, c: Cursor) -> dict[str, Any]:
    """Return the parts of a control entry's body by name (section 8)."""
    if kind == 1:
        parts = {"member": read_member(c), "epoch": c.number(4), "suite": c.number(1)}
        require(parts["suite"] == 1, "unknown suite")
        return parts | {"wrapped": c.prefixed(), "join": c.take(64)}
    if kind == 2:
        return {"leaver": c.take(16), "block": read_block(c)}
    if kind == 3:
        return {"block": read_block(c)}
    if kind == 4:
        return {"policy": c.take(9)}
    if kind == 5:
        return {"recovery": c.take(66), "block": read_block(c)}
    require(kind == 7, "control entry out of place")
    return {"old_seq": c.number(8), "old_hash": c.take(32)}


def apply_control(vault: Vault, entry: Entry, c: Cursor) -> None:
    parts = read_body(entry.kind, c)
    body = entry.public[: c.at]
    cosignatures = [(c.take(16), c.take(64)) for _ in range(c.number(1))]
    c.finish()
    check_mandate(vault, entry, parts, body, cosignatures)
    if "member" in parts:
        add_member(vault, entry, parts)
    if "leaver" in parts:
        require(parts["leaver"] in vault.members, "leaver is no member")
        member, since, _ = vault.terms[parts["leaver"]]
        vault.terms[member.id] = (member, since, entry.seq)
        del vault.members[member.id]
    if "policy" in parts:
        vault.set_policy(parts["policy"])
    if "recovery" in parts:
        vault.set_recovery(parts["recovery"])
        vault.rescued = False
    if "block" in parts:
        vault.open_block(parts["block"])


def check_mandate(
    vault: Vault,
    entry: Entry,
    parts: dict[str, Any],
    body: bytes,
    cosignatures: list[tuple[bytes, bytes]],
) -> None:
    voters = vault.admins()
    if vault.recovery:
        voters[vault.recovery.id] = vault.recovery
    voters.pop(parts.get("leaver", b""), None)
    require(entry.author in voters, "control entry by no admin")
    entry.verify(voters[entry.author].ed)
    by_recovery = vault.recovery is not None and entry.author == vault.recovery.id
    if by_recovery:
        require(entry.kind == 1 and parts["member"].kind == ADMIN, "recovery key out of bounds")
    signers = {entry.author}
    message = b"smr1/cosign\0" + vault.id + entry.seq.to_bytes(8, "big") + entry.prev + sha256(body)
    for member_id, signature in cosignatures:
        require(member_id in voters and member_id not in signers, "cosigner counted wrongly")
        verify(voters[member_id].ed, signature, message, "cosignature")
        signers.add(member_id)
    needed = vault.quorum if entry.kind in QUORUM_KINDS else 1
    last_resort = vault.recovery is not None and vault.recovery.id in signers
    require(last_resort or len(signers) >= needed, "quorum missed")
    if vault.rescued and vault.last is not None:
        renewed = entry.kind == 5 and parts["recovery"] != NO_RECOVERY
        require(renewed and entry.seq == vault.last.seq + 1, "recovery pair not renewed")


def add_member(vault: Vault, entry: Entry, parts: dict[str, Any]) -> None:
    member: Member = parts["member"]
    by_recovery = entry.author not in vault.members
    vault.join(member, entry.seq)
    verify(member.ed, parts["join"], b"smr1/join\0" + vault.id + member.encode(), "join")
    require(parts["epoch"] == vault.epoch, "grant for another epoch")
    check_grant(member, parts["wrapped"])
    vault.blocks[vault.epoch].grants.append((member.id, parts["wrapped"]))
    vault.rescued = by_recovery


def check_head(vault: Vault, head: Entry) -> None:
    last = vault.last
    require(last is not None, "empty journal")
    if last is None or head.raw == last.raw:
        return
    require(head.kind in DATA_KINDS and head.vault_id == vault.id, "last entry out of place")
    require(head.author in vault.terms, "last entry by no member")
    member, since, until = vault.terms[head.author]
    require(since < head.seq < until, "last entry by no member of that time")
    require(member.kind == ADMIN or head.kind in REPORTER_KINDS, "entry beyond a reporter")
    require(head.seq > last.seq and head.prev_control == last.hash, "control entry withheld")
    require(head.epoch == vault.epoch and not vault.rescued, "last entry in another epoch")
    head.verify(member.ed)


def check_bystander(vault: Vault, entry: Entry, before: Entry | None) -> None:
    """A reporter leaves the records as the entry before signed them."""
    member = vault.terms[entry.author][0]
    kept = before is not None and (before.root, before.n_records) == (entry.root, entry.n_records)
    require(member.kind == ADMIN or kept, "a reporter altered the records")


def verified_journal(rows: list[tuple[int, bytes, bytes]], vault_id: bytes) -> tuple[Vault, Entry]:
    """Return the members and epochs the journal proves, and its last entry."""
    vault, previous, before = Vault(vault_id), bytes(32), None
    require(rows, "empty journal")
    entry: Entry | None = None
    for number, (seq, stored_hash, raw) in enumerate(rows, start=1):
        entry = read_entry(raw)
        require(entry.seq == seq == number, "journal out of order")
        require(entry.prev == previous, "journal chain broken")
        require(entry.hash == stored_hash, "stored hash of an entry differs")
        if entry.kind in CONTROL_KINDS:
            follow(vault, entry)
        else:
            check_head(vault, entry)
            check_bystander(vault, entry, before)
        previous, before = entry.hash, entry
    if entry is None:
        raise RefusedError("empty journal")
    return vault, entry
