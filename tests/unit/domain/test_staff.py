"""Who takes over: those who are here, and whoever leaves later as a last resort."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.unit.domain.company import NOW, account, company, days, holds, password, seat
from vault.domain.cases import Case
from vault.domain.casework import refuse_leaver
from vault.domain.guards import objection
from vault.domain.offboarding import Departure, plan
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.role import Role
from vault.domain.staff import Staff, why_no_longer
from vault.domain.steps import Step
from vault.errors import RefusedError

EVA = Person(id="eva", name="Eva")
KIM = Person(id="kim", name="Kim")
LEAVING = Person(id="ann", name="Ann", last_day=days(40).date())


def staff(*records: Record, **successors: str) -> Staff:
    registry = company(account(), password(), holds("jan"), holds("ann"), holds("kim"), *records)
    return Staff(registry, "jan", successors, NOW)


def departure_of(person: str) -> Case:
    return Case(id=f"case of {person}", what="offboarding", person=person, opened_at=days(-1))


@pytest.mark.parametrize("record", [LEAVING, departure_of("ann")], ids=["a last day", "a case"])
def test_who_leaves_later_is_the_last_to_take_over(record: Record) -> None:
    assert staff(KIM).takes_over("webcare") == "ann"
    assert staff(KIM, record).holders("webcare") == ["kim", "ann"]
    assert staff(KIM, record).takes_over("webcare") == "kim"


@pytest.mark.parametrize(
    ("records", "why"),
    [
        ((holds("kim"),), ""),
        ((), ""),  # named although they never had the role
        ((holds("kim", until=days(-1)),), "no longer in webcare"),
        ((holds("kim", until=days(1)),), ""),
        ((holds("kim", "press", until=days(-1)), Role(id="press", name="press")), ""),
        ((holds("kim"), replace(KIM, last_day=days(-1).date())), "does not work here any more"),
    ],
)
def test_a_step_is_its_assignees_until_they_lose_the_role_or_leave(
    records: tuple[Record, ...], why: str
) -> None:
    step = Step(id="a", act="rotate_password", account="acme", assignee="kim")
    assert why_no_longer(company(account(), KIM, *records), step, NOW) == why


def test_a_successor_for_all_the_rest_comes_before_a_holder_who_leaves() -> None:
    alone = (LEAVING, Person(id="kim", name="Kim", last_day=days(-9).date()), EVA)
    assert staff(*alone).takes_over("webcare") == "ann"
    registry = staff(*alone).registry
    assert Staff(registry, "jan", {"": "eva"}, NOW).takes_over("webcare") == "eva"


def test_a_plan_assigns_no_step_to_somebody_whose_departure_is_open() -> None:
    registry = company(
        *(account(), password(), KIM, departure_of("ann")),
        *(holds("jan"), holds("ann"), holds("kim"), seat("jan", "full")),
    )
    made = plan(registry, Departure("jan", days(30).date()), NOW)
    assert made.verdict.holds
    assert {step.assignee for step in made.steps} == {"kim"}


def test_who_begins_later_is_said_to_be_not_here_yet() -> None:
    new = Person(id="new", name="New", joined=days(9).date())
    registry = company(account(), new)
    with pytest.raises(RefusedError, match="New does not work here yet: their first day is 2026"):
        refuse_leaver(registry, departure_of("jan"), "new", "do this alone", NOW)
    given = Step(id="a", act="add_seat", account="acme", target="acme", to="new", person="jan")
    assert objection(registry, given, NOW).startswith("New does not work here yet")
    gone = company(account(), Person(id="new", name="New", last_day=days(-1).date()))
    assert objection(gone, given, NOW) == "New does not work here any more"
