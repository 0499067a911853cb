"""Dormant: what the last known activity says about each account, and what was decided about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from vault.domain.account import Account
from vault.domain.deciding import decision_on, in_short, is_settled
from vault.domain.dormancy import DEFAULT_DORMANT_DAYS, TELLING, Dormancy, dormancy
from vault.domain.registry import Registry
from vault.domain.telling import names
from vault.reports.report import Cell, Chart, Column, Due, Figure, Report, Row, most, section

Judged = tuple[Account, Dormancy]

_COLUMNS: Final = (
    "account",
    "verdict",
    Column("idle_days", "number", drifts=True),
    Column("last_activity", "date"),
    "source",
    Column("checked", "date", drifts=True),
    "owner_role",
    "decision",
)


def dormant(
    registry: Registry,
    at: datetime,
    *,
    days: int = DEFAULT_DORMANT_DAYS,
    known_at: datetime | None = None,
) -> Report:
    """Return the verdict on each account at a moment, those idle for longest first.

    `known_at` is when what is known was known, as of `vault.domain.dormancy.dormancy`.
    """
    judged = [
        (account, dormancy(registry, account, at, days, known_at))
        for account in registry.all(Account)
        if account.is_open(at)
    ]
    judged.sort(key=lambda each: (-(each[1].idle_days or 0), each[0].label, each[0].id))
    counts: Counter[str] = Counter(found.verdict for _, found in judged)
    told = [each for each in judged if each[1].verdict in TELLING]
    left = [each for each in told if not is_settled(registry, each[0], at)]
    settled = [each for each in told if is_settled(registry, each[0], at)]
    verdicts = most((verdict.replace("_", " "), n) for verdict, n in counts.items())
    open_, done = _rows(registry, left, at), _rows(registry, settled, at)
    return Report(
        name="dormant",
        title="Accounts nobody uses",
        as_of=at,
        answers=f"Which accounts were idle for more than {days} days, or for more than three times"
        " their own cadence, and what was decided about them.",
        figures=tuple(_figures(counts, len(left))),
        sections=(
            section("accounts", "To decide", _COLUMNS, open_, "there is nothing to decide"),
            section("decided", "Decided", _COLUMNS, done, "nothing was decided"),
        ),
        charts=(Chart("Accounts by verdict", verdicts),),
        dates=tuple(_dates(registry, settled, at)),
    )


def _figures(counts: Counter[str], left: int) -> Iterator[Figure]:
    yield Figure("to_decide", left, "account", "to decide about", calls=True)
    yield Figure("dormant", counts["dormant"], "dormant account")
    yield Figure("never_posted", counts["never_posted"], "account", "never posted to")
    yield Figure("platform_gone", counts["platform_gone"], "account", "on dead platforms")
    yield Figure("unknown", counts["unknown"], "account", "of which nothing is known")


def _rows(registry: Registry, judged: Iterable[Judged], at: datetime) -> Iterator[Row]:
    for account, found in judged:
        yield Row(account.id, _cells(registry, account, found, at))


def _cells(registry: Registry, account: Account, found: Dormancy, at: datetime) -> tuple[Cell, ...]:
    decision = decision_on(registry, account, at)
    return (
        account.label,
        found.verdict.replace("_", " "),
        found.idle_days,
        found.last.date() if found.last else None,
        found.source,
        found.checked_at.date() if found.checked_at else None,
        names(registry, account.owner_roles, at),
        in_short(registry, decision, at) if decision else "",
    )


def _dates(registry: Registry, settled: Iterable[Judged], at: datetime) -> Iterator[Due]:
    """Yield the days on which decisions run out."""
    for account, _ in settled:
        decision = decision_on(registry, account, at)
        day = decision.runs_out() if decision else None
        if decision and day:
            title = f"Decide about {account.label} again"
            yield Due(f"dormant-{account.id}", title, day, (in_short(registry, decision, at),))
