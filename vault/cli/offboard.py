"""`safehands offboard`: plan and start departures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vault.cli import diagnostics
from vault.cli.arguments import no_dash, optional_day, pass_invocation, refuse_force
from vault.cli.invocation import Invocation
from vault.cli.listing import short
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.role import Role
from vault.domain.text import clean
from vault.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from vault.domain.cases import Mode
    from vault.domain.ids import Id
    from vault.domain.offboarding import Departure
    from vault.domain.registry import Registry
    from vault.reports.plan import PlanView


@click.group()
def offboard() -> None:
    """Departures: what ties somebody to accounts, what cuts it, and whether that suffices."""


MODES = ("planned", "immediate")
SUCCESSORS = click.option(
    "--successor",
    "successors",
    multiple=True,
    metavar="[ROLE=]PERSON",
    help="Who takes over a role, or all the rest; may be given several times.",
)

_OPTIONS = [
    click.argument("who"),
    click.option("--last-day", metavar="DATE", help="Their last day, if not the one recorded."),
    click.option(
        "--mode",
        type=click.Choice(MODES),
        default="planned",
        show_default=True,
        help="Planned: they still help. Immediate: they do not.",
    ),
    SUCCESSORS,
    click.option("--two-person", is_flag=True, help="A second person confirms each step."),
]


def _with_options(command: Any) -> Any:  # click's decorators take any function
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def successors_of(registry: Registry, texts: Iterable[str]) -> dict[Id, Id]:
    """Return who takes over which role, "" for the rest, from texts such as `webcare=eva`.

    Raises UsageError where two people are named for one, and what `resolve` raises.
    """
    successors: dict[Id, Id] = {}
    for text in texts:
        role, equals, person = text.rpartition("=")
        key = resolve(registry, Role, role).id if equals else ""
        named = resolve(registry, Person, person).id
        if successors.setdefault(key, named) != named:
            what = f"the role {clean(registry.name_of(key))}" if key else "all the rest"
            message = f"--successor names two people for {what}"
            raise UsageError(message, "name one: who else holds it is recorded by role assign")
    return successors


def _departure(registry: Registry, given: dict[str, Any], today: date) -> Departure:
    from vault.services.offboarding import departure_of

    mode: Mode = given["mode"]
    leaver = resolve(registry, Person, given["who"])
    made = departure_of(
        leaver,
        optional_day(given["last_day"], "--last-day"),
        mode,
        successors_of(registry, given["successors"]),
        today,
        two_person=given["two_person"],
    )
    if made.mode != mode:
        diagnostics.note(f"{leaver.name} has left and helps no more: the plan is {made.mode}.")
    return made


@offboard.command("plan")
@_with_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "markdown", "html", "calendar", "todo"]),
    help="How to write it; calendar has events, and todo the to-dos that some calendars keep.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False), callback=no_dash, help="Write it to a new file."
)
@click.option("--force", is_flag=True, help="With --out: an earlier plan of that form gives way.")
@pass_invocation
def plan(
    invocation: Invocation,
    /,
    form: str | None,
    out: str | None,
    force: bool,  # noqa: FBT001
    **given: Any,
) -> int:
    """Plan the departure of WHO. Exit 0 when the verdict holds, 1 when it does not.

    Nothing is written.

    Such as: safehands offboard plan jan --last-day 2027-01-31 --successor Press=eva.
    """
    from vault.reports import plan as report
    from vault.services.offboarding import plan_departure

    refuse_force(out, force=force)
    chosen = invocation.form(form)
    registry, at = invocation.registry(), invocation.moment
    made = plan_departure(registry, _departure(registry, given, at.date()), at)
    view = report.view(registry, made, verbatim=chosen == "json")
    if chosen == "json" and not out:
        invocation.out.document("safehands.plan/1", report.as_dict(view))
    elif chosen == "table" and not out:
        invocation.out.lines(report.as_lines(view, invocation.out.room))
    else:
        _deliver(invocation, _rendered(chosen, view), out, replace=force)
    return 0 if made.verdict.holds else 1


def _rendered(form: str, view: PlanView) -> str:
    from vault.reports import plan as report
    from vault.reports.documents import to_json
    from vault.services.plan_files import FORMS

    if form == "json":
        return to_json({"schema": "safehands.plan/1", **report.as_dict(view)})
    return FORMS[form](view)


def _deliver(invocation: Invocation, text: str, out: str | None, *, replace: bool) -> None:
    if out is None:
        invocation.out.text(text)
        return
    from vault.services.report_files import save_report

    save_report(Path(out), text.encode(), replace=replace)
    diagnostics.note(f"written to {out}")


@offboard.command("start")
@_with_options
@pass_invocation
def start(invocation: Invocation, /, **given: Any) -> int:
    """Open a case for the departure of WHO. Exit 1 when the plan's verdict does not hold yet.

    A last day that is given is recorded with the person.
    """
    from vault.reports import plan as report
    from vault.services.offboarding import start_offboarding

    invocation.refuse_as_of()
    session = invocation.reading()
    case, made = start_offboarding(
        session, _departure(session.registry, given, invocation.moment.date())
    )
    view = report.view(session.registry, made, verbatim=invocation.as_json)
    if invocation.as_json:
        invocation.out.document(
            "safehands.case_started/1",
            {"case": case.id, "closed_at": case.closed_at, "plan": report.as_dict(view)},
        )
    else:
        invocation.out.lines(report.as_lines(view, invocation.out.room))
        invocation.out.line("")
        name = short(case.id)
        if case.closed_at is not None:
            told = f"Nothing is left to do: case {name} was closed on {case.closed_at.date()}."
            invocation.out.line(told)
        else:
            invocation.out.line(f"Case {name} is open. Next: safehands case next {name}")
        if not made.verdict.holds:
            mend = f"Mend what is marked ✗ above, then: safehands case replan {name}"
            invocation.out.line(mend, "warn")
    return 0 if made.verdict.holds else 1
