"""Second factors: what is asked for beside the password."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.spell import Spells

FactorMethod = Literal[
    "totp", "sms", "call", "email", "push", "security_key", "passkey", "recovery_codes"
]
SeedPlace = Literal["vault", "device", "unknown"]


class Factor(Record, frozen=True, kw_only=True):
    """A second factor of an account.

    `holders` are spells of person and role ids; `phone` or `mailbox` is where a code is sent to;
    `credential` is the stored seed or code list; `company_device` says that the device can be
    collected.
    """

    account: Id
    method: FactorMethod
    label: str = ""
    holders: Spells = ()
    phone: Id = ""
    mailbox: Id = ""
    credential: Id = ""
    seed: SeedPlace = "unknown"
    company_device: bool = False
    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Say whether the platform asks for it at a moment."""
        return self.since <= at and (self.until is None or at < self.until)

    def is_over(self, at: datetime) -> bool:
        """Say whether the platform asks for it neither at a moment nor later."""
        return self.until is not None and self.until <= max(at, self.since)
