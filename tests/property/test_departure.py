"""Departure plans on random registries: the four judgements are true, or the plan says what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from hypothesis import given
from hypothesis import strategies as st

from tests.property.oracle import Oracle
from tests.property.strategies import LARGE, NOW, TODAY, departures, registries
from vault.domain.effects import effect
from vault.domain.guards import objection
from vault.domain.levels import at_least
from vault.domain.mailbox import Mailbox
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.seat import Seat
from vault.domain.simulation import TICK, required_by_policy, simulate
from vault.domain.spell import current
from vault.domain.steps import Step
from vault.domain.ties import all_ties

MIDDLING = LARGE._replace(
    people=12,
    roles=6,
    mailboxes=9,
    accounts=12,
    assignments=15,
    factors=12,
    credentials=20,
    exposures=20,
    seats=15,
    grants=5,
)
"""Planning costs about the square of the steps, so its registries grow to a dozen accounts."""


@dataclass(frozen=True)
class Moment:
    """A registry at a moment, with what each side can do there by the oracle."""

    registry: Registry
    at: datetime
    leaver: str

    @cached_property
    def leaving(self) -> Oracle:
        who = (self.leaver,)
        return Oracle(self.registry, who, self.at, cautious=True, guessed=who)

    @cached_property
    def company(self) -> Oracle:
        staying = {
            p.id
            for p in self.registry.all(Person)
            if p.id != self.leaver and p.stays(self.at)
        }
        return Oracle(self.registry, staying, self.at, cautious=False, guessed=())
