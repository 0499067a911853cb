"""Single points: what the company loses with one person."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from vault.domain.account import Account
from vault.domain.factor import Factor
from vault.domain.instructions import called
from vault.domain.registry import Registry
from vault.domain.single_points import SinglePoint, SinglePointKind, single_points
from vault.domain.telling import names
from vault.reports.report import Cell, Chart, Figure, Report, Row, most, section

_MEANING: Final[dict[SinglePointKind, str]] = {
    "account": "nobody else gets full control of it",
    "role": "nobody else holds it",
    "mailbox": "nobody else reads it",
    "factor": "nobody else has it",
}


def single_points_of_failure(registry: Registry, at: datetime) -> Report:
    """Return what hangs on one person at a moment: accounts, roles, mailboxes, second factors."""
    found = single_points(registry, at)
    kinds: Counter[str] = Counter(point.kind for point in found)
    people = Counter(point.person for point in found)
    return Report(
        name="single-points",
        title="What hangs on one person",
        as_of=at,
        answers="What the company loses, or can no longer do, if one person were gone tonight.",
        figures=(
            Figure("people", len(people), "person", "who would be missed"),
            Figure("accounts", kinds["account"], "account", "only one person controls", calls=True),
            Figure("roles", kinds["role"], "role", "only one person holds", calls=True),
            Figure("mailboxes", kinds["mailbox"], "mailbox", "only one person reads", calls=True),
            Figure("factors", kinds["factor"], "second factor", "only one person has", calls=True),
        ),
        sections=(
            section(
                "points",
                "What hangs on whom",
                ("what", "kind", "person", "owner_role", "because"),
                (Row(f"{p.kind}:{p.about}:{p.person}", _cells(registry, p, at)) for p in found),
                "nothing hangs on one person",
            ),
        ),
        charts=(
            Chart(
                "On how many things each person is the only one",
                most((registry.name_of(person), count) for person, count in people.items()),
            ),
        ),
    )


def _cells(registry: Registry, point: SinglePoint, at: datetime) -> tuple[Cell, ...]:
    record = registry.find(point.about)
    what, account = registry.name_of(point.about), record
    if isinstance(record, Factor):
        account = registry.find(record.account)
        what = f"{called(registry, record.id)} of {registry.name_of(record.account)}"
    owner = names(registry, account.owner_roles, at) if isinstance(account, Account) else ""
    return (what, point.kind, registry.name_of(point.person), owner, _MEANING[point.kind])
