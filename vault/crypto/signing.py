"""Ed25519 signatures (RFC 8032), with the public keys refused under which anything verifies."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from vault.errors import IntegrityError

KEY_BYTES = 32
SIGNATURE_BYTES = 64

_FIELD_PRIME = 2**255 - 19
_SIGN_BIT = 1 << 255
_ORDER_8_Y = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
# The y coordinates of the eight points of small order, and the two that have a second encoding
# (RFC 8032 section 5.1.3 demands y < p; the library does not look).
_SMALL_ORDER_Y = frozenset(
    {0, 1, _ORDER_8_Y, _FIELD_PRIME - _ORDER_8_Y, _FIELD_PRIME - 1, _FIELD_PRIME, _FIELD_PRIME + 1}
)


class SigningKey:
    """A private Ed25519 key made from its 32-byte seed."""

    __slots__ = ("_private", "public")

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`."""
        return self._private.sign(message)


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Return if `signature` is that of the owner of `public` over `message`.

    Raises IntegrityError if it is not, or if `public` is of small order.
    """
    refuse_small_order(public)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise IntegrityError("The signature does not fit the message and the key.") from None


def refuse_small_order(public: bytes) -> None:
    """Raise IntegrityError if `public` is a point of small order, or not 32 bytes.

    Under such a key one fixed signature verifies every message, so whoever enrols it signs
    as nobody in particular.
    """
    if len(public) != KEY_BYTES:
        raise IntegrityError(f"An Ed25519 key has {KEY_BYTES} bytes, this one {len(public)}.")
    if int.from_bytes(public, "little") & ~_SIGN_BIT in _SMALL_ORDER_Y:
        raise IntegrityError("The Ed25519 key is a point of small order.")
