"""What a record gives to people who leave, which nobody may have noticed: told, and never refused.

A registry that refuses a fact would be wrong, and a departure that is open takes back what its plan
knows of.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.mending import Names
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.spell import coming


class Handed(NamedTuple):
    """That somebody who was given something leaves, as a clause, and what to do about it."""

    what: str
    to_do: str


def handed_to_leavers(
    registry: Registry, old: Record | None, new: Record, at: datetime
) -> Iterator[Handed]:
    """Yield a word on each person who leaves, or has left, and whom `new` gives what `old` did not.

    That is a role, a seat, a tool, a mailbox, a phone or a second factor, now or from a later day,
    or an account that is opened again, with the seats and factors on it.
    """
    before = _given_to(registry, old, at) if old is not None else set()
    given = (registry.find(each) for each in _given_to(registry, new, at) - before)
    for person in sorted((p for p in given if isinstance(p, Person)), key=lambda p: p.name):
        told = _leaving(registry, person, at)
        if told is not None:
            yield told


def _given_to(registry: Registry, record: Record, at: datetime) -> set[Id]:
    """To whom a record gives something; what is somebody's own anyway is not given to them."""
    until: datetime | None = getattr(record, "until", None)
    given = set[Id]()
    if until is not None and until <= at:
        return given
    match record:
        case Account(id=about):
            held = (*registry.seats_on.get(about, ()), *registry.factors_of.get(about, ()))
            given.update(*(_given_to(registry, each, at) for each in held))
        case Assignment(person=who) | Seat(person=who) | Grant(granted_by=who):
            given.add(who)
        case Mailbox(owner=owner, readers=readers, type=kind) if kind != "personal":
            given |= {owner, *coming(readers, at)}
        case Phone(carriers=carriers, contract=contract):
            given.update(set(coming(carriers, at)) - {contract})
        case Factor(holders=holders):
            given.update(coming(holders, at))
    return given


def _leaving(registry: Registry, person: Person, at: datetime) -> Handed | None:
    name, day = person.name, person.last_day
    case = next((c for c in registry.open_cases if c.person == person.id), None)
    if day is None:
        return _called_off(name, case) if case else None
    told = f"{name} {'left' if person.status(at) == 'left' else 'leaves'} on {day}"
    if case is None:
        plan = f"safehands offboard plan {Names(registry).typed(person)}"
        to_do = f"give it to somebody who stays, or plan the departure with it: {plan}"
        return Handed(told, to_do)
    again = f"safehands case replan {case.id[:8]}"
    to_do = f"give it to somebody who stays, or plan the departure again, with it: {again}"
    return Handed(f"{told}, and the departure is open: case {case.id[:8]}", to_do)


def _called_off(name: str, case: Case) -> Handed:
    close = f"safehands case close {case.id[:8]} --called-off --reason TEXT"
    told = f"{name} stays, but the case of the departure is open: {case.id[:8]}"
    return Handed(told, f"end it, what was done stays done: {close}")
