"""`safehands dormant`: accounts nobody uses."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import click

from vault.cli.arguments import moment, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import names, tell
from vault.domain.account import Account
from vault.domain.dormancy import DEFAULT_DORMANT_DAYS, dormancy
from vault.domain.naming import resolve


@click.group()
def dormant() -> None:
    """Dormancy: what the last known activity says, and never more than it says."""


@dormant.command("report")
@click.option(
    "--days", type=click.IntRange(1, 36500), default=DEFAULT_DORMANT_DAYS, show_default=True
)
@click.option("--everything", is_flag=True, help="Active accounts and unknown ones too.")
@pass_invocation
def report(invocation: Invocation, days: int, everything: bool) -> int:  # noqa: FBT001
    """List accounts idle for more than DAYS. Exit 1 if there are any."""
    registry, at = invocation.registry(), invocation.moment
    judged = [
        (account, dormancy(registry, account, at, days))
        for account in registry.all(Account)
        if account.is_open(at)
    ]
    judged.sort(key=lambda each: (-(each[1].idle_days or 0), each[0].platform, each[0].handle))
    counts = Counter(verdict.verdict for _, verdict in judged)
    telling = {"dormant", "never_posted", "platform_gone"}
    if invocation.as_json:
        invocation.out.document(
            "safehands.dormant/1",
            {
                "as_of": at,
                "policy": {"days": days},
                "counts": counts,
                "accounts": [
                    {
                        "account": a.id,
                        "platform": a.platform,
                        "handle": a.handle_at(at),
                        "role": next(iter(a.owner_roles), None)
                        and names(registry, a.owner_roles, at),
                        "verdict": v.verdict,
                        "last_activity": a.last_activity.moment if a.last_activity else None,
                        "source": a.last_activity.source if a.last_activity else "",
                        "checked_at": a.last_activity.checked_at if a.last_activity else None,
                        "idle_days": v.idle_days,
                        "cadence_days": a.cadence_days,
                        "decision": None,
                    }
                    for a, v in judged
                ],
            },
        )
    else:
        rows = [
            [
                a.label,
                v.verdict.replace("_", " "),
                "" if v.idle_days is None else str(v.idle_days),
                str(a.last_activity.moment.date())
                if a.last_activity and a.last_activity.moment
                else "",
                a.last_activity.source if a.last_activity else "",
                names(registry, a.owner_roles, at),
            ]
            for a, v in judged
            if everything or v.verdict in telling
        ]
        columns = ["account", "verdict", "idle days", "last activity", "source", "owner"]
        invocation.out.table(columns, rows, empty="nothing is known to be dormant")
        told = ", ".join(f"{n} {v.replace('_', ' ')}" for v, n in sorted(counts.items()))
        invocation.out.line(told)
    return 1 if counts["dormant"] or counts["never_posted"] or counts["platform_gone"] else 0


@dormant.command("record")
@click.argument("which")
@click.option("--last", metavar="DATE", help="The day of its last post; never, if not given.")
@click.option("--source", default="seen by hand", show_default=True)
@pass_invocation
def record(invocation: Invocation, which: str, last: str | None, source: str) -> None:
    """Record the last activity of the account WHICH, as seen today."""
    from vault.services.activity import record_activity

    session = invocation.writing()
    found = resolve(session.registry, Account, which)
    now: datetime = session.env.now()
    seen = moment(last, "--last", now) if last else None
    tell(invocation, session.registry, record_activity(session, found, seen, source))
