"""The overview: where the company stands, on one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from vault.domain.account import Account
from vault.domain.cases import KINDS, Case
from vault.domain.casework import next_day, steps_done, subject
from vault.domain.findings import SEVERITIES, Finding, findings
from vault.domain.headline import headline
from vault.domain.registry import Registry
from vault.domain.worklists import FINDING_TITLES, by_kind
from vault.reports.report import Cell, Column, Figure, Report, Row, Section, section


def overview(registry: Registry, at: datetime, known_at: datetime | None = None) -> Report:
    """Return the headline figures, what is wrong by how bad it is, and the work under way."""
    found = findings(registry, at)
    numbers = headline(registry, at, known_at)
    cases = sorted(_open_cases(registry, at), key=lambda case: case.opened_at)
    bad = Counter(finding.severity for finding in found)
    return Report(
        name="overview",
        title="Where we stand",
        as_of=at,
        answers="How safe the company's accounts are, what is wrong, and what is being done.",
        figures=(
            Figure("accounts", _accounts(registry, at), "account"),
            Figure("personal", numbers.personal, "account", _OWN, calls=True),
            Figure("debt", numbers.knowledge_debt, "password", _KNOWN, calls=True),
            Figure("single_points", numbers.single_points, "account", _LOST, calls=True),
            Figure("dormant", numbers.dormant, "dormant account", calls=True),
            *(Figure(s, bad[s], f"{s} finding", calls=True) for s in SEVERITIES),
            Figure("cases", len(cases), "open case"),
        ),
        sections=(_kinds(found), _work(registry, cases, at), _all(found)),
    )


_OWN = "opened or recovered with what is somebody's own"
_KNOWN = "that people who left could know"
_LOST = "lost without one person"


def _accounts(registry: Registry, at: datetime) -> int:
    return sum(account.is_open(at) for account in registry.all(Account))


def _open_cases(registry: Registry, at: datetime) -> Iterator[Case]:
    begun = (case.as_of(at) for case in registry.all(Case) if case.opened_at <= at)
    return (case for case in begun if case.closed_at is None)


def _kinds(found: Sequence[Finding]) -> Section:
    columns = ("severity", "what", Column("how_many", "number"))
    rows = (
        Row(code, (those[0].severity, FINDING_TITLES[code], len(those)))
        for code, those in by_kind(found).items()
    )
    return section("kinds", "What is wrong", columns, rows, "nothing is found to be wrong")


def _work(registry: Registry, cases: Sequence[Case], at: datetime) -> Section:
    columns = (
        "case",
        "of",
        Column("opened", "date"),
        Column("done", "number"),
        Column("steps", "number"),
        Column("next", "date"),
    )
    rows = (
        Row(case.id, (KINDS[case.what], subject(registry, case), *_how_far(case, at)))
        for case in cases
    )
    return section("cases", "Work under way", columns, rows, "no case is open")


def _how_far(case: Case, at: datetime) -> tuple[Cell, ...]:
    return (case.opened_at.date(), *steps_done(case), next_day(case, at))


def _all(found: Sequence[Finding]) -> Section:
    rows = (
        Row(
            f"{each.code}:{each.about}:{each.what}:{each.to_do}",
            (each.severity, each.what, each.to_do),
        )
        for each in found
    )
    title = "Each finding, and what to do"
    return section("findings", title, ("severity", "what", "to_do"), rows, "nothing to do")
