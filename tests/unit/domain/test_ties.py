"""Ties: what a person holds that a departure has to cut, and what is over already."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.unit.domain.company import NOW, account, company, days, since, totp
from vault.domain.case_ending import left_open, verdict_of_deeds
from vault.domain.cases import Case, Progress
from vault.domain.offboarding import Departure, plan
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.steps import Step
from vault.domain.ties import all_ties


def with_phone(until: datetime | None) -> Registry:
    """Jan carries a number of the company that resets net/@acme and gets its codes."""
    phone = Phone(id="desk", number="+31201234567", carriers=since("jan"), until=until)
    reset = account(recovery_phones=since("desk"))
    return company(phone, reset, totp(phone="desk"), resets_by_phone="yes")


HELD = {"recovery_phone", "factor", "device"}


@pytest.mark.parametrize(
    ("until", "kinds"),
    [(None, HELD), (days(2), HELD), (days(-2), set())],
    ids=["in use", "in use for now", "ended"],
)
def test_a_number_ties_who_carries_it_as_long_as_it_is_in_use(
    until: datetime | None, kinds: set[str]
) -> None:
    assert {tie.kind for tie in all_ties(with_phone(until), "jan", NOW)} == kinds


def test_a_number_that_has_ended_is_not_collected_and_keeps_no_case_open() -> None:
    over = with_phone(days(-2))
    assert plan(over, Departure("jan", days(30).date()), NOW).steps == ()
    step = Step(id="a", act="end_sessions", account="acme", person="jan")
    done = Progress(step, state="applied", applied_by="ann", applied_at=NOW)
    opened = days(-9)
    case = Case(id="case", what="offboarding", person="jan", opened_at=opened, progress=(done,))
    assert list(left_open(over, case, verdict_of_deeds(over, case, NOW), NOW)) == []
    rings = with_phone(None)
    told = list(left_open(rings, case, verdict_of_deeds(rings, case, NOW), NOW))
    assert "the leaver still gets in: Jan carries +31201234567" in told
