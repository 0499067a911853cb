"""Who may be named to take over from somebody who leaves."""

from __future__ import annotations

import pytest

from tests.unit.domain.company import NOW, company, days
from vault.domain.offboarding import Departure, plan
from vault.domain.person import Person
from vault.errors import RefusedError


@pytest.mark.parametrize(
    ("eva", "why"),
    [
        ({"joined": days(5).date()}, "does not work here yet: their first day is 2026-06-20"),
        ({"last_day": days(-1).date()}, "does not work here any more"),
        ({"last_day": days(10).date()}, "does not stay beyond 2026-06-25"),
    ],
)
def test_a_successor_is_refused_for_the_reason_that_is_true(
    eva: dict[str, object], why: str
) -> None:
    registry = company(Person(id="eva", name="Eva", **eva))  # type: ignore[arg-type]  # by name
    departure = Departure("jan", days(10).date(), successors={"": "eva"})
    with pytest.raises(RefusedError) as refused:
        plan(registry, departure, NOW)
    assert str(refused.value) == f"Eva {why}"
