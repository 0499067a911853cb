"""What needs someone, and how safe all is: worked out piece by piece, and kept for the session.

At 100,000 accounts the findings take ten seconds and the past a minute. Whoever shows them shows
first what costs nothing, and the rest as it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from threading import RLock
from typing import TypeVar, cast
from weakref import WeakKeyDictionary

from vault.domain import agenda
from vault.domain.agenda import Need
from vault.domain.findings import Finding, findings
from vault.domain.headline import Headline, headline, past_moments
from vault.domain.registry import Registry
from vault.domain.single_points import SinglePoint, single_points
from vault.domain.worklists import RotationDue, rotations_due
from vault.services.session import Session

T = TypeVar("T")
Point = tuple[datetime, Headline]


class Overview:
    """What one registry says at one moment. Each question is answered once; any thread may ask.

    `past` are the headlines of earlier weeks as far as they are worked out, the latest first.
    """

    def __init__(self, registry: Registry, at: datetime, past: list[Point]) -> None:
        self.registry = registry
        self.at = at
        self.past = past
        self._lock = RLock()
        self._answers: dict[object, object] = {}

    @property
    def findings(self) -> list[Finding]:
        """All findings, the worst first."""
        return self._once(findings)

    @property
    def single_points(self) -> list[SinglePoint]:
        """What hangs on one person."""
        return self._once(single_points)

    @property
    def rotations_due(self) -> list[RotationDue]:
        """The secrets that are to be changed."""
        return self._once(rotations_due)

    @property
    def headline(self) -> Headline | None:
        """The four numbers, or None where they are not worked out yet."""
        return cast("Headline | None", self._answers.get(headline))

    def needs(self) -> list[Need]:
        """Return what needs someone, as far as it is worked out, the most urgent first."""
        found = list(agenda.departures(self.registry, self.at))
        for name in _NEEDS:
            found += cast("list[Need]", self._answers.get(name, ()))
        return agenda.most_urgent_first(found)

    def work_out(self) -> Iterator[str]:
        """Work out all there is, and yield before each piece what it is."""
        for name, question in _NEEDS.items():
            if name not in self._answers:
                yield name
                self._answers[name] = list(question(self))
            if self.headline is None:
                yield "the numbers"
                self._once(headline)
        moments = past_moments(self.at)
        while len(self.past) < len(moments):
            yield "how it was"
            with self._lock:
                for at in moments[len(self.past) :][:1]:
                    self.past.append((at, headline(self.registry, at, known_at=self.at)))

    def _once(self, question: Callable[[Registry, datetime], T]) -> T:
        with self._lock:
            if question not in self._answers:
                self._answers[question] = question(self.registry, self.at)
            return cast("T", self._answers[question])


_NEEDS: dict[str, Callable[[Overview], Iterator[Need]]] = {
    "unfinished rotations": lambda o: agenda.rotations(o.registry, o.rotations_due),
    "dormant accounts": lambda o: agenda.idle(o.registry, o.at),
    "the clocks of those who leave": lambda o: agenda.clocks_of_leavers(o.registry, o.at),
    "findings": lambda o: agenda.findings_by_kind(o.registry, o.findings),
}
"""What takes a while, the shortest first."""

_kept: WeakKeyDictionary[Session, Overview] = WeakKeyDictionary()


def overview_of(session: Session) -> Overview:
    """Return the overview of what a session holds now: the same one until that or the day changes.

    The past is worked out once a day: a change that is recorded today rarely changes it.
    """
    registry, now, kept = session.registry, session.env.now(), _kept.get(session)
    if kept is None or kept.at.date() != now.date():
        kept = _kept[session] = Overview(registry, now, [])
    elif kept.registry is not registry:
        kept = _kept[session] = Overview(registry, now, kept.past)
    return kept
