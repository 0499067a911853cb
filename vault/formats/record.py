"""The two sealed blobs of a record: the head that lists need, and the body with the secrets.

Bytes: docs/file-format.md section 5. A blob opens only in its own vault, record, version and part.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from itertools import islice, repeat
from typing import NamedTuple

from vault.crypto.aead import NONCE_BYTES, Cipher
from vault.crypto.digest import sha256
from vault.crypto.randomness import Random
from vault.errors import IntegrityError, MalformedError, RecordTamperedError
from vault.formats.wire import ID_BYTES, pad_all

RecordRow = tuple[bytes, int, int, bytes, bytes, bytes, bytes]
"""A stored record: rid 16, version, epoch, head blob, body blob, H(head) 32, H(body) 32.

A plain tuple, as the database driver takes it and hands it out: at 100,000 rows any object per row
costs more than opening its head does.
"""

HeadRow = tuple[bytes, int, int, bytes, bytes, bytes]
"""A stored record without its body blob."""

_AAD_PREFIX = b"SMRR\x01"
_AAD_TAIL = struct.Struct(">I16sQ")

RECORDS_AT_ONCE = 250
"""How many records are sealed, and then inserted, together: they stay in the processor's cache.

Of 20,000 records 5,000 at once take 6 % longer, and all of an import's would fill the memory.
"""


class Part(IntEnum):
    """Which blob of a record; the part is bound into the blob."""

    HEAD = 1
    BODY = 2


HEAD_BLOCK, BODY_BLOCK = 64, 256
"""To multiples of how many bytes the texts are padded."""


class RecordPlace(NamedTuple):
    """Where a blob belongs: its vault, record (16 bytes each), version and epoch."""

    vault_id: bytes
    rid: bytes
    version: int
    epoch: int


def seal_records(
    ciphers: Mapping[Part, Cipher],
    vault_id: bytes,
    epoch: int,
    plains: Iterable[tuple[bytes, int, bytes, bytes]],
    random: Random,
) -> Iterator[RecordRow]:
    """Yield the row of each record in `plains`: its id, its version, the JSON of head and body.

    `ciphers` are those of the epoch. A blob is `nonce 12 ‖ AES-256-GCM(JSON padded with spaces)`.
    Records are sealed `RECORDS_AT_ONCE`; `random` is asked once for the nonces of so many. Raises
    MalformedError for a wrong length of an id, and for a version that does not fit.
    """
    of_head, of_body = _aad_prefix(Part.HEAD, vault_id), _aad_prefix(Part.BODY, vault_id)
    seal_heads, seal_bodies = ciphers[Part.HEAD].seal_all, ciphers[Part.BODY].seal_all
    waiting = iter(plains)
    while some := list(islice(waiting, RECORDS_AT_ONCE)):
        rids, versions, texts, rests = zip(*some, strict=True)
        tails = list(map(_aad_tail, repeat(epoch), rids, versions))
        drawn = random(2 * NONCE_BYTES * len(some))
        nonces = [drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)]
        heads = seal_heads(nonces[::2], pad_all(texts, HEAD_BLOCK), [of_head + t for t in tails])
        bodies = seal_bodies(nonces[1::2], pad_all(rests, BODY_BLOCK), [of_body + t for t in tails])
        hashes = map(sha256, heads), map(sha256, bodies)
        yield from zip(rids, versions, repeat(epoch), heads, bodies, *hashes, strict=False)


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
    tail = _aad_tail(place.epoch, place.rid, place.version)
    return _aad_prefix(part, place.vault_id) + tail


def _aad_prefix(part: Part, vault_id: bytes) -> bytes:
    return _AAD_PREFIX + bytes((part,)) + vault_id


def _aad_tail(epoch: int, rid: bytes, version: int) -> bytes:
    if len(rid) != ID_BYTES:
        raise MalformedError(f"A record id has {ID_BYTES} bytes, this one {len(rid)}.")
    try:
        return _AAD_TAIL.pack(epoch, rid, version)
    except struct.error:
        raise MalformedError(f"Record {rid.hex()} has an impossible version or epoch.") from None


def _tampered(rid: bytes, version: int) -> RecordTamperedError:
    return RecordTamperedError(
        f"Record {rid.hex()} does not open as its version {version}.",
        "It was altered, moved or exchanged: compare the vault with a backup.",
    )
