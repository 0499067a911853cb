"""Phone numbers: what second factors and resets are sent to."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.spell import Spells

PhoneKind = Literal["mobile", "landline", "virtual"]


_FIRST: Final = frozenset("+(0123456789")
_BETWEEN: Final = str.maketrans("", "", "+ .-()/\u00a0")


def dialled(text: str) -> str:
    """Return the digits that a number is compared by, "" for a text that is none."""
    if text[:1] not in _FIRST or not text[-1:].isdecimal():  # nearly all names are none
        return ""
    digits = text.translate(_BETWEEN)
    return digits if digits.isdecimal() else ""


class Phone(Record, frozen=True, kw_only=True):
    """A number, whose contract it is (a person's id, "" for the company) and who carries it."""

    number: str
    type: PhoneKind = "mobile"
    contract: Id = ""
    carriers: Spells = ()
    until: datetime | None = None
    note: str = ""

    def exists(self, at: datetime) -> bool:
        """Say whether the number is in use at a moment."""
        return self.until is None or at < self.until
