"""Access reviews carried through: begun, decided tie by tie or many at once, and closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from vault.domain.changes import Changes, changes
from vault.domain.counting import few, several
from vault.domain.ids import Id
from vault.domain.naming import folded
from vault.domain.registry import Registry
from vault.domain.review import Answer, Choice, Review, ReviewedTie
from vault.domain.reviews import close, decide, deciders, snapshot, ties_of
from vault.domain.rows import Filters, Rows, holding
from vault.domain.text import clean, one_line
from vault.errors import AmbiguousError, NotFoundError, RefusedError, UsageError
from vault.services.editing import fresh_id
from vault.services.session import Session

SHORTEST_ID = 4  # letters and digits; fewer are rather a word


def find_review(registry: Registry, named: str = "") -> Review:
    """Return a review by its name, its id, or the beginning of one; without one, the newest.

    Raises NotFoundError and AmbiguousError.
    """
    newest = sorted(registry.all(Review), key=lambda r: (r.started_at, r.id), reverse=True)
    wanted = folded(named)
    found = (
        [r for r in newest if wanted == folded(r.name)]
        or [r for r in newest if r.id.startswith(wanted)]
        or [r for r in newest if folded(r.name).startswith(wanted)]
    )
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
    review = Review(
        id=fresh_id(session),
        name=one_line(name),
        role=role,
        started_at=session.env.now(),
        started_by=session.person,
    )

    def begin(registry: Registry, now: datetime) -> tuple[Changes, tuple[Review, int]]:
        started = msgspec.structs.replace(review, started_at=now)
        for other in registry.all(Review):
            if folded(other.name) == folded(started.name) and other.is_open(now):
                message = f"the review {clean(other.name)} is open"
                raise RefusedError(message, "decide what is left of it, or choose another name")
        begun = [
            msgspec.structs.replace(tie, id=fresh_id(session))
            for tie in snapshot(registry, started)
        ]
        if not begun:
            message = "there is no tie to review"
            hint = "record who holds what first: safehands seat add ACCOUNT PERSON"
            raise RefusedError(message, hint)
        return changes(started, *begun), (started, len(begun))

    return session.write_returning("review.start", begin, note=name)


def decide_ties(
    session: Session, review: Id, wanted: Sequence[tuple[str, Answer]], by: Id, reason: str = ""
) -> list[ReviewedTie]:
    """Record decisions about ties of a review, all or none, and return the ties decided.

    A tie goes by the beginning of its id. Other words mean those undecided ties that hold all of
    them and that `by` may decide. Raises as `vault.domain.reviews.decide` does, RefusedError where
    `by` may decide none of those, and NotFoundError where there is no such tie.
    """

    def choose(registry: Registry, now: datetime) -> tuple[Changes, list[ReviewedTie]]:
        campaign, fresh = registry.get(review, Review), dict[Id, ReviewedTie]()
        for words, answer in wanted:
            choice = Choice(answer, by, now, reason)
            meant = _meant(registry, campaign, words, by, now)
            ties = [decide(registry, tie, choice, campaign) for tie in meant]
            fresh |= {tie.id: tie for tie in ties}
            registry = registry.apply(changes(*ties))  # the next words mean what is undecided still
        decided = [*fresh.values()]
        return changes(*decided), decided

    name = session.registry.name_of(review)
    return session.write_returning("review.decide", choose, note=name)


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
    named = _searchable(registry, ties).find(words) if words.strip() else ()
    if not named:
        message = f"no tie of {clean(review.name)} goes by {clean(words)!r}"
        raise NotFoundError(message, "see which there are: safehands report access-review")
    open_ones = [tie for tie in named if tie.chosen(at) is None]
    if not open_ones:
        message = f"every tie of {clean(review.name)} that goes by {clean(words)!r} is decided"
        raise NotFoundError(message, "to decide about one again, name it by its id, with --reason")
    mine = [tie for tie in open_ones if by in deciders(registry, tie, at)]
    if not mine:
        raise _may_not(registry, open_ones, words, by, at)
    return mine


def _may_not(
    registry: Registry, ties: Sequence[ReviewedTie], words: str, by: Id, at: datetime
) -> RefusedError:
    name = registry.name_of
    whose = "are their own" if {t.person for t in ties} == {by} else "are for others to decide"
    message = f"{name(by)} may decide none of the ties that go by {clean(words)!r}: they {whose}"
    others = dict.fromkeys(who for tie in ties for who in deciders(registry, tie, at))
    named = few([*map(name, others)], 5) or "nobody"
    return RefusedError(message, f"let one of these decide, with --by: {named}")


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
