"""What needs someone, and how safe all is: worked out piece by piece, and kept for the session.

At 100,000 accounts the first lines take a third of a second, the headline six seconds, the findings
eight and the past forty (CPU time, 2026-11). Whoever shows them shows each as it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from threading import RLock
from typing import TypeVar, cast

from vault.domain import agenda
from vault.domain.agenda import Need
from vault.domain.findings import Finding, findings
from vault.domain.headline import Headline, headline, past_moments
from vault.domain.registry import Registry
from vault.domain.rotation import RotationDue, rotations_due
from vault.domain.rotation_policy import Policy
from vault.domain.single_points import SinglePoint, single_points

T = TypeVar("T")
Point = tuple[datetime, Headline]


class Overview:
    """What one registry says at one moment. Each question is answered once; any thread may ask.

    `past` are the headlines of earlier weeks as far as they are worked out, the latest first.
    There are none from before `begun_at`, when the vault was made. What was worked out `before` the
    last change is told until it is worked out anew.
    """

    def __init__(
        self,
        registry: Registry,
        at: datetime,
        policy: Policy,
        before: Overview | None = None,
        begun_at: datetime | None = None,
    ) -> None:
        self.registry = registry
        self.begun_at = begun_at
        self.at = at
        self.policy = policy
        self.past: list[Point] = [*before.past] if before else []
        self._lock = RLock()
        self._answers: dict[object, object] = {}
        self._before: dict[object, object] = before.known if before else {}

    @property
    def known(self) -> dict[object, object]:
        """What needs someone and the headline, as worked out now or before the last change."""
        every = {**self._before, **self._answers}
        return {name: every[name] for name in _PIECES if name in every}

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
        return self._once(self._due)

    @property
    def headline(self) -> Headline | None:
        """The four numbers, or None where they were never worked out."""
        return cast("Headline | None", self.known.get(NUMBERS))

    def needs(self) -> list[Need]:
        """Return what needs someone, as far as it is worked out, the most urgent first."""
        known = self.known
        found = (cast("list[Need]", known.get(name, ())) for name in _TOLD)
        return agenda.most_urgent_first(chain.from_iterable(found))

    def work_out(self) -> Iterator[str]:
        """Work out all there is, and yield before each piece what it is."""
        for name, piece in _PIECES.items():
            if name not in self._answers:
                yield name
                with self._lock:
                    self._answers[name] = piece(self)
        moments = past_moments(self.at, self.begun_at)
        while len(self.past) < len(moments):
            yield "how it was"
            with self._lock:
                for at in moments[len(self.past) :][:1]:
                    self.past.append((at, headline(self.registry, at, known_at=self.at)))

    def _due(self, registry: Registry, at: datetime) -> list[RotationDue]:
        return rotations_due(registry, at, self.policy)

    def _once(self, question: Callable[[Registry, datetime], T]) -> T:
        with self._lock:
            if question not in self._answers:
                self._answers[question] = question(self.registry, self.at)
            return cast("T", self._answers[question])


NUMBERS = "the numbers"
_PIECES: dict[str, Callable[[Overview], object]] = {
    "departures": lambda o: [*agenda.departures(o.registry, o.at)],
    "unfinished rotations": lambda o: [
        *agenda.rotations(o.registry, o.rotations_due, o.at),
        *agenda.retiring(o.registry, o.at, o.policy),
    ],
    "dormant accounts": lambda o: [*agenda.idle(o.registry, o.at)],
    "clocks": lambda o: [*agenda.clocks_of_leavers(o.registry, o.at)],
    NUMBERS: lambda o: headline(o.registry, o.at),
    "findings": lambda o: [*agenda.findings_by_kind(o.registry, o.findings)],
}
"""What is worked out, what takes longest last."""

_TOLD = ("departures", "clocks", "unfinished rotations", "findings", "dormant accounts")
"""The pieces that are lines, in the order of those that are as urgent as each other."""


def overview_of(
    registry: Registry,
    now: datetime,
    policy: Policy,
    kept: Overview | None = None,
    begun_at: datetime | None = None,
) -> Overview:
    """Return the overview of a registry: the one `kept`, until that or the day changes.

    The past is worked out once a day: a change that is recorded today rarely changes it.
    """
    if kept is None or kept.at.date() != now.date():
        return Overview(registry, now, policy, begun_at=begun_at)
    return kept if kept.registry is registry else Overview(registry, now, policy, kept, begun_at)
