"""Records in words: fields as a person reads them, with names for ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from vault.domain.cases import KINDS, Case
from vault.domain.credential import Credential, Exposure
from vault.domain.decision import Decision
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.instructions import called
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.review import ReviewedTie
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.spell import Spell, current
from vault.domain.wording import in_words

NOT_FOR_PEOPLE = frozenset({"memberships", "challenge", "versions", "sessions_ended", "before"})
"""Fields that are told in other words, or to programs only."""


def value_in_words(registry: Registry, value: object, at: datetime) -> str:
    """Return a field's value as a person reads it: ids as names, spells as what holds now."""
    match value:
        case None | False | ():
            text = ""
        case True:
            text = "yes"
        case str():
            text = registry.name_of(value) if value in registry else value
        case datetime():
            text = value.strftime("%Y-%m-%d %H:%M")
        case tuple() | list():
            text = _several(registry, value, at)
        case msgspec.Struct():
            told = {
                name: value_in_words(registry, getattr(value, name), at)
                for name in value.__struct_fields__
                if name not in NOT_FOR_PEOPLE
            }
            text = "; ".join(f"{in_words(n)} {each}" for n, each in told.items() if each)
        case _:
            text = str(value)
    return text


def _several(registry: Registry, values: Sequence[object], at: datetime) -> str:
    spells = [each for each in values if isinstance(each, Spell)]
    if spells:
        return _spells(registry, spells, at)
    return ", ".join(value_in_words(registry, each, at) for each in values)


def _spells(registry: Registry, spells: Iterable[Spell], at: datetime) -> str:
    told = []
    for spell in spells:
        name = registry.name_of(spell.of) if spell.of in registry else spell.of
        if spell.holds(at):
            told.append(name)
        elif spell.until is not None and spell.until <= at:
            told.append(f"{name} (until {spell.until.date()})")
        else:
            told.append(f"{name} (from {spell.since.date()})")
    return ", ".join(told)


def names(registry: Registry, spells: tuple[Spell, ...], at: datetime) -> str:
    """Return the names of what holds at a moment, with commas."""
    return ", ".join(map(registry.name_of, current(spells, at)))


def label_of(registry: Registry, record: Record) -> str:
    """Return what a record is called in a list: what is on an account, or of somebody, with that.

    A case goes by its kind, what it is about and when it was opened (UTC).
    """
    name = registry.name_of
    match record:
        case Seat(account=on):
            told = f"{name(record.person or record.role_account)} ({record.level})"
        case Factor(account=on) | Grant(account=on) | Credential(account=on):
            told = called(registry, record.id)
        case Exposure(credential=of):
            on, told = record.person, f"{label_by_id(registry, of)}, version {record.version}, "
            told += in_words(record.how)
        case Assignment(person=on, role=role):
            told = name(role)
        case Decision(account=on):
            told = record.what
        case ReviewedTie(review=on):
            told = record.why
        case Case():
            return f"{case_in_words(registry, record)}, opened {record.opened_at:%Y-%m-%d %H:%M}"
        case _:
            return name(record.id)
    return f"{name(on)}: {told}"


def case_in_words(registry: Registry, case: Case) -> str:
    """Return the kind of a case and what it is about, such as "rotation of x/@acme: password"."""
    about = label_by_id(registry, case.credential) or registry.name_of(case.person or case.account)
    return f"{KINDS[case.what]} of {about}"


def label_by_id(registry: Registry, record_id: Id) -> str:
    """Return what the record of an id is called in a list, or the beginning of the id."""
    record = registry.find(record_id)
    return label_of(registry, record) if record else record_id[:8]
