from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.unit.domain.company import NOW, account, company, days
from vault.domain.account import Activity
from vault.domain.dormancy import Dormancy, dormancy


def judged(last: int | None, *, limit: int = 90, **fields: Any) -> Dormancy:
    """Return the verdict on an account that posted so many days ago, or never."""
    moment = None if last is None else days(-last)
    seen = account(last_activity=Activity(moment, "feed", days(-1)), **fields)
    return dormancy(company(seen), seen, NOW, limit)


@pytest.mark.parametrize(
    ("idle", "verdict"),
    [(0, "active"), (45, "active"), (46, "quiet"), (90, "quiet"), (91, "dormant")],
)
def test_an_account_is_dormant_after_the_days_and_quiet_after_half(idle: int, verdict: str) -> None:
    assert judged(idle).verdict == verdict
    assert judged(idle).idle_days == idle


@pytest.mark.parametrize(("idle", "verdict"), [(10, "active"), (15, "quiet"), (22, "dormant")])
def test_a_cadence_of_its_own_counts_three_times(idle: int, verdict: str) -> None:
    assert judged(idle, cadence_days=7).verdict == verdict


def test_another_policy_gives_another_verdict() -> None:
    assert judged(40, limit=30).verdict == "dormant"
    assert judged(40, limit=365).verdict == "active"


def test_without_data_nothing_is_guessed() -> None:
    bare = account()
    assert dormancy(company(bare), bare, NOW).verdict == "unknown"


def test_what_was_asked_later_says_nothing_about_before() -> None:
    seen = account(last_activity=Activity(days(-9), "feed", days(2)))
    assert dormancy(company(seen), seen, NOW).verdict == "unknown"
    assert dormancy(company(seen), seen, days(3)).verdict == "active"


def test_an_account_that_never_posted_says_so() -> None:
    assert judged(None).verdict == "never_posted"
    assert judged(None).idle_days is None


def test_a_platform_that_ended_is_no_question_of_idleness() -> None:
    from tests.unit.domain.company import catalogue
    from vault.domain.platforms import Platform
    from vault.domain.registry import Registry

    dead = Platform(id="net", name="Net", kind="social", status="dead", died_on=date(2026, 6, 1))
    mine = account(last_activity=Activity(days(-1), "feed", days(-1)))
    registry = Registry([mine], catalogue().overlay([dead]))
    assert dormancy(registry, mine, NOW).verdict == "platform_gone"
    assert dormancy(registry, mine, days(-30)).verdict == "unknown"
