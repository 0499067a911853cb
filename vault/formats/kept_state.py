"""The kept state: what a device has verified of a vault, sealed, so that it can go on from there.

Bytes: docs/file-format.md section 10. It is no part of a vault, and whoever loses it loses time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from vault.crypto.aead import NONCE_BYTES, Cipher
from vault.crypto.randomness import Random
from vault.formats.state import LEAF_BYTES
from vault.formats.wire import ID_BYTES, Reader, prefixed, u8, u32, u64

ORIGIN_BYTES = 57

_MAGIC = b"SMRP"
_VERSION = 1
_SOURCE_BYTES = 16
_WHAT = "kept state"


class Origin(NamedTuple):
    """Which state was kept: of which vault, epoch and entry; read from where, and when.

    `source` tells the file whose rows were read, and the program that read them, from others.
    `verified_ms` says when that was: milliseconds from 1970 in UTC, by the clock of the device.
    """

    vault_id: bytes
    epoch: int
    source: bytes
    seq: int
    verified_ms: int

    def encode(self) -> bytes:
        """Return the 57 bytes that a kept state begins with."""
        numbers = u64(self.seq) + u64(self.verified_ms)
        return _MAGIC + u8(_VERSION) + self.vault_id + u32(self.epoch) + self.source + numbers


class Segment(NamedTuple):
    """Some records, in the order of their ids: their leaves, and their heads as a JSON array."""

    leaves: Sequence[bytes]
    heads: bytes


def read_origin(raw: bytes) -> Origin:
    """Return what the first bytes of a file say, which nothing vouches for yet.

    Raises MalformedError where they are too few or of something else, UnsupportedFormatError for
    another version.
    """
    return _origin(Reader(raw, _WHAT))


def seal_segments(
    cipher: Cipher, origin: Origin, count: int, segments: Iterable[Segment], random: Random
) -> Iterator[bytes]:
    """Yield the bytes of a file with so many segments, in parts.

    `cipher` has the snapshot key of the origin's epoch.
    """
    head = origin.encode() + u32(count)
    yield head
    for number, (leaves, heads) in zip(range(count), segments, strict=True):
        plain = u32(len(leaves)) + b"".join(leaves) + heads
        yield prefixed(cipher.seal(random(NONCE_BYTES), plain, head + u32(number)))


def open_segments(cipher: Cipher, raw: bytes) -> Iterator[Segment]:
    """Yield the segments of a file, each in its place and of its origin.

    Raises MalformedError and UnsupportedFormatError, and IntegrityError for one that does not open.
    """
    reader = Reader(raw, _WHAT)
    origin, count = _origin(reader), reader.number(4)
    head = origin.encode() + u32(count)
    for number in range(count):
        plain = cipher.open(reader.prefixed(), head + u32(number))
        begin = 4 + LEAF_BYTES * int.from_bytes(plain[:4], "big")
        # A `Reader` would call a method for each of them: as much again as opening the segment.
        leaves = [plain[at : at + LEAF_BYTES] for at in range(4, begin, LEAF_BYTES)]
        yield Segment(leaves, plain[begin:])
    reader.finish()


def _origin(reader: Reader) -> Origin:
    reader.header(_MAGIC, _VERSION)
    vault_id, epoch, source = reader.take(ID_BYTES), reader.number(4), reader.take(_SOURCE_BYTES)
    return Origin(vault_id, epoch, source, reader.number(8), reader.number(8))
