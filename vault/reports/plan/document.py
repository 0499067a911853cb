"""A plan for programs: the content of `safehands.plan/1`."""

from __future__ import annotations

from vault.reports.plan.view import AccountView, PlanView, StepView

SCHEMA = "safehands.plan/1"


def as_dict(view: PlanView) -> dict[str, object]:
    """Return a plan as plain values, its schema first; make the view `verbatim` for programs.

    Ids and names that are not there are "", dates that are not there None. `why` is one text, its
    premises joined by " -> ". Keys are only ever added under this schema.
    """
    names = [judgement.name.replace(" ", "_") for judgement in view.judgements]
    goods = [judgement.is_good for judgement in view.judgements]
    return {
        "schema": SCHEMA,
        "person": view.person,
        "person_name": view.person_name,
        "last_day": view.last_day.isoformat(),
        "mode": view.mode,
        "made_at": view.made_at,
        "ties": [
            {
                **_account(tie.account),
                "kind": tie.kind,
                "of": tie.of,
                "sole": tie.sole,
                "why": " -> ".join(tie.why),
            }
            for tie in view.ties
        ],
        "steps": [_step(step) for step in view.steps],
        "blockers": [
            {**_named(each.account), "what": each.what, "ways_out": [w.text for w in each.ways_out]}
            for each in view.blockers
        ],
        "verdict": {
            **dict(zip(names, goods, strict=True)),
            "holds": view.holds,
            "remaining": [
                {**_named(each.account), "why": " -> ".join(each.why)} for each in view.remaining
            ],
        },
        "counts": view.counts,
        "cautions": list(view.cautions),
    }


def _named(account: AccountView) -> dict[str, object]:
    return {"account": account.id, "account_name": account.label}


def _account(account: AccountView) -> dict[str, object]:
    return {**_named(account), "platform": account.platform, "handle": account.handle}


def _step(step: StepView) -> dict[str, object]:
    return {
        "id": step.id,
        "act": step.act,
        **_account(step.account),
        "title": step.title,
        "instructions": list(step.todo),
        "check": step.check,
        "needs": list(step.needs),
        "links": list(step.links),
        "assignee": step.assignee,
        "assignee_name": step.assignee_name,
        "depends_on": list(step.depends_on),
        "wait_days": step.wait_days,
        "not_before": step.not_before.isoformat() if step.not_before else None,
        "due": step.due.isoformat() if step.due else None,
        "reason": step.reason,
        "two_person": step.two_person,
        "late": step.late,
    }
