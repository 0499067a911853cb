"""What a reader of the vault format stands on: section 1 of docs/file-format.md, and HPKE.

Nothing here comes from the program: AES-GCM and ChaCha20-Poly1305 are PyCryptodome's, Ed25519 and
X25519 are PyNaCl's, HKDF (RFC 5869) and HPKE (RFC 9180) are written out.
"""

from __future__ import annotations

import hashlib
import hmac

from Crypto.Cipher import AES, ChaCha20_Poly1305
from nacl.bindings import crypto_scalarmult, crypto_scalarmult_base
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey


class RefusedError(Exception):
    """The vault is not what its members signed, or cannot be opened with this passphrase."""


def require(condition: object, fault: str) -> None:
    if not condition:
        raise RefusedError(fault)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def extract(salt: bytes, ikm: bytes) -> bytes:
    return hmac.new(salt, ikm, hashlib.sha256).digest()


def expand(prk: bytes, info: bytes, length: int = 32) -> bytes:
    out, block = b"", b""
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([len(out) // 32 + 1]), hashlib.sha256).digest()
        out += block
    return out[:length]


def unseal(key: bytes, sealed: bytes, aad: bytes, what: str) -> bytes:
    require(len(sealed) >= 28, f"{what}: too short")
    cipher = AES.new(key, AES.MODE_GCM, nonce=sealed[:12])
    cipher.update(aad)
    try:
        return bytes(cipher.decrypt_and_verify(sealed[12:-16], sealed[-16:]))
    except ValueError:
        raise RefusedError(f"{what}: does not open") from None


def verify(public: bytes, signature: bytes, message: bytes, what: str) -> None:
    try:
        VerifyKey(public).verify(message, signature)
    except (CryptoError, ValueError):
        raise RefusedError(f"{what}: bad signature") from None


class Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, length: int) -> bytes:
        require(self.at + length <= len(self.data), "bytes end too soon")
        self.at += length
        return self.data[self.at - length : self.at]

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")

    def prefixed(self) -> bytes:
        return self.take(self.number(4))

    def finish(self) -> None:
        require(self.at == len(self.data), "bytes are left over")


def hpke_open(wrapped: bytes, private: bytes, info: bytes) -> bytes:
    """RFC 9180, mode base: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305."""
    kem_suite = b"KEM" + (0x20).to_bytes(2, "big")
    suite = b"HPKE" + b"".join(i.to_bytes(2, "big") for i in (0x20, 0x01, 0x03))

    def labeled_extract(sid: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return extract(salt, b"HPKE-v1" + sid + label + ikm)

    def labeled_expand(sid: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
        return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + sid + label + info, length)

    require(len(wrapped) >= 48, "grant too short")
    encapsulated, sealed = wrapped[:32], wrapped[32:]
    context = encapsulated + crypto_scalarmult_base(private)
    try:
        exchanged = crypto_scalarmult(private, encapsulated)
    except (CryptoError, RuntimeError):
        raise RefusedError("grant: small-order key") from None
    eae_prk = labeled_extract(kem_suite, b"", b"eae_prk", exchanged)
    shared = labeled_expand(kem_suite, eae_prk, b"shared_secret", context, 32)
    schedule = b"\0" + labeled_extract(suite, b"", b"psk_id_hash", b"")
    schedule += labeled_extract(suite, b"", b"info_hash", info)
    secret = labeled_extract(suite, shared, b"secret", b"")
    key = labeled_expand(suite, secret, b"key", schedule, 32)
    nonce = labeled_expand(suite, secret, b"base_nonce", schedule, 12)
    try:
        cipher = ChaCha20_Poly1305.new(key=key, nonce=nonce)
        return bytes(cipher.decrypt_and_verify(sealed[:-16], sealed[-16:]))
    except ValueError:
        raise RefusedError("grant: does not open") from None
