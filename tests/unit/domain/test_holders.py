"""Who holds a role: by the records, and of those who are here."""

from __future__ import annotations

from tests.unit.domain.company import NOW, company, days, holds
from vault.domain.findings import findings
from vault.domain.holders import holders, holders_here, is_enough, roles_of, told
from vault.domain.person import Person


def test_a_role_that_too_few_who_stay_hold_is_not_called_enough() -> None:
    gone = Person(id="ann", name="Ann", last_day=days(-3).date())
    to_come = Person(id="new", name="New", joined=days(3).date())
    registry = company(holds("jan"), holds("ann"), holds("new"), gone, to_come)
    role = registry.role("webcare")
    assert sorted(holders(registry, role.id, NOW)) == ["ann", "jan", "new"]
    assert holders_here(registry, role.id, NOW) == ["jan"]
    assert told(registry, role.id, NOW) == "Ann (not here), Jan, New (not here)"
    assert not is_enough(registry, role, NOW)
    assert "role_below_minimum" in {f.code for f in findings(registry, NOW)}
    assert is_enough(registry, role, days(4)) is is_enough(registry, role, days(-4)) is True


def test_the_roles_of_somebody_are_told_whether_they_are_here_or_not() -> None:
    registry = company(holds("ann"), Person(id="ann", name="Ann", last_day=days(-3).date()))
    assert roles_of(registry, "ann", NOW) == ["webcare"]
    assert list(holders(registry, "ann", NOW)) == []
