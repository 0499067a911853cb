"""Company accounts on platforms, publishing tools included."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from vault.domain.platforms.model import OwnershipModel
from vault.domain.record import Record
from vault.domain.spell import Spells

CADENCES_MISSED = 3  # an account that misses its own rhythm three times has gone silent

AccountState = Literal["living", "parked", "closing", "closed", "lost"]


class Stretch(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """That an account posted from `first` to `last` (None: never), with no long silence between.

    `seen` is when `source` was asked that first knew of it.
    """

    first: datetime | None
    last: datetime | None
    seen: datetime
    source: str


class Activity(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The last activity a source knew of (None: it knows of none), and when it was asked.

    `before` is what was known earlier, oldest first, without its shorter silences, so that the past
    can be asked (`vault.domain.dormancy.observed`).
    """

    moment: datetime | None
    source: str
    checked_at: datetime
    before: tuple[Stretch, ...] = ()


class Account(Record, frozen=True, kw_only=True):
    """One account on one platform.

    What it hangs on is kept as spells, so that the past can be asked: `handles` (texts),
    `owner_roles`, `login_mailboxes`, `recovery_mailboxes`, `recovery_phones`, `sign_in_accounts`
    and `containers` (ids). `platform_id` is the platform's own identifier, which survives a
    change of handle. `models` overrides the platform's ownership models. `source` names
    the import that brought the account.
    """

    platform: str
    handles: Spells = ()
    platform_id: str = ""
    url: str = ""
    aliases: tuple[str, ...] = ()
    display_name: str = ""
    external_id: str = ""
    owner_roles: Spells = ()
    login_mailboxes: Spells = ()
    recovery_mailboxes: Spells = ()
    recovery_phones: Spells = ()
    sign_in_accounts: Spells = ()
    containers: Spells = ()
    models: tuple[OwnershipModel, ...] = ()
    purpose: str = ""
    audience: str = ""
    brand: str = ""
    country: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    cadence_days: int | None = None
    state: AccountState = "living"
    sessions_ended: tuple[datetime, ...] = ()
    last_activity: Activity | None = None
    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    note: str = ""

    @property
    def handle(self) -> str:
        """The newest handle, or "" where only the platform's id is known."""
        return self.handles[-1].of if self.handles else ""

    @property
    def supports(self) -> Spells:
        """All it hangs on: roles, mailboxes, phones and other accounts, now or at any time."""
        return (
            *self.owner_roles,
            *self.login_mailboxes,
            *self.recovery_mailboxes,
            *self.recovery_phones,
            *self.sign_in_accounts,
            *self.containers,
        )

    def is_open(self, at: datetime) -> bool:
        """Say whether the account exists on its platform at a moment, as far as known."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)

    def has_ended(self, at: datetime) -> bool:
        """Say whether the account was closed or lost by a moment, or ended otherwise."""
        return self.until is not None and self.until <= at

    def handle_at(self, at: datetime) -> str:
        """Return the handle at a moment, or the newest one where none is recorded for it."""
        if len(self.handles) == 1:  # nearly always; half of what asking takes
            return self.handles[0].of
        for spell in reversed(self.handles):
            if spell.holds(at):
                return spell.of
        return self.handle

    @property
    def label(self) -> str:
        """What a person calls it: platform and handle, such as `x/@acme`."""
        name = self.handle or self.platform_id or self.display_name or "?"
        at = "@" if self.handle and "@" not in name else ""
        return f"{self.platform}/{at}{name}"
