"""The registry as a departure plan reads it: what of others is over, and what of the leaver begins.

A step may be done on any day up to the last one. So others are counted on for what they still have
then, and the leaver is feared for what they have by then (section 5 of docs/access-model.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.changes import changes
from vault.domain.credential import Credential, Version
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.knowledge import could_know, is_of_unknown_holder
from vault.domain.mailbox import Mailbox
from vault.domain.neighbourhood import resting_on
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.sessions import opened_by_channel
from vault.domain.spell import Spell, Spells, midnight
from vault.domain.steps import Step
from vault.domain.ties import carries, reads
from vault.domain.whose import owners

_HELD: Final[Mapping[type[Record], str]] = {
    Person: "memberships",
    Mailbox: "readers",
    Phone: "carriers",
    Factor: "holders",
}
"""The field of a record that says who has what."""


_CHANNELS: Final = ("login_mailboxes", "recovery_mailboxes", "recovery_phones")
"""What lets one in to an account, and unseen where there is no password."""


@dataclass(frozen=True)
class Horizon:
    """The days of a departure: from a moment on, up to and with the day that everything is by."""

    leaver: Id
    at: datetime
    day: date

    @property
    def end(self) -> datetime:
        """The first moment after the day."""
        return midnight(self.day + timedelta(days=1))

    def ends(self, thing: Any) -> bool:
        """Say whether what holds now, a record or a spell, does not outlast the day."""
        until, since = thing.until, getattr(thing, "since", None)
        begun = since is None or since <= self.at
        return begun and until is not None and self.at < until <= self.end

    def begins(self, thing: Any) -> bool:
        """Say whether a record or a spell begins on one of the days."""
        until: datetime | None = thing.until
        return self.at < thing.since < self.end and (until is None or thing.since < until)


def leaves_by(person: Person, day: date) -> bool:
    """Say whether somebody's last day is known and no later than a day."""
    return person.last_day is not None and person.last_day <= day


def without_who_goes(registry: Registry, horizon: Horizon) -> Registry:
    """Return the registry in which others who leave no later than a leaver are gone already.

    Two people who leave together must not be left to each other, nor anybody to whose role ends.
    """
    yesterday = horizon.at.date() - timedelta(days=1)
    gone = (
        msgspec.structs.replace(person, last_day=yesterday)
        for person in registry.all(Person)
        if person.id != horizon.leaver and leaves_by(person, horizon.day)
    )
    ended = (
        msgspec.structs.replace(each, until=horizon.at)
        for each in registry.all(Assignment)
        if each.person != horizon.leaver and horizon.ends(each)
    )
    return registry.apply(changes(*gone, *ended))


def without_what_ends(part: Registry, horizon: Horizon, departures: Iterable[Case]) -> Registry:
    """Return part of a registry in which whatever others have no longer than that is over already.

    What the leaver has by it as well stays. Departures that are open come along: who leaves later
    is the last to be given a step.
    """
    part = without_who_goes(part, horizon)
    mine = {horizon.leaver, *_roles_of(part, horizon)}
    ended = filter(None, (_ended(part, record, horizon, mine) for record in part.records()))
    return part.apply(changes(*ended, *departures))


def _roles_of(part: Registry, horizon: Horizon) -> Iterator[Id]:
    """The roles that the leaver holds, now or later."""
    for each in part.assignments_of.get(horizon.leaver, ()):
        if not each.is_over(horizon.at):
            yield each.role


def _ended(part: Registry, record: Record, horizon: Horizon, mine: set[Id]) -> Record | None:
    """The record without what ends by the day and is not the leaver's, None where nothing does."""
    if isinstance(record, Seat):
        is_others = record.person != horizon.leaver and horizon.ends(record)
        return msgspec.structs.replace(record, until=horizon.at) if is_others else None
    name = _HELD.get(type(record))
    if name is None or record.id == horizon.leaver:
        return None
    spells: Spells = getattr(record, name)
    changed: dict[str, object] = {}
    if any(s.of not in mine and horizon.ends(s) for s in spells):
        changed[name] = tuple(
            msgspec.structs.replace(s, until=horizon.at)
            if s.of not in mine and horizon.ends(s)
            else s
            for s in spells
        )
    if isinstance(record, Mailbox | Phone) and horizon.ends(record):
        own = owners(part, record) if isinstance(record, Mailbox) else ()
        whose = record.owner if isinstance(record, Mailbox) else record.contract
        if mine.isdisjoint((whose, *own, *(s.of for s in spells))):
            changed["until"] = horizon.at
    return msgspec.structs.replace(record, **changed) if changed else None


