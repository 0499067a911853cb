"""Passphrase to key by Argon2id (RFC 9106), within bounds that no stored value can move."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from vault.errors import CannotUnlockError, KdfPolicyError, UsageError

KEY_BYTES = 32

_ONE_AT_A_TIME = Lock()
"""Two derivations with several lanes at once wait for each other's threads, and never end
(cryptography 50.0.2 with OpenSSL 4.0.3)."""


Stretch = Callable[[str, bytes, "KdfCost"], bytes]
"""Gives the 32-byte key of a passphrase, a salt and a cost, as `stretch` does."""


class KdfCost(NamedTuple):
    """What one guess at a passphrase costs: memory in KiB, passes over it, parallel lanes."""

    memory_kib: int
    passes: int
    lanes: int


FLOOR = KdfCost(memory_kib=64 * 1024, passes=3, lanes=4)
"""The least we accept, also from a database (RFC 9106 section 4, second recommendation)."""

STRONG = KdfCost(memory_kib=256 * 1024, passes=3, lanes=4)
"""The default: four times the memory of FLOOR, a second or two on two shared cores."""

CEILING = KdfCost(memory_kib=2 * 1024 * 1024, passes=16, lanes=16)
"""The most we accept: a hostile slot must not be able to take the machine down."""


def check_cost(cost: KdfCost, *, min_memory_kib: int = 0, min_passes: int = 0) -> None:
    """Raise KdfPolicyError unless `cost` lies between the floor and the ceiling.

    The vault's policy (`min_memory_kib`, `min_passes`) can raise the floor and never lower it.
    """
    memory_floor = max(FLOOR.memory_kib, min_memory_kib)
    passes_floor = max(FLOOR.passes, min_passes)
    if cost.memory_kib < memory_floor or cost.passes < passes_floor or cost.lanes < 1:
        raise KdfPolicyError(
            f"The keyslot asks for less work than accepted: {_words(cost)}, where at least "
            f"{memory_floor} KiB and {passes_floor} passes are required.",
            "Someone may have weakened it on purpose: open the vault from a backup.",
        )
    if any(asked > most for asked, most in zip(cost, CEILING, strict=True)):
        raise KdfPolicyError(
            f"The keyslot asks for more work than accepted: {_words(cost)}, where at most "
            f"{_words(CEILING)} are allowed.",
            "Someone may have altered it to stall this machine: open the vault from a backup.",
        )


def stretch(passphrase: str, salt: bytes, cost: KdfCost) -> bytes:
    """Return the 32-byte key of `passphrase`, taken as NFKC in UTF-8.

    Checks `cost` before any memory is touched. Raises KdfPolicyError, UsageError for text that
    has no UTF-8 form, and CannotUnlockError where the machine lacks the memory.
    """
    check_cost(cost)
    try:
        secret = unicodedata.normalize("NFKC", passphrase).encode()
    except UnicodeEncodeError:
        raise UsageError(
            "The passphrase is not valid text.", "Type it again, or store its file as UTF-8."
        ) from None
    try:
        with _ONE_AT_A_TIME:
            return Argon2id(
                salt=salt,
                length=KEY_BYTES,
                iterations=cost.passes,
                lanes=cost.lanes,
                memory_cost=cost.memory_kib,
            ).derive(secret)
    except MemoryError:
        raise CannotUnlockError(
            f"This machine cannot spare the memory the keyslot asks for: {_words(cost)}.",
            "Close other programs, or unlock on a machine with more memory.",
        ) from None


def _words(cost: KdfCost) -> str:
    return f"{cost.memory_kib} KiB, {cost.passes} passes, {cost.lanes} lanes"
