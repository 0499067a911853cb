"""Turning what was typed into values: dates, names of records, and both together."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

import click

from vault.cli.invocation import Invocation
from vault.domain.naming import resolve
from vault.domain.record import Record
from vault.errors import UsageError

if TYPE_CHECKING:
    from vault.domain.ids import Id
    from vault.domain.registry import Registry

R = TypeVar("R", bound=Record)

pass_invocation = click.make_pass_decorator(Invocation)


def day(text: str, option: str = "the date") -> date:
    """Return an ISO date; raises UsageError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{option} is no date: {text!r}"
        raise UsageError(message, "give it as YYYY-MM-DD, such as 2026-11-30") from error


def optional_day(text: str | None, option: str) -> date | None:
    """Return an ISO date, or None where nothing was given."""
    return day(text, option) if text else None


def moment(text: str | None, option: str, default: datetime) -> datetime:
    """Return the first moment of a day, UTC, or the default where nothing was given."""
    if not text:
        return default
    given = day(text, option)
    return datetime(given.year, given.month, given.day, tzinfo=UTC)


def holder(registry: Registry, text: str) -> Id:
    """Return the id of the person or role that a text names; a role may be written `role:NAME`."""
    from vault.domain.person import Person
    from vault.domain.role import Role
    from vault.errors import NotFoundError

    if text.startswith("role:"):
        return resolve(registry, Role, text.removeprefix("role:")).id
    if text.startswith("person:"):
        return resolve(registry, Person, text.removeprefix("person:")).id
    try:
        return resolve(registry, Role, text).id
    except NotFoundError:
        return resolve(registry, Person, text).id
