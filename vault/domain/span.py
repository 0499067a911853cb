"""Sets of moments, as sorted and disjoint half-open intervals: when was somebody able to?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from vault.domain.spell import ALWAYS, FOREVER

Span = tuple[tuple[datetime, datetime], ...]
"""Sorted disjoint intervals, each from (included) to (excluded)."""

NEVER: Span = ()
ANYTIME: Span = ((ALWAYS, FOREVER),)


def span(since: datetime | None, until: datetime | None) -> Span:
    """Return one interval, open where a bound is None, and none where it would be empty."""
    start, end = since or ALWAYS, until or FOREVER
    return ((start, end),) if start < end else NEVER


def union(spans: Iterable[Span]) -> Span:
    """Return the moments in any of the spans."""
    given = [each for each in spans if each]
    if not given or given == given[:1]:  # nearly all unions are of nothing or of one span
        return given[0] if given else NEVER
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(interval for each in given for interval in each):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def intersection(first: Span, *rest: Span) -> Span:
    """Return the moments in all of the spans."""
    common = first
    for other in rest:
        pairs = ((max(a, c), min(b, d)) for a, b in common for c, d in other)
        common = tuple(sorted((start, end) for start, end in pairs if start < end))
    return common


def complement(of: Span) -> Span:
    """Return all other moments."""
    gaps: list[tuple[datetime, datetime]] = []
    last = ALWAYS
    for start, end in of:
        if last < start:
            gaps.append((last, start))
        last = end
    if last < FOREVER:
        gaps.append((last, FOREVER))
    return tuple(gaps)
