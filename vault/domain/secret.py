"""A value that never prints itself."""

from __future__ import annotations

import hmac
from typing import Final

SHOWN_S: Final = 10
"""Seconds: long enough to type it over, short enough for whoever looks over a shoulder."""


class Secret:
    """A secret string; only `reveal()` gives it out, and it compares in constant time."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself. The one such method, so that a search finds every use."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(
            self._value.encode(), other._value.encode()
        )

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        message = "a secret is never pickled"
        raise TypeError(message)
