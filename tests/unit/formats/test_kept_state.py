"""What a device keeps of a state comes back as it was sealed, or not at all."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.crypto.aead import Cipher
from vault.errors import IntegrityError, MalformedError, UnsupportedFormatError
from vault.formats.kept_state import (
    ORIGIN_BYTES,
    Origin,
    Segment,
    open_segments,
    read_origin,
    seal_segments,
)
from vault.formats.state import LEAF_BYTES

CIPHER = Cipher(b"k" * 32)
ORIGIN = Origin(b"v" * 16, 3, b"f" * 16, 41, 1_700_000_000_000)
SEGMENTS = [Segment([b"a" * LEAF_BYTES, b"b" * LEAF_BYTES], b"[1,2]"), Segment([], b"[]")]

leaf = st.binary(min_size=LEAF_BYTES, max_size=LEAF_BYTES)
origins = st.builds(
    Origin,
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**64 - 1),
)
segments = st.lists(st.builds(Segment, st.lists(leaf, max_size=3), st.binary(max_size=40)))


def sealed(origin: Origin = ORIGIN, of: list[Segment] = SEGMENTS) -> bytes:
    return b"".join(seal_segments(CIPHER, origin, len(of), of, os.urandom))


def opened(raw: bytes, cipher: Cipher = CIPHER) -> list[Segment]:
    return list(open_segments(cipher, raw))


@given(origins, segments)
def test_what_was_sealed_comes_back(origin: Origin, of: list[Segment]) -> None:
    raw = sealed(origin, of)
    assert (read_origin(raw[:ORIGIN_BYTES]), opened(raw)) == (origin, of)


def test_the_first_bytes_are_those_of_the_page() -> None:
    expected = "534d525001" + "76" * 16 + "00000003" + "66" * 16
    expected += "0000000000000029" + "0000018bcfe56800"
    assert sealed().hex().startswith(expected + "00000002")


def test_no_bit_of_it_can_be_turned() -> None:
    raw = sealed()
    for place in range(len(raw)):
        turned = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises((IntegrityError, UnsupportedFormatError)):
            opened(turned)


def test_it_ends_where_it_was_ended() -> None:
    raw = sealed()
    for end in range(len(raw)):
        with pytest.raises(MalformedError):
            opened(raw[:end])
    with pytest.raises(MalformedError):
        opened(raw + b"\0")


def test_segments_stay_in_their_order_and_in_their_file() -> None:
    parts, others = (
        list(seal_segments(CIPHER, origin, len(SEGMENTS), SEGMENTS, os.urandom))
        for origin in (ORIGIN, ORIGIN._replace(seq=42))
    )
    for mixed in ([parts[0], *parts[:0:-1]], [others[0], *parts[1:]]):
        with pytest.raises(IntegrityError):
            opened(b"".join(mixed))


def test_it_opens_with_its_own_key_alone() -> None:
    with pytest.raises(IntegrityError):
        opened(sealed(), Cipher(b"K" * 32))
