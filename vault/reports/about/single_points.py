"""Single points: what the company loses with one person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from vault.domain.account import Account
from vault.domain.factor import Factor
from vault.domain.ids import Id
from vault.domain.instructions import called
from vault.domain.registry import Registry
from vault.domain.single_points import SinglePoint, SinglePointKind, single_points
from vault.domain.telling import names
from vault.domain.unconfirmed import on_unconfirmed_seats
from vault.reports.report import Cell, Chart, Figure, Report, Row, most, section
from vault.reports.unconfirmed import as_figure, as_section

_MEANING: Final[dict[SinglePointKind, str]] = {
    "account": "without them nobody has full control of it",
    "role": "nobody else holds it",
    "mailbox": "nobody else reads it",
    "factor": "nobody else has it",
}


def single_points_of_failure(registry: Registry, at: datetime) -> Report:
    """Return what hangs on one person at a moment: accounts, roles, mailboxes, second factors."""
    found = single_points(registry, at)
    unproved = on_unconfirmed_seats(registry, at)
    # An account that needs several people is a point for each of them, and lost once.
    kinds = Counter(kind for kind, _ in {(point.kind, point.about) for point in found})
    people = Counter(point.person for point in found)
    return Report(
        name="single-points",
        title="What hangs on one person",
        as_of=at,
        answers="What the company loses, or can no longer do, if one person were gone tonight.",
        figures=(
            Figure("people", len(people), "person", "who would be missed"),
            Figure("accounts", kinds["account"], "account", "lost without one person", calls=True),
            as_figure(unproved),
            Figure("roles", kinds["role"], "role", "only one person holds", calls=True),
            Figure("mailboxes", kinds["mailbox"], "mailbox", "only one person reads", calls=True),
            Figure("factors", kinds["factor"], "second factor", "only one person has", calls=True),
        ),
        sections=(
            section(
                "points",
                "What hangs on whom",
                ("what", "kind", "person", "owner_role", "because"),
                _rows(registry, found, at),
                "nothing hangs on one person for certain"
                if unproved
                else "nothing hangs on one person",
            ),
            as_section(registry, unproved, at),
        ),
        charts=(
            Chart(
                "On how many things each person is the only one",
                most((registry.name_of(person), count) for person, count in people.items()),
            ),
        ),
    )


def _rows(registry: Registry, found: Sequence[SinglePoint], at: datetime) -> Iterator[Row]:
    needed = defaultdict[Id, list[Id]](list)
    for point in found:
        needed[point.about].append(point.person)
    for point in found:
        others = [registry.name_of(p) for p in needed[point.about] if p != point.person]
        key = f"{point.kind}:{point.about}:{point.person}"
        yield Row(key, _cells(registry, point, others, at))


def _cells(
    registry: Registry, point: SinglePoint, others: Sequence[str], at: datetime
) -> tuple[Cell, ...]:
    record = registry.find(point.about)
    what, account = registry.name_of(point.about), record
    if isinstance(record, Factor):
        account = registry.find(record.account)
        what = f"{called(registry, record.id)} of {registry.name_of(record.account)}"
    owner = names(registry, account.owner_roles, at) if isinstance(account, Account) else ""
    as_well = f"; it takes {', '.join(others)} as well" if others else ""
    meaning = f"{_MEANING[point.kind]}{as_well}"
    return (what, point.kind, registry.name_of(point.person), owner, meaning)
