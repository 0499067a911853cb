"""A phone that serves accounts of several roles: to whom it goes, and what the others are told."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.unit.domain.company import account, company, days, holds, since, totp
from vault.domain.instructions import instructions
from vault.domain.offboarding import Departure, plan
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.steps import Step

PHONE = Phone(id="phone", number="+31 6", carriers=since("jan"))
PRESS = (Role(id="press", name="press"), holds("ann", "press"))


def on_phone(name: str, role: str = "webcare", **fields: Any) -> Record:
    return account(name, recovery_phones=since("phone"), owner_roles=since(role), **fields)


def firm(*records: Record) -> Registry:
    return company(holds("ann"), *PRESS, PHONE, *records)


def collected(registry: Registry, **fields: Any) -> Step:
    made = plan(registry, Departure("jan", days(30).date(), **fields), days(0))
    return next(step for step in made.steps if step.act == "collect_device")


def told(registry: Registry, step: Step) -> tuple[str, ...]:
    return instructions(registry, step).steps[3:]


def test_it_goes_to_the_role_with_most_accounts_on_it_in_whatever_order_they_are_recorded() -> None:
    users = [on_phone(each) for each in "bcd"] + [on_phone(each, "press") for each in "az"]
    for some in permutations(users):
        assert collected(firm(*some)).to == "webcare"
    why, to_do = told(firm(*users), collected(firm(*users)))
    assert why.startswith("It goes to webcare, which needs it for 3 of 5 accounts; also on it: ")
    assert why.endswith("net/@a (press), net/@z (press).")
    assert to_do == "Move these to a phone of their own roles, or have webcare pass the codes on."


def test_codes_at_each_log_in_count_for_more_than_resets_and_a_name_decides_at_last() -> None:
    resets = (on_phone("a"), on_phone("b"))
    codes = (account("c", owner_roles=since("press")), totp("c", phone="phone"))
    assert collected(firm(*resets, *codes)).to == "press"
    assert collected(firm(on_phone("a"), on_phone("b", "press"))).to == "press"


@pytest.mark.parametrize(
    "past",
    [
        on_phone("a", "press", until=days(-9)),
        on_phone("a", "press", state="closing"),
        account("a", owner_roles=since("press"), recovery_phones=since("phone", until=days(-9))),
        totp("acme", id="f", phone="phone", until=days(-9)),
    ],
)
def test_what_is_over_or_nobody_can_hold_decides_nothing(past: Record) -> None:
    alone = (on_phone("b", "nobody's"), on_phone("c", "nobody's"))
    registry = firm(on_phone("d"), past, *alone, Role(id="nobody's", name="nobody's"))
    step = collected(registry)
    assert step.to == "webcare"
    assert "1 of 3 accounts" in told(registry, step)[0]


def test_a_role_that_carries_it_too_keeps_it() -> None:
    both = Phone(id="phone", number="+31 6", carriers=since("jan", "press"))
    registry = company(holds("ann"), *PRESS, both, on_phone("a"))
    step = collected(registry)
    assert step.to == "press"
    assert told(registry, step)[0] == "It goes to press, and on it: net/@a (webcare)."


def test_a_phone_of_one_role_needs_no_word_and_one_of_none_goes_to_the_successor() -> None:
    registry = firm(on_phone("a"))
    assert told(registry, collected(registry)) == ()
    assert collected(firm(), successors={"": "ann"}).to == "ann"
    assert collected(firm()).to == ""
