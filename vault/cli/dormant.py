"""`safehands dormant`: accounts nobody uses."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import click

from vault.cli.arguments import moment, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import tell
from vault.domain.account import Account
from vault.domain.dormancy import DEFAULT_DORMANT_DAYS, TELLING, Dormancy, dormancy
from vault.domain.naming import resolve
from vault.domain.telling import names
from vault.reports.table import Column

if TYPE_CHECKING:
    from vault.domain.registry import Registry


@click.group()
def dormant() -> None:
    """Dormancy: what the last known activity says, and never more than it says."""


@dormant.command("report")
@click.option(
    "--days",
    type=click.IntRange(1, 36500),
    default=DEFAULT_DORMANT_DAYS,
    show_default=True,
    help="Idle for longer is dormant, unless an account has a cadence of its own.",
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
    if invocation.as_json:
        content = {
            "as_of": at,
            "policy": {"days": days},
            "counts": counts,
            "accounts": [_as_dict(registry, account, found, at) for account, found in judged],
        }
        invocation.out.document("safehands.dormant/1", content)
    else:
        shown = [each for each in judged if everything or each[1].verdict in TELLING]
        _tell(invocation, registry, shown)
        told = ", ".join(f"{n} {v.replace('_', ' ')}" for v, n in sorted(counts.items()))
        invocation.out.line(told)
    return 1 if any(counts[verdict] for verdict in TELLING) else 0


def _as_dict(
    registry: Registry, account: Account, found: Dormancy, at: datetime
) -> dict[str, object]:
    activity = account.last_activity
    return {
        "account": account.id,
        "platform": account.platform,
        "handle": account.handle_at(at),
        "role": names(registry, account.owner_roles, at),
        "verdict": found.verdict,
        "last_activity": activity.moment if activity else None,
        "source": activity.source if activity else "",
        "checked_at": activity.checked_at if activity else None,
        "idle_days": found.idle_days,
        "cadence_days": account.cadence_days,
        "decision": None,
    }


def _tell(
    invocation: Invocation, registry: Registry, judged: list[tuple[Account, Dormancy]]
) -> None:
    rows = []
    for account, found in judged:
        activity = account.last_activity
        last = activity.moment.date() if activity and activity.moment else ""
        rows.append(
            [
                account.label,
                found.verdict.replace("_", " "),
                "" if found.idle_days is None else found.idle_days,
                last,
                activity.source if activity else "",
                names(registry, account.owner_roles, invocation.moment),
            ]
        )
    verdict, idle = Column("verdict", fixed=True), Column("idle days", right=True)
    last_seen = Column("last activity", fixed=True)
    columns: list[Column | str] = ["account", verdict, idle, last_seen, "source", "owner"]
    invocation.out.table(columns, rows, empty="nothing is known to be dormant")


@dormant.command("record")
@click.argument("which", metavar="ACCOUNT")
@click.option("--last", metavar="DATE", help="The day of its last post; never, if not given.")
@click.option("--source", default="seen by hand", show_default=True, help="Who says so.")
@pass_invocation
def record(invocation: Invocation, which: str, last: str | None, source: str) -> None:
    """Record the last activity of ACCOUNT, as seen today."""
    from vault.services.activity import record_activity

    session = invocation.writing()
    found = resolve(session.registry, Account, which)
    now: datetime = session.env.now()
    seen = moment(last, "--last", now) if last else None
    tell(invocation, session, record_activity(session, found, seen, source))
