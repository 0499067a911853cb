from __future__ import annotations

from datetime import date
from typing import Any

from tests.unit.domain.company import NOW, account, company, days
from vault.domain.account import Activity
from vault.domain.deciding import decision_on, in_short, is_decided
from vault.domain.decision import Decision
from vault.domain.registry import Registry
from vault.domain.worklists import to_decide


def decided(what: Any, at: int = 0, **fields: Any) -> Decision:
    return Decision(id=f"decision {at}", account="acme", what=what, at=days(at), **fields)


def with_decisions(*decisions: Decision, **fields: Any) -> Registry:
    silent = Activity(days(-200), "feed", days(-1))
    return company(account(last_activity=silent, **fields), *decisions)


def test_an_idle_account_is_to_be_decided_until_it_is_decided() -> None:
    assert [a.id for a, _ in to_decide(with_decisions(), NOW)] == ["acme"]
    registry = with_decisions(decided("deactivate"))
    assert to_decide(registry, NOW) == []
    assert to_decide(registry, days(900)) == []
    assert [a.id for a, _ in to_decide(registry, days(-1))] == ["acme"]


def test_a_decision_that_ran_out_is_asked_again() -> None:
    registry = with_decisions(decided("keep", until=date(2026, 7, 1), reason="fair in May"))
    assert to_decide(registry, days(15)) == []
    assert [a.id for a, _ in to_decide(registry, days(16))] == ["acme"]
    (decision,) = registry.all(Decision)
    assert in_short(registry, decision, days(15)) == "keep until 2026-07-01"
    assert in_short(registry, decision, days(16)) == "keep until 2026-07-01 (ran out)"


def test_what_is_to_be_revived_is_given_three_times_its_cadence() -> None:
    registry = with_decisions(decided("revive", cadence_days=14))
    assert to_decide(registry, days(42)) == []
    assert [a.id for a, _ in to_decide(registry, days(43))] == ["acme"]


def test_the_last_decision_counts_and_the_past_can_be_asked() -> None:
    registry = with_decisions(
        decided("deactivate", -20), decided("keep", -10, until=date(2027, 1, 1))
    )
    mine = registry.account("acme")
    assert decision_on(registry, mine, days(-21)) is None
    before, after = (decision_on(registry, mine, days(day)) for day in (-15, 0))
    assert before is not None
    assert after is not None
    assert (before.what, after.what) == ("deactivate", "keep")
    assert is_decided(registry, mine, NOW)


def test_a_decision_that_was_taken_back_was_never_made_and_the_past_knows_better() -> None:
    before = decided("deactivate", -20)
    registry = with_decisions(before, decided("revive", -10, cadence_days=14, taken_back=days(-5)))
    mine = registry.account("acme")
    known = [decision_on(registry, mine, days(day)) for day in (-15, -10, -6, -5, 0)]
    assert [each and each.what for each in known] == [
        *("deactivate", "revive", "revive", "deactivate", "deactivate"),
    ]
    taken_back = next(d for d in registry.all(Decision) if d.what == "revive")
    assert in_short(registry, taken_back, NOW) == "revive, every 14 days (taken back)"


def test_a_decision_that_had_run_out_before_it_was_taken_back_is_told_so() -> None:
    kept = decided("keep", -20, until=days(-10).date(), taken_back=days(-5))
    registry = with_decisions(kept)
    told = {day: in_short(registry, kept, days(day)) for day in (-11, -6, -5)}
    until = "keep until 2026-06-05"
    assert told == {-11: until, -6: f"{until} (ran out)", -5: f"{until} (taken back)"}


def test_an_account_that_is_being_closed_is_not_to_be_decided() -> None:
    assert to_decide(with_decisions(state="closing"), NOW) == []
