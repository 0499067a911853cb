"""A departure plan as rows of lists: the verdict with ways out, the ties, and the dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from tui.widgets.listing import Column
from vault.domain.counting import several
from vault.domain.ways_out import Way
from vault.reports.plan import PlanView
from vault.reports.plan.view import StepView

LAST_DAY, WAIT_OVER, DUE = "■", "◷", "•"
"""The signs of days on the calendar."""

ARROW = " -> "


class Outlook(NamedTuple):
    """A row: a sign, a text, another, what more there is to say, and the way out it offers."""

    key: str
    sign: str
    text: str
    more: str = ""
    detail: tuple[str, ...] = ()
    way: Way | None = None


def verdict_line(view: PlanView) -> str:
    """Return the verdict in one line: its parts, from when on it holds, or which of them fail."""
    names = ", ".join(each.name for each in view.judgements if each.is_good == view.holds)
    if view.holds and (view.waits or view.blockers):
        return f"✓ {view.answer}"
    if view.holds:
        return f"✓ The verdict holds: {names}."
    return f"✗ The verdict does not hold. What fails: {names}."


def verdict_lines(view: PlanView) -> Sequence[Outlook]:
    """Return the parts of the verdict, what remains, what to know, and blockers with ways out."""
    return [*_judgements(view), *_remaining(view), *_cautions(view), *_blockers(view)]


def _judgements(view: PlanView) -> Iterator[Outlook]:
    for each in view.judgements:
        sign = "✓" if each.is_good else "✗"
        yield Outlook(each.name, sign, f"{each.name}: {each.meaning}", detail=(each.meaning,))


def _remaining(view: PlanView) -> Iterator[Outlook]:
    for number, each in enumerate(view.remaining):
        why = ARROW.join(each.why)
        text = f"{each.account.label}: {why}" if each.account.label else why
        yield Outlook(f"remaining {number}", "✗", f"still {text}", detail=(why,))


def _cautions(view: PlanView) -> Iterator[Outlook]:
    for number, told in enumerate(view.cautions):
        yield Outlook(f"caution {number}", "·", told, detail=(told,))


def _blockers(view: PlanView) -> Iterator[Outlook]:
    for number, blocker in enumerate(view.blockers):
        name = f"{blocker.account.label}: " if blocker.account.label else ""
        told = f"{name}{blocker.what}"
        yield Outlook(f"blocker {number}", "!", told, detail=(told,))
        for other, way in enumerate(blocker.ways_out):
            key, opened = f"blocker {number} {other}", f"Enter opens it: {way.says}."
            yield Outlook(key, "", f"  → {way.says}", detail=(opened,), way=way)


def bonds(view: PlanView) -> Sequence[Outlook]:
    """Return what ties the leaver, account by account; those that only they hold come first."""
    rows = []
    for account, group in groupby(view.ties, key=lambda tie: tie.account):
        ties = list(group)
        named = dict.fromkeys(f"{tie.what} {tie.of}".rstrip() for tie in ties)
        sign = "alone" if ties[0].sole else ""
        meaning = ("Nobody who stays has full control of it.",) if sign else ()
        detail = (*meaning, *(ARROW.join(tie.why) for tie in ties))
        label = account.label or "no single account"
        rows.append(Outlook(account.id or "none", sign, label, ", ".join(named), detail))
    return rows


def agenda(view: PlanView) -> Sequence[Outlook]:
    """Return what happens on which day, in order; steps that only have to be done in time are one.

    Those are due on the last day, like nearly all.
    """
    rows: list[tuple[date, str]] = []
    for step in view.steps:
        if step.not_before:
            rows.append((step.not_before, f"{WAIT_OVER} from here on: {step.title}"))
        if step.due and step.due != view.last_day:
            rows.append((step.due, f"{DUE} by this day: {step.title}"))
    due = sum(step.due == view.last_day for step in view.steps)
    rows.append((view.last_day, f"{LAST_DAY} the last day; {several(due, 'step')} due by then"))
    # The last day itself comes after what else is due on it.
    rows.sort(key=lambda row: (row[0], row[1].startswith(LAST_DAY)))
    return [Outlook(f"{n}", str(day), text, detail=(text,)) for n, (day, text) in enumerate(rows)]


def marks(view: PlanView) -> Mapping[date, str]:
    """Return the signs of the days on which something falls due."""
    found = {step.due: DUE for step in view.steps if step.due}
    found.update((step.not_before, WAIT_OVER) for step in view.steps if step.not_before)
    return {**found, view.last_day: LAST_DAY}


STEP_COLUMNS: Sequence[Column] = (
    Column("", lambda step: f"{step.number:>3}", 3),
    Column("step", lambda step: step.title, 30, share=3),
    Column("who", lambda step: step.assignee_name or "nobody yet", 12, share=1, drop=2),
    Column("not before", lambda step: str(step.not_before or ""), 10, drop=3),
    Column("by", lambda step: str(step.due or ""), 10, drop=1),
)


def step_detail(step: StepView) -> Sequence[str]:
    """Return more of a step than its row has room for: who, after what, why, and what to do."""
    after = f"after {', '.join(f'step {number}' for number in step.after)}" if step.after else ""
    why = f"because {step.reason}" if step.reason else ""
    who = step.assignee_name or "nobody yet"
    head = "; ".join(filter(None, [f"{step.number}. {step.title}", who, after, why]))
    return [head, *step.todo]
