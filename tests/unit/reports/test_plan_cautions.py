"""What a plan says beside its steps is in every form of it, and so is what is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.unit.reports.company import NOW, company, departure
from tui.widgets.outlook import verdict_lines
from vault.reports.plan import (
    PlanView,
    as_calendar,
    as_dict,
    as_html,
    as_markdown,
    as_table,
    view,
)

TODAY = NOW.date()
SAID = "the company risks to lose x/@acme"


@pytest.fixture(scope="module")
def late() -> PlanView:
    """A plan with a caution, whose first step should have been done last week."""
    registry = company()
    made = departure(registry, "planned")
    first = replace(made.steps[0], due=TODAY - timedelta(days=7))
    return view(registry, replace(made, cautions=(SAID,), steps=(first, *made.steps[1:])))


def test_what_is_worth_knowing_is_in_every_form(late: PlanView) -> None:
    told = f"T{SAID[1:]}."
    assert told in [row.text for row in verdict_lines(late)]
    assert late.cautions == (told,)
    assert told in as_table(late)
    assert told in as_html(late)
    assert told in as_markdown(late).replace("\\", "")
    assert told in as_calendar(late).replace("\r\n ", "")
    assert as_dict(late)["cautions"] == [told]


def test_a_step_that_is_late_is_for_today_in_every_form(late: PlanView) -> None:
    over = str(TODAY - timedelta(days=7))
    first = late.steps[0]
    assert (first.due, first.late) == (TODAY, True)
    assert not late.steps[-1].late
    assert f"{TODAY}, late" in as_table(late)
    assert f"by **{TODAY}, late**" in as_markdown(late)
    assert f'<time datetime="{TODAY}">{TODAY}</time></b>, late' in as_html(late)
    assert f"Late: it should have been done before {TODAY}" in as_calendar(late).replace(
        "\r\n ", ""
    )
    assert all(over not in form(late) for form in (as_table, as_markdown, as_html, as_calendar))
