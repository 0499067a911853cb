"""Names that never change: sixteen bytes, written as 32 hexadecimal digits."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

Id = str
"""A record's id: 32 lower-case hexadecimal digits."""

Random = Callable[[int], bytes]
"""A source of random bytes, such as `os.urandom`."""


def new_id(random: Random) -> Id:
    """Return a fresh id from `random`."""
    return random(16).hex()


def derived_id(*parts: str) -> Id:
    """Return the same id for the same parts, for records that a planned step will create.

    A plan is simulated before it is carried out: both must create the same record.
    """
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
