"""What a plan says beside its steps is in every form of it, and so is what is late."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.unit.reports.company import NOW, company, departure
from tui.widgets.outlook import verdict_line, verdict_lines
from vault.reports.plan import (
    PlanView,
    as_calendar,
    as_dict,
    as_html,
    as_markdown,
    as_table,
    view,
)
from vault.reports.plan.words import lateness

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
    assert (first.due, first.late, first.lateness) == (TODAY, True, "late")
    assert not late.steps[-1].late
    assert f"{TODAY}, late" in as_table(late)
    assert f"by **{TODAY}, late**" in as_markdown(late)
    assert f'<time datetime="{TODAY}">{TODAY}</time></b>, late' in as_html(late)
    assert f"Late: it should have been done before {TODAY}" in as_calendar(late).replace(
        "\r\n ", ""
    )
    assert all(over not in form(late) for form in (as_table, as_markdown, as_html, as_calendar))


def test_a_step_that_has_to_wait_beyond_the_last_day_is_not_yet_late() -> None:
    made = departure(company(), "planned")
    beyond = made.last_day + timedelta(days=4)
    first = replace(made.steps[0], due=made.last_day, not_before=beyond)
    told = view(company(), replace(made, steps=(first, *made.steps[1:])))
    assert told.steps[0].due == beyond
    assert not any(each.lateness for each in told.steps[1:])
    for form in (as_table, as_markdown, as_html, as_calendar):
        assert ", late" not in form(told)
        assert "Late:" not in form(told)
    assert f"{beyond}, after the last day" in as_table(told)
    assert f"by **{beyond}, after the last day**" in as_markdown(told)
    assert "</b>, after the last day" in as_html(told)
    assert "It has to wait beyond the last day" in as_calendar(told).replace("\r\n ", "")


def test_only_a_departure_has_a_day_that_is_the_last() -> None:
    step = replace(departure(company()).steps[0], due=TODAY, not_before=TODAY + timedelta(days=2))
    assert lateness(step, TODAY, TODAY) == "after the last day"
    assert lateness(step, TODAY, TODAY + timedelta(days=3)) == "", "it is due before the last day"
    assert lateness(step, TODAY, None) == ""
    assert lateness(step, TODAY + timedelta(days=1), None) == "late"


def test_a_verdict_that_holds_late_says_so_in_the_interface_too() -> None:
    made = view(company(), departure(company()))
    good = tuple(changed(each, is_good=True) for each in made.judgements)
    day = made.last_day + timedelta(days=4)
    late = changed(made.steps[0], not_before=day)
    told = verdict_line(changed(made, steps=(late,), judgements=good))
    assert told.startswith(f"✓ The verdict holds, but not before {day}: 1 step has to wait")
    on_time = verdict_line(changed(made, steps=(), judgements=good, blockers=()))
    assert on_time.startswith("✓ The verdict holds: sealed")
