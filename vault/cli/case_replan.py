"""`safehands case replan` and `case close`: how the course of a case changes, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vault.cli.arguments import optional_day, pass_invocation
from vault.cli.case_view import case_dict
from vault.cli.invocation import Invocation
from vault.cli.listing import short
from vault.cli.offboard import MODES, SUCCESSORS, successors_of
from vault.domain.cases import Case
from vault.domain.counting import several
from vault.domain.naming import resolve
from vault.domain.text import clean
from vault.errors import UsageError
from vault.reports.case import closing_words

if TYPE_CHECKING:
    from vault.domain.offboarding import Plan
    from vault.services.session import Session


@click.command("replan")
@click.argument("which", metavar="CASE")
@click.option("--last-day", metavar="DATE", help="Another last day of a departure; it is recorded.")
@click.option("--mode", type=click.Choice(MODES), help="Another mode for a departure.")
@SUCCESSORS
@click.option("--policy", metavar="FILE", help="Another policy for a rotation, from now on.")
@pass_invocation
def replan(invocation: Invocation, /, which: str, **given: Any) -> int:
    """Make the plan again from what was really done. Exit 1 when something stands in the way."""
    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    policy = given.pop("policy")
    if policy and found.what != "rotation":
        message = f"case {short(found.id)} is no rotation: it goes by no policy"
        raise UsageError(message, f"without it: safehands case replan {short(found.id)}")
    if found.person:
        return _replan_departure(invocation, session, found, given)
    if any(given.values()):
        message = f"case {short(found.id)} is no departure: it has no last day, mode or successor"
        raise UsageError(message, f"without these: safehands case replan {short(found.id)}")
    if found.what == "deactivation":
        from vault.cli.deactivate import replan_closing

        return replan_closing(invocation, session, found)
    return _replan_rotation(invocation, session, found, policy)


def _replan_departure(
    invocation: Invocation, session: Session, before: Case, given: dict[str, Any]
) -> int:
    from vault.reports import plan as report
    from vault.services.offboarding import replan_case

    named = successors_of(session.registry, given["successors"])
    changed, made = replan_case(
        session,
        before,
        {**dict(before.successors), **named} if named else None,
        last_day=optional_day(given["last_day"], "--last-day"),
        mode=given["mode"],
    )
    view = report.view(session.registry, made, verbatim=invocation.as_json)
    if invocation.as_json:
        was = {"last_day": before.last_day, "mode": before.mode}
        told = {"case": changed.id, "before": was, "plan": report.as_dict(view)}
        invocation.out.document("safehands.case_replanned/1", told)
    else:
        _tell_changes(invocation, before, made)
        invocation.out.lines(report.as_lines(view, invocation.out.room))
    return 0 if made.verdict.holds else 1


def _tell_changes(invocation: Invocation, before: Case, made: Plan) -> None:
    if before.last_day != made.last_day:
        moved = f"The last day is {made.last_day} now; it was {before.last_day}."
        invocation.out.line(moved, "warn")
    if before.mode != made.mode:
        invocation.out.line(f"The mode is {made.mode} now; it was {before.mode}.", "warn")


def _replan_rotation(
    invocation: Invocation, session: Session, found: Case, policy: str | None
) -> int:
    from vault.cli.rotate_view import plan_dict, show_plan
    from vault.services.rotation import policy_of, replan_rotation

    rules = policy_of(session, Path(policy)) if policy else None
    changed, made = replan_rotation(session, found, rules)
    if invocation.as_json:
        told = {"case": changed.id, "plan": plan_dict(session.registry, made)}
        invocation.out.document("safehands.case_replanned/1", told)
    else:
        show_plan(invocation, session.registry, made)
    return 1 if made.blockers else 0


@click.command("close")
@click.argument("which", metavar="CASE")
@click.option("--called-off", is_flag=True, help="They stay: end it without what is left to do.")
@click.option("--reason", metavar="TEXT", help="Why they stay, for --called-off.")
@pass_invocation
def close(invocation: Invocation, which: str, called_off: bool, reason: str | None) -> None:  # noqa: FBT001  # click passes flags so
    """Close a case that leaves nothing open, by what was really done.

    A rotation is given up by rotate stop, a closing by deactivate stop.
    """
    from vault.services.case_ending import close_case
    from vault.services.offboarding import call_off

    if called_off != bool(reason):
        message = "--called-off and --reason go together"
        raise UsageError(message, "say why they stay: --called-off --reason TEXT")
    session = invocation.writing()
    found = resolve(session.registry, Case, which)
    if reason:
        closed, words = (case := call_off(session, found, reason)), _called_off(session, case)
    else:
        closed, verdict = close_case(session, found)
        words = closing_words(session.registry, closed, verdict)
    if invocation.as_json:
        invocation.out.document("safehands.case/1", case_dict(session.registry, closed, invocation))
        return
    invocation.out.line(words)


def _called_off(session: Session, case: Case) -> str:
    name = clean(session.registry.name_of(case.person))
    left = sum(p.state == "dropped" and p.changed_at == case.closed_at for p in case.progress)
    return f"Closed. {name} stays; {several(left, 'step')} given up, and what was done stays done."
