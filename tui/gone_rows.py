"""What would be lost if something were gone tonight, as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from tui.opening import Kind
from tui.screens.detail import Part, Row, columns
from tui.widgets.sheet import section
from vault.domain.gone import Gone, Loss, ThingKind
from vault.domain.ids import Id
from vault.domain.registry import Registry
from vault.domain.telling import label_of
from vault.services.session import Session
from vault.services.simulating import simulate

GONE_COLUMNS = columns(("would be", 14), ("what", 18, 2), ("then", 14, 1, 1))


def gone_part(kind: ThingKind, about: Id, now: Callable[[], datetime]) -> Part:
    """Return the part that says what would be lost without a thing, as of `now`."""

    def rows(session: Session) -> list[Row]:
        return gone_rows(session.registry, kind, about, now())

    nothing = "nothing would be lost without it"
    return Part("gone", "Gone tonight", GONE_COLUMNS, rows, nothing, quick=False)


def gone_rows(registry: Registry, kind: ThingKind, about: Id, at: datetime) -> list[Row]:
    """Return what would be lost first, then what would rest on too few, then what is kept."""
    gone = simulate(registry, kind, about, at).gone
    return [
        *(_loss(registry, "✗ LOST", each) for each in gone.lost),
        *(_loss(registry, "↓ weaker", each) for each in gone.weaker),
        *_thin(registry, gone),
        *(
            Row(
                f"kept {each.account}",
                ("✓ kept", registry.name_of(each.account), each.level),
                (section("Who still gets in", each.why, "-"),),
                opens=("account", each.account),
            )
            for each in gone.kept
        ),
    ]


def _loss(registry: Registry, what: str, loss: Loss) -> Row:
    then = f"{loss.now or 'nothing'}, now {loss.was}"
    told = (section("What breaks", loss.why, "-"),)
    name = registry.name_of(loss.account)
    return Row(f"{what} {loss.account}", (what, name, then), told, opens=("account", loss.account))


_PAGES: dict[str, Kind] = {
    "account": "account",
    "role": "role",
    "mailbox": "mailbox",
    "phone": "phone",
}


def _thin(registry: Registry, gone: Gone) -> Iterator[Row]:
    for bare in gone.bare:
        kind = type(registry.find(bare)).__name__.lower()
        yield _row("! nobody's", kind, registry, bare, "nobody")
    for single in gone.singles:
        who = registry.name_of(single.person)
        yield _row("! on one", single.kind, registry, single.about, f"{who} alone")


def _row(what: str, kind: str, registry: Registry, about: Id, then: str) -> Row:
    record = registry.find(about)
    label = label_of(registry, record) if record else about
    opens = (_PAGES[kind], about) if kind in _PAGES else None
    return Row(f"{what} {kind} {about} {then}", (what, f"{kind} {label}", then), opens=opens)
