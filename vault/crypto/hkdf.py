"""HKDF-SHA256 (RFC 5869), its two halves apart: every derived key names its purpose in `info`."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

KEY_BYTES = 32


def extract(salt: bytes, ikm: bytes) -> bytes:
    """Return the 32-byte pseudorandom key of `ikm` under `salt` (RFC 5869 section 2.2)."""
    return HKDF.extract(algorithm=SHA256(), salt=salt, key_material=ikm)


def expand(prk: bytes, info: bytes, length: int = KEY_BYTES) -> bytes:
    """Return `length` bytes derived from `prk` for the purpose `info` (RFC 5869 section 2.3)."""
    return HKDFExpand(algorithm=SHA256(), length=length, info=info).derive(prk)
