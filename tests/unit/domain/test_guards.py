"""Guards: what no step may do, and what they do not stand in the way of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from tests.unit.domain.company import (
    NOW,
    account,
    company,
    days,
    holds,
    mailbox,
    seat,
    since,
    totp,
)
from vault.domain.cases import Case
from vault.domain.guards import objection
from vault.domain.offboarding import Departure, plan
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.steps import Act, Step


def said(act: Act, *records: Record, **fields: Any) -> str:
    """What speaks against a step of jan's departure on net/@acme."""
    step = Step(id="step", act=act, account="acme", person="jan", **fields)
    named = {record.id: record for record in (account(), *records)}
    return objection(company(*named.values()), step, NOW)


GONE = days(-3)
LEFT = Person(id="eva", name="Eva", last_day=GONE.date())
UNBEGUN = Person(id="eva", name="Eva", joined=days(3).date())


@pytest.mark.parametrize(
    ("owned", "keeps"),
    [
        (account(), True),
        (account(until=GONE, state="closed"), False),
        (account(owner_roles=since("webcare", until=GONE)), False),
        (mailbox("web", owner="webcare"), True),
        (mailbox("web", owner="webcare", until=GONE), False),
        (mailbox("web", "webcare", owner="jan"), False),
    ],
    ids=["an account", "a closed one", "a former one", "a mailbox", "an ended one", "read only"],
)
def test_a_role_keeps_a_holder_as_long_as_it_owns_what_is_still_there(
    owned: Record, keeps: bool
) -> None:
    nothing = account(owner_roles=())
    told = said("end_role_assignment", nothing, owned, holds("jan"), target="jan as webcare")
    assert told == ("nobody else holds the role webcare" if keeps else "")


def test_a_role_that_owned_only_what_is_gone_is_left_without_a_successor() -> None:
    closed, ended = account(until=GONE, state="closed"), mailbox("web", owner="webcare", until=GONE)
    registry = company(closed, ended, holds("jan"))
    made = plan(registry, Departure("jan", days(30).date()), NOW)
    assert [step.act for step in made.steps] == ["end_role_assignment"]
    assert made.blockers == ()
    assert made.verdict.holds


@pytest.mark.parametrize("eva", [LEFT, UNBEGUN], ids=["left", "not here yet"])
@pytest.mark.parametrize("act", ["transfer_ownership", "confirm_seat"])
def test_ownership_and_its_proof_are_for_who_is_here(act: Act, eva: Person) -> None:
    seats = (seat("jan", "owner"), seat("eva", "full"))
    target = {"transfer_ownership": "jan on acme", "confirm_seat": "eva on acme"}[act]
    assert said(act, Person(id="eva", name="Eva"), *seats, target=target, to="eva") == ""
    told = said(act, eva, *seats, target=target, to="eva")
    assert told.startswith("Eva does not work here")


@pytest.mark.parametrize("act", ["add_seat", "assign_role", "reconnect_tool"])
def test_nothing_is_given_to_who_is_let_go_today(act: Act) -> None:
    def told(day: int, closed: datetime | None = None) -> str:
        last = days(day).date()
        case = Case(
            id="case",
            what="offboarding",
            person="eva",
            last_day=last,
            opened_at=NOW,
            closed_at=closed,
        )
        return said(act, Person(id="eva", name="Eva", last_day=last), case, to="eva")

    assert told(0) == f"Eva leaves as well, on {NOW.date()}"
    assert told(0, closed=NOW) == told(30) == ""


def test_whether_somebody_is_let_go_today_goes_by_the_last_day_that_is_on_record() -> None:
    today = NOW.date()
    case = Case(id="case", what="offboarding", person="eva", last_day=today, opened_at=NOW)
    for stays in (Person(id="eva", name="Eva"), Person(id="eva", name="Eva", last_day=date.max)):
        assert said("add_seat", stays, case, to="eva") == ""
    earlier = replace(case, last_day=days(30).date())
    gone = Person(id="eva", name="Eva", last_day=today)
    assert said("add_seat", gone, earlier, to="eva") == f"Eva leaves as well, on {today}"


def test_only_a_seat_that_is_there_is_confirmed() -> None:
    unproved = seat("ann", "full", confirmed_on=None)
    over = seat("ann", "full", confirmed_on=None, until=GONE)
    assert said("confirm_seat", unproved, target="ann on acme", to="ann") == ""
    gone = said("confirm_seat", over, target="ann on acme", to="ann")
    assert gone == "the seat to confirm is not there any more"
    assert said("confirm_seat", target="ann on acme") == "the seat has not been given yet"


def test_the_only_second_factor_stays_as_long_as_its_account_is_open() -> None:
    only = "it is the only second factor of net/@acme: enrol another one first"
    assert said("remove_factor", totp("acme", "jan"), target="factor of acme") == only
    two = (totp("acme", "jan"), totp("acme", "webcare", id="new"))
    assert said("remove_factor", *two, target="factor of acme") == ""
    closed = account(until=GONE, state="closed")
    assert said("remove_factor", closed, two[0], target="factor of acme") == ""
