"""A leaver's own mailbox of the company: who is shut out of it when, and who reads it then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.domain.company import (
    LONG_AGO,
    NOW,
    account,
    company,
    days,
    holds,
    mailbox,
    of_jan,
    of_those_who_stay,
    password,
    since,
    totp,
)
from vault.domain.effects import effect
from vault.domain.findings import findings
from vault.domain.guards import objection
from vault.domain.instructions import instructions, title
from vault.domain.knowledge import reading_span
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.simulation import simulate
from vault.domain.single_points import sole_controllers
from vault.domain.steps import Act, Step
from vault.domain.ties import account_ties, own_ties

LAST_DAY = days(30).date()
WEB = mailbox("web", "webcare", owner="webcare", proven_at=LONG_AGO)
OWN = mailbox("own", "jan", owner="jan", type="licensed")
ON_OWN = account(login_mailboxes=since("own"))


def firm(*records: Record, **facts: Any) -> Registry:
    """An account that is reset by mail of the leaver's own mailbox, and a role that stays."""
    facts.setdefault("resets_by_mail", "yes")
    return company(ON_OWN, OWN, WEB, holds("ann"), *records, **facts)


def planned(registry: Registry, mode: Any = "immediate", **fields: Any) -> Plan:
    return plan(registry, Departure("jan", LAST_DAY, mode, **fields), NOW)


def the(made: Plan, act: Act) -> Step:
    (step,) = (step for step in made.steps if step.act == act)
    return step


def after(registry: Registry, made: Plan, act: Act) -> Registry:
    """The registry when all up to the step of an act is done."""
    steps = made.steps[: made.steps.index(the(made, act)) + 1]
    return simulate(registry, "jan", steps, NOW, made.mode).registry


def test_who_is_cut_off_at_once_is_shut_out_of_their_mailbox_before_anything_else() -> None:
    registry = firm(password())
    made = planned(registry)
    assert made.steps[0] == the(made, "block_mailbox")
    assert (made.steps[0].due, made.steps[0].to) == (NOW.date(), "ann")
    assert title(registry, made.steps[0]) == "Shut Jan out of own@acme.example, and let Ann read it"
    at_once = after(registry, made, "block_mailbox")
    assert of_jan(registry).controls("acme")
    assert not of_jan(at_once, days(1)).controls("acme")
    assert of_those_who_stay(at_once, days(1)).can_log_in("acme")
    assert the(made, "release_mailbox").due == LAST_DAY
    assert made.verdict.holds


def test_its_new_reader_gets_the_company_in_where_only_the_leaver_was_before() -> None:
    alone = account(login_mailboxes=since("own"), owner_roles=())
    registry = firm(alone, mailbox("spare", "webcare", owner="webcare", proven_at=LONG_AGO))
    made = planned(registry, successors={"": "ann"})
    assert not of_those_who_stay(registry).controls("acme")
    assert of_those_who_stay(after(registry, made, "block_mailbox"), days(1)).controls("acme")


def test_a_new_secret_waits_until_no_mail_can_reset_it() -> None:
    made = planned(firm(password()))
    block = the(made, "block_mailbox").id
    assert block in the(made, "rotate_password").depends_on
    assert block in the(made, "end_sessions").depends_on
    assert block in the(made, "release_mailbox").depends_on
    elsewhere = (account("other"), password("other"), holds("jan"))
    made = planned(firm(*elsewhere))
    assert block not in the(made, "rotate_password").depends_on


def test_who_still_helps_reads_it_until_it_is_released_on_the_last_day() -> None:
    made = planned(firm(password()), "planned")
    assert "block_mailbox" not in {step.act for step in made.steps}
    assert the(made, "release_mailbox").not_before == LAST_DAY


def test_who_still_helps_is_shut_out_on_the_last_day_where_it_is_kept_beyond() -> None:
    kept = mailbox("own", "jan", owner="jan", keep_until=days(90).date())
    made = planned(firm(kept, password()), "planned")
    block = the(made, "block_mailbox")
    assert (block.not_before, block.due) == (LAST_DAY, LAST_DAY)
    assert the(made, "rotate_password").not_before is None
    assert made.verdict.holds
    before = mailbox("own", "jan", owner="jan", keep_until=LAST_DAY)
    made = planned(firm(before, password()), "planned")
    assert "block_mailbox" not in {step.act for step in made.steps}


def test_who_still_helps_is_shut_out_on_the_last_day_where_an_account_cannot_move_off_it() -> None:
    made = planned(firm(password(), holds("jan"), login_mail_changeable="no"), "planned")
    block = the(made, "block_mailbox")
    assert block.not_before == LAST_DAY
    assert block.id in the(made, "rotate_password").depends_on
    assert made.verdict.sealed
    told = {blocker.what for blocker in made.blockers}
    assert "the log-in address of net/@acme cannot be changed" in told


