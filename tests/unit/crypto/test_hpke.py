from __future__ import annotations

import pytest

from tests.independent.primitives import hpke_open
from vault.crypto import hpke
from vault.errors import IntegrityError, MalformedError

PRIVATE = bytes(range(32))
PUBLIC = hpke.public_key(PRIVATE)


def test_a_wrapped_key_opens_for_its_recipient() -> None:
    wrapped = hpke.wrap(b"key", PUBLIC, b"info")
    assert len(wrapped) == hpke.OVERHEAD_BYTES + 3
    assert hpke.unwrap(wrapped, PRIVATE, b"info") == b"key"


def test_another_implementation_opens_it_too() -> None:
    assert hpke_open(hpke.wrap(b"key", PUBLIC, b"info"), PRIVATE, b"info") == b"key"


def test_a_wrapped_key_opens_for_no_one_else_and_in_no_other_context() -> None:
    wrapped = hpke.wrap(b"key", PUBLIC, b"info")
    for private, info in ((bytes(range(1, 33)), b"info"), (PRIVATE, b"other"), (PRIVATE, b"")):
        with pytest.raises(IntegrityError):
            hpke.unwrap(wrapped, private, info)


def test_a_small_order_key_inside_is_refused() -> None:
    with pytest.raises(IntegrityError):
        hpke.unwrap(bytes(64), PRIVATE, b"info")


def test_nothing_is_wrapped_for_a_small_order_key() -> None:
    with pytest.raises(IntegrityError):
        hpke.wrap(b"key", bytes(32), b"info")


@pytest.mark.parametrize("length", [0, 32, 47])
def test_too_few_bytes_are_no_wrapped_key(length: int) -> None:
    with pytest.raises(MalformedError):
        hpke.unwrap(bytes(length), PRIVATE, b"info")
