"""What stands in the way of a rotation, told before a secret is changed.

Nobody who stays can do it; or somebody who left would be let in again all the same, by a reset that
goes to a mailbox or phone they still have, or know the new secret too, out of the vault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from vault.domain.access import Access, company_side, leaver_side
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.credential import LOGIN_SECRETS
from vault.domain.effects import effect
from vault.domain.guards import objection, obstacle
from vault.domain.holders import roles_of
from vault.domain.mending import Names
from vault.domain.neighbourhood import surroundings
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.simulation import TICK
from vault.domain.steps import STAGED, Step
from vault.domain.ways_out import Blocker, Offer, Way, offered, way

WAYS_OUT: Final[Sequence[Offer]] = (
    (
        "by_hand",
        "record what somebody who stays has: its password, second factor, log-in address or a seat",
    ),
    ("by_hand", "recover the account by a mailbox or phone of the company"),
)

_KEEPING_OUT: Final = STAGED | {"enrol_factor", "end_sessions"}
"""Acts that are worth nothing while who left gets in all the same."""


def blockers(
    registry: Registry, account: Account, steps: Sequence[Step], at: datetime
) -> Iterator[Blocker]:
    """Yield what stands in the way of a rotation's steps on an account."""
    part = surroundings(registry, [account.id])
    first = next(step for step in steps if step.act != "prove_mailbox")  # which is done elsewhere
    why = obstacle(part, first, company_side(part, at), at)
    if why:
        yield Blocker(account.id, why, offered(part, WAYS_OUT, at, account.id))
    if any(step.act in _KEEPING_OUT for step in steps):
        yield from _let_in_again(registry, part, account, steps, at)


def _let_in_again(
    registry: Registry, part: Registry, account: Account, steps: Sequence[Step], at: datetime
) -> Iterator[Blocker]:
    """Who left and gets in after the last step, with none of what they knew before.

    Other log-in secrets and the accounts one signs in with have rotations of their own.
    """
    left = [person for person in part.all(Person) if person.status(at) == "left"]
    for person in left:
        if person.is_member(at):
            why = f"{person.name} has left and can open the vault, so they would know the new one"
            yield Blocker(account.id, why, tuple(_ways_out(registry, part, person, at)))
    outside = [person for person in left if not person.is_member(at)]
    after, end = _carried_out(part, account, steps, at)
    everybody = Access(after, leaver_side(*(person.id for person in outside)), end)
    if not outside or not everybody.can_log_in(account.id):
        return
    for person in outside:
        access = Access(after, leaver_side(person.id), end)
        if access.can_log_in(account.id):
            chain = " -> ".join(access.why(account.id))
            why = f"{person.name} has left and would still get in: {chain}"
            yield Blocker(account.id, why, tuple(_ways_out(registry, part, person, at)))


def _carried_out(
    part: Registry, account: Account, steps: Sequence[Step], at: datetime
) -> tuple[Registry, datetime]:
    for step in steps:
        at += TICK
        if not objection(part, step, at):
            part = part.apply(effect(part, step, at, step.assignee))
    at += TICK
    found = part.account(account.id)
    ended = (*found.sessions_ended, at)
    alone = msgspec.structs.replace(found, sign_in_accounts=(), containers=(), sessions_ended=ended)
    secrets = (c for c in part.credentials_of.get(account.id, ()) if c.what in LOGIN_SECRETS)
    gone = (msgspec.structs.replace(each, until=at) for each in secrets)
    return part.apply(changes(alone, *gone)), at


def _ways_out(registry: Registry, part: Registry, person: Person, at: datetime) -> Iterator[Way]:
    names = Names(registry)
    held = {a.role: a for a in part.assignments_of.get(person.id, ()) if a.holds(at)}
    for role in roles_of(part, person.id, at):
        yield way(names, "end_assignment", "end their role first", held[role])
    yield way(names, "plan_departure", "plan the departure first", person)
