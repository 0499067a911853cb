"""The secrets that open cases are changing, and when one of them may be given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from shlex import quote

from vault.domain.cases import ENDED, Case
from vault.domain.existence import was_open
from vault.domain.factor import Factor
from vault.domain.ids import Id
from vault.domain.registry import Registry
from vault.domain.steps import Step
from vault.errors import RefusedError


def under_way(registry: Registry, at: datetime | None = None) -> dict[Id, Case]:
    """Return the secrets that open cases are changing, each with its case; at a moment, if given.

    A rotation holds all secrets of its steps, a departure those of which a new version was applied.
    """
    found: dict[Id, Case] = {}
    for case in registry.open_cases if at is None else _open_at(registry, at):
        for progress in case.progress:
            of_rotation = case.what == "rotation" and progress.state not in {"waived", "dropped"}
            if of_rotation or progress.state == "pending":
                found[_renewed_by(registry, progress.step)] = case
            if of_rotation and case.credential:
                found[case.credential] = case  # a seed that no factor is made from has no such step
    return found


def _open_at(registry: Registry, at: datetime) -> Iterator[Case]:
    """The cases that were open at a moment, as they were then."""
    return (case.as_of(at) for case in registry.all(Case) if was_open(case, at))


def _renewed_by(registry: Registry, step: Step) -> Id:
    """The secret that a step changes: a seed goes with the factor that is made from it."""
    factor = registry.find(step.target) if step.act == "remove_factor" else None
    return factor.credential if isinstance(factor, Factor) else step.target


def changed_by(registry: Registry, case: Case, secret: Id) -> date | None:
    """Return the day by which a case has to change a secret, None where it did or has no date."""
    steps = [p for p in case.progress if _renewed_by(registry, p.step) == secret]
    left = (p.step.due for p in steps or case.progress if p.state not in ENDED)
    return min(filter(None, left), default=None)


def refuse_unless_old_works(registry: Registry, secret: Id, *, old_works: bool) -> None:
    """Raise RefusedError where a new secret would be given up that the platform may have taken."""
    if not old_works:
        message = "a new secret was made, and the platform may have taken it"
        hint = "log in: if the old one works, say --old-works; else:"
        raise RefusedError(message, f"{hint} {_to_prove(registry, secret)}")


def _to_prove(registry: Registry, secret: Id) -> str:
    """The command that goes on with a change: once it was applied, the one that proves it."""
    case = under_way(registry).get(secret)
    if case is None:
        return "safehands case list"
    steps = (p.step for p in case.progress if p.state == "pending")
    step = next((each for each in steps if _renewed_by(registry, each) == secret), None)
    if step is None:
        return f"safehands case next {case.id[:8]}"
    return f"safehands case verify {case.id[:8]} {quote(step.id)}"
