"""Roles and seats that a source gave somebody before, and names as theirs no longer.

Whoever moves from one role to another must not keep the first one unseen. Nothing but their id says
that a source brought them: it is made of the source's name and of what they tie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import count
from shlex import quote

import msgspec

from vault.domain.credential import Credential, Exposure
from vault.domain.ids import Id, derived_id
from vault.domain.mending import Names
from vault.domain.person import Person
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.telling import label_of
from vault.domain.text import clean
from vault.errors import ImportRefusedError
from vault.services.import_gone import FEW, MOST_GONE
from vault.services.import_report import Proposal
from vault.services.import_run import ImportRun

Tie = Assignment | Seat | Exposure


def role_id(run: ImportRun, person: Id, role: Id, number: int) -> Id:
    """Return the id of the assignment of that number which a source makes of a person to a role."""
    further = (str(number),) if number else ()
    return derived_id("import", run.source, person, role, *further)


def holder_id(run: ImportRun, person: Id, account: Id, number: int) -> Id:
    """Return the id of a holder's seat or exposure of that number on an account."""
    return derived_id("import", run.source, account, person, str(number))


def is_ours(run: ImportRun, tie: Tie, also: Collection[Id] = ()) -> bool:
    """Say whether the source brought a tie, of its person or of what `also` they go by."""
    made = role_id if isinstance(tie, Assignment) else holder_id
    on = _on(run, tie)
    for person in (tie.person, *also):
        for number in count():
            found = made(run, person, on, number)
            if found == tie.id:
                return True
            if found not in run.registry:
                break
    return False


def propose_ties(run: ImportRun, known: Collection[Id], *, accepted: bool, end: bool) -> None:
    """Add a proposal for each tie that the source gave to, or on, the known and names no longer.

    With `end` roles and seats are ended as of the run's moment. A password is known until it is
    changed, which its proposal tells how to do. Raises ImportRefusedError where so many would be
    ended that the list is rather broken, unless that was accepted.
    """
    others: defaultdict[Id, list[Id]] = defaultdict(list)
    for person in run.registry.all(Person):
        if person.one_with:
            others[person.one_with].append(person.id)
    held = list(_held(run, known))
    gone = [tie for tie in held if tie.id not in run.tied and is_ours(run, tie, others[tie.person])]
    ending = [tie for tie in gone if not isinstance(tie, Exposure)]
    if end and not accepted and len(ending) > FEW:
        may_end = (tie for tie in held if not isinstance(tie, Exposure))
        given = sum(is_ours(run, tie, others[tie.person]) for tie in may_end)
        _refuse_many(run, len(ending), given)
    names = Names(run.registry)
    for tie in gone:
        kind, label, ended = type(tie).__name__.lower(), label_of(run.registry, tie), end
        if isinstance(tie, Exposure):
            account = run.registry.account(_on(run, tie))
            label += f"; to change it: safehands rotate start {names.typed(account)}"
            ended = False
        run.proposals.append(Proposal(kind, tie.id, label, ended=ended))
        if end and not isinstance(tie, Exposure):
            run.put(msgspec.structs.replace(tie, until=max(run.as_of, tie.since)))


def _refuse_many(run: ImportRun, gone: int, given: int) -> None:
    if gone > MOST_GONE * given:
        what = "roles" if run.mapping.source.kind == "people" else "seats"
        message = f"{gone:,} of {given:,} {what} that {clean(run.source)} gave are gone"
        accept = f"--accept-gone {quote(clean(run.source))}"
        hint = f"if that is true, say so with {accept}; otherwise export it again"
        raise ImportRefusedError(message, hint)


def _held(run: ImportRun, known: Collection[Id]) -> Iterator[Tie]:
    """The ties of the kinds that the mapping tells of, on or of those whom rows mean."""
    registry, at = run.registry, run.as_of
    if run.mapping.source.kind == "people" and run.mapping.has("role"):
        for given in registry.all(Assignment):
            if given.person in known and not given.is_over(at):
                yield given
    if run.mapping.source.kind == "accounts" and run.mapping.has("holder"):
        for seat in registry.all(Seat):
            if seat.account in known and seat.person and not seat.is_over(at):
                yield seat
        for known_by in registry.all(Exposure):
            if known_by.how == "assumed" and known_by.until is None:
                secret = registry.get(known_by.credential, Credential)
                version = secret.at_stage("current", at)
                if secret.account in known and version and version.number == known_by.version:
                    yield known_by


def _on(run: ImportRun, tie: Tie) -> Id:
    """What a tie is on: a role or an account."""
    if isinstance(tie, Assignment):
        return tie.role
    if isinstance(tie, Seat):
        return tie.account
    return run.registry.get(tie.credential, Credential).account
