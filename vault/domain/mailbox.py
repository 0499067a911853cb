"""Mailboxes: what resets passwords, and so what accounts really hang on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.spell import Spells, current

MailboxKind = Literal["licensed", "shared", "group", "alias", "forwarder", "personal"]


class Mailbox(Record, frozen=True, kw_only=True):
    """An address, who owns it and who reads it.

    `owner` is a role's or a person's id, or "" where nobody knows; `readers` are spells of person
    and role ids; `shut_out` of people who cannot read it although they own it; `proven_at` is when
    a code sent there last came back, `challenge` the fingerprint of the one that is out now.
    `since` is what a list says of when it was made, and decides nothing. `source` names the import
    that brought it.
    """

    address: str
    type: MailboxKind = "shared"
    owner: Id = ""
    readers: Spells = ()
    shut_out: Spells = ()
    proven_at: datetime | None = None
    challenge: str = ""
    keep_until: date | None = None
    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    note: str = ""

    def exists(self, at: datetime) -> bool:
        """Say whether the mailbox is in use at a moment, or is yet to be made."""
        return self.until is None or at < self.until

    def lets_in(self, owner: Id, at: datetime) -> bool:
        """Say whether a person whose mailbox it is can read it at a moment."""
        return owner not in current(self.shut_out, at)

    def lets_owner_in(self, at: datetime) -> bool:
        """Say whether a person who owns the mailbox can read it at a moment."""
        return self.lets_in(self.owner, at)
