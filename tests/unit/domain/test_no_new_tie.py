"""A seat is given to nobody where the company has those rights without it: it would be a tie."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.domain.company import NOW, account, company, days, holds, password, seat
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.record import Record
from vault.domain.steps import Act

SHARED = (account(), password(), holds("jan"), holds("ann"))


def made(*records: Record, **facts: Any) -> Plan:
    registry = company(*records, **facts)
    return plan(registry, Departure("jan", days(30).date()), NOW)


def acts(planned: Plan) -> set[Act]:
    return {step.act for step in planned.steps}


@pytest.mark.parametrize("level", ["full", "owner"])
def test_who_stays_and_logs_in_to_the_account_needs_no_seat(level: str) -> None:
    planned = made(*SHARED, seat("jan", level))
    assert not acts(planned) & {"add_seat", "confirm_seat"}
    assert "remove_seat" in acts(planned)
    assert planned.verdict.holds
    assert planned.blockers == ()


def test_who_logs_in_to_less_than_the_seat_gives_is_given_one_first() -> None:
    planned = made(*SHARED, seat("jan", "owner"), login_level="post")
    assert {"add_seat", "confirm_seat"} <= acts(planned)
    assert planned.verdict.holds


def test_the_one_ownership_of_an_account_is_handed_on_to_a_person() -> None:
    planned = made(*SHARED, seat("jan", "owner"), waits={"transfer_ownership": 7})
    assert {"add_seat", "confirm_seat", "transfer_ownership", "remove_seat"} <= acts(planned)
    full = made(*SHARED, seat("jan", "full"), waits={"transfer_ownership": 7})
    assert "add_seat" not in acts(full)
    assert [step.wait_days for step in full.steps if step.act == "remove_seat"] == [0]
