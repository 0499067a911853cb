"""When an account posted, as far as anybody knows, cut into equal spans of time for a chart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

import msgspec

from vault.domain.account import Activity, Stretch

LEAST: Final = timedelta(days=90)

Use = Literal["posted", "silent", "unknown"]
"""Posts are known of; somebody looked and knew of none; nobody looked."""


class Timeline(msgspec.Struct, frozen=True, gc=False):
    """The spans from `begin` until `end`, oldest first, each `span` long."""

    begin: datetime
    end: datetime
    spans: tuple[Use, ...]

    @property
    def span(self) -> timedelta:
        """How long each is."""
        return (self.end - self.begin) / len(self.spans)


def timeline(activity: Activity, at: datetime, spans: int) -> Timeline:
    """Return what is known of an account's activity until a moment, in so many spans.

    It begins with the first post that is known of, or the first look, and is `LEAST` long at
    least. Between two stretches it was silent, and before a look that knew of no post; after the
    last look nobody knows.
    """
    stretches = [*activity.before, _last(activity)]
    begin = min(*(s.first or s.seen for s in stretches), at - LEAST)
    known_from = stretches[0].first or begin
    edges = [begin + (at - begin) * number / spans for number in range(spans + 1)]
    used = [(s.first, s.last) for s in stretches if s.first and s.last]

    def use(start: datetime, end: datetime) -> Use:
        if any(first <= end and last >= start for first, last in used):
            return "posted"
        return "silent" if known_from <= start < activity.checked_at else "unknown"

    return Timeline(begin, at, tuple(use(*edge) for edge in pairwise(edges)))


def stretches_of(activity: Activity) -> Iterator[Stretch]:
    """Yield the stretches that are known of, the newest first; of a silent account, none."""
    every = (*activity.before, _last(activity))
    return (each for each in reversed(every) if each.last is not None)


def _last(activity: Activity) -> Stretch:
    return Stretch(activity.moment, activity.moment, activity.checked_at, activity.source)
