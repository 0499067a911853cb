from __future__ import annotations

from typing import get_args

import pytest
from msgspec.structs import replace

from tests.unit.reports.company import catalogue, company, departure, record_id
from vault.domain.changes import changes
from vault.domain.credential import Credential
from vault.domain.instructions import IN_THE_COMPANY, LEFT_ALONE, called, instructions, title
from vault.domain.mailbox import Mailbox
from vault.domain.platforms.model import PLATFORM_ACTS
from vault.domain.steps import LOGIN_ACTS, SEAT_ACTS, Act, Step

ACTS = get_args(Act)


def test_every_act_happens_on_a_platform_or_in_the_company() -> None:
    assert sorted([*PLATFORM_ACTS, *IN_THE_COMPANY]) == sorted(ACTS)


@pytest.mark.parametrize("act", ACTS)
def test_every_act_says_what_to_do_and_how_to_check_it(act: Act) -> None:
    play = instructions(company(), Step(id="1", act=act, account=record_id("x")))
    assert play.steps
    assert play.check
    assert [link for link in play.links if not link.startswith("https://")] == []


@pytest.mark.parametrize("act", ACTS)
def test_a_title_without_names_still_reads(act: Act) -> None:
    text = title(company(), Step(id="1", act=act))
    assert "{" not in text
    assert "  " not in text


def test_a_general_play_takes_the_links_of_its_platform() -> None:
    step = Step(id="1", act="change_recovery_mail", account=record_id("instagram"))
    assert "change_recovery_mail" not in catalogue().get("instagram").playbook
    assert instructions(company(), step).links == (catalogue().get("instagram").links["login"],)


@pytest.mark.parametrize("act", ACTS)
def test_a_log_in_that_was_planned_before_the_account_was_closed_is_not_told_any_more(
    act: Act,
) -> None:
    registry = company()
    closing = replace(registry.account(record_id("x")), state="closing")
    step = Step(id="1", act=act, account=closing.id)
    told = instructions(registry.apply(changes(closing)), step)
    assert (told == instructions(registry, step)) is not (act in LOGIN_ACTS | SEAT_ACTS)
    assert (told == LEFT_ALONE) is (act in LOGIN_ACTS | SEAT_ACTS)


def test_a_platform_that_nobody_knows_has_the_general_play() -> None:
    registry = company()
    step = Step(id="1", act="rotate_password", account=record_id("x"))
    foreign = registry.account(record_id("x")).__class__(id=record_id("x"), platform="unheard-of")
    play = instructions(registry.apply(changes(foreign)), step)
    assert play.steps == catalogue().generic["rotate_password"].steps
    assert play.links == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("grant", "buffer/@acme-planning"),
        ("eva as webcare", "Webcare"),
        ("eva on youtube", "Eva Lindqvist"),
        ("totp", "authenticator app"),
        ("x password", "password"),
        ("webcare@", "webcare@acme.example"),
    ],
)
def test_what_has_no_name_goes_by_what_it_stands_for(name: str, words: str) -> None:
    assert called(company(), record_id(name)) == words


def test_a_secret_with_a_label_is_called_by_its_kind_and_that() -> None:
    token = Credential(id="token", account=record_id("x"), what="api_token", label="Buffer")
    step = Step(id="1", act="rotate_token", account=token.account, target=token.id)
    told = title(company().apply(changes(token)), step)
    assert told.startswith("Renew the API token Buffer of x/@")


def test_braces_in_a_name_stay_braces() -> None:
    registry = company(named=lambda _: "{account} {0.__class__}")
    step = Step(id="1", act="rotate_password", account=record_id("x"), to=record_id("eva"))
    assert title(registry, step) == "Change the password of x/@{account} {0.__class__}"


def test_every_title_of_a_real_plan_names_records_and_no_ids() -> None:
    registry = company()
    ids = [record.id[:8] for record in registry.records()]
    titles = [title(registry, step) for step in departure(registry).steps]
    assert len(titles) > 20
    assert [text for text in titles if any(each in text for each in ids)] == []


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("web@acme.example", "web@acme.example"),
        ("$(id)'@acme.example", "'$(id)'\"'\"'@acme.example'"),
    ],
)
def test_the_proof_of_a_mailbox_names_its_address_and_a_command_to_copy(
    address: str, typed: str
) -> None:
    registry = company().apply(changes(Mailbox(id="web", address=address)))
    todo = instructions(registry, Step(id="1", act="prove_mailbox", target="web")).steps
    assert f"send it to {address}: safehands mailbox prove {typed}" in todo[0]
    assert todo[1].endswith(f"safehands mailbox prove {typed} --code CODE")
