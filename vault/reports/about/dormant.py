"""Dormant: what the last known activity says about each account, and what was decided about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.deciding import decision_on, in_short, is_settled, is_to_decide
from vault.domain.dormancy import DEFAULT_DORMANT_DAYS, IDLE, Dormancy, dormancy
from vault.domain.fate import fate, open_closings, reversible_until
from vault.domain.ids import Id
from vault.domain.registry import Registry
from vault.domain.telling import names
from vault.domain.wording import in_words
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
    "reason",
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
    left = [each for each in judged if is_to_decide(registry, *each, at)]
    idle = (each for each in judged if each[1].verdict in IDLE)
    settled = [each for each in idle if is_settled(registry, each[0], at)]
    dead = [each for each in judged if each[1].verdict == "platform_gone"]
    verdicts = most((in_words(verdict), n) for verdict, n in counts.items())
    closings = open_closings(registry, at)
    open_, done, gone = (_rows(registry, each, closings, at) for each in (left, settled, dead))
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
            section("gone", "On platforms that are gone", _COLUMNS, gone, "none is listed"),
        ),
        charts=(Chart("Accounts by verdict", verdicts),),
        dates=tuple(_dates(registry, settled, closings, at)),
    )


def _figures(counts: Counter[str], left: int) -> Iterator[Figure]:
    yield Figure("to_decide", left, "account", "to decide about", calls=True)
    yield Figure("dormant", counts["dormant"], "dormant account")
    yield Figure("never_posted", counts["never_posted"], "account", "never posted to")
    yield Figure("platform_gone", counts["platform_gone"], "account", "on dead platforms")
    yield Figure("unknown", counts["unknown"], "account", "of which nothing is known")


def _rows(
    registry: Registry, judged: Iterable[Judged], closings: Mapping[Id, Case], at: datetime
) -> Iterator[Row]:
    for account, found in judged:
        case = closings.get(account.id)
        yield Row(account.id, _cells(registry, account, found, case, at))


def _cells(
    registry: Registry, account: Account, found: Dormancy, case: Case | None, at: datetime
) -> tuple[Cell, ...]:
    decision = decision_on(registry, account, at)
    return (
        account.label,
        in_words(found.verdict),
        found.idle_days,
        found.last.date() if found.last else None,
        found.source,
        found.checked_at.date() if found.checked_at else None,
        names(registry, account.owner_roles, at),
        fate(registry, account, at, case),
        decision.reason if decision else "",
    )


def _dates(
    registry: Registry, settled: Iterable[Judged], closings: Mapping[Id, Case], at: datetime
) -> Iterator[Due]:
    """Yield the days on which decisions run out, and until which closings can be undone."""
    for account, _ in settled:
        decision, case = decision_on(registry, account, at), closings.get(account.id)
        told = (
            tuple(filter(None, (in_short(registry, decision, at), decision.reason)))
            if decision
            else ()
        )
        day, until = decision and decision.runs_out(), case and reversible_until(case)
        if day:
            yield Due(f"dormant-{account.id}", f"Decide about {account.label} again", day, told)
        if case and until:
            title = f"Last day to undo the closing of {account.label}"
            yield Due(f"closing-{case.id}", title, until, told)
