"""People: added so that nobody is taken for somebody else, and two records of one made one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from vault.domain.changes import Changes, changes
from vault.domain.mending import Names
from vault.domain.merging import merged
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.records import encode_head
from vault.domain.registry import Registry
from vault.domain.validation import validate
from vault.errors import RefusedError, UsageError
from vault.services.editing import add_record, edit_record, fresh_id
from vault.services.session import Session


def add_person(session: Session, name: str, *, another: bool = False, **values: Any) -> Person:
    """Add somebody; raises RefusedError for one who is most likely in the registry already.

    That is who shares an address or an external id, or a name where nothing tells the two apart:
    the plan for one would be made for the other. `another` says that it is somebody else of that
    name.
    """
    person = Person(id=fresh_id(session), name=name, **values)

    def guard(registry: Registry, _: datetime) -> None:
        _refuse_shared_keys(registry, person, _keys(person))
        for other in namesakes(registry, person):
            if not (another or told_apart(person, other)):
                message = f"there is a person {other.name!r} already, as {other.id[:8]}"
                same = f"if it is the same person: safehands person edit {other.id[:8]}"
                ways = "or give both an address (--mail), or say it is somebody else with --another"
                raise RefusedError(message, f"{same}, {ways}")

    return add_record(session, person, guard)


def edit_person(session: Session, person: Person, **values: Any) -> Person:
    """Change what is known of somebody and return the record.

    An address or a name that another one replaces stays theirs: lists may go on naming them by it.
    Raises RefusedError where they are given an address or an external id of somebody else.
    """
    if values.get("mail"):
        values["other_mails"] = _kept_mails(person, **values)
    if values.get("name", person.name) != person.name:
        listed = person.listed_as or person.name
        values["listed_as"] = "" if folded(listed) == folded(values["name"]) else listed
    edited = msgspec.structs.replace(person, **values)

    def guard(registry: Registry, _: datetime) -> None:
        _refuse_shared_keys(registry, edited, _keys(edited) - _keys(person))

    return edit_record(session, person, guard, **values)


def _kept_mails(person: Person, mail: str, **values: Any) -> tuple[str, ...]:
    """Their other addresses once `mail` is the first: with the one that was, without that."""
    others = (*values.get("other_mails", person.other_mails), person.mail)
    kept = {folded(each): each for each in others if each}
    kept.pop(folded(mail), None)
    return tuple(kept.values())


def merge_people(session: Session, keep: Person, other: Person) -> Person:
    """Make one person of two records of the same one, and return the one that is kept.

    All that ties `other` to anything is tied to `keep`, as if it had always been so; `other` stays
    as what else they are called, and whatever names it means `keep` (docs/import.md). Raises
    UsageError for one and the same, and RefusedError where they may well be two people, or where
    work under way counts on one of them.
    """

    def decide(registry: Registry, now: datetime) -> Changes:
        return changes(*_merged(session, registry, keep, other, now))

    registry = session.write("person.merge", decide, note=f"{other.name} is {keep.name}")
    return registry.person(keep.id)


def look_at_merging(session: Session, keep: Person, other: Person) -> tuple[Record, ...]:
    """Return what `merge_people` would change, as it would be then; raises as that does."""
    return _merged(session, session.registry, keep, other, session.env.now())


def _merged(
    session: Session, registry: Registry, keep: Person, other: Person, now: datetime
) -> tuple[Record, ...]:
    if keep.id == other.id:
        message = f"{keep.name} is one person already"
        raise UsageError(message, "name two: see safehands person list")
    one, two = registry.person(keep.id), registry.person(other.id)
    _refuse_merging(registry, one, two)
    made = tuple(merged(registry, one, two, now, lambda: fresh_id(session)))
    validate(registry, changes(*made))
    return made


def _refuse_merging(registry: Registry, keep: Person, other: Person) -> None:
    names = Names(registry)
    if other.memberships:
        message = f"{other.name} is or was a member of the vault, which no other record can be"
        swapped = f"safehands person merge {names.typed(other)} {names.typed(keep)}"
        raise RefusedError(message, f"keep that one: {swapped}")
    if keep.last_day != other.last_day:
        leaver = keep if other.last_day is None else other
        stays = other if leaver is keep else keep
        ends = stays.last_day or "no last day"
        message = f"{leaver.name} has the last day {leaver.last_day}, and {stays.name} {ends}"
        leave = f"safehands person leave {names.typed(stays)} --last-day {leaver.last_day}"
        raise RefusedError(message, f"if they are one, record what is true of both: {leave}")
    for case in registry.open_cases:
        if case.person == keep.id or other.id.encode() in encode_head(case):
            message = f"case {case.id[:8]} is open, and counts on one of them"
            raise RefusedError(message, f"close it first: safehands case next {case.id[:8]}")


def namesakes(registry: Registry, person: Person) -> list[Person]:
    """Return the others of a person's name."""
    name = folded(person.name)
    return [p for p in registry.all(Person) if p.id != person.id and folded(p.name) == name]


def told_apart(one: Person, other: Person) -> bool:
    """Say whether both have a work address, or both an external id, and not the same."""
    keys = ((one.mail, other.mail), (one.external_id, other.external_id))
    return any(mine and theirs and folded(mine) != folded(theirs) for mine, theirs in keys)


def _keys(person: Person) -> set[tuple[str, str]]:
    """What a person is known by, wherever it comes from: what it is, and how it is compared."""
    mails = {("address", folded(mail)) for mail in (person.mail, *person.other_mails) if mail}
    return mails | ({("external id", folded(person.external_id))} if person.external_id else set())


def _refuse_shared_keys(registry: Registry, person: Person, given: set[tuple[str, str]]) -> None:
    for other in registry.all(Person):
        shared = given & _keys(other)
        if shared and person.id not in {other.id, other.one_with}:
            message = f"{other.name} has the {' '.join(min(shared))} already"
            hint = f"edit that one: safehands person edit {other.id[:8]}"
            raise RefusedError(message, hint)
