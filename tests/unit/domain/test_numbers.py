"""An account that goes by a number: whoever has the phone of that number has a way in."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

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
    since,
)
from vault.domain.changes import changes
from vault.domain.effects import effect
from vault.domain.endings import accounts_on, refuse_ending
from vault.domain.findings import findings
from vault.domain.neighbourhood import reach, surroundings
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.personal import is_personal
from vault.domain.phone import Phone, dialled
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.rotation_policy import USUAL
from vault.domain.rotation_steps import plan_rotation
from vault.domain.ties import account_ties
from vault.errors import RefusedError

CHAT = account("chat", handles=since("31612345678"), models=("number",))
JANS = Phone(id="phone", number="+31 6 1234 5678", contract="jan")
OURS = replace(JANS, contract="", carriers=since("jan"))


def firm(*records: Record, **facts: Any) -> Registry:
    facts = {"resets_by_phone": "yes", **facts}
    return company(CHAT, holds("ann"), *records, **facts)


def planned(registry: Registry) -> Plan:
    return plan(registry, Departure("jan", days(30).date()), NOW)


def kinds(registry: Registry) -> dict[str, str]:
    found = account_ties(registry, "jan", registry.account("chat"), NOW)
    return {tie.kind: tie.why[0] for tie in found}


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+31 6 1234-5678", "31612345678"),
        ("(020) 555", "020555"),
        ("acme", ""),
        ("acme24", ""),
        ("", ""),
    ],
)
def test_a_number_is_compared_by_its_digits(text: str, digits: str) -> None:
    assert dialled(text) == digits


def test_who_pays_for_the_number_an_account_goes_by_is_let_in_and_tied_to_it() -> None:
    registry = firm(JANS)
    assert of_jan(registry).why("chat")[0] == "+31 6 1234 5678 is on a contract of Jan"
    assert kinds(registry)["recovery_phone"].startswith("+31 6 1234 5678 is on a contract of Jan")
    assert is_personal(registry, registry.account("chat"), NOW)
    assert "chat" in reach(registry, "jan")
    assert "phone" in surroundings(registry, ["chat"])


@pytest.mark.parametrize(
    "chat",
    [
        replace(CHAT, models=("login",)),
        replace(CHAT, handles=since("31699999999")),
        replace(CHAT, handles=since("acme")),
        replace(CHAT, handles=since("31612345678", until=days(-1))),
    ],
)
def test_no_other_name_ties_an_account_to_a_phone(chat: Any) -> None:
    registry = firm(JANS, chat)
    assert not of_jan(registry).controls("chat")
    assert kinds(registry) == {}
    assert [*accounts_on(registry, "phone", NOW)] == []


def test_the_company_gets_in_by_a_number_that_somebody_carries() -> None:
    assert of_those_who_stay(firm(replace(OURS, carriers=since("webcare")))).controls("chat")
    assert not of_those_who_stay(firm(OURS)).controls("chat")


def test_a_departure_collects_the_phone_and_ends_the_sessions_that_it_opened() -> None:
    registry = firm(OURS, not_applicable={"rotate_password": "a code is sent"})
    made = planned(registry)
    assert {step.act for step in made.steps} == {"collect_device", "end_sessions"}
    assert [step.to for step in made.steps if step.act == "collect_device"] == ["webcare"]
    assert made.verdict.holds


def test_a_number_of_the_leavers_is_taken_off_by_a_change_of_number() -> None:
    mailed = replace(CHAT, login_mailboxes=since("web"))
    registry = firm(JANS, mailed, mailbox("web", "webcare"), resets_by_mail="yes")
    made = planned(registry)
    (step,) = made.steps
    assert (step.act, step.target) == ("change_recovery_phone", "phone")
    assert made.verdict.holds
    after = registry.apply(effect(registry, step, NOW, "ann"))
    assert kinds(after) == {}
    assert of_jan(after.apply(changes(JANS)), LONG_AGO).controls("chat")  # as it was then


def test_an_account_that_is_the_companys_by_that_number_alone_says_whose_contract_it_is() -> None:
    (blocker,) = planned(firm(replace(JANS, carriers=since("webcare")))).blockers
    told = "net/@31612345678 is the company's by +31 6 1234 5678 alone, on a contract of Jan"
    assert blocker.what == told


def test_where_nobody_else_gets_in_the_contract_is_to_be_moved_and_then_the_plan_holds() -> None:
    registry = firm(JANS)
    blockers = planned(registry).blockers
    text = "have the operator move its contract to the company, then record it"
    edit = "safehands phone edit '+31 6 1234 5678' --contract ''"
    assert f"{text}: {edit}" in {each.ways_out[0].text for each in blockers}
    assert planned(registry.apply(changes(replace(JANS, contract="")))).verdict.holds


def test_an_account_that_goes_by_a_number_needs_no_log_in_address() -> None:
    def missing(*records: Record) -> bool:
        return "no_login_address" in {each.code for each in findings(firm(*records), NOW)}

    assert not missing(OURS)
    assert missing(OURS, replace(CHAT, models=("login",)))


def test_a_rotation_takes_the_number_of_who_left_off_as_well() -> None:
    left = Person(id="jan", name="Jan", last_day=days(-5).date())
    registry = firm(JANS, left)
    made = plan_rotation(registry, CHAT, None, at=NOW, by="ann", policy=USUAL)
    assert [step.act for step in made.steps] == ["change_recovery_phone"]


def test_a_phone_does_not_end_while_an_account_goes_by_its_number() -> None:
    registry = firm(OURS)
    with pytest.raises(RefusedError, match="net/@31612345678") as refused:
        refuse_ending(registry, OURS, NOW)
    assert refused.value.hint.endswith("--handle NUMBER")


@pytest.mark.parametrize(
    ("phones", "told"),
    [
        ([JANS], "the number of net/@31612345678 is Jan's"),
        ([replace(OURS, until=days(-1))], "the number of net/@31612345678 is gone"),
        ([replace(OURS, until=days(-1)), replace(OURS, id="again")], ""),
    ],
)
def test_a_number_that_is_somebodys_or_gone_is_found(phones: list[Phone], told: str) -> None:
    found = [f for f in findings(firm(*phones), NOW) if "the number of" in f.what]
    assert [f.what.startswith(told) for f in found] == [True] * bool(told)


def test_a_phone_that_the_account_names_itself_is_tied_as_that_says() -> None:
    off = replace(CHAT, recovery_phones=since("phone", until=days(-1)))
    assert kinds(firm(JANS, off)) == {}
    on = replace(CHAT, recovery_phones=since("phone"))
    assert len([*account_ties(firm(JANS, on), "jan", on, NOW)]) == 1
