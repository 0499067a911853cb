"""The state root: one hash over all records, which every journal entry carries and signs.

Bytes: docs/file-format.md section 6. The records are dealt into 256 buckets by the first byte of
their id, so a write hashes one bucket and 8 KiB again, not everything.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vault.crypto.digest import sha256
from vault.errors import MalformedError, RecordCountError, StateMismatchError
from vault.formats.record import HeadRow, RecordRow
from vault.formats.wire import HASH_BYTES, ID_BYTES, u8

BUCKETS = 256

_BUCKET_LABEL = b"smr1/bucket\0"
_ROOT_LABEL = b"smr1/root\0"
_LEAF = struct.Struct(">16sQI32s32s")
LEAF_BYTES = _LEAF.size
"""What stands for one record in the state."""

_HEAD_HASH = slice(28, 60)


class State(NamedTuple):
    """All leaves in their 256 buckets, sorted in each, and the hashes of the buckets."""

    buckets: list[list[bytes]]
    hashes: tuple[bytes, ...]


def leaf(rid: bytes, version: int, epoch: int, head_hash: bytes, body_hash: bytes) -> bytes:
    """Return the 92 bytes that stand for one record in the state."""
    if len(rid) != ID_BYTES or len(head_hash) != HASH_BYTES or len(body_hash) != HASH_BYTES:
        raise MalformedError(f"Record {rid.hex()} has an id or a hash of a wrong length.")
    try:
        return _LEAF.pack(rid, version, epoch, head_hash, body_hash)
    except struct.error:
        raise MalformedError(f"Record {rid.hex()} has an impossible version or epoch.") from None


def leaf_of(row: RecordRow) -> bytes:
    """Return the leaf of a row whose hashes were just made."""
    rid, version, epoch, _, _, head_hash, body_hash = row
    return leaf(rid, version, epoch, head_hash, body_hash)


def leaves(rows: Iterable[HeadRow]) -> list[bytes]:
    """Return the leaf of each row, its head hashed afresh; the stored body hash is taken over.

    The stored hash of the head is not looked at: `repeats_heads` does that, once the root is known.
    Whoever opens a body later compares its hash with the row's: the root vouches for that one.
    Raises MalformedError for a row that cannot be one of ours.
    """
    digest = hashlib.sha256
    pack = _LEAF.pack
    packed: list[bytes] = []
    append = packed.append
    try:
        for rid, version, epoch, head, _, body_hash in rows:
            # A struct cuts or fills an id or hash of another length in silence.
            if len(rid) != ID_BYTES or len(body_hash) != HASH_BYTES:
                raise MalformedError(f"Record {rid.hex()} has an id or a hash of a wrong length.")
            append(pack(rid, version, epoch, digest(head).digest(), body_hash))
    except (struct.error, TypeError, AttributeError):
        raise MalformedError(
            "A record's row holds a value of a wrong type or size.",
            "Someone altered the vault: compare it with a backup.",
        ) from None
    return packed


def repeats_heads(rows: Iterable[HeadRow], packed: Iterable[bytes]) -> bool:
    """Say whether the hashes of heads that the rows repeat are those in their leaves."""
    return all(row[4] == one[_HEAD_HASH] for row, one in zip(rows, packed, strict=True))


def bucket_hash(index: int, bucket_leaves: Iterable[bytes]) -> bytes:
    """Return the hash of bucket `index` (0 to 255) that holds these leaves, in any order."""
    return sha256(_BUCKET_LABEL + u8(index) + b"".join(sorted(bucket_leaves)))


def bucket_hashes(all_leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the 256 bucket hashes of a state, given all its leaves in any order."""
    return state_of(all_leaves).hashes


def state_of(all_leaves: Iterable[bytes]) -> State:
    """Return the state that these leaves, given in any order, make up."""
    buckets: list[list[bytes]] = [[] for _ in range(BUCKETS)]
    for one in all_leaves:
        buckets[one[0]].append(one)
    for bucket in buckets:
        bucket.sort()
    return State(buckets, tuple(bucket_hash(*each) for each in enumerate(buckets)))


def state_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over the 256 bucket hashes; raises MalformedError if they are not that."""
    if len(hashes) != BUCKETS or any(len(one) != HASH_BYTES for one in hashes):
        raise MalformedError(f"A state has {BUCKETS} bucket hashes of {HASH_BYTES} bytes.")
    return sha256(_ROOT_LABEL + b"".join(hashes))


def check_state(state: State, root: bytes, n_records: int) -> None:
    """Return if the state is the one that was signed.

    Raises RecordCountError if there are more or fewer records than signed, and
    StateMismatchError if one of them is not as signed.
    """
    count = sum(map(len, state.buckets))
    if count != n_records:
        raise RecordCountError(
            f"The vault holds {count} records where its journal says {n_records}.",
            "Records were added or removed behind its back: compare the vault with a backup.",
        )
    if state_root(state.hashes) != root:
        raise StateMismatchError(
            "The records are not the state that the journal's last entry signed.",
            "Something was exchanged or set back: compare the vault with a backup.",
        )


EMPTY_STATE = bucket_hashes(())
"""The bucket hashes of a vault without records."""
