"""What a plan says that stops no step: what it risks, and which roles it leaves thin."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from tests.unit.domain.company import (
    LONG_AGO,
    NOW,
    account,
    company,
    days,
    holds,
    mailbox,
    password,
    saw,
    seat,
    since,
)
from vault.domain.cautions import before_closing
from vault.domain.deactivation import Closing, Wish, closings
from vault.domain.fate import UNKNOWN_GRACE
from vault.domain.grant import Grant
from vault.domain.offboarding import Departure, plan
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import Spell

KIM = Person(id="kim", name="Kim")
SHARED = (account(), password(), holds("jan"), holds("ann"))


def cautions(*records: Record, resets_by_phone: str = "no", **fields: Any) -> list[str]:
    registry = company(*records, resets_by_phone=resets_by_phone)
    return list(plan(registry, Departure("jan", days(30).date(), **fields), NOW).cautions)


def test_nothing_is_said_where_a_role_keeps_enough_holders() -> None:
    assert cautions(*SHARED, KIM, holds("kim")) == []


def test_a_role_that_is_left_with_too_few_holders_is_told_and_stops_nothing() -> None:
    assert cautions(*SHARED) == ["the role webcare is left with 1 of at least 2 holders"]
    assert cautions(*SHARED, Role(id="webcare", name="webcare", min_holders=1)) == []


def test_who_takes_over_and_leaves_too_is_told_with_the_day() -> None:
    ann = Person(id="ann", name="Ann", last_day=days(35).date())
    told = "the role webcare goes to Ann, who leaves 5 days later, on 2026-07-20"
    assert f"{told}, and then nobody holds it" in cautions(*SHARED, ann)
    named = cautions(*SHARED, ann, KIM, holds("kim"), successors={"webcare": "ann"})
    assert named == [told]
    assert cautions(*SHARED, ann, KIM, holds("kim")) == []


def test_a_role_whose_other_holder_leaves_earlier_is_left_with_nobody() -> None:
    ann = Person(id="ann", name="Ann", last_day=days(10).date())
    made = plan(company(*SHARED, ann), Departure("jan", days(30).date()), NOW)
    assert made.cautions == ("the role webcare is left with 0 of at least 2 holders",)
    assert any("net/@acme" in blocker.what for blocker in made.blockers)
    later = plan(company(*SHARED, ann), Departure("jan", days(9).date()), NOW)
    assert "the role webcare is left with 1 of at least 2 holders" in later.cautions


def test_who_takes_over_the_rest_is_given_a_role_that_only_leavers_hold() -> None:
    ann = Person(id="ann", name="Ann", last_day=days(35).date())
    records = company(*SHARED, ann, KIM)
    made = plan(records, Departure("jan", days(30).date(), successors={"": "kim"}), NOW)
    given = [(step.target, step.to) for step in made.steps if step.act == "assign_role"]
    assert given == [("webcare", "kim")]
    assert made.cautions == ()
    stays = plan(
        company(*SHARED, KIM), Departure("jan", days(30).date(), successors={"": "kim"}), NOW
    )
    assert not [step for step in stays.steps if step.act == "assign_role"], "ann holds it"
    assert stays.cautions == ("the role webcare is left with 1 of at least 2 holders",)


def test_cutting_off_at_once_says_which_accounts_it_risks() -> None:
    alone = (account("own", owner_roles=()), password("own"), saw("jan", "own"))
    inside = account("inside", owner_roles=(), containers=since("own"))
    told = "cutting off at once, the company risks to lose its own way in to net/@inside, net/@own"
    assert told in cautions(*SHARED, *alone, inside, mode="immediate")
    assert not [each for each in cautions(*SHARED, *alone) if "at once" in each]
    sure = cautions(*SHARED, mode="immediate")
    assert "cutting off at once locks nobody out: who stays has full control of every account" in (
        sure
    )


def test_a_tool_that_posts_on_the_leavers_word_is_told_when_they_are_cut_off_at_once() -> None:
    tool = account("tool", handles=since("tool"))
    grant = Grant(id="grant", tool="tool", account="acme", granted_by="jan", since=LONG_AGO)
    told = "until it is connected again, net/@tool may stop posting to net/@acme"
    assert told in cautions(*SHARED, tool, grant, mode="immediate")


def test_whoever_may_undo_a_new_password_meanwhile_is_told_when_they_are_cut_off_at_once() -> None:
    home = mailbox("home", owner="jan", type="personal")
    web = mailbox("web", "webcare", owner="webcare", proven_at=LONG_AGO)
    moving = account(login_mailboxes=since("home"))
    told = "change addresses and password of net/@acme in one sitting: until the password is new,"
    said = cautions(*SHARED, moving, home, web, mode="immediate")
    assert f"{told} Jan may take an address back" in said
    phone = Phone(id="phone", number="+31 6", carriers=since("jan"))
    called = account(recovery_phones=since("phone"))
    said = cautions(*SHARED, called, phone, mode="immediate", resets_by_phone="unknown")
    told = "until +31 6 is collected, Jan may reset the password of net/@acme by it:"
    assert f"{told} have its operator block it first" in said
    assert not [each for each in cautions(*SHARED, called, phone) if "reset" in each]
    said = cautions(*SHARED, called, phone, mode="immediate", resets_by_phone="no")
    assert not [each for each in said if "reset" in each]


def test_who_left_before_is_told_with_the_true_day() -> None:
    left = Person(id="jan", name="Jan", last_day=days(-90).date())
    registry = company(*SHARED, left, seat("jan", "post"))
    made = plan(registry, Departure("jan", days(-90).date(), "immediate"), NOW)
    assert made.last_day == days(-90).date()
    told = "the plan counts on no help, and is for now: Jan left on 2026-03-17"
    assert made.cautions[0] == told
    assert {step.due for step in made.steps} == {NOW.date()}


def test_a_departure_of_the_only_member_says_how_it_is_recorded() -> None:
    jan = Person(id="jan", name="Jan", memberships=(Spell("member", LONG_AGO),))
    told = "nobody but Jan opens the vault, so each step is marked as recorded by the leaver"
    assert told in cautions(*SHARED, jan)
    other = Person(id="kim", name="Kim", memberships=(Spell("other", LONG_AGO),))
    assert told not in cautions(*SHARED, jan, other)


def closed(*names: str, **facts: Any) -> tuple[Registry, list[Closing]]:
    registry = company(*map(account, names), **facts)
    return registry, closings(registry, [Wish(account=each) for each in names], NOW)


def test_what_is_said_before_accounts_are_closed_is_said_once_and_of_a_few_by_name() -> None:
    few = closed("a", "b", grace={"delete": 0})
    assert [*before_closing(*few)] == [
        "on Net, it cannot be undone",
        "nobody who works here is known to get in to net/@a, net/@b",
    ]
    many = closed(*"abcdefg")
    unknown, locked = before_closing(*many)
    assert unknown == f"on Net, {UNKNOWN_GRACE}"
    assert locked.endswith("get in to net/@a, net/@b, net/@c, net/@d, net/@e and 2 more")
    assert [*before_closing(*closed("a", grace={"delete": 14}))] == [
        "nobody who works here is known to get in to net/@a"
    ]


def test_a_phone_that_only_a_role_carries_is_collected_by_whoever_finds_it() -> None:
    told = "collect the phone, or its SIM, if Jan has it: +31 6 1 is carried by webcare"
    usual = (*SHARED, KIM, holds("kim"))
    phone = Phone(id="phone", number="+31 6 1", carriers=since("webcare"))
    assert cautions(*usual, phone) == [told]
    assert cautions(*usual, replace(phone, carriers=since("webcare", "jan"))) == []
    assert cautions(*usual, replace(phone, contract="jan")) == []
    assert cautions(*usual, replace(phone, until=days(-1))) == []
