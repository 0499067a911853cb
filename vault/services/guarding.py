"""What no step may do, asked where somebody records by hand that it was done."""

from __future__ import annotations

from datetime import datetime

from vault.domain.guards import objection
from vault.domain.registry import Registry
from vault.domain.steps import Step
from vault.errors import RefusedError
from vault.services.editing import Guard


def guarded(step: Step, way_out: str, begins: datetime | None = None) -> Guard:
    """Return a guard that refuses what a step may not do, now or later from a moment on.

    Its RefusedError names the way out, and `--force` for a fact that cannot be helped.
    """

    def guard(registry: Registry, now: datetime) -> None:
        why = objection(registry, step, max(begins or now, now))
        if why:
            hint = f"{way_out}, or record the fact with --force"
            raise RefusedError(why[0].upper() + why[1:], hint)

    return guard
