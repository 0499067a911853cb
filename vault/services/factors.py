"""Second factors: removed, under the guard that an account keeps one."""

from __future__ import annotations

from vault.domain.factor import Factor
from vault.domain.steps import Step
from vault.services.editing import end_record
from vault.services.guarding import guarded
from vault.services.session import Session


def end_factor(session: Session, factor: Factor, *, force: bool = False) -> Factor:
    """Record that a second factor was removed from the platform.

    Raises RefusedError where it is the only one of an open account, unless it is a fact that
    cannot be helped (`force`).
    """
    step = Step(id="", act="remove_factor", account=factor.account, target=factor.id)
    add = f"safehands factor add {factor.account[:8]} METHOD"
    guard = None if force else guarded(step, f"record the new one first: {add}")
    return end_record(session, factor, guard=guard)