class Foreseen:
    """Part of a registry in which whatever begins for the leaver by the day has begun already.

    `since` names the days from which that is so: of a record, and of the account it is about.
    """

    def __init__(self, part: Registry, horizon: Horizon) -> None:
        self.horizon = horizon
        self.since: dict[Id, date] = {}
        self._roles = {*_roles_of(part, horizon)}
        begun = [*filter(None, (self._begun(part, record) for record in part.records()))]
        self.registry = part.apply(changes(*begun)) if begun else part

    def dated(self, step: Step) -> Step:
        """Return a step that is not done before what it is about has begun."""
        days = (step.not_before, self.since.get(step.account), self.since.get(step.target))
        begins = max(filter(None, days), default=None)
        return msgspec.structs.replace(step, not_before=begins)

    def _begun(self, part: Registry, record: Record) -> Record | None:
        """The record as it will be by the day, or None where nothing begins."""
        horizon, changed = self.horizon, dict[str, object]()
        if isinstance(record, Assignment | Seat | Grant) and self._is_theirs(record):
            if horizon.begins(record):
                changed["since"] = self._from(record.since, record)
        elif isinstance(record, Factor):
            # Once it is asked for it lets in who has it, and once it is not, who has it not.
            if horizon.ends(record):
                changed["until"] = self._from(record.until or horizon.end, record)
            elif horizon.begins(record) and self._has(part, record):
                changed["since"] = self._from(record.since, record)
        elif isinstance(record, Account) and record.since and horizon.begins(record):
            return self._opened(part, record, record.since)
        elif isinstance(record, Credential):
            changed |= self._made(record)
        for name in self._fields(part, record):
            spells: Spells = getattr(record, name)
            new = tuple(self._begun_spell(record, name, spell) for spell in spells)
            if new != spells:
                changed[name] = new
        return msgspec.structs.replace(record, **changed) if changed else None

    def _fields(self, part: Registry, record: Record) -> tuple[str, ...]:
        """The spells of a record by which the leaver comes to have something that they keep."""
        if isinstance(record, Account):  # whoever gets in by a reset leaves no trace in it
            unseen = _CHANNELS if opened_by_channel(part, record) else ()
            return ("owner_roles", "sign_in_accounts", *unseen)
        held = _HELD.get(type(record), "")
        return (
            (held,) if held and (record.id == self.horizon.leaver or held != "memberships") else ()
        )

    def _opened(self, part: Registry, account: Account, since: datetime) -> Account:
        """The account as if it had been opened, and all it hangs on from its first day on.

        What hangs on it has to wait for that day as well: before it nobody gets in by it.
        """
        changed: dict[str, object] = {"since": self._from(since, account)}
        for each in resting_on(part, (account.id,)):
            self.since[each] = max(since.date(), self.since.get(each, date.min))
        for name in account.__struct_fields__:
            spells = getattr(account, name)
            if isinstance(spells, tuple) and any(isinstance(each, Spell) for each in spells):
                changed[name] = tuple(
                    msgspec.structs.replace(s, since=self.horizon.at)
                    if self.horizon.begins(s)
                    else s
                    for s in spells
                )
        return msgspec.structs.replace(account, **changed)

    def _made(self, credential: Credential) -> dict[str, object]:
        """What changes of a secret that is made with an account that is yet to be opened."""
        versions = tuple(map(self._made_now, credential.versions))
        return {"versions": versions} if versions != credential.versions else {}

    def _made_now(self, version: Version) -> Version:
        at, current = self.horizon.at, version.current_from
        if current is None or not at < current < self.horizon.end:
            return version
        return msgspec.structs.replace(version, made_at=min(version.made_at, at), current_from=at)

    def _is_theirs(self, record: Assignment | Seat | Grant) -> bool:
        who = record.granted_by if isinstance(record, Grant) else record.person
        return who == self.horizon.leaver

    def _is_feared(self, spell: Spell) -> bool:
        return spell.of == self.horizon.leaver or spell.of in self._roles

    def _has(self, part: Registry, factor: Factor) -> bool:
        leaver, at, seed = self.horizon.leaver, self.horizon.at, part.find(factor.credential)
        version = seed.at_stage("current", at) if isinstance(seed, Credential) else None
        return (
            is_of_unknown_holder(factor)
            or any(map(self._is_feared, factor.holders))
            or reads(part, leaver, factor.mailbox, at)
            or carries(part, leaver, factor.phone, at)
            or (
                isinstance(seed, Credential)
                and version is not None
                and could_know(part, leaver, seed, version, at)
            )
        )

    def _begun_spell(self, record: Record, name: str, spell: Spell) -> Spell:
        helps = {
            "memberships": True,
            "sign_in_accounts": True,
            **dict.fromkeys(_CHANNELS, True),
            "owner_roles": self._is_feared(spell),
        }.get(name, self._is_feared(spell))
        if not (helps and self.horizon.begins(spell)):
            return spell
        if name in _HELD.values() and spell.of in self._roles:
            # It is theirs by the role, and is taken from them with that: no step waits for it.
            return msgspec.structs.replace(spell, since=self.horizon.at)
        return msgspec.structs.replace(spell, since=self._from(spell.since, record))

    def _from(self, moment: datetime, record: Record) -> datetime:
        """Note from when something is so; return the moment from which the plan takes it so."""
        for each in filter(None, (record.id, getattr(record, "account", ""))):
            self.since[each] = max(moment.date(), self.since.get(each, date.min))
        return self.horizon.at
