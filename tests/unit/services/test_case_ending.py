from __future__ import annotations

import pytest

from tests.unit.domain.company import (
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
    totp,
)
from vault.domain.case_ending import verdict_of_deeds
from vault.domain.cases import Case, Progress
from vault.domain.registry import Registry
from vault.domain.steps import Step
from vault.errors import RefusedError
from vault.services.case_ending import _refuse_open


def case(*progress: Progress) -> Case:
    opened = days(-10)
    return Case(id="case", what="offboarding", person="jan", progress=progress, opened_at=opened)


def refused(registry: Registry, found: Case) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        _refuse_open(registry, found, verdict_of_deeds(registry, found, NOW), NOW)
    return caught.value


def test_what_a_step_cost_is_put_right_by_the_commands_that_the_refusal_names() -> None:
    gone = seat("ann", "owner", until=days(-4))
    step = Step(id="a", act="remove_seat", account="acme", target=gone.id, person="jan")
    cost = Progress(step, state="applied", applied_by="ann", applied_at=days(-4))
    his = seat("jan", "post", until=days(-6))
    error = refused(company(account(), gone, his), case(cost))
    assert error.message == "the company lost net/@acme on the way"
    assert "safehands seat add net/@acme PERSON --level owner" in error.hint
    assert "safehands account end net/@acme --lost" in error.hint
    assert "replan" not in error.hint


def test_where_a_new_plan_has_no_step_the_refusal_names_what_else_there_is() -> None:
    facts = {"resets_by_mail": "yes", "login_mail_changeable": "no"}
    box = account(login_mailboxes=since("own"))
    registry = company(box, holds("ann"), mailbox("own", owner="jan", type="personal"), **facts)
    error = refused(registry, case())
    assert "resets the password of net/@acme" in error.message
    assert "safehands account end net/@acme --lost" in error.hint
    assert "replan" not in error.hint


def test_a_tie_that_opens_nothing_is_named_with_the_step_that_cuts_it() -> None:
    registry = company(account(), holds("ann"), totp("acme", "ann"), password(), saw("jan"))
    error = refused(registry, case())
    told = "a tie is left that no step of this case cut: Change the password of net/@acme"
    assert error.message.startswith(told)
    assert error.hint == "make the plan again: safehands case replan case"
