"""A rotation that was begun stays in the list of what is to be changed until it is proved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.unit.domain.company import (
    NOW,
    account,
    company,
    days,
    password,
    saw,
    since,
    version,
)
from vault.domain.account import Account
from vault.domain.cases import Case, Progress
from vault.domain.credential import Credential
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.rotation import due_of, late_else, rotations_due, terms_of
from vault.domain.rotation_policy import USUAL
from vault.domain.rotation_steps import plan_rotation
from vault.domain.steps import Step
from vault.reports.about.rotation import rotation as report

DUE = days(1).date()


def begun(state: Any = "todo", secret: Credential | None = None) -> Registry:
    """Return a company in which a password that nothing asks to change is being changed."""
    registry = company(account(), secret or password())
    credential = registry.get("password of acme", Credential)
    found = registry.get("acme", Account)
    plan = plan_rotation(registry, found, credential, at=NOW, by="ann", policy=USUAL)
    progress = tuple(Progress(msgspec.structs.replace(step, due=DUE)) for step in plan.steps)
    progress = (msgspec.structs.replace(progress[0], state=state), *progress[1:])
    case = Case(
        id="c1", what="rotation", account="acme", credential="password of acme", version=1,
        opened_at=days(-2), progress=progress,
    )  # fmt: skip
    return company(account(), secret or password(), case)


@pytest.mark.parametrize(
    ("state", "listed"),
    [
        *((state, True) for state in ("todo", "waiting", "blocked", "pending")),
        *((state, False) for state in ("verified", "waived", "dropped")),
    ],
)
def test_a_secret_with_an_open_rotation_is_in_rotate_due_until_it_is_proved(
    state: str, listed: bool
) -> None:
    found = rotations_due(begun(state), NOW, USUAL)
    assert [each.credential.id for each in found] == ["password of acme"] * listed
    assert [each.why for each in found] == ["begun, not proved"] * listed


def test_an_open_rotation_is_due_as_its_step_and_overdue_from_the_day_after() -> None:
    [due] = rotations_due(begun(), NOW, USUAL)
    assert (due.case and due.case.id, due.due_at.date(), due.begun_at) == ("c1", DUE, days(-2))
    assert not due.is_overdue(due.due_at)
    [late] = rotations_due(begun(), days(2).replace(hour=0), USUAL)
    assert late.is_overdue(days(2).replace(hour=0))


def test_a_rotation_that_was_opened_later_asks_for_nothing_yet() -> None:
    assert rotations_due(begun(), days(-3), USUAL) == []


def test_a_rotation_is_no_reason_for_itself_when_its_steps_are_made_again() -> None:
    registry = begun()
    secret, found = registry.get("password of acme", Credential), registry.account("acme")
    terms = terms_of(registry, found, secret, NOW, USUAL)
    assert due_of(registry, secret, NOW, terms) is None


def test_the_report_counts_a_rotation_as_begun_before_its_new_secret_is_made() -> None:
    told = report(begun(), NOW, policy=USUAL)
    assert {figure.name: figure.number for figure in told.figures}["begun"] == 1
    [row] = told.sections[0].rows
    assert row.cells[-1] == days(-2).date()


def test_check_counts_what_is_late_and_no_finding_tells_of() -> None:
    left = Person(id="eva", name="Eva", last_day=days(-30).date())
    old, known = password("old", version(at=days(-400))), password("known")
    found, unproved = password("found", version(breached_at=days(-9))), password("new", version())
    half = msgspec.structs.replace(
        unproved, versions=(version(), version(2, days(-9), current_from=None))
    )
    accounts = map(account, ("old", "known", "found", "new"))
    child = account("child", sign_in_accounts=since("old"))
    records = (*accounts, child, left, old, known, saw("eva", "known"), found, half)
    due = rotations_due(company(*records), NOW, USUAL)
    assert {each.credential.account for each in due} == {"old", "known", "found", "new"}
    assert late_else(due, NOW) == 2, "the one that is old, and the one that is half changed"
    case = Case(
        id="c1", what="rotation", account="known", credential="password of known",
        opened_at=days(-8), progress=(Progress(Step(id="s1", act="rotate_password",
        account="known", target="password of known", due=days(-7).date())),),
    )  # fmt: skip
    assert late_else(rotations_due(company(*records, case), NOW, USUAL), NOW) == 3


def test_what_is_made_today_comes_after_what_should_have_been_changed_long_ago() -> None:
    pending = version(2, NOW - timedelta(hours=1), current_from=None)
    records = (
        account("a"), account("b"), password("a", version(), pending),
        password("b", version(breached_at=days(-90))),
    )  # fmt: skip
    registry = company(*records)
    assert [d.credential.account for d in rotations_due(registry, NOW, USUAL)] == ["b", "a"]
    later = rotations_due(registry, days(3), USUAL)
    assert [each.credential.account for each in later] == ["a", "b"], "not proved for days"
