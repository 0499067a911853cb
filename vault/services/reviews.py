"""Access reviews carried through: begun, decided tie by tie or many at once, and closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from vault.domain.changes import Changes, changes
from vault.domain.counting import several
from vault.domain.ids import Id
from vault.domain.naming import folded
from vault.domain.registry import Registry
from vault.domain.review import Answer, Choice, Review, ReviewedTie
from vault.domain.reviews import close, decide, deciders, snapshot, ties_of
from vault.domain.rows import Filters, Rows, holding
from vault.domain.text import clean
from vault.errors import AmbiguousError, NotFoundError, RefusedError, UsageError
from vault.services.editing import fresh_id
from vault.services.session import Session

SHORTEST_ID = 4  # letters and digits; fewer are rather a word


def find_review(registry: Registry, named: str = "") -> Review:
    """Return a review by its name or the beginning of its id; without one, the newest.

    Raises NotFoundError and AmbiguousError.
    """
    newest = sorted(registry.all(Review), key=lambda r: (r.started_at, r.id), reverse=True)
    wanted = folded(named)
    found = [r for r in newest if wanted == folded(r.name)] or [
        r for r in newest if r.id.startswith(wanted)
    ]
    if not found:
        message = f"there is no review {clean(named)!r}" if named else "no review was begun"
        hint = "start one: safehands report access-review --start NAME"
        raise NotFoundError(message, hint)
    if wanted and len(found) > 1:
        message = f"{clean(named)!r} may be {several(len(found), 'review')}"
        candidates = (f"{r.id[:8]} {clean(r.name)} of {r.started_at.date()}" for r in found)
        raise AmbiguousError(message, tuple(candidates), "name it by its id")
    return found[0]


def start_review(session: Session, name: str, role: Id = "") -> tuple[Review, int]:
    """Begin a review of the ties there are now, of one role or all; return it and their number.

    Raises UsageError for no name, RefusedError where a review of that name is open, or there is
    nothing to review.
    """
    if not name.strip():
        message = "a review needs a name"
        raise UsageError(message, "such as --start 'Autumn 2026'")
    review_id, begun = fresh_id(session), list[ReviewedTie]()
    review = Review(
        id=review_id,
        name=name,
        role=role,
        started_at=session.env.now(),
        started_by=session.person,
    )

    def begin(registry: Registry, now: datetime) -> Changes:
        started = msgspec.structs.replace(review, started_at=now)
        for other in registry.all(Review):
            if folded(other.name) == folded(name) and other.is_open(now):
                message = f"the review {clean(other.name)} is open"
                raise RefusedError(message, "decide what is left of it, or choose another name")
        begun[:] = (
            msgspec.structs.replace(tie, id=fresh_id(session))
            for tie in snapshot(registry, started)
        )
        if not begun:
            message = "there is no tie to review"
            raise RefusedError(message, "record who holds what first: safehands seat add")
        return changes(started, *begun)

    registry = session.write("review.start", begin, note=name)
    return registry.get(review_id, Review), len(begun)


def decide_ties(
    session: Session, review: Id, wanted: Sequence[tuple[str, Answer]], by: Id, reason: str = ""
) -> list[ReviewedTie]:
    """Record decisions about ties of a review, all or none, and return the ties decided.

    A tie goes by the beginning of its id. Other words mean those undecided ties that hold all of
    them and that `by` may decide. Raises as `vault.domain.reviews.decide` does, and NotFoundError
    where there is no such tie.
    """
    decided: list[ReviewedTie] = []

    def choose(registry: Registry, now: datetime) -> Changes:
        campaign, fresh = registry.get(review, Review), dict[Id, ReviewedTie]()
        for words, answer in wanted:
            choice = Choice(answer, by, now, reason)
            meant = _meant(registry, campaign, words, by, now)
            ties = [decide(registry, tie, choice, campaign) for tie in meant]
            fresh |= {tie.id: tie for tie in ties}
            registry = registry.apply(changes(*ties))  # the next words mean what is undecided still
        decided[:] = fresh.values()
        return changes(*decided)

    session.write("review.decide", choose, note=session.registry.name_of(review))
    return decided


def close_review(session: Session, review: Id, by: Id) -> Review:
    """Close a review of which every tie is decided; raises as `vault.domain.reviews.close` does."""

    def closing(registry: Registry, now: datetime) -> Changes:
        return changes(close(registry, registry.get(review, Review), by, now))

    name = session.registry.name_of(review)
    return session.write("review.close", closing, note=name).get(review, Review)


def _meant(
    registry: Registry, review: Review, words: str, by: Id, at: datetime
) -> Sequence[ReviewedTie]:
    ties = ties_of(registry, review)
    by_id = [tie for tie in ties if tie.id.startswith(folded(words))]
    if len(words) >= SHORTEST_ID and len(by_id) == 1:
        return by_id
    mine = [t for t in ties if t.chosen(at) is None and by in deciders(registry, t, at)]
    found = _searchable(registry, mine).find(words) if words.strip() else ()
    if not found:
        message = (
            f"{registry.name_of(by)} can decide no undecided tie that goes by {clean(words)!r}"
        )
        hint = "see which there are: safehands report access-review"
        raise NotFoundError(message, hint)
    return found


def _searchable(registry: Registry, ties: Sequence[ReviewedTie]) -> Rows[ReviewedTie]:
    """The ties, found by words and by `person:jan account:x/@acme role:webcare kind:seat`."""

    def roles(tie: ReviewedTie) -> str:
        return " ".join(map(registry.name_of, tie.roles))

    of: dict[str, Callable[[ReviewedTie], str]] = {
        "person": lambda tie: registry.name_of(tie.person),
        "account": lambda tie: registry.name_of(tie.account),
        "role": roles,
        "kind": lambda tie: tie.what,
    }
    filters: Filters[ReviewedTie] = {name: holding(text) for name, text in of.items()}
    return Rows(
        ties, lambda tie: " ".join((tie.why, *(text(tie) for text in of.values()))), filters
    )
