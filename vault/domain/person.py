"""People: those who hold roles, and those who leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal, get_args

from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.spell import Spells, current, midnight

PersonStatus = Literal["joining", "active", "leaving", "left"]
PERSON_STATUSES: Final[tuple[PersonStatus, ...]] = get_args(PersonStatus)


class Person(Record, frozen=True, kw_only=True):
    """Somebody who works, or worked, for the company.

    `external_id` is the key the HR source knows them by; `memberships` says when they were which
    vault member (spells of member ids, hexadecimal). `source` names the import that brought them.
    `listed_as` is the name that lists have for them where it was edited by hand since.
    `one_with` is set where two records were of one person: it is the one that stands for both, and
    this one is only what else they are called.
    """

    name: str
    mail: str = ""
    other_mails: tuple[str, ...] = ()
    listed_as: str = ""
    external_id: str = ""
    manager: Id = ""
    joined: date | None = None
    last_day: date | None = None
    memberships: Spells = ()
    source: str = ""
    note: str = ""
    one_with: Id = ""

    def status(self, at: datetime) -> PersonStatus:
        """Return active, joining (the first day is still to come), leaving (the last day is known
        and not over) or left.
        """
        if self.last_day is None:
            return "active" if self.stays(at) else "joining"
        return "left" if self.last_day < at.date() else "leaving"

    def stays(self, at: datetime) -> bool:
        """Say whether this person still works for the company at a moment."""
        joined = self.joined is None or midnight(self.joined) <= at
        return joined and (self.last_day is None or at.date() <= self.last_day)

    def is_member(self, at: datetime) -> bool:
        """Say whether this person can open the vault at a moment."""
        return bool(current(self.memberships, at))
