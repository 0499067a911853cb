"""AES-256-GCM with the nonce in front: the one way anything is sealed under a symmetric key."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import IntegrityError, MalformedError

KEY_BYTES = 32
NONCE_BYTES = 12
OVERHEAD_BYTES = NONCE_BYTES + 16


class Cipher:
    """One AES-256-GCM key, ready for use (NIST SP 800-38D).

    Make it once per key and keep it: building it costs more than opening a record does.
    """

    __slots__ = ("_aes",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise MalformedError(f"An AES-256 key has {KEY_BYTES} bytes, this one {len(key)}.")
        self._aes = AESGCM(key)

    def seal(self, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
        """Return `nonce ‖ ciphertext ‖ tag`; `nonce` must never come twice under one key."""
        return self.seal_all((nonce,), (plain,), (aad,))[0]

    def seal_all(
        self, nonces: Sequence[bytes], plains: Sequence[bytes], aads: Sequence[bytes]
    ) -> list[bytes]:
        """Return what `seal` does for each nonce with its plaintext and context."""
        # The library accepts 8 to 128 bytes; nonces of one length only are what the bound on
        # random collisions is computed for.
        for length in set(map(len, nonces)) - {NONCE_BYTES}:
            raise MalformedError(f"A nonce has {NONCE_BYTES} bytes, this one {length}.")
        encrypt = self._aes.encrypt
        given = zip(nonces, plains, aads, strict=True)
        return [nonce + encrypt(nonce, plain, aad) for nonce, plain, aad in given]

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Return what `seal` was given.

        Raises MalformedError if `sealed` is too short to be sealed bytes, and IntegrityError if
        it does not open under this key and `aad`; callers name the failure more closely.
        """
        if len(sealed) < OVERHEAD_BYTES:
            raise MalformedError(
                f"Sealed bytes have at least {OVERHEAD_BYTES} bytes, these {len(sealed)}."
            )
        try:
            return self._aes.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)
        except InvalidTag:
            raise IntegrityError("The sealed bytes do not open under this key.") from None
