from __future__ import annotations

import pytest

from vault.crypto.digest import sha256
from vault.errors import MalformedError
from vault.formats.record import HeadRow
from vault.formats.state import (
    BUCKETS,
    EMPTY_STATE,
    bucket_hashes,
    leaf,
    leaves,
    state_root,
)

HASH = b"\x07" * 32


def row(rid: bytes, version: int = 1) -> HeadRow:
    return rid, version, 1, b"head " + rid, sha256(b"head " + rid), HASH


ROWS = [row(bytes([first]) + bytes([n]) * 15) for first in (0, 5, 255) for n in range(4)]


def test_a_leaf_hashes_the_head_afresh_and_takes_the_bodys_hash_over() -> None:
    rid, version, epoch, head, _, body_hash = ROWS[0]
    assert leaves(ROWS)[0] == leaf(rid, version, epoch, sha256(head), body_hash)
    assert {len(one) for one in leaves(ROWS)} == {92}


def test_the_order_of_the_rows_does_not_matter() -> None:
    assert bucket_hashes(leaves(ROWS)) == bucket_hashes(leaves(ROWS[::-1]))


def test_the_same_leaves_in_another_bucket_give_another_hash() -> None:
    assert len(set(EMPTY_STATE)) == BUCKETS


@pytest.mark.parametrize(
    "broken",
    [
        (bytes(15), 1, 1, b"h", HASH, HASH),
        (bytes(17), 1, 1, b"h", HASH, HASH),
        (bytes(16), -1, 1, b"h", HASH, HASH),
        (bytes(16), 1, 2**32, b"h", HASH, HASH),
        (bytes(16), 1, 1, b"h", HASH, HASH + b"\0"),
        (bytes(16), 1, 1, b"h", HASH, b""),
        (bytes(16), 1, 1, None, HASH, HASH),
        (bytes(16), 1, 1, "h", HASH, HASH),
        (bytes(16), "1", 1, b"h", HASH, HASH),
        (None, 1, 1, b"h", HASH, HASH),
    ],
)
def test_a_row_that_cannot_be_ours_is_refused(broken: HeadRow) -> None:
    with pytest.raises(MalformedError):
        leaves([broken])


@pytest.mark.parametrize("hashes", [(), EMPTY_STATE[:255], (*EMPTY_STATE[:255], b"short")])
def test_a_root_needs_256_whole_bucket_hashes(hashes: tuple[bytes, ...]) -> None:
    with pytest.raises(MalformedError):
        state_root(hashes)
