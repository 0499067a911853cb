"""Rotation: which secrets are to be changed, by when, and why."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from vault.domain.account import Account
from vault.domain.registry import Registry
from vault.domain.rotation import CAUSES, RotationDue, rotations_due
from vault.domain.rotation_policy import Policy
from vault.domain.telling import names
from vault.domain.wording import in_words
from vault.reports.report import Cell, Chart, Column, Due, Figure, Report, Row, most, section


def rotation(registry: Registry, at: datetime, *, policy: Policy) -> Report:
    """Return the secrets that are to be changed at a moment, in the order in which to do it."""
    due = rotations_due(registry, at, policy)
    begun = sum(each.begun_at is not None for each in due)
    overdue = sum(each.is_overdue(at) for each in due)
    causes = Counter(CAUSES[reason.cause] for each in due for reason in each.reasons)
    return Report(
        name="rotation",
        title="Secrets to be changed",
        as_of=at,
        answers="Which passwords and other secrets are to be changed, by when and why.",
        figures=(
            Figure("due", len(due), "secret", "to be changed", calls=True),
            Figure("overdue", overdue, "secret", "overdue", calls=True),
            Figure("begun", begun, "change", "begun and not proved"),
        ),
        sections=(
            section(
                "due",
                "To be changed, in this order",
                (
                    "account",
                    "secret",
                    Column("due", "date"),
                    "because",
                    "known_to",
                    "owner_role",
                    Column("current_since", "date"),
                    Column("begun", "date"),
                ),
                (Row(each.credential.id, _cells(registry, each, at)) for each in due),
                "nothing is to be changed",
            ),
        ),
        charts=(Chart("Why", most(causes.items())),),
        dates=tuple(_date(registry, each) for each in due),
    )


def _cells(registry: Registry, due: RotationDue, at: datetime) -> tuple[Cell, ...]:
    credential, account = due.credential, registry.get(due.credential.account, Account)
    version = credential.at_stage("current", at)
    since = version.current_from if version else None
    return (
        account.label,
        in_words(credential.what),
        due.due_at.date(),
        due.why,
        ", ".join(person.name for person in due.people),
        names(registry, account.owner_roles, at),
        since.date() if since else None,
        due.begun_at.date() if due.begun_at else None,
    )


def _date(registry: Registry, due: RotationDue) -> Due:
    secret = in_words(due.credential.what)
    title = f"Change the {secret} of {registry.name_of(due.credential.account)}"
    return Due(f"rotation-{due.credential.id}", title, due.due_at.date(), (due.why,))
