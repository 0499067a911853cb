"""The overview says on one page what other places say one by one."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import msgspec

from tests.unit.reports.company import HIRED, NOW, company, record_id
from vault.domain.cases import Case
from vault.domain.changes import changes
from vault.domain.findings import findings
from vault.domain.headline import headline
from vault.domain.registry import Registry
from vault.services.reporting import make_report


def test_the_overview_has_the_numbers_of_the_headline_and_the_findings_of_check() -> None:
    registry = company()
    report = make_report("overview", registry, NOW)
    figures = {figure.name: figure.number for figure in report.figures}
    numbers, found = headline(registry, NOW), findings(registry, NOW)
    assert found
    assert [figures[name] for name in ("personal", "debt", "single_points", "dormant")] == [
        *msgspec.structs.astuple(numbers)
    ]
    bad = Counter(finding.severity for finding in found)
    assert {name: figures[name] for name in ("high", "medium", "low")} == {
        name: bad[name] for name in ("high", "medium", "low")
    }
    kinds, _, each = report.sections
    assert sum(int(str(row.cells[2])) for row in kinds.rows) == len(found)
    assert [row.cells for row in each.rows] == [(f.severity, f.what, f.to_do) for f in found]
    assert not report.is_clean


def test_the_overview_lists_the_cases_that_were_open_then() -> None:
    account = record_id("x")
    begun = Case(id=record_id("begun"), what="rotation", account=account, opened_at=HIRED)
    over = msgspec.structs.replace(begun, id=record_id("over"), closed_at=NOW)
    registry = company().apply(changes(begun, over))
    assert open_in(registry, NOW) == {begun.id}
    assert open_in(registry, HIRED) == {begun.id, over.id}
    assert open_in(registry, HIRED - timedelta(days=1)) == set()


def open_in(registry: Registry, at: datetime) -> set[str]:
    return {row.key for row in make_report("overview", registry, at).sections[1].rows}
