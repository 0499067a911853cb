"""`safehands case`: carry a departure through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import msgspec

from vault.cli.arguments import day, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import short
from vault.domain.cases import Case, Progress
from vault.domain.casework import is_finished, next_steps, ready_on, verdict_of_deeds
from vault.domain.instructions import instructions, title
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.steps import STAGED

if TYPE_CHECKING:
    from vault.domain.ids import Id
    from vault.domain.registry import Registry
    from vault.services.session import Session


@click.group()
def case() -> None:
    """Cases: guided work, carried through step by step with evidence."""


@case.command("list")
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@pass_invocation
def list_(invocation: Invocation, everything: bool) -> None:  # noqa: FBT001
    """List cases and how far they are."""
    registry = invocation.registry()
    found = [c for c in registry.all(Case) if everything or c.closed_at is None]
    found.sort(key=lambda c: c.opened_at)
    if invocation.as_json:
        invocation.out.document(
            "safehands.cases/1", {"cases": [_as_dict(registry, c, invocation) for c in found]}
        )
        return
    rows = []
    for each in found:
        done = sum(is_finished(each, p) for p in each.progress)
        state = f"closed {each.closed_at.date()}" if each.closed_at else "open"
        rows.append(
            [
                short(each.id),
                each.what,
                registry.name_of(each.person),
                str(each.last_day or ""),
                each.mode,
                f"{done} of {len(each.progress)}",
                state,
            ]
        )
    columns = ["id", "what", "who", "last day", "mode", "steps done", "state"]
    invocation.out.table(
        columns, rows, empty="no cases; start one: safehands offboard start PERSON"
    )


def _as_dict(registry: Registry, found: Case, invocation: Invocation) -> dict[str, Any]:
    verdict = verdict_of_deeds(registry, found, invocation.moment)
    raw = dict(msgspec.to_builtins(found))
    raw["verdict"] = {
        "sealed": verdict.sealed,
        "never_locked_out": verdict.never_locked_out,
        "never_reopened": verdict.never_reopened,
        "remaining": [{"account": r.account, "why": " -> ".join(r.why)} for r in verdict.remaining],
    }
    return raw


@case.command("show")
@click.argument("which")
@click.argument("step", required=False)
@pass_invocation
def show(invocation: Invocation, which: str, step: str | None) -> None:
    """Show a case, or one of its steps with what to do."""
    from vault.services.cases import find_step

    registry = invocation.registry()
    found = resolve(registry, Case, which)
    if step:
        _show_step(invocation, registry, found, find_step(found, step))
        return
    if invocation.as_json:
        invocation.out.document("safehands.case/1", _as_dict(registry, found, invocation))
        return
    rows = [
        [
            p.step.id,
            _state(found, p),
            title(registry, p.step, str),
            registry.name_of(p.applied_by or p.step.assignee) if p.step.assignee else "",
            str(p.step.due or ""),
        ]
        for p in found.progress
    ]
    invocation.out.line(
        f"{found.what} of {registry.name_of(found.person)}, last day {found.last_day}"
    )
    invocation.out.table(["step", "state", "what", "who", "due"], rows)
    _tell_verdict(invocation, registry, found)


def _state(found: Case, progress: Progress) -> str:
    if progress.state == "pending":
        return "new secret to be proved"
    if progress.state == "applied" and not is_finished(found, progress):
        return "to be confirmed"
    ready = ready_on(found, progress)
    if progress.state in {"todo", "waiting"} and ready:
        return f"{progress.state}, from {ready}"
    return progress.state


def _tell_verdict(invocation: Invocation, registry: Registry, found: Case) -> None:
    verdict = verdict_of_deeds(registry, found, invocation.moment)
    if verdict.holds:
        invocation.out.line("As things are: the leaver is out, and nobody was locked out.")
        return
    invocation.out.line("As things are, the leaver still has:")
    for remaining in verdict.remaining:
        invocation.out.line(f"  {' -> '.join(remaining.why)}")


def _show_step(invocation: Invocation, registry: Registry, found: Case, progress: Progress) -> None:
    play = instructions(registry, progress.step)
    titled = title(registry, progress.step, str)
    if invocation.as_json:
        invocation.out.document(
            "safehands.step/1",
            {
                "case": found.id,
                "title": titled,
                "instructions": play.steps,
                "links": play.links,
                **msgspec.to_builtins(progress),
            },
        )
        return
    invocation.out.line(f"{titled}  [{progress.step.id}, {_state(found, progress)}]")
    for number, line in enumerate(play.steps, 1):
        invocation.out.line(f"  {number}. {line}")
    if play.check:
        invocation.out.line(f"  Check: {play.check}")
    for link in play.links:
        invocation.out.line(f"  {link}")
    if progress.step.act in STAGED and progress.state == "todo":
        label = registry.name_of(progress.step.account)
        invocation.out.line(
            f"  First store the new secret: safehands credential set {label} --generate"
        )
    for each in progress.evidence:
        invocation.out.line(f"  {each.at:%Y-%m-%d %H:%M} {registry.name_of(each.by)}: {each.what}")


@case.command("next")
@click.argument("which")
@pass_invocation
def next_(invocation: Invocation, which: str) -> None:
    """Show what can be done now."""
    registry = invocation.registry()
    found = resolve(registry, Case, which)
    ready = list(next_steps(found, invocation.moment))
    if invocation.as_json:
        steps = [
            {
                "id": p.step.id,
                "act": p.step.act,
                "state": p.state,
                "title": title(registry, p.step, str),
                "account": p.step.account,
                "assignee": p.step.assignee,
                "due": p.step.due,
            }
            for p in ready
        ]
        invocation.out.document("safehands.next_steps/1", {"case": found.id, "steps": steps})
        return
    if not ready:
        _nothing_ready(invocation, registry, found)
        return
    _show_step(invocation, registry, found, ready[0])
    if ready[1:]:
        invocation.out.line("")
        invocation.out.line("Then, in any order that suits:")
        for progress in ready[1:]:
            invocation.out.line(f"  {progress.step.id}  {title(registry, progress.step, str)}")


def _nothing_ready(invocation: Invocation, registry: Registry, found: Case) -> None:
    if all(is_finished(found, p) for p in found.progress):
        invocation.out.line(f"Every step is finished. Next: safehands case close {short(found.id)}")
        return
    for progress in found.progress:
        if not is_finished(found, progress):
            told = title(registry, progress.step, str)
            invocation.out.line(f"{progress.step.id}  {_state(found, progress)}: {told}")


def _actor(session: Session, by: str | None) -> Id:
    return resolve(session.registry, Person, by).id if by else session.person


def _told(invocation: Invocation, session: Session, changed: Case, step: str) -> None:
    from vault.services.cases import find_step

    progress = find_step(changed, step)
    if invocation.as_json:
        invocation.out.document(
            "safehands.step/1", {"case": changed.id, **msgspec.to_builtins(progress)}
        )
    else:
        told = title(session.registry, progress.step, str)
        invocation.out.line(f"{progress.step.id}  {_state(changed, progress)}: {told}")


_BY = click.option("--by", metavar="PERSON", help="Who did it, if not you.")
_EVIDENCE = click.option("--evidence", default="", help="What was seen, or where the proof is.")


@case.command("applied")
@click.argument("which")
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
@click.argument("which")
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
@click.argument("which")
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
@click.argument("which")
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
@click.argument("which")
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
        invocation.out.document("safehands.case/1", _as_dict(session.registry, changed, invocation))
    else:
        invocation.out.line(f"{short(changed.id)}  noted")


@case.command("replan")
@click.argument("which")
@pass_invocation
def replan(invocation: Invocation, which: str) -> int:
    """Make the plan again from what was really done. Exit 1 when the verdict does not hold."""
    from vault.reports import plan as report
    from vault.services.offboarding import replan_case

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    changed, made = replan_case(session, found)
    view = report.view(session.registry, made, verbatim=invocation.as_json)
    if invocation.as_json:
        invocation.out.document(
            "safehands.case_replanned/1", {"case": changed.id, "plan": report.as_dict(view)}
        )
    else:
        invocation.out.lines(report.as_lines(view, invocation.out.room))
    return 0 if made.verdict.holds else 1


@case.command("close")
@click.argument("which")
@pass_invocation
def close(invocation: Invocation, which: str) -> None:
    """Close a case whose verdict, from what was really done, holds."""
    from vault.services.cases import close_case

    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    closed, _verdict = close_case(session, found)
    if invocation.as_json:
        invocation.out.document("safehands.case/1", _as_dict(session.registry, closed, invocation))
        return
    name = session.registry.name_of(closed.person)
    invocation.out.line(
        f"Closed. {name} is out of everything, and nobody was locked out on the way."
    )
