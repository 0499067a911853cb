"""`safehands case`: carry a departure, a rotation or a closing through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vault.cli.arguments import day, pass_invocation
from vault.cli.case_view import (
    case_dict,
    commands_of,
    next_dict,
    show_step,
    tell_verdict,
)
from vault.cli.invocation import Invocation
from vault.cli.listing import TEXT_LIMIT, UNCUT, record_dict, short
from vault.domain.cases import Case
from vault.domain.casework import (
    held_up,
    is_finished,
    next_day,
    next_steps,
    steps_done,
    subject,
    to_confirm,
)
from vault.domain.instructions import in_words, title
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.text import clean
from vault.reports.case import closing_words, duty, said, state_of, waits_for
from vault.reports.lines import prose
from vault.reports.table import Column

if TYPE_CHECKING:
    from vault.domain.ids import Id
    from vault.domain.registry import Registry
    from vault.services.session import Session


MOST_SHOWN = 5  # of each sort of step: more than a screen would push the next one off it


@click.group()
def case() -> None:
    """Cases: guided work, carried through step by step with evidence."""


@case.command("list")
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@pass_invocation
def list_(invocation: Invocation, everything: bool) -> None:  # noqa: FBT001
    """List cases and how far they are."""
    registry = invocation.registry()
    at = invocation.moment
    found = [
        c
        for c in registry.all(Case)
        if c.opened_at <= at and (everything or c.closed_at is None or at < c.closed_at)
    ]
    found.sort(key=lambda c: c.opened_at)
    if invocation.as_json:
        told = [case_dict(registry, each, invocation) for each in found]
        invocation.out.document("safehands.cases/1", {"as_of": at, "cases": told})
        return
    rows = []
    for each in found:
        done, total = steps_done(each)
        state = f"closed {each.closed_at.date()}" if each.closed_at else "open"
        rows.append(
            [
                short(each.id),
                each.what,
                subject(registry, each),
                str(each.last_day or ""),
                each.mode if each.person else "",
                f"{done} of {total}",
                state,
            ]
        )
    columns = ["id", "what", "of", "last day", "mode", "steps done", "state"]
    empty = "no cases: safehands offboard start PERSON, safehands rotate start ACCOUNT"
    invocation.out.table([Column(each, fixed=each in UNCUT) for each in columns], rows, empty=empty)


@case.command("show")
@click.argument("which", metavar="CASE")
@click.argument("step", required=False)
@pass_invocation
def show(invocation: Invocation, which: str, step: str | None) -> None:
    """Show a case, or one of its steps with what to do."""
    from vault.services.cases import find_step

    registry = invocation.registry()
    found = resolve(registry, Case, which)
    if step:
        show_step(invocation, registry, found, find_step(found, step))
        return
    if invocation.as_json:
        invocation.out.document("safehands.case/1", case_dict(registry, found, invocation))
        return
    rows = [
        [
            p.step.id,
            state_of(found, p),
            title(registry, p.step, str),
            registry.name_of(p.applied_by or p.step.assignee or ""),
            str(p.step.due or ""),
        ]
        for p in found.progress
    ]
    last_day = f", last day {found.last_day}" if found.last_day else ""
    told = f"{in_words(found.what)} of {subject(registry, found)}{last_day}"
    invocation.out.line(told, "heading")
    columns: list[Column | str] = [
        Column("step", fixed=True),
        Column("state", wraps=True),
        Column("what", wraps=True),
        "who",
        Column("due", fixed=True),
    ]
    invocation.out.table(columns, rows)
    for note in found.notes:
        invocation.out.line(said(registry, note))
    if found.closed_at is None:
        tell_verdict(invocation, registry, found)
    else:
        by = registry.name_of(found.closed_by)
        invocation.out.line(f"Closed on {found.closed_at.date()} by {by}.")


@case.command("next")
@click.argument("which", metavar="CASE")
@pass_invocation
def next_(invocation: Invocation, which: str) -> None:
    """Show what can be done now, and what the rest waits for."""
    registry = invocation.registry()
    found = resolve(registry, Case, which)
    if invocation.as_json:
        told = next_dict(registry, found, invocation.moment)
        invocation.out.document("safehands.next_steps/1", told)
        return
    if found.closed_at is not None:
        invocation.out.line(f"This case was closed on {found.closed_at.date()}.")
    elif all(is_finished(found, p) for p in found.progress):
        invocation.out.line(f"Every step is finished. Next: safehands case close {short(found.id)}")
    else:
        _tell_next(invocation, registry, found)


def _tell_next(invocation: Invocation, registry: Registry, found: Case) -> None:
    at = invocation.moment
    ready, waiting = list(next_steps(found, at)), held_up(found, at)
    if ready:
        show_step(invocation, registry, found, ready[0])
    elif waiting:
        day = next_day(found, at)
        invocation.out.line(f"Nothing can be done {f'before {day}' if day else 'now'}.", "warn")
    for heading, steps in (
        ("Then, in any order that suits:", ready[1:]),
        ("To be confirmed by a second person (safehands case verify):", list(to_confirm(found))),
        ("Not yet:", waiting),
    ):
        if not steps:
            continue
        invocation.out.line()
        invocation.out.line(heading, "heading")
        for progress in steps[:MOST_SHOWN]:
            why = f"{waits_for(found, progress)}; " if steps is waiting else ""
            told = title(registry, progress.step, str)
            told = clean(f"{told} ({why}{duty(registry, progress)})", TEXT_LIMIT)
            invocation.out.lines(prose(f"  {progress.step.id}  ", told, invocation.out.room))
        if steps[MOST_SHOWN:]:
            more = len(steps) - MOST_SHOWN
            invocation.out.line(f"  and {more} more: safehands case show {short(found.id)}")


def _actor(session: Session, by: str | None) -> Id:
    return resolve(session.registry, Person, by).id if by else session.person


def _told(invocation: Invocation, session: Session, changed: Case, step: str) -> None:
    from vault.services.cases import find_step

    progress = find_step(changed, step)
    if invocation.as_json:
        content = {"case": changed.id, **record_dict(progress)}
        invocation.out.document("safehands.step/1", content)
        return
    told = title(session.registry, progress.step, str)
    invocation.out.line(f"{progress.step.id}  {state_of(changed, progress)}: {told}")
    if progress.state == "pending":
        invocation.out.line("Log in with the new secret, to see that it works. Then:")
        for each in commands_of(session.registry, changed, progress):
            invocation.out.line(f"  $ {each}")
    else:
        invocation.out.line(f"Next: safehands case next {short(changed.id)}")


_BY = click.option("--by", metavar="PERSON", help="Who did it, if not you.")
_EVIDENCE = click.option("--evidence", default="", help="What was seen, or where the proof is.")


@case.command("applied")
@click.argument("which", metavar="CASE")
@click.argument("step")
@_BY
@_EVIDENCE
@pass_invocation
def applied(invocation: Invocation, which: str, step: str, by: str | None, evidence: str) -> None:
    """Record that STEP was done on the platform."""
    from vault.services.cases import apply_step

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    changed = apply_step(session, found, step, _actor(session, by), evidence)
    _told(invocation, session, changed, step)


@case.command("verify")
@click.argument("which", metavar="CASE")
@click.argument("step")
@_BY
@_EVIDENCE
@pass_invocation
def verify(invocation: Invocation, which: str, step: str, by: str | None, evidence: str) -> None:
    """Record that somebody saw that STEP worked; a new secret becomes current."""
    from vault.services.cases import verify_step

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    changed = verify_step(session, found, step, _actor(session, by), evidence)
    _told(invocation, session, changed, step)


@case.command("waive")
@click.argument("which", metavar="CASE")
@click.argument("step")
@click.option("--reason", required=True, help="Why it will not be done.")
@click.option("--approver", required=True, metavar="PERSON", help="Who answers for that.")
@pass_invocation
def waive(invocation: Invocation, which: str, step: str, reason: str, approver: str) -> None:
    """Record that STEP will not be done, why, and who answers for it."""
    from vault.services.cases import waive_step

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    answers = resolve(session.registry, Person, approver).id
    _told(invocation, session, waive_step(session, found, step, reason, answers), step)


@case.command("block")
@click.argument("which", metavar="CASE")
@click.argument("step")
@click.option("--reason", required=True, help="What stands in the way.")
@click.option("--until", metavar="DATE", help="It can be done from that day on.")
@pass_invocation
def block(invocation: Invocation, which: str, step: str, reason: str, until: str | None) -> None:
    """Record that STEP cannot be done now, and why."""
    from vault.services.cases import block_step

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    waits = day(until, "--until") if until else None
    _told(invocation, session, block_step(session, found, step, reason, waits), step)


@case.command("note")
@click.argument("which", metavar="CASE")
@click.argument("text")
@click.option("--step", default="", help="Keep it with this step.")
@pass_invocation
def note(invocation: Invocation, which: str, text: str, step: str) -> None:
    """Keep a remark with a case."""
    from vault.services.cases import note_case

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    changed = note_case(session, found, text, step)
    if invocation.as_json:
        invocation.out.document(
            "safehands.case/1", case_dict(session.registry, changed, invocation)
        )
    else:
        invocation.out.line(f"{short(changed.id)}  noted")


@case.command("replan")
@click.argument("which", metavar="CASE")
@pass_invocation
def replan(invocation: Invocation, which: str) -> int:
    """Make the plan again from what was really done. Exit 1 when something stands in the way."""
    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    if found.what == "rotation":
        return _replan_rotation(invocation, session, found)
    if found.what == "deactivation":
        from vault.cli.deactivate import replan_closing

        return replan_closing(invocation, session, found)
    return _replan_departure(invocation, session, found)


def _replan_departure(invocation: Invocation, session: Session, found: Case) -> int:
    from vault.reports import plan as report
    from vault.services.offboarding import replan_case

    changed, made = replan_case(session, found)
    view = report.view(session.registry, made, verbatim=invocation.as_json)
    if invocation.as_json:
        told = {"case": changed.id, "plan": report.as_dict(view)}
        invocation.out.document("safehands.case_replanned/1", told)
    else:
        invocation.out.lines(report.as_lines(view, invocation.out.room))
    return 0 if made.verdict.holds else 1


def _replan_rotation(invocation: Invocation, session: Session, found: Case) -> int:
    from vault.cli.rotate_view import plan_dict, show_plan
    from vault.services.rotation import replan_rotation

    changed, made = replan_rotation(session, found)
    if invocation.as_json:
        told = {"case": changed.id, "plan": plan_dict(session.registry, made)}
        invocation.out.document("safehands.case_replanned/1", told)
    else:
        show_plan(invocation, session.registry, made)
    return 1 if made.blockers else 0


@case.command("close")
@click.argument("which", metavar="CASE")
@pass_invocation
def close(invocation: Invocation, which: str) -> None:
    """Close a case that leaves nothing open, by what was really done."""
    from vault.services.cases import close_case

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    closed, verdict = close_case(session, found)
    if invocation.as_json:
        invocation.out.document("safehands.case/1", case_dict(session.registry, closed, invocation))
        return
    invocation.out.line(closing_words(session.registry, closed, verdict))
