"""`safehands report`: what is so, for those who read and do not type."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vault.cli import diagnostics
from vault.cli.arguments import day, no_dash, pass_invocation, refuse_force
from vault.cli.invocation import Invocation
from vault.domain.counting import several
from vault.domain.dormancy import DEFAULT_DORMANT_DAYS
from vault.domain.ids import Id
from vault.domain.spell import midnight
from vault.reports.render import FORMS, MONTHS_SHOWN

if TYPE_CHECKING:
    from vault.domain.review import Answer, Review
    from vault.reports.report import Report
    from vault.services.session import Session


@click.group()
def report() -> None:
    """Reports: who owns, who could know, what nobody uses; for people, programs and mail."""


_OPTIONS = [
    click.option(
        "--format",
        "form",
        type=click.Choice(list(FORMS)),
        help="How to write it; a calendar only of what has days.",
    ),
    click.option(
        "--out", type=click.Path(dir_okay=False), callback=no_dash, help="Write it to a new file."
    ),
    click.option("--force", is_flag=True, help="With --out: an earlier report gives way."),
    click.option("--since", metavar="DATE", help="Begin with what changed since that day."),
    click.option(
        "--months",
        type=click.IntRange(0, 120),
        help=f"Show the figures of so many earlier months.  [default: {MONTHS_SHOWN} in html]",
    ),
]


def _with_options(command: Any) -> Any:  # click's decorators take any function
    for option in reversed(_OPTIONS):
        command = option(command)
    return pass_invocation(command)


@report.command("overview")
@_with_options
def overview(invocation: Invocation, /, **given: Any) -> int:
    """Where we stand, on one page: the headline figures, what is wrong, and the work under way."""
    return _answer(invocation, "overview", given)


@report.command("ownership")
@_with_options
def ownership(invocation: Invocation, /, **given: Any) -> int:
    """Which role owns each account, who holds it, and what hangs on one person."""
    return _answer(invocation, "ownership", given)


@report.command("dormant")
@click.option(
    "--days", type=click.IntRange(1, 36500), default=DEFAULT_DORMANT_DAYS, show_default=True
)
@_with_options
def dormant(invocation: Invocation, /, days: int, **given: Any) -> int:
    """Which accounts nobody uses: idle for more than DAYS, never used, or their platform gone."""
    return _answer(invocation, "dormant", given, days=days)


@report.command("exposure")
@click.option("--closed", is_flag=True, help="List what was met by now too, and how.")
@_with_options
def exposure(invocation: Invocation, /, closed: bool, **given: Any) -> int:  # noqa: FBT001
    """Which secrets in use people could know who have no business with them, and since when."""
    return _answer(invocation, "exposure", given, closed=closed)


@report.command("rotation")
@click.option("--policy", metavar="FILE", help="A policy of your own, as `rotate due` takes it.")
@_with_options
def rotation(invocation: Invocation, /, policy: str | None, **given: Any) -> int:
    """Which secrets are to be changed, why, and by when."""
    return _answer(invocation, "rotation", given, policy_file=Path(policy) if policy else None)


@report.command("single-points")
@_with_options
def single_points(invocation: Invocation, /, **given: Any) -> int:
    """What hangs on one person."""
    return _answer(invocation, "single-points", given)


@report.command("evidence")
@click.argument("which", metavar="[CASE]", required=False)
@_with_options
def evidence(invocation: Invocation, /, which: str | None, **given: Any) -> int:
    """What was done in all cases, or in CASE: who did it, who saw it, and what proves it."""
    from vault.domain.cases import Case
    from vault.domain.naming import resolve

    _form(invocation, given)
    session = invocation.reading()
    asked = {"case": resolve(session.registry, Case, which).id if which else ""}
    return _give(invocation, _made(invocation, session, "evidence", given, asked), given)


@report.command("access-review")
@click.argument("which", metavar="[REVIEW]", required=False)
@click.option("--start", metavar="NAME", help="Begin a review of the ties there are now.")
@click.option("--role", metavar="ROLE", help="With --start: of what this role owns only.")
@click.option(
    "--keep",
    multiple=True,
    metavar="TIE",
    help="Decide that a tie stays: its id, or words that undecided ties hold, such as person:jan.",
)
@click.option("--remove", multiple=True, metavar="TIE", help="Decide that a tie goes, likewise.")
@click.option("--by", metavar="PERSON", help="Who decides, if not you.")
@click.option("--reason", default="", metavar="TEXT", help="Why; needed to decide again.")
@click.option("--close", is_flag=True, help="Close the review, once everything is decided.")
@_with_options
def access_review(invocation: Invocation, /, which: str | None, **given: Any) -> int:
    """Which ties people have, and whether they keep them: begin, decide, close, or see a review.

    The newest one, unless REVIEW names another. Whoever decides holds the role that owns what the
    tie is on, and decides nothing about themselves.
    """
    from vault.services.reviews import find_review

    if any(given[name] for name in ("keep", "remove", "close")) or given["start"] is not None:
        _change_review(invocation, which or "", given)
        return 0
    _form(invocation, given)
    session = invocation.reading()
    asked = {"review": find_review(session.registry, which).id if which else ""}
    return _give(invocation, _made(invocation, session, "access-review", given, asked), given)


def _change_review(invocation: Invocation, which: str, given: dict[str, Any]) -> None:
    """Begin a review, or decide about its ties and close it, and say so."""
    from vault.domain.naming import resolve
    from vault.domain.person import Person
    from vault.domain.role import Role
    from vault.services.reviews import close_review, decide_ties, find_review, start_review

    session, begun, decided = invocation.writing(), 0, list[Id]()
    registry, name, role, by = session.registry, given["start"], given["role"], given["by"]
    who = resolve(registry, Person, by).id if by else session.person
    if name is not None:
        review, begun = start_review(
            session, name, resolve(registry, Role, role).id if role else ""
        )
    else:
        review = find_review(registry, which)
    # What goes is named first, so that "the rest stays" can be said in the same breath.
    choices = [(each, answer) for answer in ANSWERS for each in given[answer]]
    if choices:
        ties = decide_ties(session, review.id, choices, who, given["reason"])
        decided = [tie.id for tie in ties]
    if given["close"]:
        review = close_review(session, review.id, who)
    _tell_review(invocation, review, begun, decided, closed=given["close"])


ANSWERS: Final[tuple[Answer, ...]] = ("remove", "keep")


def _tell_review(
    invocation: Invocation, review: Review, begun: int, decided: list[Id], *, closed: bool
) -> None:
    if invocation.as_json:
        told = {"review": review.id, "name": review.name, "begun": begun, "decided": decided}
        invocation.out.document("safehands.review_changed/1", {**told, "closed": closed})
        return
    parts = [f"{several(begun, 'tie')} to decide"] if begun else []
    parts += [f"{several(len(decided), 'tie')} decided"] if decided else []
    parts += ["closed"] if closed else []
    invocation.out.line(f"{review.name}: {', '.join(parts)}")


def _answer(invocation: Invocation, name: str, given: dict[str, Any], **asked: Any) -> int:
    """Make a report and give it as it was asked for; 1 where it calls for somebody to act."""
    _form(invocation, given)  # before the passphrase is asked for
    made = _made(invocation, invocation.reading(), name, given, asked)
    return _give(invocation, made, given)


def _form(invocation: Invocation, given: dict[str, Any]) -> str:
    refuse_force(given["out"], force=given["force"])
    return invocation.form(given["form"])


def _made(
    invocation: Invocation,
    session: Session,
    name: str,
    given: dict[str, Any],
    asked: dict[str, Any],
) -> Report:
    from vault.services.reporting import report_of

    months = given["months"]
    if months is None:
        months = MONTHS_SHOWN if _form(invocation, given) == "html" else 0
    since = midnight(day(given["since"], "--since")) if given["since"] else None
    return report_of(session, name, invocation.moment, since=since, months=months, **asked)


def _give(invocation: Invocation, made: Report, given: dict[str, Any]) -> int:
    from vault.reports.render import as_lines, render

    form, out = _form(invocation, given), given["out"]
    if out:
        from vault.services.report_files import save_report

        written = save_report(Path(out), render(made, form), replace=given["force"])
        diagnostics.note(f"written to {written}")
    elif form == "table":
        invocation.out.lines(as_lines(made, invocation.out.room))
    else:
        invocation.out.text(render(made, form).decode())
    return 0 if made.is_clean else 1
