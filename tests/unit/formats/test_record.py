from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.unit.formats.builder import counted_random, seal_record
from vault.crypto.aead import Cipher
from vault.crypto.digest import sha256
from vault.errors import MalformedError, RecordTamperedError
from vault.formats.record import (
    RECORDS_AT_ONCE,
    HeadRow,
    Part,
    RecordPlace,
    open_heads,
    open_record,
    record_aad,
    seal_records,
)

VAULT_ID = b"\xaa" * 16
HEAD_KEYS = {1: Cipher(b"\x01" * 32), 2: Cipher(b"\x02" * 32)}


def row(number: int, epoch: int = 1, version: int = 1) -> HeadRow:
    rid = bytes([number]) * 16
    place = RecordPlace(VAULT_ID, rid, version, epoch)
    plain = b'{"n":%d}' % number
    head = seal_record(HEAD_KEYS[epoch], Part.HEAD, place, plain, counted_random(number))
    return rid, version, epoch, head, sha256(head), sha256(b"body")


def opened(rows: list[HeadRow]) -> list[bytes]:
    return [head.rstrip(b" ") for head in open_heads(HEAD_KEYS, VAULT_ID, rows)]


def test_heads_open_in_order_across_epochs() -> None:
    assert opened([row(1), row(2, epoch=2), row(3, version=2**40)]) == [
        b'{"n":1}',
        b'{"n":2}',
        b'{"n":3}',
    ]


@pytest.mark.parametrize("count", [1, RECORDS_AT_ONCE, 2 * RECORDS_AT_ONCE + 1])
def test_records_sealed_together_have_a_nonce_for_each_blob_and_open_each_in_its_place(
    count: int,
) -> None:
    plains = [
        (n.to_bytes(16, "big"), n + 1, b'{"n":%d}' % n, b'{"b":%d}' % n) for n in range(count)
    ]
    ciphers = {Part.HEAD: HEAD_KEYS[1], Part.BODY: HEAD_KEYS[2]}
    rows = list(seal_records(ciphers, VAULT_ID, 1, iter(plains), os.urandom))
    assert len({blob[:12] for row in rows for blob in row[3:5]}) == 2 * count
    for (rid, version, head, body), sealed in zip(plains, rows, strict=True):
        place = RecordPlace(VAULT_ID, rid, version, 1)
        assert sealed[:3] == (rid, version, 1)
        assert open_record(ciphers[Part.HEAD], Part.HEAD, place, sealed[3]).rstrip() == head
        assert open_record(ciphers[Part.BODY], Part.BODY, place, sealed[4]).rstrip() == body
        assert sealed[5:] == (sha256(sealed[3]), sha256(sealed[4]))


MUTATIONS: dict[str, Callable[[HeadRow], object]] = {
    "another id": lambda r: (b"\x09" * 16, *r[1:]),
    "a longer id": lambda r: (r[0] + b"\0", *r[1:]),
    "a shorter id": lambda r: (r[0][:15], *r[1:]),
    "another version": lambda r: (r[0], 2, *r[2:]),
    "a negative version": lambda r: (r[0], -1, *r[2:]),
    "a version in words": lambda r: (r[0], "1", *r[2:]),
    "another epoch": lambda r: (r[0], r[1], 2, *r[3:]),
    "an epoch without a key": lambda r: (r[0], r[1], 3, *r[3:]),
    "an empty head": lambda r: (*r[:3], b"", *r[4:]),
    "a head in words": lambda r: (*r[:3], "head", *r[4:]),
    "no head": lambda r: (*r[:3], None, *r[4:]),
}


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_a_row_with_one_wrong_value_does_not_open(mutation: Callable[[HeadRow], HeadRow]) -> None:
    with pytest.raises(RecordTamperedError):
        opened([row(1), mutation(row(2))])


def test_exchanged_heads_do_not_open() -> None:
    one, two = row(1), row(2)
    with pytest.raises(RecordTamperedError, match=one[0].hex()):
        opened([(*one[:3], two[3], *one[4:]), (*two[:3], one[3], *two[4:])])


@pytest.mark.parametrize(("part", "block"), [(Part.HEAD, 64), (Part.BODY, 256)])
def test_sizes_tell_blocks_only(part: Part, block: int) -> None:
    place = RecordPlace(VAULT_ID, bytes(16), 1, 1)
    lengths = [
        len(seal_record(HEAD_KEYS[1], part, place, b"x" * n, counted_random()))
        for n in range(2 * block + 1)
    ]
    assert lengths == [28 + block] * (block + 1) + [28 + 2 * block] * block


@pytest.mark.parametrize(
    "place",
    [
        RecordPlace(VAULT_ID, bytes(15), 1, 1),
        RecordPlace(VAULT_ID, bytes(17), 1, 1),
        RecordPlace(VAULT_ID, bytes(16), -1, 1),
        RecordPlace(VAULT_ID, bytes(16), 2**64, 1),
        RecordPlace(VAULT_ID, bytes(16), 1, 2**32),
    ],
)
def test_no_blob_is_sealed_for_an_impossible_place(place: RecordPlace) -> None:
    with pytest.raises(MalformedError):
        record_aad(Part.HEAD, place)