@pytest.mark.parametrize(
    ("records", "successors", "to"),
    [
        ((Person(id="kim", name="Kim"),), {"": "kim"}, "kim"),
        ((), {}, "ann"),
        ((account(until=LONG_AGO), totp(mailbox="own")), {}, "ann"),
        ((account(), Person(id="jan", name="Jan", manager="ann")), {}, "ann"),
        ((account(), Person(id="jan", name="Jan", manager="jan")), {}, ""),
        ((account(),), {}, ""),
        ((mailbox("own", "jan", "webcare", owner="jan"),), {"": "ann"}, ""),
    ],
)
def test_the_successor_reads_it_or_who_looks_after_what_hangs_on_it_or_the_manager(
    records: tuple[Record, ...], successors: dict[str, str], to: str
) -> None:
    made = planned(firm(*records), successors=successors)
    assert the(made, "block_mailbox").to == to


@pytest.mark.parametrize("act", ["block_mailbox", "remove_mailbox_reader"])
def test_who_takes_a_mailbox_over_stays(act: Any) -> None:
    step = Step(id="1", act=act, target="own", to="jan", person="jan")
    assert objection(firm(), step, NOW) == "the leaver would hold it again"
    left = Person(id="kim", name="Kim", last_day=days(-9).date())
    step = Step(id="1", act=act, target="own", to="kim", person="jan")
    assert objection(firm(left), step, NOW) == "Kim does not work here any more"


def test_where_nobody_is_there_to_read_it_the_step_says_so_in_general() -> None:
    nobody = Step(id="1", act="block_mailbox", target="own", person="jan")
    assert "let the company read it" in title(firm(), nobody)
    assert instructions(firm(), nobody).steps[2].startswith("Let the company read it: codes")


@pytest.mark.parametrize(
    ("records", "to"),
    [
        ((mailbox("own", "jan", owner="webcare"),), "webcare"),
        ((mailbox("own", "jan"),), "ann"),
        ((mailbox("own", "jan", owner="kim"), Person(id="kim", name="Kim")), ""),
        ((mailbox("own", "jan", "ann"),), ""),
        ((mailbox("own", "jan"), account()), ""),
    ],
)
def test_a_mailbox_that_only_the_leaver_read_is_read_by_somebody_else_and_the_step_says_whom(
    records: tuple[Record, ...], to: str
) -> None:
    registry = firm(*records)
    step = the(planned(registry), "remove_mailbox_reader")
    assert step.to == to
    told = [line for line in instructions(registry, step).steps if line.startswith("Let ")]
    assert told == ([f"Let {registry.name_of(to)} read it instead."] if to else [])


def test_what_hangs_on_it_still_moves_and_it_is_still_released_when_they_are_shut_out() -> None:
    registry = firm(password(), totp(mailbox="own"))
    made = planned(registry)
    shut = after(registry, made, "block_mailbox")
    ties = {tie.kind: tie.why for tie in account_ties(shut, "jan", shut.account("acme"), days(1))}
    assert ties["login_mail"] == ("Jan owns own@acme.example, the log-in address of net/@acme",)
    codes = "Jan owns own@acme.example, which gets the authenticator app of net/@acme"
    assert ties["factor"] == (codes,)
    assert [tie.why for tie in own_ties(shut, "jan", days(1))] == [("Jan owns own@acme.example",)]
    departure = Departure("jan", LAST_DAY, "immediate")
    again = plan(shut, departure, days(1), frozenset({made.steps[0].id}))
    assert [step.id for step in again.steps] == [step.id for step in made.steps[1:]]


def test_whoever_is_let_in_again_or_will_be_is_shut_out_once_more() -> None:
    shut_out = since("jan")
    for again in (
        mailbox("own", "jan", owner="jan", shut_out=shut_out),
        mailbox("own", owner="jan", shut_out=since("jan", until=days(9))),
        mailbox("own", owner="jan", shut_out=since("jan", at=days(2))),
    ):
        registry = firm(again)
        made = planned(registry)
        done = registry.apply(effect(registry, made.steps[0], NOW, "ann"))
        assert made.steps[0].act == "block_mailbox"
        assert [of_jan(done, days(n)).controls("acme") for n in (0, 3, 10)] == [False] * 3
    out = firm(mailbox("own", owner="jan", shut_out=shut_out))
    assert "block_mailbox" not in {step.act for step in planned(out).steps}


def test_an_owner_who_is_shut_out_reads_nothing_from_then_on() -> None:
    box = mailbox("own", owner="jan", shut_out=since("jan", at=days(-3)))
    registry = firm(box)
    (span,) = reading_span(registry, "jan", "own")
    assert span[1] == days(-3)
    assert of_jan(registry, days(-4)).controls("acme")
    assert not of_jan(registry).controls("acme")
    assert "mailbox_unread" in {each.code for each in findings(registry, NOW)}
    assert "acme" not in sole_controllers(registry, NOW)


def test_a_mailbox_is_read_from_when_its_readers_do_whatever_a_list_says_of_its_making() -> None:
    box = mailbox("own", "jan", since=days(3))
    (span,) = reading_span(firm(box), "jan", "own")
    assert span[0] < NOW
    assert of_jan(firm(box)).controls("acme")
