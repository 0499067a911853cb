"""`safehands deactivate`: close accounts for good, with what must come before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from vault.cli import diagnostics
from vault.cli.arguments import optional_day, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import TEXT_LIMIT, blocker_dict, record_dict, short
from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.casework import next_steps, steps_done
from vault.domain.cautions import before_closing
from vault.domain.counting import several
from vault.domain.deactivation import Closing, Wish
from vault.domain.existence import was_open
from vault.domain.fate import open_closings, reversible_until
from vault.domain.instructions import instructions, title
from vault.domain.naming import resolve
from vault.domain.text import clean
from vault.errors import NotFoundError, UsageError
from vault.reports.lines import prose
from vault.reports.table import Column

if TYPE_CHECKING:
    from datetime import date, datetime

    from vault.domain.registry import Registry
    from vault.domain.steps import Step
    from vault.services.session import Session

MOST_WAYS = 20  # of what is in the way; more is for --json


@click.group()
def deactivate() -> None:
    """Closing accounts: what comes first, until when it can be undone, what comes after."""


_OPTIONS = [
    click.option("--into", metavar="ACCOUNT", help="The account in which they go on."),
    click.option(
        "--handle",
        type=click.Choice(["park", "free"]),
        default="free",
        show_default=True,
        help="Keep the handle out of other hands, or let it go.",
    ),
    click.option(
        "--by",
        "close_by",
        metavar="DATE",
        help="The day by which they are closed; in two weeks, if not given.",
    ),
]


_NOTHING = {"which": (), "into": None, "handle": "free", "close_by": None}


def _with_options(command: Any) -> Any:  # click's decorators take any function
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _wished(registry: Registry, given: dict[str, Any]) -> tuple[list[str], Wish]:
    if not given["which"]:
        message = "no account is named"
        raise UsageError(message, "name those to be closed; see them: safehands dormant report")
    into = resolve(registry, Account, given["into"]).id if given["into"] else ""
    day: date | None = optional_day(given["close_by"], "--by")
    accounts = [resolve(registry, Account, each).id for each in given["which"]]
    return accounts, Wish(into=into, handle=given["handle"], close_by=day)


@deactivate.command("plan")
@click.argument("which", metavar="ACCOUNT...", nargs=-1)
@_with_options
@pass_invocation
def plan(invocation: Invocation, /, **given: Any) -> int:
    """Show how each ACCOUNT is closed, and write nothing.

    Exit 1 where something stands in the way, or an account is left out.
    """
    from vault.services.deactivation import left_out, planned

    registry, at = invocation.registry(), invocation.moment
    accounts, wish = _wished(registry, given)
    refused = left_out(registry, accounts, at)
    plans = planned(registry, [each for each in accounts if each not in refused], wish, at)
    if invocation.as_json:
        told = [{"account": each, "why": why.message} for each, why in refused.items()]
        document = {**_document(registry, plans), "left_out": told}
        invocation.out.document("safehands.deactivation_plan/1", document)
    else:
        _tell(invocation, registry, plans)
    for why in refused.values():
        diagnostics.warn(f"left out: {why.message}", why.hint)
    return 0 if all(each.holds for each in plans) and not refused else 1


@deactivate.command("start")
@click.argument("which", metavar="[ACCOUNT]...", nargs=-1)
@_with_options
@click.option("--dead", is_flag=True, help="Retire all on platforms that are gone, instead.")
@pass_invocation
def start(invocation: Invocation, /, dead: bool, **given: Any) -> int:  # noqa: FBT001
    """Open a case for closing each ACCOUNT. Exit 1 where something stands in the way.

    Such as: safehands deactivate start x/@acme_old --into x/@acme --handle park.
    """
    from vault.services.deactivation import start_closing

    if dead:
        if given != _NOTHING:
            message = "--dead retires all that is on platforms that are gone"
            raise UsageError(message, "give no account and no other option with it")
        return _retire(invocation)
    session = invocation.writing()
    made = start_closing(session, *_wished(session.registry, given))
    plans, cases = [each for _, each in made], [case for case, _ in made]
    if invocation.as_json:
        told = {"cases": [each.id for each in cases], "plan": _document(session.registry, plans)}
        invocation.out.document("safehands.deactivation_started/1", told)
    else:
        _tell(invocation, session.registry, plans, cases)
        invocation.out.line()
        many = several(len(cases), "case is", "cases are")
        invocation.out.line(f"{many} open. Next: safehands case next {short(cases[0].id)}")
    return 0 if all(each.holds for each in plans) else 1


def _retire(invocation: Invocation) -> int:
    from vault.services.deactivation import retire_dead

    session = invocation.writing()
    retired, needing = retire_dead(session)
    if invocation.as_json:
        told = {
            "retired": [each.id for each in retired],
            "needed": [blocker_dict(each) for each in needing],
        }
        invocation.out.document("safehands.retired/1", told)
    else:
        rows = [[each.label, session.registry.platform(each).name] for each in retired]
        invocation.out.table(["retired", "gone"], rows, empty="no account is on a dead platform")
        for each in needing[:MOST_WAYS]:
            invocation.out.line(f"Not retired: {clean(each.what, TEXT_LIMIT)}", "warn")
            invocation.out.line(f"  - {clean(each.ways_out[0].text, TEXT_LIMIT)}")
    return 1 if needing else 0


@deactivate.command("stop")
@click.argument("which", metavar="ACCOUNT")
@click.option("--reason", required=True, help="Why the account stays.")
@pass_invocation
def stop(invocation: Invocation, which: str, reason: str) -> None:
    """Give the closing of ACCOUNT up, as long as it can be undone; log in to bring it back."""
    from vault.services.deactivation import stop_closing

    session = invocation.writing()
    account = resolve(session.registry, Account, which)
    case = open_closings(session.registry).get(account.id)
    if case is None:
        message = f"{account.label} is not being closed"
        raise NotFoundError(message, "see what is: safehands deactivate list")
    stopped = stop_closing(session, case, reason)
    if invocation.as_json:
        invocation.out.document("safehands.case/1", record_dict(stopped))
        return
    invocation.out.line(f"{clean(account.label)} stays: {clean(reason, TEXT_LIMIT)}")
    if account.state == "closing":
        invocation.out.line("Log in to it, so that the platform brings it back.")


def replan_closing(invocation: Invocation, session: Session, case: Case) -> int:
    """Make the plan of a closing again, and tell it; return 1 where something needs the account."""
    from vault.services import deactivation

    changed, made = deactivation.replan_closing(session, case)
    if invocation.as_json:
        told = {"case": changed.id, "plan": _document(session.registry, [made])}
        invocation.out.document("safehands.case_replanned/1", told)
    else:
        _tell(invocation, session.registry, [made])
    return 0 if made.holds else 1


@deactivate.command("list")
@pass_invocation
def list_(invocation: Invocation) -> None:
    """List the closings under way, and until when each can be undone."""
    registry, at = invocation.registry(), invocation.moment
    closings = (c for c in registry.all(Case) if c.what == "deactivation")
    cases = [c.as_of(at) for c in closings if was_open(c, at)]
    cases.sort(key=lambda c: (c.last_day is None, c.last_day, registry.name_of(c.account)))
    if invocation.as_json:
        told = [{**record_dict(c), "reversible_until": reversible_until(c)} for c in cases]
        invocation.out.document("safehands.deactivations/1", {"as_of": at, "cases": told})
        return
    rows = []
    for each in cases:
        done, total = steps_done(each)
        following = next(next_steps(each, at), None)
        rows.append(
            [
                short(each.id),
                registry.name_of(each.account),
                f"{done} of {total}",
                each.last_day or "",
                _until(registry, each, at),
                title(registry, following.step) if following else "",
            ]
        )
    form: list[Column | str] = [
        Column("id", fixed=True),
        "account",
        "steps done",
        Column("close by", fixed=True),
        Column("reversible until", fixed=True),
        Column("next", wraps=True),
    ]
    invocation.out.table(form, rows, empty="nothing is being closed")


def _until(registry: Registry, case: Case, at: datetime) -> date | str:
    """When it ceases to be reversible; a day that was planned is not over before it is done."""
    until = reversible_until(case)
    if until is None or at.date() <= until:
        return until or "not known"
    is_closed = registry.account(case.account).state == "closing"
    return "not any more" if is_closed else "it is closed"


# -- in words, and as a document -----------------------------------------------------------------


def _tell(
    invocation: Invocation,
    registry: Registry,
    plans: Sequence[Closing],
    cases: Sequence[Case] = (),
) -> None:
    if len(plans) == 1:
        _tell_steps(invocation, registry, plans[0])
    else:
        _tell_accounts(invocation, registry, plans, cases)
    out = invocation.out
    for caution in before_closing(registry, plans):
        out.lines(prose("! ", clean(caution, TEXT_LIMIT), out.room))
    blockers = [b for each in plans for b in each.blockers]
    if not blockers:
        them = "them" if len(plans) > 1 else "it"
        out.line(f"Nothing needs {them} after the last step.", "good")
        return
    out.line(f"{several(len(blockers), 'thing')} in the way:", "warn")
    for each in blockers[:MOST_WAYS]:
        out.lines(prose("  ✗ ", clean(each.what, TEXT_LIMIT), out.room))
        for way in each.ways_out:
            out.lines(prose("    - ", clean(way.text, TEXT_LIMIT), out.room))
    if blockers[MOST_WAYS:]:
        out.line(f"  and {len(blockers) - MOST_WAYS} more (--json has them)")


def _tell_steps(invocation: Invocation, registry: Registry, plan: Closing) -> None:
    name = clean(registry.name_of(plan.account))
    into = f" It goes on in {clean(registry.name_of(plan.into))}." if plan.into else ""
    heading = f"Closing {name} by {plan.close_by}, {plan.undoing}.{into}"
    invocation.out.line(heading, "heading")
    rows = [
        [
            str(number),
            title(registry, step, str),
            registry.name_of(step.assignee) if step.assignee else "",
            step.not_before or "",
            step.due or "",
        ]
        for number, step in enumerate(plan.steps, 1)
    ]
    form: list[Column | str] = [Column("", right=True), Column("what", wraps=True), "who"]
    form += [Column("from", fixed=True), Column("by", fixed=True)]
    invocation.out.table(form, rows)


def _tell_accounts(
    invocation: Invocation,
    registry: Registry,
    plans: Sequence[Closing],
    cases: Sequence[Case],
) -> None:
    heading = f"Closing {several(len(plans), 'account')}"
    if plans[0].into:
        heading += f"; they go on in {clean(registry.name_of(plans[0].into))}"
    invocation.out.line(heading, "heading")
    rows = [
        [
            *([short(cases[number].id)] if cases else []),
            registry.name_of(each.account),
            len(each.steps),
            each.close_by,
            "not at all" if each.grace_days == 0 else each.reversible_until or "not known",
            each.steps[-1].due or "",
        ]
        for number, each in enumerate(plans)
    ]
    dates = (Column(each, fixed=True) for each in ("close by", "reversible until", "done by"))
    form: list[Column | str] = ["account", Column("steps", right=True), *dates]
    invocation.out.table([Column("case", fixed=True), *form] if cases else form, rows)


def _document(registry: Registry, plans: Sequence[Closing]) -> dict[str, object]:
    holding = sum(each.holds for each in plans)
    return {
        "closings": [_closing(registry, each) for each in plans],
        "counts": {
            "accounts": len(plans),
            "steps": sum(len(each.steps) for each in plans),
            "blockers": sum(len(each.blockers) for each in plans),
            "holding": holding,
        },
    }


def _closing(registry: Registry, plan: Closing) -> dict[str, object]:
    account = registry.account(plan.account)
    return {
        "account": account.id,
        "account_name": account.label,
        "platform": account.platform,
        "handle": account.handle,
        "into": plan.into,
        "handle_fate": plan.handle,
        "act": plan.act,
        "close_by": plan.close_by,
        "grace_days": plan.grace_days,
        "reversible_until": plan.reversible_until,
        "steps": [_step(registry, each) for each in plan.steps],
        "blockers": [blocker_dict(each) for each in plan.blockers],
        "can_get_in": plan.can_get_in,
        "verdict": {"nobody_needs_it": plan.holds, "holds": plan.holds},
    }


def _step(registry: Registry, step: Step) -> dict[str, object]:
    play = instructions(registry, step)
    return {
        **record_dict(step),
        "title": title(registry, step, str),
        "instructions": play.steps,
        "check": play.check,
        "needs": play.needs,
        "links": play.links,
        "assignee_name": registry.name_of(step.assignee) if step.assignee else "",
    }
