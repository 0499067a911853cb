"""Turning what was typed into values: dates, names of records, and both together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from vault.cli.invocation import Invocation
from vault.domain.naming import holder
from vault.domain.spell import Spell, Spells, begun, ended, midnight
from vault.domain.text import clean
from vault.errors import UsageError

if TYPE_CHECKING:
    from vault.domain.registry import Registry

# Click's own type for it loses the parameters of commands that take any option.
pass_invocation: Callable[[Callable[..., Any]], Callable[..., Any]] = click.make_pass_decorator(
    Invocation
)

kdf_option = click.option(
    "--kdf",
    type=click.Choice(["strong", "floor"]),
    default="strong",
    show_default=True,
    help="What a guess at the passphrase costs; floor is for scripts and tests.",
)


def no_dash(_context: click.Context, option: click.Parameter, given: Any) -> Any:
    """Return the file that was named; raises UsageError for `-`, which names no file here."""
    named = given if isinstance(given, tuple) else (given,)
    if "-" in map(str, named):
        message = f"{option.opts[0]} is '-', which would be a file of that name"
        hint = "for standard output leave --out out"
        if option.param_type_name == "argument":
            hint = "for standard input give /dev/stdin"
        raise UsageError(message, hint)
    return given


def refuse_force(out: str | None, *, force: bool) -> None:
    """Raise UsageError for --force without a file that could give way."""
    if force and not out:
        message = "--force is for a file that is there already, and none is named"
        raise UsageError(message, "name it: --out FILE")


def day(text: str, option: str = "the date") -> date:
    """Return an ISO date; raises UsageError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{option} is no date: {clean(text)!r}"
        raise UsageError(message, "give it as YYYY-MM-DD, such as 2026-11-30") from error


def day_or_moment(text: str, option: str) -> date:
    """Return an ISO date, or the aware moment where a time is given; without a zone it is UTC.

    Raises UsageError for anything else.
    """
    try:
        read = datetime.fromisoformat(text)
        if len(text) > len("YYYY-MM-DD"):
            return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return day(text, option)


def optional_day(text: str | None, option: str) -> date | None:
    """Return an ISO date, or None where nothing was given."""
    return day(text, option) if text else None


def moment(text: str | None, option: str, default: datetime) -> datetime:
    """Return the first moment of a day, UTC, or the default where nothing was given."""
    return midnight(day(text, option)) if text else default


def holders(registry: Registry, texts: tuple[str, ...], since: datetime) -> Spells:
    """Return spells of the persons and roles that texts name, each beginning at a moment."""
    return tuple(Spell(holder(registry, each), since) for each in texts)


def changed(
    registry: Registry,
    spells: Spells,
    new: tuple[str, ...],
    gone: tuple[str, ...],
    at: datetime,
) -> Spells:
    """Return spells of persons and roles with those of `new` begun and those of `gone` ended."""
    for text in new:
        spells = begun(spells, holder(registry, text), at)
    if not gone:
        return spells
    return ended(spells, at, [holder(registry, text) for text in gone])


def given(**values: object) -> dict[str, Any]:
    """Return the values that were given: those that are not None and not empty tuples."""
    return {name: value for name, value in values.items() if value is not None and value != ()}
