from __future__ import annotations

import pytest

from vault.crypto.aead import Cipher
from vault.errors import IntegrityError, MalformedError

CIPHER = Cipher(b"\x01" * 32)
NONCE = b"\x02" * 12


def test_what_was_sealed_opens_again_under_its_context() -> None:
    assert CIPHER.open(CIPHER.seal(NONCE, b"plain", b"context"), b"context") == b"plain"


def test_the_nonce_stands_in_front() -> None:
    assert CIPHER.seal(NONCE, b"plain", b"")[:12] == NONCE


def test_sealed_bytes_do_not_open_in_another_context_or_under_another_key() -> None:
    sealed = CIPHER.seal(NONCE, b"plain", b"context")
    for cipher, aad in ((CIPHER, b"other"), (Cipher(b"\x03" * 32), b"context")):
        with pytest.raises(IntegrityError):
            cipher.open(sealed, aad)


@pytest.mark.parametrize("length", [0, 8, 11, 13, 16, 24])
def test_a_nonce_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MalformedError):
        CIPHER.seal(bytes(length), b"plain", b"")


def test_what_is_sealed_together_is_as_if_sealed_one_by_one() -> None:
    given = [(bytes([n]) * 12, bytes(n), b"context %d" % n) for n in range(40)]
    assert CIPHER.seal_all(*zip(*given, strict=True)) == [CIPHER.seal(*each) for each in given]


def test_of_many_nonces_none_may_be_missing_or_of_another_length() -> None:
    with pytest.raises(MalformedError, match="11"):
        CIPHER.seal_all([NONCE, bytes(11)], [b"one", b"two"], [b"", b""])
    with pytest.raises(ValueError, match="longer"):
        CIPHER.seal_all([NONCE], [b"one", b"two"], [b"", b""])


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MalformedError):
        Cipher(bytes(length))


@pytest.mark.parametrize("length", [0, 11, 12, 27])
def test_too_few_bytes_are_no_sealed_bytes(length: int) -> None:
    with pytest.raises(MalformedError):
        CIPHER.open(bytes(length), b"")
