"""Two records of one person made one: what ties the one to anything ties the other from then on.

It is as if there had always been one: what was held at any past moment is held by the one who is
kept. What somebody did stays under the name that they did it by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from vault.domain.cases import Case
from vault.domain.changes import changes
from vault.domain.credential import Exposure
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.levels import LEVELS
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.review import ReviewedTie
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.span import NEVER, Span, complement, intersection, span, union
from vault.domain.spell import FOREVER, Spell, Spells

Right = Assignment | Seat | Grant

_TIES: Final[Mapping[type[Record], tuple[str, ...]]] = {
    Assignment: ("person",),
    Case: ("person",),
    Exposure: ("person",),
    Factor: ("holders",),
    Grant: ("granted_by",),
    Mailbox: ("owner", "readers", "shut_out"),
    Person: ("manager", "one_with"),
    Phone: ("contract", "carriers"),
    ReviewedTie: ("person",),
    Seat: ("person",),
}
"""The fields that tie a record to a person: ids, and spells of ids."""

_KEYS: Final = ("mail", "external_id", "note")


def merged(
    registry: Registry, keep: Person, other: Person, at: datetime, fresh: Callable[[], Id]
) -> Iterator[Record]:
    """Yield the records that change where two are one person and `keep` stands for both.

    `other` stays, without ties, as what else they are called. Of rights on one thing at one time
    the strongest is left. `fresh` makes the id of a right that another one splits.
    """
    moved = [
        new
        for kind, fields in _TIES.items()
        for record in registry.all(kind)
        if record.id not in {keep.id, other.id}
        and (new := _moved(record, fields, other.id, keep.id)) is not record
    ]
    yield from (each for each in moved if not isinstance(each, Right))
    after = registry.apply(changes(*moved))
    for on in {_on(each) for each in moved if isinstance(each, Right)}:
        for each in _apart((r for r in _rights(after, keep.id) if _on(r) == on), fresh):
            if registry.find(each.id) != each:
                yield each
    yield from _as_one(keep, other, at)


def _moved(record: Record, fields: Iterable[str], old: Id, new: Id) -> Record:
    """A record with one person in place of another; the same where it does not name them."""
    values: dict[str, Id | Spells] = {}
    for field in fields:
        value: Id | Spells = getattr(record, field)
        if isinstance(value, str):
            values |= {field: new} if value == old else {}
        elif any(spell.of == old for spell in value):
            values[field] = _spells(value, {old, new}, new)
    return msgspec.structs.replace(record, **values) if values else record


def _spells(spells: Spells, both: set[Id], new: Id) -> Spells:
    """The spells with those of both as those of one, none of which overlap.

    One that never held stays: where nobody was ever named, nobody knows who it was.
    """
    others = (each for each in spells if each.of not in both)
    ours = [Spell(new, each.since, each.until) for each in spells if each.of in both]
    never = (each for each in ours if not span(each.since, each.until))
    held = union(span(each.since, each.until) for each in ours)
    return (*others, *never, *(Spell(new, since, _until(end)) for since, end in held))


def _until(end: datetime) -> datetime | None:
    return None if end == FOREVER else end


def _rights(registry: Registry, person: Id) -> Iterator[Right]:
    yield from (a for a in registry.assignments_of.get(person, ()) if a.person == person)
    yield from (s for s in registry.seats_of.get(person, ()) if s.person == person)
    yield from (g for g in registry.grants_by.get(person, ()) if g.granted_by == person)


def _on(right: Right) -> tuple[Id, ...]:
    """What a right is on: of two on one thing, only one can hold at a time."""
    if isinstance(right, Assignment):
        return (right.role,)
    return (right.account, right.tool) if isinstance(right, Grant) else (right.account,)


def _strength(right: Right) -> tuple[int, bool, datetime, Id]:
    level = 0 if isinstance(right, Assignment) else LEVELS.index(right.level)
    unproved = isinstance(right, Seat) and right.confirmed_on is None
    return level, unproved, right.since, right.id


def _apart(rights: Iterable[Right], fresh: Callable[[], Id]) -> Iterator[Right]:
    """Yield rights on one thing so that no two hold at one time: at each moment the strongest.

    One that is left no time ends when it began, and so never held.
    """
    taken: Span = NEVER
    for right in sorted(rights, key=_strength):
        free = intersection(span(right.since, right.until), complement(taken))
        taken = union((taken, free))
        if not free:
            yield msgspec.structs.replace(right, until=right.since)
        for number, (since, end) in enumerate(free):
            name = fresh() if number else right.id
            yield msgspec.structs.replace(right, id=name, since=since, until=_until(end))


def _as_one(keep: Person, other: Person, at: datetime) -> Iterator[Person]:
    """The two people: what only the other was known by is the kept one's now."""
    given = {key: getattr(other, key) for key in _KEYS if not getattr(keep, key)}
    begun = [day for day in (keep.joined, other.joined) if day is not None]
    yield msgspec.structs.replace(
        keep,
        **given,
        joined=min(begun) if len(begun) > 1 else None,
        manager=next(
            (m for m in (keep.manager, other.manager) if m not in {keep.id, other.id}), ""
        ),
    )
    gone = dict.fromkeys(given, "")
    last_day = at.date() - timedelta(days=1)
    yield msgspec.structs.replace(
        other, **gone, one_with=keep.id, manager="", joined=None, last_day=last_day
    )
