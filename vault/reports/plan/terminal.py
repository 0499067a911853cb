"""A plan as lines for a terminal or a text file; the verdict comes last, where the eye is."""

from __future__ import annotations

from collections.abc import Iterator

from vault.reports.plan.view import PlanView
from vault.reports.plan.words import MODES, several
from vault.reports.table import Column, Line, table, wrapped

ROOM_FOR_PROSE = 100  # columns; longer lines are hard to read, however wide the terminal is


def as_table(view: PlanView, room: int | None = None) -> str:
    """Return a plan as text; `room` is the width to keep to, without it nothing is cut."""
    return "".join(f"{line.text}\n" for line in as_lines(view, room))


def as_lines(view: PlanView, room: int | None = None) -> Iterator[Line]:
    """Yield a plan line by line: what binds, what to do, what stands in the way, the verdict."""
    yield Line(f"{view.person_name} leaves on {view.last_day}", "heading")
    yield Line(f"{MODES[view.mode]}", "quiet")
    yield from _ties(view, room)
    yield from _steps(view, room)
    yield from _blockers(view, room)
    yield from _remaining(view, room)
    yield from _verdict(view, room)


def _ties(view: PlanView, room: int | None) -> Iterator[Line]:
    counts = view.counts
    accounts = several(counts["accounts"], "account")
    yield Line()
    yield Line(f"{several(counts['ties'], 'tie')}, to {accounts}", "heading")
    if not view.ties:
        return
    columns = (Column("account"), Column("by"), Column("alone"), Column("why", wraps=True))
    rows = (
        (tie.account.label, tie.what, "alone" if tie.sole else "", " -> ".join(tie.why))
        for tie in view.ties
    )
    yield from table(columns, rows, room, indent=2)
    if counts["sole"]:
        yield from _prose('"alone": nobody who stays has full control of the account.', room, "quiet")


def _steps(view: PlanView, room: int | None) -> Iterator[Line]:
    yield Line()
    yield Line(several(len(view.steps), "step"), "heading")
    dated = any(step.not_before for step in view.steps)
    columns = [Column("", right=True, fixed=True), Column("step", wraps=True), Column("who")]
    columns += [Column("not before", fixed=True)] * dated + [Column("by", fixed=True)]
    rows = [
        [step.number, step.title, step.assignee_name, *[step.not_before] * dated, step.due]
        for step in view.steps
    ]
    if not rows:
        return
    # One table, so that all phases have the same columns; the headings go in between.
    lines = table(columns, rows, room, indent=2)
    yield next(lines)
    headings = {steps[0].number: heading for heading, steps in view.phases}
    expected = 1
    for line in lines:
        if line.text.split(maxsplit=1)[:1] == [str(expected)]:
            if expected in headings:
                yield Line(f"  {headings[expected]}", "quiet")
            expected += 1
        yield line


def _blockers(view: PlanView, room: int | None) -> Iterator[Line]:
    if not view.blockers:
        return
    yield Line()
    yield Line(f"{several(len(view.blockers), 'blocker')}", "heading")
    for blocker in view.blockers:
        name = f"{blocker.account.label}: " if blocker.account.label else ""
        yield from _prose(f"✗ {name}{blocker.what}", room, "bad", hang=2)
        for way in blocker.ways_out:
            yield from _prose(f"  or {way}" if way != blocker.ways_out[0] else f"  {way}", room)


def _remaining(view: PlanView, room: int | None) -> Iterator[Line]:
    if not view.remaining:
        return
    yield Line()
    yield Line(f"still within reach of {view.person_name} at the end", "heading")
    for each in view.remaining:
        yield from _prose(f"✗ {each.account.label}: {' -> '.join(each.why)}", room, "bad", hang=2)


def _verdict(view: PlanView, room: int | None) -> Iterator[Line]:
    yield Line()
    yield Line("verdict", "heading")
    longest = max(len(judgement.name) for judgement in view.judgements)
    for each in view.judgements:
        sign = "✓" if each.is_good else "✗"
        text = f"{sign} {each.name:<{longest}}  {each.meaning}"
        yield from _prose(text, room, "good" if each.is_good else "bad", hang=longest + 4)
    answer = "The verdict holds." if view.holds else "The verdict does not hold."
    yield from _prose(answer, room, "good" if view.holds else "bad")


def _prose(text: str, room: int | None, tone: str = "plain", hang: int = 0) -> Iterator[Line]:
    raise NotImplementedError
