"""`safehands dormant probe`: asks public feeds when accounts last posted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
import msgspec

from vault.cli import diagnostics
from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation
from vault.domain.account import Account
from vault.domain.counting import several
from vault.domain.naming import resolve
from vault.domain.probing import Outcome
from vault.domain.text import clean
from vault.domain.wording import in_words
from vault.errors import NotFoundError
from vault.reports.table import Column

if TYPE_CHECKING:
    from vault.domain.registry import Registry
    from vault.services.probing import Plan, Probed, ProbeReport

_TOLD: frozenset[Outcome] = frozenset({"seen", "never_posted"})
"""Outcomes that the table leaves out: what they say stands in `dormant report`."""


@click.command("probe")
@click.argument("which", nargs=-1, metavar="[ACCOUNT]...")
@click.option(
    "--platform", "platforms", multiple=True, metavar="PLATFORM", help="Only accounts there."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Ask about so many at most.")
@click.option(
    "--accept",
    multiple=True,
    metavar="SOURCE",
    help="Believe that source, as --dry-run names it, whatever it says.",
)
@click.option("--dry-run", is_flag=True, help="Show the addresses, and connect to none.")
@pass_invocation
def probe(
    invocation: Invocation,
    which: tuple[str, ...],
    platforms: tuple[str, ...],
    limit: int | None,
    accept: tuple[str, ...],
    dry_run: bool,  # noqa: FBT001
) -> int:
    """Ask public feeds when accounts last posted, and record what they say.

    Without ACCOUNT it asks about all. This connects to the platforms; no other command does.
    Accounts that were asked about longest ago come first, and what was answered today is not asked
    again. Exit 1 where something is to be looked at: an account is gone, or a source gave trouble.
    """
    from vault.services.probing import plan_probe
    from vault.services.probing import probe as ask

    session = invocation.reading() if dry_run else invocation.writing()
    registry = session.registry
    plan = plan_probe(
        session,
        invocation.moment,
        platforms={registry.catalogue.named(each).id for each in platforms},
        accounts={resolve(registry, Account, each).id for each in which},
        limit=limit,
    )
    if strangers := set(accept) - plan.sources.keys():
        message = f"no account is asked about at {clean(min(strangers))!r}"
        raise NotFoundError(message, "a dry run shows the sources: dormant probe --dry-run")
    if dry_run:
        _show_plan(invocation, registry, plan)
        return 0
    diagnostics.note(f"asking {_sources(plan)} about {several(plan.asked, 'account')}")
    with diagnostics.progress("asking", plan.asked) as told:
        report = ask(session, plan, accepted=accept, tell=told)
    if invocation.as_json:
        _document(invocation, registry, report)
    else:
        _tell(invocation, registry, report)
    return _code(report)


def _code(report: ProbeReport) -> int:
    if not report.is_complete:
        return diagnostics.INTERRUPTED
    is_gone = any(each.outcome == "gone" for each in report.accounts)
    return 1 if is_gone or any(each.trouble for each in report.sources) else 0


def _sources(plan: Plan) -> str:
    return several(len(plan.sources), "source")


def _show_plan(invocation: Invocation, registry: Registry, plan: Plan) -> None:
    targets = [each for source in sorted(plan.sources) for each in plan.sources[source]]
    if invocation.as_json:
        asked = [
            {
                **_named(registry, each.account),
                "source": each.addresses[0].source,
                "addresses": [a.url for a in each.addresses],
            }
            for each in targets
        ]
        unasked = [{**_named(registry, each.account), "why": each.why} for each in plan.unasked]
        content = {"as_of": invocation.moment, "asked": asked, "not_asked": unasked}
        invocation.out.document("safehands.probe_plan/1", content)
        return
    rows = [
        [registry.name_of(each.account), each.addresses[0].source, address.url]
        for each in targets
        for address in each.addresses
    ]
    rows += [[registry.name_of(e.account), "", f"not asked: {e.why}"] for e in plan.unasked]
    url = Column("address, the next one only where one says nothing", wraps=True)
    invocation.out.table(["account", "source", url], rows, empty="there is no open account")
    asked_about = several(plan.asked, "account")
    invocation.out.line(f"{asked_about} at {_sources(plan)}; nothing was connected to")


def _document(invocation: Invocation, registry: Registry, report: ProbeReport) -> None:
    content = {
        "asked_at": report.asked_at,
        "is_complete": report.is_complete,
        "requests": report.requests,
        "unchanged": report.unchanged,
        "counts": _counts(report.accounts),
        "sources": [msgspec.to_builtins(each) for each in report.sources],
        "accounts": [
            {**_named(registry, each.account), **msgspec.structs.asdict(each)}
            for each in report.accounts
        ],
    }
    invocation.out.document("safehands.probe/1", content)


def _named(registry: Registry, account_id: str) -> dict[str, object]:
    account = registry.account(account_id)
    return {"account": account.id, "platform": account.platform, "handle": account.handle}


def _counts(probed: Iterable[Probed]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in probed:
        counts[each.outcome] = counts.get(each.outcome, 0) + 1
    return dict(sorted(counts.items()))


def _tell(invocation: Invocation, registry: Registry, report: ProbeReport) -> None:
    out = invocation.out
    out.table(
        [
            "source",
            Column("asked", right=True),
            Column("told", right=True),
            Column("changed", right=True),
            Column("trouble", wraps=True),
        ],
        [
            [s.source, s.asked, sum(s.outcomes.get(o, 0) for o in _TOLD), s.updated, s.trouble]
            for s in report.sources
        ],
        empty="no source was asked",
    )
    rest = [each for each in report.accounts if each.outcome not in _TOLD]
    if rest:
        out.line("")
        rows = [[registry.name_of(e.account), in_words(e.outcome), clean(e.told)] for e in rest]
        what = Column("outcome", fixed=True)
        out.table(["account", what, Column("why", wraps=True)], rows)
    told = ", ".join(f"{n:,} {in_words(o)}" for o, n in _counts(report.accounts).items())
    out.line("")
    out.line(
        f"{told or 'no account'}; {several(report.requests, 'request')},"
        f" {report.unchanged:,} unchanged since the last"
    )
    if any(each.withheld for each in report.sources):
        out.line(
            "Nothing of a source in trouble is recorded. If it is right: --accept SOURCE", "warn"
        )
    if not report.is_complete:
        out.line("Stopped; what was answered is recorded, and the rest is asked next time.", "warn")
