"""A plan as lines for a terminal or a text file; the verdict comes last, where the eye is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from vault.domain.counting import several
from vault.reports.lines import Line, prose
from vault.reports.plan.view import PlanView, TieView
from vault.reports.plan.words import MODES, by_day
from vault.reports.table import Column, table


def as_table(view: PlanView, room: int | None = None) -> str:
    """Return a plan as text; `room` is the width to keep to, without it nothing is cut."""
    return "".join(f"{line.text}\n" for line in as_lines(view, room))


def as_lines(view: PlanView, room: int | None = None) -> Iterator[Line]:
    """Yield a plan line by line: what binds, what to do, what stands in the way, the verdict."""
    yield from prose("", f"{view.person_name} {view.leaves} on {view.last_day}", room, "heading")
    yield Line(MODES[view.mode], "quiet")
    yield from _ties(view, room)
    yield from _steps(view, room)
    yield from outcome(view, room)


def outcome(view: PlanView, room: int | None = None) -> Iterator[Line]:
    """Yield only what is worth knowing, what stands in the way, what remains, and the verdict."""
    yield from _cautions(view, room)
    yield from _blockers(view, room)
    yield from _remaining(view, room)
    yield from _verdict(view, room)


def _ties(view: PlanView, room: int | None) -> Iterator[Line]:
    counts = view.counts
    yield Line()
    if not view.ties:
        yield Line("no ties", "heading")
        return
    accounts = several(counts["accounts"], "account")
    yield Line(f"{several(counts['ties'], 'tie')}, to {accounts}", "heading")
    sole = view.counts["sole"] > 0
    columns = [Column("account"), Column("tied by", wraps=True)] + [Column("alone")] * sole
    rows: list[list[str]] = []
    for _, group in groupby(view.ties, key=lambda tie: tie.account.id):
        ties = list(group)
        bonds = "; ".join(_bond(tie) for tie in ties)
        name = ties[0].account.label or "no single account"
        rows.append([name, bonds] + ["alone" if ties[0].sole else ""] * sole)
    yield from table(columns, rows, room, indent=2)
    if sole:
        meaning = "alone: nobody who stays has full control of the account"
        yield from prose("  ", meaning, room, "quiet")


def _bond(tie: TieView) -> str:
    if tie.kind == "through":
        return " -> ".join(tie.why)
    return f"{tie.what} {tie.of}".rstrip()


def _steps(view: PlanView, room: int | None) -> Iterator[Line]:
    yield Line()
    yield Line(several(len(view.steps), "step"), "heading")
    if not view.steps:
        return
    waits = any(step.not_before for step in view.steps)
    columns = [Column("", right=True, fixed=True), Column("id", fixed=True)]
    columns += [Column("step", wraps=True), Column("who")]
    columns += [Column("not before", fixed=True)] * waits + [Column("by", fixed=True)]
    rows: list[Line | list[object]] = []
    for heading, steps in view.phases:
        rows += [Line()] * bool(rows) + [Line(f"  {heading}", "quiet")]
        rows += (
            [s.number, s.id, s.title, s.assignee_name or "nobody yet"]
            + [s.not_before] * waits
            + [by_day(s.due, s.lateness)]
            for s in steps
        )
    yield from table(columns, rows, room, indent=2)


def _cautions(view: PlanView, room: int | None) -> Iterator[Line]:
    if not view.cautions:
        return
    yield Line()
    yield Line("Worth knowing", "heading")
    for caution in view.cautions:
        yield from prose("  ! ", caution, room, "warn")


def _blockers(view: PlanView, room: int | None) -> Iterator[Line]:
    if not view.blockers:
        return
    yield Line()
    yield Line(several(len(view.blockers), "blocker"), "heading")
    for blocker in view.blockers:
        name = f"{blocker.account.label}: " if blocker.account.label else ""
        yield from prose("  ✗ ", name + blocker.what, room, "bad")
        for way in blocker.ways_out:
            yield from prose("    - ", way.text, room)


def _remaining(view: PlanView, room: int | None) -> Iterator[Line]:
    if not view.remaining:
        return
    yield Line()
    title = f"What {view.person_name} still controls at the end"
    yield from prose("", title, room, "heading")
    for each in view.remaining:
        name = f"{each.account.label}: " if each.account.label else ""
        yield from prose("  ✗ ", name + " -> ".join(each.why), room, "bad")


def _verdict(view: PlanView, room: int | None) -> Iterator[Line]:
    yield Line()
    yield from prose("", view.answer, room, "good" if view.holds else "bad")
    longest = max(len(judgement.name) for judgement in view.judgements)
    for each in view.judgements:
        lead = f"  {'✓' if each.is_good else '✗'} {each.name:<{longest}}  "
        yield from prose(lead, each.meaning, room, "good" if each.is_good else "bad")
