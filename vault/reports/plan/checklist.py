"""A plan as a checklist in Markdown, to be ticked off in any tool that shows it."""

from __future__ import annotations

from collections.abc import Iterator

from vault.domain.counting import several
from vault.reports.markdown import address, escape, opening, table
from vault.reports.plan.view import PlanView, StepView
from vault.reports.plan.words import MODES, by_day


def as_markdown(view: PlanView) -> str:
    """Return a plan as Markdown: the verdict, the blockers, and a box to tick for each step."""
    parts = (_head, _cautions, _blockers, _remaining, _steps, _ties)
    return "\n".join(line for part in parts for line in part(view))


def _head(view: PlanView) -> Iterator[str]:
    yield f"# Departure of {escape(view.person_name)}"
    yield ""
    yield f"Last day {view.last_day}, {MODES[view.mode]}. Planned on {view.made_at:%Y-%m-%d}."
    yield ""
    yield f"**{view.answer}**"
    yield ""
    for each in view.judgements:
        yield f"- {'✓' if each.is_good else '✗'} **{each.name}**: {escape(each.meaning)}"
    yield ""


def _cautions(view: PlanView) -> Iterator[str]:
    if not view.cautions:
        return
    yield "## Worth knowing"
    yield ""
    yield from (f"- {opening(caution)}" for caution in view.cautions)
    yield ""


def _blockers(view: PlanView) -> Iterator[str]:
    if not view.blockers:
        return
    yield "## What stands in the way"
    yield ""
    for blocker in view.blockers:
        name = f"**{escape(blocker.account.label)}**: " if blocker.account.label else ""
        yield f"- [ ] {name}{escape(blocker.what)}"
        for way in blocker.ways_out:
            yield f"  - {opening(way.text)}"
    yield ""


def _remaining(view: PlanView) -> Iterator[str]:
    if not view.remaining:
        return
    yield f"## What {escape(view.person_name)} still controls at the end"
    yield ""
    for each in view.remaining:
        name = f"**{escape(each.account.label)}**: " if each.account.label else ""
        yield f"- {name}{' → '.join(map(escape, each.why))}"
    yield ""


def _steps(view: PlanView) -> Iterator[str]:
    for heading, steps in view.phases:
        yield f"## {heading}"
        yield ""
        for step in steps:
            yield from _step(step)
        yield ""


def _step(step: StepView) -> Iterator[str]:
    yield f"- [ ] **{step.number}.** {escape(step.title)}  "
    yield f"  {', '.join(_conditions(step))}"
    for number, line in enumerate(step.todo, 1):
        yield f"  {number}. {opening(line)}"
    if step.needs:
        yield f"  - Have ready: {escape(', '.join(step.needs))}"
    if step.check:
        yield f"  - Check: {escape(step.check)}"
    for link in step.links:
        yield f"  - Where: {address(link)}"


def _conditions(step: StepView) -> Iterator[str]:
    """Who, when, after what, and why: the line below the title."""
    yield f"*{escape(step.assignee_name)}*" if step.assignee_name else "*nobody yet*"
    if step.due:
        yield f"by **{by_day(step.due, step.lateness)}**"
    if step.not_before:
        yield f"not before {step.not_before}"
    if step.after:
        yield f"after {several_numbers(step.after)}"
    if step.two_person:
        yield "with a second person"
    if step.reason:
        yield f"because {escape(step.reason)}"
    yield f"id `{step.id}`"


def several_numbers(numbers: tuple[int, ...]) -> str:
    """Return step numbers as words, such as "step 3" or "steps 3, 4"."""
    return f"step{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def _ties(view: PlanView) -> Iterator[str]:
    yield f"## {several(len(view.ties), 'tie').capitalize()}"
    yield ""
    if view.ties:
        rows = [
            (tie.account.label, tie.what, "alone" if tie.sole else "", " -> ".join(tie.why))
            for tie in view.ties
        ]
        yield from table(("Account", "By", "Alone", "Why"), rows)
        yield ""
