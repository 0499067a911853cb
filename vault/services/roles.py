"""Roles: given to people, and taken from them."""

from __future__ import annotations

import shlex
from datetime import datetime

from vault.domain.person import Person
from vault.domain.role import Assignment, Role
from vault.errors import NotFoundError, RefusedError
from vault.services.editing import add_record, end_record, fresh_id
from vault.services.session import Session


def assign_role(session: Session, role: Role, person: Person, since: datetime) -> Assignment:
    """Give a role to somebody from a moment on.

    Raises RefusedError for a role that has ended, or somebody who has left or holds it already.
    """
    if role.until is not None and role.until <= since:
        message = f"the role {role.name} ended {role.until.date()}"
        add = f"safehands role add {shlex.quote(role.name)}"
        raise RefusedError(message, f"add it again under its name: {add}")
    begins = max(since, session.env.now())
    if not person.stays(begins):
        message = f"{person.name} does not work here on {begins.date()}"
        raise RefusedError(message, "give the role to somebody who stays")
    new = Assignment(id=fresh_id(session), person=person.id, role=role.id, since=since)
    return add_record(session, new)


def unassign_role(session: Session, role: Role, person: Person, ends: datetime) -> Assignment:
    """Take a role from somebody from a moment on; raises NotFoundError if they do not hold it."""
    for assignment in session.registry.assignments_of.get(role.id, ()):
        if assignment.person == person.id and assignment.until is None:
            return end_record(session, assignment, ends)
    message = f"{person.name} does not hold the role {role.name}"
    raise NotFoundError(message, f"see who does: safehands role show {role.id[:8]}")
