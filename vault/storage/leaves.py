"""What a session remembers of each record's row: the 92 bytes that the state root vouches for.

Holding the leaves rather than the rows keeps 100,000 records in some 13 MB, and lets a write hash
only the buckets it touches (docs/file-format.md section 6).
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from vault.formats.state import EMPTY_STATE, bucket_hash, state_root
from vault.formats.wire import ID_BYTES

_LEAF = struct.Struct(">16sQI32s32s")


class Leaf(NamedTuple):
    """A leaf taken apart."""

    rid: bytes
    version: int
    epoch: int
    head_hash: bytes
    body_hash: bytes


class Leaves:
    """All leaves of a state, immutable: `put` gives the next state and shares what is unchanged."""

    __slots__ = ("_buckets", "hashes")

    def __init__(self, buckets: Sequence[Sequence[bytes]], hashes: Sequence[bytes]) -> None:
        self._buckets = buckets
        self.hashes = tuple(hashes)
        """The 256 bucket hashes."""

    @property
    def root(self) -> bytes:
        """Return the state root."""
        return state_root(self.hashes)

    def __len__(self) -> int:
        return sum(map(len, self._buckets))

    def __iter__(self) -> Iterator[bytes]:
        """Yield all leaves, in the order of their ids."""
        for bucket in self._buckets:
            yield from bucket

    def get(self, rid: bytes) -> Leaf | None:
        """Return the leaf of the record `rid`, or None where there is no such record."""
        bucket = self._buckets[rid[0]]
        place = bisect_left(bucket, rid)
        if place < len(bucket) and bucket[place].startswith(rid):
            return Leaf(*_LEAF.unpack(bucket[place]))
        return None

    def put(self, fresh: Iterable[bytes]) -> tuple[Leaves, frozenset[int]]:
        """Return the state with these leaves in place, and the buckets they touch."""
        touched: defaultdict[int, dict[bytes, bytes]] = defaultdict(dict)
        for leaf in fresh:
            touched[leaf[0]][leaf[:ID_BYTES]] = leaf
        buckets, hashes = list(self._buckets), list(self.hashes)
        # Bucket by bucket: to insert each of 200,000 where it belongs takes half as long again.
        for index, new in touched.items():
            kept = [leaf for leaf in buckets[index] if leaf[:ID_BYTES] not in new]
            buckets[index] = sorted((*kept, *new.values()))
            hashes[index] = bucket_hash(index, buckets[index])
        return Leaves(buckets, hashes), frozenset(touched)


NO_LEAVES = Leaves([[] for _ in EMPTY_STATE], EMPTY_STATE)
"""The state of a vault without records."""
