"""`safehands dormant`: accounts nobody uses, and what is to become of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import click

from vault.cli.arguments import moment, optional_day, pass_invocation
from vault.cli.dormant_probe import probe
from vault.cli.invocation import Invocation
from vault.cli.listing import record_dict, tell, with_accounts
from vault.domain.account import Account
from vault.domain.counting import several
from vault.domain.deciding import decision_on, in_short, is_to_decide
from vault.domain.dormancy import DEFAULT_DORMANT_DAYS, TELLING, VERDICTS, Dormancy, dormancy
from vault.domain.fate import fate, open_closings, reversible_until
from vault.domain.mending import Names
from vault.domain.naming import resolve
from vault.domain.telling import names
from vault.domain.wording import in_words
from vault.errors import UsageError
from vault.reports.lines import prose
from vault.reports.table import Column

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from vault.domain.cases import Case
    from vault.domain.decision import Decision
    from vault.domain.registry import Registry
    from vault.services.deciding import Choice

Judged = list[tuple[Account, Dormancy]]

RETIRE = "safehands deactivate start --dead"


@click.group()
def dormant() -> None:
    """Dormancy: what the last known activity says, and never more than it says."""


dormant.add_command(probe)


@dormant.command("report")
@click.option(
    "--days",
    type=click.IntRange(1, 36500),
    metavar="DAYS",
    default=DEFAULT_DORMANT_DAYS,
    show_default=True,
    help="Idle for longer is dormant, unless an account has a cadence of its own.",
)
@click.option("--everything", is_flag=True, help="Active accounts and unknown ones too.")
@pass_invocation
def report(invocation: Invocation, days: int, everything: bool) -> int:  # noqa: FBT001
    """List accounts idle for more than DAYS. Exit 1 if a decision about any of them is open."""
    registry, at = invocation.registry(), invocation.moment
    judged = [
        (account, dormancy(registry, account, at, days))
        for account in registry.all(Account)
        if account.is_open(at)
    ]
    judged.sort(key=lambda each: (-(each[1].idle_days or 0), each[0].platform, each[0].handle))
    counts = Counter(verdict.verdict for _, verdict in judged)
    undecided = [account for account, found in judged if is_to_decide(registry, account, found, at)]
    if invocation.as_json:
        content = {
            "as_of": at,
            "policy": {"days": days},
            "counts": dict.fromkeys(VERDICTS, 0) | counts,
            "accounts": list(_as_dicts(registry, judged, at)),
        }
        invocation.out.document("safehands.dormant/1", content)
    else:
        shown = [each for each in judged if everything or each[1].verdict in TELLING]
        _tell(invocation, registry, shown)
        told = ", ".join(f"{n} {in_words(v)}" for v, n in sorted(counts.items()))
        if told:
            invocation.out.line(told)
        _tell_what_is_open(invocation, registry, judged, undecided, days)
    return 1 if undecided else 0


def _tell_what_is_open(
    invocation: Invocation,
    registry: Registry,
    judged: Judged,
    undecided: list[Account],
    days: int,
) -> None:
    if undecided:
        them = several(len(undecided), "account")
        decide = with_accounts("dormant decide", registry, [undecided[0].id])
        invocation.out.line(f"To be decided about: {them}. Next: {decide} --help")
    gone = sum(found.verdict == "platform_gone" for _, found in judged)
    if gone:
        them = several(gone, "account")
        invocation.out.line(f"On platforms that are gone: {them}. Next: {RETIRE}")
    _tell_of_inactivity(invocation, registry, judged)
    stale = sum(
        found.checked_at is not None and (invocation.moment - found.checked_at).days > days
        for _, found in judged
    )
    if stale:
        looked = several(stale, "account was", "accounts were")
        invocation.out.line(f"{looked} last looked at over {days} days before.", "warn")


def _tell_of_inactivity(invocation: Invocation, registry: Registry, judged: Judged) -> None:
    """Say what platforms do with accounts that nobody uses, where some are idle for so long."""
    idle: Counter[str] = Counter()
    for account, found in judged:
        rule = registry.platform(account).inactivity
        if rule and found.idle_days is not None and found.idle_days >= rule.days:
            idle[account.platform] += 1
    for platform_id, number in sorted(idle.items()):
        platform = registry.catalogue.get(platform_id)
        if platform.inactivity:
            trust = platform.provenance["inactivity"].confidence
            what = f"{platform.inactivity.what} (confidence {trust})"
            told = f"{platform.name}, {several(number, 'account')} silent for that long: {what}."
            invocation.out.lines(prose("", told, invocation.out.room))


def _as_dicts(registry: Registry, judged: Judged, at: datetime) -> Iterator[dict[str, object]]:
    closings = open_closings(registry, at)
    for account, found in judged:
        decision, case = decision_on(registry, account, at), closings.get(account.id)
        yield {
            "account": account.id,
            "platform": account.platform,
            "handle": account.handle_at(at),
            "role": names(registry, account.owner_roles, at),
            "verdict": found.verdict,
            "last_activity": found.last,
            "source": found.source,
            "checked_at": found.checked_at,
            "idle_days": found.idle_days,
            "cadence_days": account.cadence_days,
            "decision": decision and _decided(decision, case, at),
        }


def _decided(decision: Decision, case: Case | None, at: datetime) -> dict[str, object]:
    return {
        **record_dict(decision),
        "runs_out": decision.runs_out(),
        "stands": decision.stands(at),
        "case": case and case.id,
        "reversible_until": case and reversible_until(case),
    }


def _tell(invocation: Invocation, registry: Registry, judged: Judged) -> None:
    rows, at, closings = [], invocation.moment, open_closings(registry, invocation.moment)
    for account, found in judged:
        rows.append(
            [
                account.label,
                in_words(found.verdict),
                "" if found.idle_days is None else found.idle_days,
                found.last.date() if found.last else "",
                found.source,
                names(registry, account.owner_roles, at),
                fate(registry, account, at, closings.get(account.id)),
            ]
        )
    verdict, idle = Column("verdict", fixed=True), Column("idle days", right=True)
    last_seen = Column("last activity", fixed=True)
    name = Column("account", fixed=True)
    columns: list[Column | str] = [name, verdict, idle, last_seen, "source", "owner"]
    if any(row[-1] for row in rows):
        columns.append("decision")
    else:
        rows = [row[:-1] for row in rows]
    invocation.out.table(columns, rows, empty="nothing is known to be dormant")


@dormant.command("record")
@click.argument("which", metavar="ACCOUNT")
@click.option(
    "--last", metavar="DATE", help="The day of its last post; without it, it never posted."
)
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


@dormant.command("decide")
@click.argument("which", metavar="ACCOUNT...", nargs=-1, required=True)
@click.option("--keep-until", metavar="DATE", help="Leave it as it is; asked again on that day.")
@click.option("--reason", default="", help="Why; --keep-until needs one.")
@click.option("--revive", is_flag=True, help="It will post again; needs --cadence.")
@click.option(
    "--cadence", type=click.IntRange(1, 3650), metavar="DAYS", help="How often it posts then."
)
@click.option("--into", metavar="ACCOUNT", help="Its audience goes on in that account.")
@click.option("--deactivate", is_flag=True, help="It is to be closed.")
@pass_invocation
def decide(
    invocation: Invocation,
    which: tuple[str, ...],
    keep_until: str | None,
    reason: str,
    revive: bool,  # noqa: FBT001  # click passes flags so
    cadence: int | None,
    into: str | None,
    deactivate: bool,  # noqa: FBT001
) -> None:
    """Record what is to become of each ACCOUNT.

    That is one of --keep-until, --revive, --into and --deactivate.

    Such as: safehands dormant decide x/@fair --keep-until 2027-03-01 --reason 'for the next fair'.
    """
    from vault.services.deciding import decide_on

    chosen = [bool(keep_until), revive or cadence is not None, bool(into), deactivate]
    if sum(chosen) != 1:
        message = "one thing is decided at a time" if any(chosen) else "nothing was decided"
        raise UsageError(message, "give one of --keep-until, --revive, --into, --deactivate")
    session = invocation.writing()
    registry = session.registry
    accounts = [resolve(registry, Account, each).id for each in which]
    choice = _choice(
        registry, optional_day(keep_until, "--keep-until"), reason, cadence, into, chosen
    )
    made = decide_on(session, accounts, choice)
    if invocation.as_json:
        told = [record_dict(each) for each in made]
        invocation.out.document("safehands.decisions/1", {"decisions": told})
        return
    for each in made:
        label = registry.name_of(each.account)
        invocation.out.line(f"{label}: {in_short(session.registry, each, each.at)}")
    if choice.what in {"consolidate", "deactivate"}:
        begin = with_accounts("deactivate start", registry, (each.account for each in made))
        into = f" --into {Names(registry).of(choice.into)}" if choice.into else ""
        invocation.out.line(f"To begin with it: {begin}{into}")


def _choice(
    registry: Registry,
    until: date | None,
    reason: str,
    cadence: int | None,
    into: str | None,
    chosen: list[bool],
) -> Choice:
    from vault.services.deciding import Choice

    if into:
        successor = resolve(registry, Account, into).id
        return Choice(what="consolidate", into=successor, reason=reason)
    if until:
        return Choice(what="keep", until=until, reason=reason)
    if chosen[1]:
        return Choice(what="revive", cadence_days=cadence, reason=reason)
    return Choice(what="deactivate", reason=reason)
