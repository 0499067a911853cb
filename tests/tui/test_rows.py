"""The order of rows, and the days in them, without a screen."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.domain.company import NOW, account, company, days
from tui.people_lists import people
from tui.rows import cases_part
from tui.screens.today import in_days
from vault.domain.cases import Case
from vault.domain.person import Person
from vault.domain.registry import Registry


def test_who_is_leaving_comes_first_and_who_has_left_last() -> None:
    registry = company(
        Person(id="jan", name="Jan", last_day=days(-9).date()),
        Person(id="kim", name="Kim", last_day=days(9).date()),
        Person(id="noa", name="Noa", joined=days(9).date()),
        Person(id="bo", name="Bo"),
    )
    assert [each.id for each in people(registry, NOW).all] == ["kim", "ann", "bo", "noa", "jan"]


class Open:
    """An unlocked vault that holds a registry."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry


def test_the_newest_case_comes_first() -> None:
    cases = [
        Case(id=name, what="offboarding", person="jan", opened_at=days(-ago))
        for name, ago in (("a", 2), ("b", 1), ("c", 3))
    ]
    part = cases_part(lambda: NOW, person="jan")
    rows = part.rows(Open(company(account(), *cases)))  # type: ignore[arg-type]  # all it is asked
    assert [row.key for row in rows] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (1, "2026-03-01"),
        (2, "14 days ago"),
        (14, "2 days ago"),
        (15, "yesterday"),
        (16, "today"),
        (17, "tomorrow"),
        (18, "in 2 days"),
        (30, "in 14 days"),
        (31, "2026-03-31"),
    ],
)
def test_a_day_near_today_is_told_by_its_distance(day: int, told: str) -> None:
    assert in_days(date(2026, 3, day), date(2026, 3, 16)) == told
