"""What is said where somebody who leaves, or has left, is given something by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from tests.unit.domain.company import (
    LONG_AGO,
    NOW,
    company,
    days,
    holds,
    mailbox,
    seat,
    since,
    totp,
)
from vault.domain.cases import Case
from vault.domain.grant import Grant
from vault.domain.handing import handed_to_leavers
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record

SOON = days(30).date()
CASE = Case(id="casecase1", what="offboarding", person="jan", opened_at=LONG_AGO)
TOOL = Grant(id="grant", tool="tool", account="acme", granted_by="jan", since=LONG_AGO)
PHONE = Phone(id="phone", number="+31612345678", carriers=since("jan"))
GIVEN: list[Record] = [
    holds("jan"),
    replace(holds("jan"), since=days(3)),  # what begins only later is given, too
    seat("jan", "full"),
    mailbox("press", "jan"),
    mailbox("press", owner="jan"),
    totp("acme", "jan"),
    TOOL,
    PHONE,
]


def told(
    new: Record, old: Record | None = None, *more: Record, day: date | None = SOON
) -> list[Any]:
    registry = company(Person(id="jan", name="Jan", last_day=day), *more)
    return [tuple(each) for each in handed_to_leavers(registry, old, new, NOW)]


@pytest.mark.parametrize("given", GIVEN, ids=lambda each: type(each).__name__)
def test_whatever_is_given_to_who_leaves_is_told_with_the_day_and_what_to_do(
    given: Record,
) -> None:
    plan = "plan the departure with it: safehands offboard plan Jan"
    assert told(given) == [
        (f"Jan leaves on {SOON}", f"give it to somebody who stays, or {plan}"),
    ]
    assert told(given, day=None) == []
    assert told(given, given) == []


def test_an_open_departure_is_named_with_what_takes_the_gift_in() -> None:
    [(what, to_do)] = told(holds("jan"), None, CASE)
    assert what == f"Jan leaves on {SOON}, and the departure is open: case casecase"
    assert to_do.endswith("or plan the departure again, with it: safehands case replan casecase")


def test_who_has_left_is_said_to_have_left() -> None:
    [(what, _)] = told(PHONE, day=days(-5).date())
    assert what == f"Jan left on {days(-5).date()}"


def test_a_departure_that_was_called_off_and_is_open_still_is_told() -> None:
    [(what, to_do)] = told(holds("jan"), None, CASE, day=None)
    assert what == "Jan stays, but the case of the departure is open: casecase"
    assert "safehands case close casecase --called-off" in to_do
    closed = replace(CASE, closed_at=NOW)
    assert told(holds("jan"), None, closed, day=None) == []


def test_only_who_is_named_anew_is_told_about() -> None:
    before = mailbox("press", "jan")
    leavers = [Person(id="kim", name="Kim", last_day=SOON)]
    [(what, _)] = told(mailbox("press", "jan", "ann", "kim"), before, *leavers)
    assert what == f"Kim leaves on {SOON}"
    assert told(mailbox("press"), before) == []


def test_what_is_over_or_was_theirs_already_is_no_gift() -> None:
    assert told(replace(holds("jan"), until=NOW)) == []
    assert told(mailbox("jan", owner="jan", type="personal")) == []
    assert told(replace(PHONE, contract="jan")) == []
    assert told(seat("", "full", role_account="acme", granted_by="jan")) == []
