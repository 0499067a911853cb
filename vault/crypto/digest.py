"""SHA-256 and comparison in constant time, under the names the formats use."""

from __future__ import annotations

import hashlib
import hmac


def sha256(data: bytes) -> bytes:
    """Return the 32-byte SHA-256 digest of `data` (FIPS 180-4)."""
    return hashlib.sha256(data).digest()


def keyed(key: bytes, data: bytes) -> bytes:
    """Return the 32-byte HMAC-SHA256 of `data` under `key` (RFC 2104)."""
    return hmac.digest(key, data, "sha256")


def same(left: bytes, right: bytes) -> bool:
    """Tell whether both are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(left, right)
