"""A plan as calendar entries: one for each dated step, with reminders where a clock runs."""

from __future__ import annotations

from collections.abc import Iterator

from vault.reports.calendar import Entry, Kind, render
from vault.reports.plan.view import PlanView, StepView
from vault.reports.plan.words import AFTER_LAST_DAY


def as_calendar(view: PlanView, kind: Kind = "event") -> str:
    """Return a plan as iCalendar: events for any calendar, or to-dos for programs that keep some.

    An entry's uid is its step's id at `safehands`, so a plan made anew updates what it had made.
    """
    title = f"Departure of {view.person_name}"
    return render(title, _entries(view, kind), view.made_at)


def _entries(view: PlanView, kind: Kind) -> Iterator[Entry]:
    awaited = {each for step in view.steps if step.wait_days for each in step.depends_on}
    for step in view.steps:
        if step.due is None:
            continue
        yield Entry(
            uid=f"{step.id}@safehands",
            title=step.title,
            due=step.due,
            begins=step.not_before,
            notes=tuple(_notes(view, step)),
            reminders=tuple(_reminders(step, starts_clock=step.id in awaited)),
            kind=kind,
        )


def _notes(view: PlanView, step: StepView) -> Iterator[str]:
    number = f"{step.number} of {len(view.steps)}, id {step.id}"
    yield f"Step {number}, for {step.assignee_name or 'nobody yet'}"
    if step.number == 1:
        yield from view.cautions
    if step.lateness == AFTER_LAST_DAY:
        yield f"It has to wait beyond the last day, {view.last_day}"
    elif step.lateness:
        yield f"Late: it should have been done before {step.due}"
    if step.due and step.not_before and step.not_before < step.due:
        yield f"Not before {step.not_before}"
    yield from (f"{number}. {line}" for number, line in enumerate(step.todo, 1))
    if step.check:
        yield f"Check: {step.check}"
    yield from step.links


def _reminders(step: StepView, *, starts_clock: bool) -> Iterator[int]:
    """Days before the due day: on the day itself, and where a platform's clock runs, earlier."""
    if starts_clock:
        yield 1  # a day lost here is a day lost for every step that waits for it
    if step.due and step.not_before and step.wait_days:
        yield max((step.due - step.not_before).days, 0)  # the wait is over
    elif starts_clock:
        yield 0
