"""Dormancy: what an account's last known activity says about it at a moment.

Section 7 of docs/access-model.md. Without data the verdict is `unknown`: it never guesses.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal, get_args

import msgspec

from vault.domain.account import CADENCES_MISSED, Account, Activity, Stretch
from vault.domain.registry import Registry

DormancyVerdict = Literal["active", "quiet", "dormant", "never_posted", "platform_gone", "unknown"]

VERDICTS: tuple[DormancyVerdict, ...] = get_args(DormancyVerdict)

IDLE: tuple[DormancyVerdict, ...] = ("dormant", "never_posted")
"""Verdicts that call for a decision; what is on a platform that is gone is recorded as gone."""

TELLING: tuple[DormancyVerdict, ...] = (*IDLE, "platform_gone")
"""Verdicts on accounts that nobody uses."""

DEFAULT_DORMANT_DAYS = 90

SHORT_SILENCE: Final = timedelta(days=7)  # no policy that anybody would set asks for less
MOST_STRETCHES: Final = 8
"""How many stretches of its past an account keeps, and so its seven longest silences."""


class Dormancy(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The verdict on one account, and the evidence: its last post, who said so, asked when.

    `idle_days` and `last` are None where no activity is known.
    """

    account: str
    verdict: DormancyVerdict
    idle_days: int | None = None
    last: datetime | None = None
    source: str = ""
    checked_at: datetime | None = None


def dormancy(
    registry: Registry,
    account: Account,
    at: datetime,
    days: int = DEFAULT_DORMANT_DAYS,
    known_at: datetime | None = None,
) -> Dormancy:
    """Return the verdict on an account: dormant if idle for over `days`, quiet for half of that.

    An account with a cadence of its own is measured by three times that cadence instead.
    `known_at` is when what is known was known, the moment itself if not given: what was asked or
    posted later says nothing about it.
    """
    platform = registry.platform(account)
    if platform.is_dead and (platform.died_on is None or platform.died_on <= at.date()):
        return Dormancy(account=account.id, verdict="platform_gone")
    known = known_of(account.last_activity, at, known_at or at)
    if known is None:
        return Dormancy(account=account.id, verdict="unknown")
    idle = None if known.moment is None else (at - known.moment).days
    return Dormancy(
        account=account.id,
        verdict=_verdict(idle, account, days),
        idle_days=idle,
        last=known.moment,
        source=known.source,
        checked_at=known.checked_at,
    )


def _verdict(idle: int | None, account: Account, days: int) -> DormancyVerdict:
    if idle is None:
        return "never_posted"
    limit = account.cadence_days * CADENCES_MISSED if account.cadence_days else days
    if idle > limit:
        return "dormant"
    return "quiet" if idle > limit / 2 else "active"


def known_of(activity: Activity | None, at: datetime, known_at: datetime) -> Activity | None:
    """Return what was known at `known_at` of the activity until `at`, or None for nothing.

    Within a stretch of activity that is its end, or the moment itself where that is earlier.
    """
    if activity is None:
        return None
    if activity.checked_at <= known_at and (activity.moment is None or activity.moment <= at):
        return activity
    for stretch in reversed(activity.before):
        if stretch.seen <= known_at and (stretch.first is None or stretch.first <= at):
            moment = stretch.last and min(stretch.last, at)
            return Activity(moment, stretch.source, stretch.seen)
    return None


def observed(known: Activity | None, new: Activity) -> Activity:
    """Return what is known after one more observation, with what was known before as its past.

    An observation older than what is known only adds to the past.
    """
    if known is None or new.checked_at == known.checked_at:
        return new if known is None else msgspec.structs.replace(new, before=known.before)
    older, newest = (known, new) if known.checked_at < new.checked_at else (new, known)
    past = Stretch(older.moment, older.moment, older.checked_at, older.source)
    return msgspec.structs.replace(newest, before=_kept((*known.before, past)))


def _kept(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The stretches in order, joined over short silences, and over the shortest if too many."""
    kept: list[Stretch] = []
    for stretch in sorted(stretches, key=lambda each: each.seen):
        silence = _silence(kept[-1], stretch) if kept else None
        if silence is not None and silence <= SHORT_SILENCE:
            kept[-1:] = [_joined(kept[-1], stretch)]
        else:
            kept.append(stretch)
    while len(kept) > MOST_STRETCHES:
        silences = [_silence(one, next_) for one, next_ in pairwise(kept)]
        shortest = min(filter(None, silences), default=None)
        at = silences.index(shortest)
        kept[at : at + 2] = [_joined(*kept[at : at + 2])] if shortest else [kept[at + 1]]
    return tuple(kept)


def _silence(one: Stretch, following: Stretch) -> timedelta | None:
    """How long it was silent between; None where they cannot be one stretch."""
    if one.last is None and following.first is None:
        return timedelta(0)
    if one.last is None or following.first is None or following.first < one.last:
        return None
    return following.first - one.last


def _joined(one: Stretch, following: Stretch) -> Stretch:
    return Stretch(one.first, following.last, one.seen, following.source)


MOST_SILENT: Final = 0.3  # of a source's accounts; a campaign that ends stays below it
FEW: Final = 10  # so many may fall silent at once whatever their share


def believed(known: Activity | None, new: Activity) -> Activity:
    """Return what is known after a source was asked again.

    What one source saw is not unseen by another: it is overruled only by its own source.
    """
    if known is None or known.moment is None or known.source == new.source:
        return observed(known, new)
    if new.moment is None or new.moment < known.moment:
        return known
    return observed(known, new)


def mass_silence(registry: Registry, pairs: Iterable[tuple[Account, Account]]) -> tuple[int, int]:
    """Return how many of how many accounts a source silences at once, or (0, 0) for no large share.

    `pairs` are accounts before and after it was asked. Silenced is what was in use when last asked
    and is dormant now, and what posted and now posted never or less lately: that is how a broken
    feed or export shows.
    """
    in_use = silent = posted = forgotten = 0
    for before, after in pairs:
        was, now = before.last_activity, after.last_activity
        if was is None or now is None or was.moment is None:
            continue
        posted += 1
        forgotten += now.moment is None or now.moment < was.moment
        if dormancy(registry, before, was.checked_at).verdict in {"active", "quiet"}:
            in_use += 1
            silent += dormancy(registry, after, now.checked_at).verdict in TELLING
    for part, whole in ((silent, in_use), (forgotten, posted)):
        if part > FEW and part > MOST_SILENT * whole:
            return part, whole
    return 0, 0
