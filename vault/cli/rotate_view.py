"""How rotations are told, to people and to programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vault.cli.invocation import Invocation
from vault.cli.listing import TEXT_LIMIT, blocker_dict, record_dict, short, with_accounts
from vault.domain.instructions import instructions, title
from vault.domain.rotation import RotationDue
from vault.domain.text import clean
from vault.domain.wording import in_words
from vault.reports.lines import prose
from vault.reports.table import Column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from vault.domain.ids import Id
    from vault.domain.registry import Registry
    from vault.domain.rotation_steps import RotationPlan
    from vault.domain.ways_out import Blocker
    from vault.services.rotation import Begun


def _of_account(registry: Registry, account_id: Id) -> dict[str, Any]:
    account = registry.account(account_id)
    return {"account": account.id, "platform": account.platform, "handle": account.handle}


def due_dict(registry: Registry, due: RotationDue, at: datetime) -> dict[str, Any]:
    """Return a secret to be changed: why, since when, until when, and how far that is."""
    pending = due.pending
    return {
        **_of_account(registry, due.credential.account),
        "credential": due.credential.id,
        "what": due.credential.what,
        "class": due.terms.name,
        "due_at": due.due_at,
        "overdue": due.is_overdue(at),
        "reasons": [{"cause": r.cause, "since": r.since, "due_at": r.due_at} for r in due.reasons],
        "could_know": [person.id for person in due.people],
        "did_see": due.seen,
        "pending": pending
        and {"version": pending.number, "made_at": pending.made_at, "made_by": pending.made_by},
        "case": due.case.id if due.case else None,
    }


def show_due(
    invocation: Invocation, registry: Registry, found: Sequence[RotationDue], at: datetime
) -> None:
    """Show the secrets to be changed, in the order to do it."""
    rows = [
        [
            registry.name_of(each.credential.account),
            in_words(each.credential.what),
            f"{each.due_at:%Y-%m-%d %H:%M}",
            "overdue" if each.is_overdue(at) else "",
            each.why,
            each.terms.name,
            short(each.case.id) if each.case else "",
        ]
        for each in found
    ]
    columns: list[Column | str] = [
        "account",
        "secret",
        Column("due", fixed=True),
        Column("late", fixed=True),
        Column("why", wraps=True),
        "class",
        Column("case", fixed=True),
    ]
    invocation.out.table(columns, rows, empty="nothing is due")
    waiting = [each for each in found if each.case is None]
    if waiting:
        first = with_accounts("rotate start", registry, [waiting[0].credential.account])
        invocation.out.line(f"Next: {first}")
        invocation.out.line("Or all: safehands rotate start --due")


def plan_dict(registry: Registry, plan: RotationPlan) -> dict[str, Any]:
    """Return what a rotation takes."""
    return {
        **_of_account(registry, plan.account),
        "credential": plan.credential or None,
        "version": plan.version,
        "class": plan.terms.name,
        "due": plan.due,
        "reasons": [{"cause": r.cause, "since": r.since, "due_at": r.due_at} for r in plan.reasons],
        "steps": [
            {
                **record_dict(step),
                "title": title(registry, step, str),
                "instructions": instructions(registry, step).steps,
                "links": instructions(registry, step).links,
            }
            for step in plan.steps
        ],
        "blockers": [blocker_dict(each) for each in plan.blockers],
    }


def show_plan(invocation: Invocation, registry: Registry, plan: RotationPlan) -> None:
    """Show what a rotation takes: its steps, why each is there, and what stands in the way."""
    out = invocation.out
    secret = registry.find(plan.credential)
    what = in_words(getattr(secret, "what", "")) or "no secret of its own"
    label = registry.name_of(plan.account)
    out.line(f"{label}, {what}: by {plan.due} (class {plan.terms.name})", "heading")
    for number, step in enumerate(plan.steps, 1):
        told = clean(f"{title(registry, step, str)} ({step.reason})", TEXT_LIMIT)
        out.lines(prose(f"  {number}. ", told, out.room))
    show_blockers(invocation, plan.blockers)


def show_blockers(invocation: Invocation, blockers: Sequence[Blocker]) -> None:
    """Show what stands in the way of a rotation, and the ways out."""
    out = invocation.out
    for blocker in blockers:
        out.line(f"  ✗ {clean(blocker.what, TEXT_LIMIT)}", "bad")
        for way in blocker.ways_out:
            out.lines(prose("    - ", clean(way.text, TEXT_LIMIT), out.room))


def begun_dict(registry: Registry, begun: Begun) -> dict[str, Any]:
    """Return what became of one target of a queue."""
    account, credential = begun.target
    return {
        **_of_account(registry, account.id),
        "credential": credential.id if credential else None,
        "case": begun.case.id if begun.case else None,
        "refused": begun.refusal.message if begun.refusal else None,
        "hint": begun.refusal.hint if begun.refusal else None,
        "plan": plan_dict(registry, begun.plan) if begun.plan else None,
    }
