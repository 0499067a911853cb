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


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MalformedError):
        Cipher(bytes(length))


@pytest.mark.parametrize("length", [0, 11, 12, 27])
def test_too_few_bytes_are_no_sealed_bytes(length: int) -> None:
    with pytest.raises(MalformedError):
        CIPHER.open(bytes(length), b"")
