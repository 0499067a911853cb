"""Roles: given to people, and taken from them."""

from __future__ import annotations

import shlex
from datetime import datetime

from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.steps import Step
from vault.errors import NotFoundError, RefusedError
from vault.services.editing import add_record, end_record, fresh_id
from vault.services.guarding import guarded
from vault.services.session import Session


def assign_role(session: Session, role: Role, person: Person, since: datetime) -> Assignment:
    """Give a role to somebody from a moment on.

    Raises RefusedError for a role that has ended, or somebody who has left or holds it already.
    """

    def guard(registry: Registry, now: datetime) -> None:
        found, begins = registry.role(role.id), max(since, now)
        if found.until is not None and found.until <= since:
            message = f"the role {found.name} ended {found.until.date()}"
            add = f"safehands role add {shlex.quote(found.name)}"
            raise RefusedError(message, f"add it again under its name: {add}")
        if not registry.person(person.id).stays(begins):
            message = f"{person.name} does not work here on {begins.date()}"
            raise RefusedError(message, "give the role to somebody who stays")

    new = Assignment(id=fresh_id(session), person=person.id, role=role.id, since=since)
    return add_record(session, new, guard)


def unassign_role(
    session: Session, role: Role, person: Person, ends: datetime, *, force: bool = False
) -> Assignment:
    """Take a role from somebody from a moment on, which replaces a later end.

    Raises NotFoundError if they do not hold it, and what `end_assignment` does.
    """
    then = max(ends, session.env.now())
    theirs = (
        a
        for a in session.registry.assignments_of.get(role.id, ())
        if a.role == role.id and a.person == person.id and not a.is_over(then)
    )
    found = min(theirs, key=lambda a: a.since, default=None)
    if found is None:
        message = f"{person.name} does not hold the role {role.name} on {then.date()}"
        raise NotFoundError(message, f"see who does: safehands role show {role.id[:8]}")
    return end_assignment(session, found, ends, force=force)


def end_assignment(
    session: Session, assignment: Assignment, ends: datetime | None = None, *, force: bool = False
) -> Assignment:
    """Take a role from who holds it, from a moment on (now, if not given).

    Raises RefusedError where the role owns something and nobody else who stays holds it, unless
    it is a fact that cannot be helped (`force`).
    """
    held = assignment
    step = Step(id="", act="end_role_assignment", target=held.id, person=held.person)
    give = f"safehands role assign {held.role[:8]} PERSON"
    is_meant = ends is None or held.since <= ends  # else the dates are refused, forced or not
    guard = guarded(step, f"give it to somebody who stays first: {give}", ends)
    return end_record(session, held, ends, guard if is_meant and not force else None)
