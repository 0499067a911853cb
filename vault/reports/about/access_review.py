"""Access review: which ties were looked at, what was decided about them, and what is to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final, cast

from msgspec.structs import replace

from vault.domain.counting import few
from vault.domain.ids import Id
from vault.domain.instructions import called, title
from vault.domain.registry import Registry
from vault.domain.review import Review, ReviewedTie
from vault.domain.reviews import deciders, is_there, ties_of, why_not, work
from vault.reports.plan.words import NAMED_TIES, TIES
from vault.reports.report import Cell, Chart, Column, Figure, Report, Row, Section, most, section

if TYPE_CHECKING:
    from vault.domain.ties import TieKind

_ID_SHOWN: Final = 8

_ABOUT: Final = ("person", "tie", "account", "alone", "owner_role", "id")
_STARTING: Final = "no review was begun: safehands report access-review --start NAME"


def access_review(registry: Registry, at: datetime, *, review: Id = "") -> Report:
    """Return how a review stands at a moment: the one with that id, else the newest there was."""
    begun = [r for r in registry.all(Review) if r.started_at <= at]
    begun.sort(key=lambda each: (each.started_at, each.id))
    shown = next((r for r in reversed(begun) if review in {"", r.id}), None)
    ties = ties_of(registry, shown) if shown else ()
    left = [tie for tie in ties if tie.chosen(at) is None]
    removing = [tie for tie in ties if (c := tie.chosen(at)) and c.answer == "remove"]
    standing = frozenset(tie.id for tie in removing if is_there(registry, tie, at))
    roles = Counter(role for tie in left for role in tie.roles)
    return Report(
        name="access-review",
        title=f"Access review: {shown.name}" if shown else "Access reviews",
        as_of=at,
        answers="Which ties people had to accounts when the review began, what was decided about"
        " each, and what is still to be removed.",
        figures=(
            Figure("ties", len(ties), "tie"),
            Figure("undecided", len(left), "tie", "to decide", calls=True),
            Figure("to_remove", len(standing), "tie", "to remove", calls=True),
            Figure("removed", len(removing) - len(standing), "tie", "removed"),
        ),
        sections=(
            _undecided(registry, left, at),
            _to_remove(registry, removing, standing, at),
            _decided(registry, ties, at),
            _reviews(registry, begun, at),
        ),
        charts=(
            Chart(
                "To decide, by owner role", most((registry.name_of(r), n) for r, n in roles.items())
            ),
        ),
    )


def _undecided(registry: Registry, left: Sequence[ReviewedTie], at: datetime) -> Section:
    may_decide = _names_of_deciders(registry, at)
    rows = (Row(tie.id, (*_about(registry, tie), may_decide(tie))) for tie in left)
    columns = (*_ABOUT, "may_decide")
    return section("undecided", "To decide", columns, rows, "there is nothing to decide")


def _names_of_deciders(registry: Registry, at: datetime) -> Callable[[ReviewedTie], str]:
    """Many ties have the same answer: it is worked out once for a person and their roles."""
    one = ReviewedTie(id="", review="", person="", what="")

    @cache
    def told(person: Id, roles: tuple[Id, ...], what: str) -> str:
        tie = replace(one, person=person, roles=roles, what=what)
        return few([registry.name_of(each) for each in deciders(registry, tie, at)])

    # The kind of a tie matters only where it is the vault's own.
    return lambda t: told(t.person, t.roles, t.what if t.what == "vault_member" else "")


def _to_remove(
    registry: Registry, removing: Sequence[ReviewedTie], standing: frozenset[Id], at: datetime
) -> Section:
    rows = (
        Row(tie.id, (*_about(registry, tie), *_work(registry, tie, at, there=tie.id in standing)))
        for tie in sorted(removing, key=lambda tie: tie.id not in standing)
    )
    columns = (*_ABOUT, "state", "work", "assignee")
    return section("to_remove", "To remove", columns, rows, "there is nothing to remove")


def _work(
    registry: Registry, tie: ReviewedTie, at: datetime, *, there: bool
) -> tuple[str, str, str]:
    if not there:
        return ("removed", "", "")
    steps = [*work(registry, tie, at)]
    who = dict.fromkeys(registry.name_of(step.assignee) for step in steps if step.assignee)
    titles, why = (title(registry, step, str) for step in steps), why_not(registry, tie, at)
    told = filter(None, (*titles, why[:1].upper() + why[1:]))
    return ("there", "; ".join(told), ", ".join(who))


def _decided(registry: Registry, ties: Iterable[ReviewedTie], at: datetime) -> Section:
    """Every decision there ever was, the one that stands last."""
    rows = (
        Row(
            f"{tie.id}:{number}",
            (
                *_about(registry, tie),
                choice.answer,
                registry.name_of(choice.by),
                choice.at.date(),
                choice.reason,
            ),
        )
        for tie in ties
        for number, choice in enumerate(tie.choices, 1)
        if choice.at <= at
    )
    columns = (*_ABOUT, "decision", "by", Column("decided", "date"), "reason")
    return section("decided", "Decided", columns, rows, "nothing was decided")


def _about(registry: Registry, tie: ReviewedTie) -> tuple[Cell, ...]:
    kind = cast("TieKind", tie.what)
    by = TIES[kind]
    return (
        registry.name_of(tie.person),
        f"{by} {called(registry, tie.target)}".rstrip() if kind in NAMED_TIES else by,
        registry.name_of(tie.account) if tie.account else "",
        "yes" if tie.sole else "",
        ", ".join(map(registry.name_of, tie.roles)),
        tie.id[:_ID_SHOWN],
    )


def _reviews(registry: Registry, begun: Sequence[Review], at: datetime) -> Section:
    columns = (
        "review",
        "role",
        Column("started", "date"),
        "started_by",
        Column("closed", "date"),
        Column("ties_decided", "number"),
        Column("ties", "number"),
    )
    rows = (Row(each.id, tuple(_review(registry, each, at))) for each in reversed(begun))
    return section("reviews", "Reviews", columns, rows, _STARTING)


def _review(registry: Registry, review: Review, at: datetime) -> Iterator[Cell]:
    ties = ties_of(registry, review)
    yield review.name
    yield registry.name_of(review.role) if review.role else "all"
    yield review.started_at.date()
    yield registry.name_of(review.started_by)
    yield None if review.is_open(at) or review.closed_at is None else review.closed_at.date()
    yield sum(tie.chosen(at) is not None for tie in ties)
    yield len(ties)
