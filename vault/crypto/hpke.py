"""Wrapping keys for one recipient by HPKE (RFC 9180), base mode.

The suite is DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305. Context goes into `info`;
the associated data is empty. The ephemeral key comes from the library's own generator, which is
why wrapping, alone in this package, takes no random bytes.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from vault.errors import IntegrityError, MalformedError

KEY_BYTES = 32
OVERHEAD_BYTES = 32 + 16

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_PROBE = X25519PrivateKey.from_private_bytes(bytes(range(KEY_BYTES)))


def public_key(private: bytes) -> bytes:
    """Return the 32-byte X25519 public key that belongs to `private`."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def wrap(plain: bytes, public: bytes, info: bytes) -> bytes:
    """Return `encapsulated key 32 ‖ ciphertext ‖ tag 16`, which only `public`'s owner opens.

    Raises IntegrityError if `public` is of small order.
    """
    try:
        return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public), info=info)
    except ValueError:
        raise IntegrityError("The X25519 key is a point of small order.") from None


def unwrap(wrapped: bytes, private: bytes, info: bytes) -> bytes:
    """Return what `wrap` was given.

    Raises MalformedError if `wrapped` is too short, IntegrityError if it was made for another
    key, with another `info`, or altered since.
    """
    if len(wrapped) < OVERHEAD_BYTES:
        raise MalformedError(
            f"A wrapped key has at least {OVERHEAD_BYTES} bytes, this one {len(wrapped)}."
        )
    try:
        return _SUITE.decrypt(wrapped, X25519PrivateKey.from_private_bytes(private), info=info)
    except (InvalidTag, ValueError):
        raise IntegrityError("The wrapped key does not open under this private key.") from None


def refuse_small_order(public: bytes) -> None:
    """Raise IntegrityError if `public` is an X25519 point of small order, or not 32 bytes.

    The shared secret of such a key is known to everyone (RFC 7748 section 6.1).
    """
    try:
        _PROBE.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise IntegrityError("The X25519 key is no key, or a point of small order.") from None
