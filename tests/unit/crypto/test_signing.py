from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from vault.crypto.signing import SigningKey, verify
from vault.errors import IntegrityError

KEY = SigningKey(bytes(range(32)))
NEUTRAL_POINT = b"\x01" + bytes(31)
FITS_EVERYTHING = NEUTRAL_POINT + bytes(32)


def test_a_signature_verifies_for_its_message_and_key() -> None:
    verify(KEY.public, KEY.sign(b"message"), b"message")


@pytest.mark.parametrize(
    ("public", "signature", "message"),
    [
        (KEY.public, KEY.sign(b"message"), b"another"),
        (SigningKey(bytes(32)).public, KEY.sign(b"message"), b"message"),
        (KEY.public, bytes(64), b"message"),
        (KEY.public, KEY.sign(b"message")[:63], b"message"),
        (KEY.public[:31], KEY.sign(b"message"), b"message"),
        (b"", b"", b""),
    ],
)
def test_anything_else_is_refused(public: bytes, signature: bytes, message: bytes) -> None:
    with pytest.raises(IntegrityError):
        verify(public, signature, message)


def test_the_signature_that_fits_everything_fits_nothing_here() -> None:
    Ed25519PublicKey.from_public_bytes(NEUTRAL_POINT).verify(FITS_EVERYTHING, b"anything")
    with pytest.raises(IntegrityError, match="small order"):
        verify(NEUTRAL_POINT, FITS_EVERYTHING, b"anything")
