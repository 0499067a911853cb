"""`safehands simulate`: what would be lost if something were gone tonight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation
from vault.domain.counting import several
from vault.domain.telling import label_of
from vault.reports.table import Column

if TYPE_CHECKING:
    from vault.domain.gone import Gone, Loss, ThingKind
    from vault.domain.ids import Id
    from vault.domain.registry import Registry
    from vault.domain.unconfirmed import Unconfirmed
    from vault.services.simulating import Simulation

_WHY = Column("because", wraps=True)


@click.group()
def simulate() -> None:
    """Gone tonight: what would be lost, and who still gets in. Exit 1 if anything would be lost."""


_THINGS: Final[dict[ThingKind, tuple[str, str]]] = {
    "person": ("WHO", "Say what would be lost if WHO left now."),
    "mailbox": ("ADDRESS", "Say what would be lost without the mailbox ADDRESS."),
    "phone": ("NUMBER", "Say what would be lost without the phone NUMBER."),
    "tool": (
        "ACCOUNT",
        "Say what would be lost without ACCOUNT, such as a publishing tool or a sign-in.",
    ),
    "domain": (
        "NAME",
        "Say what would be lost without all mailboxes at the domain NAME and below it.",
    ),
}
"""What may be gone: how it is named on the line, and the help of its command."""


def _add_command(kind: ThingKind, metavar: str, about: str) -> None:
    @simulate.command(kind, help=about)
    @click.argument("text", metavar=metavar)
    @pass_invocation
    def command(invocation: Invocation, text: str) -> int:
        return _told(invocation, kind, text)


for _kind, (_metavar, _about) in _THINGS.items():
    _add_command(_kind, _metavar, _about)


@simulate.command("ranking")
@pass_invocation
def ranking(invocation: Invocation) -> int:
    """List everything without which accounts would be lost, what most hang on first."""
    from vault.domain.gone import ranking as ranked
    from vault.domain.unconfirmed import on_unconfirmed_seats
    from vault.reports import unconfirmed

    registry, at = invocation.registry(), invocation.moment
    found, unproved = ranked(registry, at), on_unconfirmed_seats(registry, at)
    if invocation.as_json:
        listed = [
            {"kind": e.kind, "about": e.about, "name": _name(registry, e.about), "lost": e.lost}
            for e in found
        ]
        told = {"as_of": at, "ranking": listed}
        told["unconfirmed"] = unconfirmed.as_list(registry, unproved)
        invocation.out.document("safehands.ranking/1", told)
    else:
        _tell_unconfirmed(invocation, registry, unproved)
        invocation.out.table(
            ["without", "what", Column("accounts lost", fixed=True)],
            [[_name(registry, e.about), e.kind, e.lost] for e in found],
            empty="no account that the company has hangs on one thing alone"
            if unproved
            else "nothing would be lost: no account hangs on one thing alone",
        )
    return 1 if found or unproved else 0


def _name(registry: Registry, about: str) -> str:
    return registry.name_of(about) if about in registry else about


def _label(registry: Registry, about: Id) -> str:
    record = registry.find(about)
    return label_of(registry, record) if record else about


def _told(invocation: Invocation, kind: ThingKind, text: str) -> int:
    from vault.services.simulating import simulate as simulated

    registry = invocation.registry()
    found = simulated(registry, kind, text, invocation.moment)
    if invocation.as_json:
        invocation.out.document("safehands.simulation/1", _as_dict(registry, found))
    else:
        _tell(invocation, registry, found)
    return 0 if found.gone.is_harmless else 1


def _as_dict(registry: Registry, found: Simulation) -> dict[str, Any]:
    from vault.reports import unconfirmed

    gone = found.gone
    return {
        "as_of": found.as_of,
        "gone": {"kind": found.kind, "id": found.about, "name": found.name},
        "counts": {
            "lost": len(gone.lost),
            "weaker": len(gone.weaker),
            "kept": len(gone.kept),
            "single_points": len(gone.singles),
            "bare": len(gone.bare),
            "unconfirmed": len(gone.unproved),
        },
        "lost": [_loss(registry, each) for each in gone.lost],
        "weaker": [_loss(registry, each) for each in gone.weaker],
        "kept": [
            {"account": e.account, "level": e.level, "why": " -> ".join(e.why)} for e in gone.kept
        ],
        "single_points": [
            {
                "kind": e.kind,
                "about": e.about,
                "name": _label(registry, e.about),
                "person": e.person,
            }
            for e in gone.singles
        ],
        "bare": [{"id": each, "name": _label(registry, each)} for each in gone.bare],
        "unconfirmed": unconfirmed.as_list(registry, _unproved(gone)),
    }


def _loss(registry: Registry, loss: Loss) -> dict[str, Any]:
    account = registry.account(loss.account)
    return {
        "account": account.id,
        "platform": account.platform,
        "handle": account.handle,
        "was": loss.was,
        "now": loss.now,
        "why": " -> ".join(loss.why),
    }


def _unproved(gone: Gone) -> Unconfirmed:
    return {each.account: each.seats for each in gone.unproved}


def _tell(invocation: Invocation, registry: Registry, found: Simulation) -> None:
    gone, out = found.gone, invocation.out
    rows = [
        [registry.name_of(e.account), e.was, e.now or "nothing", " -> ".join(e.why)]
        for e in (*gone.lost, *gone.weaker)
    ]
    if rows:
        out.table(["account", "was", "would be", _WHY], rows)
        out.line()
    if gone.kept:
        kept = [[registry.name_of(e.account), e.level, " -> ".join(e.why)] for e in gone.kept]
        out.table(["still in safe hands", "as", _WHY], kept)
        out.line()
    _tell_rest(invocation, registry, gone)
    _tell_unconfirmed(invocation, registry, _unproved(gone))
    without = f"Without {found.name} the company"
    if gone.is_harmless:
        out.line(f"{without} would lose nothing.", "good")
    if gone.lost:
        out.line(f"{without} would lose {several(len(gone.lost), 'account')}.", "bad")
    if gone.unproved:
        more = f"{several(len(gone.unproved), 'account')}{' more' if gone.lost else ''}"
        doubt = "nobody can say while the seats are not confirmed"
        out.line(f"{without} may lose {more}: {doubt}.", "bad")


def _tell_unconfirmed(invocation: Invocation, registry: Registry, found: Unconfirmed) -> None:
    from vault.reports import unconfirmed

    out = invocation.out
    if found:
        out.lines(unconfirmed.as_lines(registry, found, out.room))
        out.line()


def _tell_rest(invocation: Invocation, registry: Registry, gone: Gone) -> None:
    out = invocation.out
    for single in gone.singles:
        who = registry.name_of(single.person)
        out.line(f"{single.kind} {_label(registry, single.about)} would hang on {who} alone.")
    for bare in gone.bare:
        kind = type(registry.find(bare)).__name__.lower()
        out.line(f"{kind} {_label(registry, bare)} would have nobody.")
    if gone.singles or gone.bare:
        out.line()
