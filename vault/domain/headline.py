"""The headline: four numbers that say how safe a company's accounts are, and how they moved."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from vault.domain.account import Account
from vault.domain.dormancy import dormancy
from vault.domain.grace import without_gone
from vault.domain.knowledge import knowledge_debt
from vault.domain.personal import is_personal
from vault.domain.registry import Registry
from vault.domain.single_points import sole_controllers

WEEKS = 13
"""How far back the charts go: a quarter of a year."""


class Headline(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The numbers at a moment; the lower each is, the better.

    `personal` accounts are opened or recovered with what is one person's own, `knowledge_debt`
    counts the current passwords that people who left could know, `single_points` the accounts that
    the company loses with one person, `dormant` those idle for too long.
    """

    personal: int
    knowledge_debt: int
    single_points: int
    dormant: int


def headline(registry: Registry, at: datetime, known_at: datetime | None = None) -> Headline:
    """Return the numbers at a moment, about accounts that exist then.

    Records say since when what they hold is so, so the past is asked of the registry of today.
    `known_at` is when what is known of activity was known: of a past moment one knows more today
    than one did then. It is that moment itself if not given. What is gone for good is counted
    nowhere, though its record is yet to be archived.
    """
    registry = without_gone(registry, registry, at.date(), at)
    accounts = [a for a in registry.all(Account) if a.is_open(at)]
    return Headline(
        personal=sum(is_personal(registry, account, at) for account in accounts),
        knowledge_debt=knowledge_debt(registry, at),
        single_points=len(sole_controllers(registry, at)),
        dormant=sum(
            dormancy(registry, account, at, known_at=known_at).verdict == "dormant"
            for account in accounts
        ),
    )


def past_moments(now: datetime, begun_at: datetime | None = None) -> list[datetime]:
    """Return the moments the charts show before now, a week between them, the latest first.

    None is before `begun_at`, when the vault was made: of such a moment nobody knew anything.
    """
    moments = (now - timedelta(weeks=weeks) for weeks in range(1, WEEKS))
    return [each for each in moments if begun_at is None or each >= begun_at]
