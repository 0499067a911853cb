"""`safehands case`: carry a departure, a rotation or a closing through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from vault.cli import diagnostics
from vault.cli.arguments import day, pass_invocation
from vault.cli.case_replan import close, replan
from vault.cli.case_view import (
    case_at,
    case_dict,
    commands_of,
    next_dict,
    show_step,
    tell_verdict,
)
from vault.cli.invocation import Invocation
from vault.cli.listing import TEXT_LIMIT, UNCUT, record_dict, short
from vault.domain.cases import KINDS, Case, Progress
from vault.domain.casework import (
    held_up,
    is_finished,
    namesake,
    next_day,
    next_steps,
    steps_done,
    subject,
    to_confirm,
)
from vault.domain.counting import several
from vault.domain.instructions import title
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.rotation_ending import left_of_finished
from vault.domain.text import clean
from vault.reports.case import due_of, duty, said, state_of, waits_for
from vault.reports.lines import prose
from vault.reports.table import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vault.domain.ids import Id
    from vault.domain.registry import Registry
    from vault.services.cases import OnStep
    from vault.services.session import Session


MOST_SHOWN = 5  # of each sort of step: more than a screen would push the next one off it


@click.group()
def case() -> None:
    """Cases: guided work, carried through step by step with evidence.

    CASE is its id, or whom or what it is about: a person, an account. STEP is the id of a step, or
    how it begins, as case show and case next tell it.
    """


@case.command("list")
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@pass_invocation
def list_(invocation: Invocation, everything: bool) -> None:  # noqa: FBT001
    """List cases and how far they are."""
    registry = invocation.registry()
    at = invocation.moment
    begun = [c.as_of(at) for c in registry.all(Case) if c.opened_at <= at]
    found = [c for c in begun if everything or c.closed_at is None]
    found.sort(key=lambda c: c.opened_at)
    if invocation.as_json:
        told = [case_dict(registry, each, invocation) for each in found]
        invocation.out.document("safehands.cases/1", {"as_of": at, "cases": told})
        return
    rows = []
    for each in found:
        done, total = steps_done(each)
        waived = sum(progress.state == "waived" for progress in each.progress)
        day = f" {each.closed_at.date()}" if each.closed_at else ""
        rows.append(
            [
                short(each.id),
                KINDS[each.what],
                subject(registry, each),
                str(each.last_day or ""),
                each.mode if each.person else "",
                f"{done} of {total}" + (f", {waived} waived" if waived else ""),
                each.ended_as + day,
            ]
        )
    columns = ["id", "what", "of", "last day", "mode", "steps done", "state"]
    empty = "no cases: safehands offboard start PERSON, safehands rotate start ACCOUNT"
    closed = len(begun) - len(found)
    if closed:
        empty = "no open cases"
    invocation.out.table([Column(each, fixed=each in UNCUT) for each in columns], rows, empty=empty)
    if closed:
        are = several(closed, "closed case")
        invocation.out.line(f"{are} not shown: safehands case list --all", "quiet")


@case.command("show")
@click.argument("which", metavar="CASE")
@click.argument("step", required=False)
@pass_invocation
def show(invocation: Invocation, which: str, step: str | None) -> None:
    """Show a case, or one of its steps with what to do."""
    from vault.services.cases import find_step

    registry = invocation.registry()
    found = case_at(invocation, registry, which)
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
            due_of(p, invocation.moment.date(), found.last_day),
        ]
        for p in found.progress
    ]
    last_day = f", last day {found.last_day}" if found.last_day else ""
    told = f"{KINDS[found.what]} of {subject(registry, found)}{last_day}"
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
        invocation.out.line(f"{found.ended_as.capitalize()} on {found.closed_at.date()} by {by}.")


@case.command("next")
@click.argument("which", metavar="CASE")
@pass_invocation
def next_(invocation: Invocation, which: str) -> None:
    """Show what can be done now, and what the rest waits for."""
    registry = invocation.registry()
    found = case_at(invocation, registry, which)
    if invocation.as_json:
        told = next_dict(registry, found, invocation.moment)
        invocation.out.document("safehands.next_steps/1", told)
        return
    if found.closed_at is not None:
        invocation.out.line(f"This case was {found.ended_as} on {found.closed_at.date()}.")
    elif all(is_finished(found, p) for p in found.progress):
        left = left_of_finished(registry, found, invocation.moment)
        but, deed = (f", but {left}", "replan") if left else ("", "close")
        following = f"safehands case {deed} {short(found.id)}"
        invocation.out.line(f"Every step is finished{but}. Next: {following}")
    else:
        _tell_next(invocation, registry, found)


def _tell_next(invocation: Invocation, registry: Registry, found: Case) -> None:
    at = invocation.moment
    ready, waiting = list(next_steps(found, at)), held_up(found, at)
    proving = [each for each in ready[1:] if each.state == "pending"]
    then = [each for each in ready[1:] if each.state != "pending"]
    verify = f"safehands case verify {short(found.id)} STEP"
    if ready:
        show_step(invocation, registry, found, ready[0])
    elif waiting:
        day = next_day(found, at)
        invocation.out.line(f"Nothing can be done {f'before {day}' if day else 'now'}.", "warn")
    for heading, steps in (
        ("Then, in any order that suits:", then),
        (f"To be proved by a log-in ({verify}):", proving),
        (f"To be confirmed by a second person ({verify} --by PERSON):", list(to_confirm(found))),
        ("Not yet:", waiting),
    ):
        if not steps:
            continue
        invocation.out.line()
        invocation.out.line(heading, "heading")
        for progress in steps[:MOST_SHOWN]:
            why = f"{waits_for(found, progress)}; " if steps is waiting else ""
            told = title(registry, progress.step, str)
            who = duty(registry, progress, at.date(), found.last_day)
            told = clean(f"{told} ({why}{who})", TEXT_LIMIT)
            invocation.out.lines(prose(f"  {progress.step.id}  ", told, invocation.out.room))
        if steps[MOST_SHOWN:]:
            more = len(steps) - MOST_SHOWN
            invocation.out.line(f"  and {more} more: safehands case show {short(found.id)}")


def _actor(session: Session, found: Case, by: str | None, done: Sequence[str] = ()) -> Id:
    """Who did it; warns of somebody called like the leaver, or like who did one of the steps."""
    from vault.services.cases import find_step

    actor = resolve(session.registry, Person, by).id if by else session.person
    doubts = [namesake(session.registry, found, actor)]
    doubts += [namesake(session.registry, found, actor, find_step(found, each)) for each in done]
    for doubt in dict.fromkeys(filter(None, doubts)):
        diagnostics.warn(doubt, "it is kept with the step")
    return actor


def _on_steps(
    invocation: Invocation, session: Session, found: Case, steps: Sequence[str], act: OnStep
) -> None:
    """Do one act on each of STEPS, and tell how they are then; raises as the act does."""
    from vault.services.cases import find_step, on_each

    changed = on_each(session, found, steps, act)
    done = [find_step(changed, each) for each in steps]
    if invocation.as_json:
        told = [record_dict(each) for each in done]
        if len(told) == 1:
            invocation.out.document("safehands.step/1", {"case": changed.id, **told[0]})
        else:
            invocation.out.document("safehands.steps/1", {"case": changed.id, "steps": told})
        return
    for progress in done:
        _tell_step(invocation, session.registry, changed, progress)
    if done[-1].state != "pending":
        invocation.out.line(f"Next: safehands case next {short(changed.id)}")


def _tell_step(
    invocation: Invocation, registry: Registry, changed: Case, progress: Progress
) -> None:
    told = title(registry, progress.step, str)
    invocation.out.line(f"{progress.step.id}  {state_of(changed, progress)}: {told}")
    if progress.state == "pending":
        invocation.out.line("Log in with the new secret, to see that it works. Then:")
        for each in commands_of(registry, changed, progress, invocation.moment):
            invocation.out.line(f"  $ {each}")


_STEPS = click.argument("steps", metavar="STEP...", nargs=-1, required=True)
_BY = click.option("--by", metavar="PERSON", help="Who did or saw it, if not you.")
_EVIDENCE = click.option("--evidence", default="", help="What was seen, or where the proof is.")


@case.command("applied")
@click.argument("which", metavar="CASE")
@_STEPS
@_BY
@_EVIDENCE
@pass_invocation
def applied(
    invocation: Invocation, which: str, steps: tuple[str, ...], by: str | None, evidence: str
) -> None:
    """Record that each STEP was done on the platform, in this order."""
    from vault.services.cases import apply_step

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    actor = _actor(session, found, by)

    def act(session: Session, case: Case, step: str) -> Case:
        return apply_step(session, case, step, actor, evidence)

    _on_steps(invocation, session, found, steps, act)


@case.command("verify")
@click.argument("which", metavar="CASE")
@_STEPS
@_BY
@_EVIDENCE
@pass_invocation
def verify(
    invocation: Invocation, which: str, steps: tuple[str, ...], by: str | None, evidence: str
) -> None:
    """Record that somebody saw that each STEP worked; a new secret becomes current."""
    from vault.services.cases import verify_step

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    actor = _actor(session, found, by, steps)

    def act(session: Session, case: Case, step: str) -> Case:
        return verify_step(session, case, step, actor, evidence)

    _on_steps(invocation, session, found, steps, act)


@case.command("waive")
@click.argument("which", metavar="CASE")
@_STEPS
@click.option("--reason", required=True, help="Why it will not be done.")
@click.option("--approver", required=True, metavar="PERSON", help="Who answers for that.")
@pass_invocation
def waive(
    invocation: Invocation, which: str, steps: tuple[str, ...], reason: str, approver: str
) -> None:
    """Record that each STEP will not be done, why, and who answers for it."""
    from vault.services.cases import waive_step

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    answers = _actor(session, found, approver, steps)

    def act(session: Session, case: Case, step: str) -> Case:
        return waive_step(session, case, step, reason, answers)

    _on_steps(invocation, session, found, steps, act)


@case.command("block")
@click.argument("which", metavar="CASE")
@_STEPS
@click.option("--reason", required=True, help="What stands in the way.")
@click.option("--until", metavar="DATE", help="It can be done from that day on.")
@pass_invocation
def block(
    invocation: Invocation, which: str, steps: tuple[str, ...], reason: str, until: str | None
) -> None:
    """Record that each STEP cannot be done now, and why."""
    from vault.services.cases import block_step

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    waits = day(until, "--until") if until else None

    def act(session: Session, case: Case, step: str) -> Case:
        return block_step(session, case, step, reason, waits)

    _on_steps(invocation, session, found, steps, act)


@case.command("note")
@click.argument("which", metavar="CASE")
@click.argument("text")
@click.option("--step", metavar="STEP", default="", help="Keep it with this step.")
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


for command in (replan, close):
    case.add_command(command)
