"""The two sealed blobs of a record: the head that lists need, and the body with the secrets.

Bytes: docs/file-format.md section 5. A blob opens only in its own vault, record, version and part.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import NamedTuple

from vault.crypto import aead
from vault.crypto.aead import Cipher
from vault.crypto.randomness import Random
from vault.errors import IntegrityError, MalformedError, RecordTamperedError
from vault.formats.wire import ID_BYTES, pad

HeadRow = tuple[bytes, int, int, bytes, bytes, bytes]
"""A stored record without its body: rid 16, version, epoch, head blob, H(head) 32, H(body) 32.

A plain tuple, as the database driver hands it out: at 100,000 rows any object per row costs more
than opening the blob does.
"""

_HEAD_PREFIX, _BODY_PREFIX = b"SMRR\x01\x01", b"SMRR\x01\x02"
_AAD_TAIL = struct.Struct(">I16sQ")


class Part(IntEnum):
    """Which blob of a record; the part is bound into the blob."""

    HEAD = 1
    BODY = 2


class RecordPlace(NamedTuple):
    """Where a blob belongs: its vault, record (16 bytes each), version and epoch."""

    vault_id: bytes
    rid: bytes
    version: int
    epoch: int


_HEAD_BLOCK, _BODY_BLOCK = 64, 256


def seal_record(
    cipher: Cipher, part: Part, place: RecordPlace, plain: bytes, random: Random
) -> bytes:
    """Return `nonce 12 ‖ AES-256-GCM(plain padded with spaces)`; `plain` is JSON.

    `cipher` is that of the epoch's head or body key. Heads are padded to 64 bytes, bodies to 256.
    """
    padded = pad(plain, _HEAD_BLOCK if part is Part.HEAD else _BODY_BLOCK)
    return cipher.seal(random(aead.NONCE_BYTES), padded, record_aad(part, place))


def open_record(cipher: Cipher, part: Part, place: RecordPlace, blob: bytes) -> bytes:
    """Return the JSON in `blob`, its trailing padding still on.

    Raises RecordTamperedError if the blob is not the one sealed for exactly this part and place.
    """
    try:
        return cipher.open(blob, record_aad(part, place))
    except IntegrityError:
        raise _tampered(place.rid, place.version) from None


def open_heads(
    ciphers: Mapping[int, Cipher], vault_id: bytes, rows: Iterable[HeadRow]
) -> Iterator[bytes]:
    """Yield the JSON of each row's head, in the order of `rows`, its padding still on.

    `ciphers` gives the head cipher of every epoch that still has rows. Raises
    RecordTamperedError at the first row that does not open, or whose epoch has no cipher.
    """
    prefix = _aad_prefix(Part.HEAD, vault_id)
    pack = _AAD_TAIL.pack
    for rid, version, epoch, head, _, _ in rows:
        # A struct cuts or fills an id of another length in silence.
        if len(rid) != ID_BYTES:
            raise _tampered(rid, version)
        try:
            yield ciphers[epoch].open(head, prefix + pack(epoch, rid, version))
        except (IntegrityError, KeyError, struct.error, TypeError):
            raise _tampered(rid, version) from None


def record_aad(part: Part, place: RecordPlace) -> bytes:
    """Return the 50 bytes of context a blob is bound to."""
    if len(place.rid) != ID_BYTES:
        raise MalformedError(f"A record id has {ID_BYTES} bytes, this one {len(place.rid)}.")
    try:
        tail = _AAD_TAIL.pack(place.epoch, place.rid, place.version)
    except struct.error:
        raise MalformedError(
            f"Record {place.rid.hex()} has an impossible version or epoch."
        ) from None
    return _aad_prefix(part, place.vault_id) + tail


def _aad_prefix(part: Part, vault_id: bytes) -> bytes:
    return (_HEAD_PREFIX if part is Part.HEAD else _BODY_PREFIX) + vault_id


def _tampered(rid: bytes, version: int) -> RecordTamperedError:
    return RecordTamperedError(
        f"Record {rid.hex()} does not open as its version {version}.",
        "It was altered, moved or exchanged: compare the vault with a backup.",
    )
