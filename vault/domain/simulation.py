"""What happens when the steps of a plan are done in order: a fold over the registry.

After each step what both sides control is derived anew, but only where the step can affect it
(docs/adr/0012).
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import msgspec

from vault.domain.access import Access, Party, company_side, leaver_side, with_help
from vault.domain.cases import Mode
from vault.domain.changes import Changes
from vault.domain.effects import effect
from vault.domain.guards import objection, obstacle
from vault.domain.ids import Id
from vault.domain.levels import Level
from vault.domain.neighbourhood import hanging_on, islands, surroundings
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.steps import LOGIN_ACTS, SEAT_ACTS, Step

TICK = timedelta(
    seconds=1
)  # steps of a simulation follow each other; their dates are another matter

Levels = dict[Id, Level | None]


class Stuck(msgspec.Struct, frozen=True, gc=False):
    """A step that could not be done when its turn came, and why."""

    step: str
    account: Id
    why: str


@dataclass(frozen=True)
class Stage:
    """What one step changed: how far each side controls the accounts that it could affect."""

    step: Step
    company_before: Levels
    company_after: Levels
    leaver_before: Levels
    leaver_after: Levels


@dataclass(frozen=True)
class Simulation:
    """How a plan went: the registry and moment at the end, what was done, what was not possible."""

    registry: Registry
    at: datetime
    stages: tuple[Stage, ...]
    stuck: tuple[Stuck, ...]


class Run:
    """A fold of steps over a registry, which keeps what each side controls up to date.

    Only the islands that a step can affect are derived again, so a plan costs what it touches.
    """

    def __init__(self, registry: Registry, leaver: Id, at: datetime, mode: Mode) -> None:
        self.registry = registry
        self.leaver = leaver
        self.at = at
        self.mode = mode
        self.islands = islands(registry)
        self.stages: list[Stage] = []
        self.stuck: list[Stuck] = []
        self.company: Levels = {}
        self.leaver_levels: Levels = {}
        self._looked_at: tuple[frozenset[Id], Registry] | None = None
        for island in dict.fromkeys(self.islands.values()):
            company, left = self._levels(island)
            self.company |= company
            self.leaver_levels |= left

    def _helpers(self, part: Registry) -> Party:
        """Those who can do steps: in a planned departure the leaver still helps."""
        company = company_side(part, self.at, without=(self.leaver,))
        return with_help(company, self.leaver) if self.mode == "planned" else company

    def copy(self) -> Self:
        """Return a run that goes on from here, and leaves this one as it is."""
        other = copy(self)
        other.stages, other.stuck = self.stages.copy(), self.stuck.copy()
        other.company, other.leaver_levels = self.company.copy(), self.leaver_levels.copy()
        return other

    def around(self, accounts: frozenset[Id]) -> Registry:
        """The part of the registry that decides about these accounts.

        What was looked at after a step is mostly what the next step is about: it is kept till then.
        """
        if self._looked_at is None or self._looked_at[0] != accounts:
            self._looked_at = accounts, surroundings(self.registry, accounts, (self.leaver,))
        return self._looked_at[1]

    def _levels(self, accounts: frozenset[Id]) -> tuple[Levels, Levels]:
        part = self.around(accounts)
        company = Access(part, company_side(part, self.at, without=(self.leaver,)), self.at)
        leaver = Access(part, leaver_side(self.leaver), self.at)
        return (
            {account: company.level(account) for account in sorted(accounts)},
            {account: leaver.level(account) for account in sorted(accounts)},
        )

    def so_far(self) -> Simulation:
        """Return how it went up to here."""
        return Simulation(self.registry, self.at, tuple(self.stages), tuple(self.stuck))

    def do(self, step: Step) -> None:
        """Do one step, or note why it is not possible."""
        self.at += TICK
        why = objection(self.registry, step, self.at)
        if not why and step.act in LOGIN_ACTS | SEAT_ACTS:
            island = self.islands.get(step.account, frozenset((step.account,)))
            part = self.around(island)
            why = obstacle(part, step, self._helpers(part), self.at)
        if why:
            self.stuck.append(Stuck(step.id, step.account, why))
            return
        done = effect(self.registry, step, self.at, step.assignee)
        self.registry = self.registry.apply(done)
        self._looked_at = None
        self._derive_again(step, self._affected(step, done))

    def _affected(self, step: Step, done: Changes) -> frozenset[Id]:
        accounts = {step.account} if step.account else set()
        for change in done:
            record = change.record
            if isinstance(record, Assignment):
                accounts |= hanging_on(self.registry, record.role)
            elif isinstance(record, Person):
                accounts |= set(self.islands)
            elif not step.account:
                accounts |= hanging_on(self.registry, record.id)
                accounts.add(getattr(record, "account", step.account))
        found = (self.islands.get(account, frozenset()) for account in accounts)
        return frozenset().union(*found)

    def _derive_again(self, step: Step, accounts: frozenset[Id]) -> None:
        company, leaver = self._levels(accounts)
        self.stages.append(
            Stage(
                step,
                {account: self.company.get(account) for account in company},
                company,
                {account: self.leaver_levels.get(account) for account in leaver},
                leaver,
            )
        )
        self.company |= company
        self.leaver_levels |= leaver


def simulate(
    registry: Registry, leaver: Id, steps: Iterable[Step], at: datetime, mode: Mode
) -> Simulation:
    """Return what happens if these steps are done in this order, from a moment on.

    A step that is not possible when its turn comes is passed over and named in `stuck`.
    """
    run = Run(registry, leaver, at, mode)
    for step in steps:
        run.do(step)
    return run.so_far()
