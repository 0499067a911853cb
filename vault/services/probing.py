"""Probing: asks public feeds when accounts last posted, and records what they say.

The only part of Safehands that connects to platforms, and only when `dormant probe` is called
(docs/probing.md). What was answered is kept at once, so that a run that is stopped or killed asks
nothing twice on the same day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.probing import (
    UNFINISHED,
    Judged,
    Outcome,
    Sighting,
    Target,
    activity,
    doubt,
    target,
)
from vault.errors import RefusedError
from vault.services.activity import record_observations
from vault.services.session import Session

if TYPE_CHECKING:
    from vault.services.probe.asking import Asked
    from vault.services.probe.manners import Manners
    from vault.services.probe.memory import Memory

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """What asking about one account gave. `address` is "" where none was asked."""

    account: Id
    source: str = ""
    address: str = ""
    outcome: Outcome
    last: datetime | None = None
    told: str = ""
    unchanged: bool = False


class SourceReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one source: accounts by outcome, how many records changed, what is wrong.

    `withheld` counts what it told that was not recorded, because it is not believed.
    """

    source: str
    asked: int
    outcomes: Mapping[Outcome, int]
    updated: int = 0
    withheld: int = 0
    trouble: str = ""


class ProbeReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did. `unchanged` counts the answers that nothing had changed since the last."""

    asked_at: datetime
    requests: int
    unchanged: int
    sources: tuple[SourceReport, ...]
    accounts: tuple[Probed, ...]
    is_complete: bool


@dataclass(frozen=True)
class Plan:
    """Whom a run would ask: targets by source, and those that cannot be asked about."""

    sources: Mapping[str, Sequence[Target]]
    unasked: Sequence[Target] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """How many accounts are asked about."""
        return sum(map(len, self.sources.values()))


def plan_probe(
    session: Session,
    at: datetime,
    *,
    platforms: Collection[str] = (),
    accounts: Collection[Id] = (),
    limit: int | None = None,
) -> Plan:
    """Return whom to ask about the open accounts: of these platforms or ids, if any are given.

    Those that were asked longest ago come first, so that runs with a limit get round to all.
    """
    from vault.services.probe.memory import Memory

    registry, env = session.registry, session.env
    memory = Memory.glance(env.state_folder, session.vault_id, env.now())
    wanted = [
        (account, target(registry.platform(account), account, at))
        for account in registry.all(Account)
        if account.is_open(at)
        and (not platforms or account.platform in platforms)
        and (not accounts or account.id in accounts)
    ]
    askable = [(account, found) for account, found in wanted if found.addresses]
    askable.sort(key=lambda each: _last_asked(memory, *each))
    sources: dict[str, list[Target]] = defaultdict(list)
    for _, found in askable[:limit]:
        sources[found.addresses[0].source].append(found)
    return Plan(sources, [found for _, found in wanted if not found.addresses])


def _last_asked(memory: Memory, account: Account, found: Target) -> datetime:
    """When anybody looked; what gave no answer counts too, or it would be first again each time."""
    tried = [known.last_tried for a in found.addresses if (known := memory.recall(a.url))]
    checked = [account.last_activity.checked_at] if account.last_activity else []
    return max((*tried, *checked), default=_NEVER)


def probe(
    session: Session,
    plan: Plan,
    manners: Manners | None = None,
    *,
    accepted: Collection[str] = (),
    tell: Callable[[int], None] = lambda _: None,
) -> ProbeReport:
    """Ask whom the plan says, record what is believed, and return what came of it.

    `accepted` names sources that are believed whatever they say; `tell` hears how many accounts
    are done. Stopped by a signal it records what was answered and returns with `is_complete`
    False. Raises RefusedError where another run is under way, StorageError, and what writing
    raises: that before anything is asked.
    """
    import asyncio

    from vault.services.probe.asking import Asker
    from vault.services.probe.manners import Manners as Usual
    from vault.services.probe.memory import Memory

    env = session.env
    answers: list[Asked] = []

    def hear(asked: Asked) -> None:
        answers.append(asked)
        tell(len(answers))

    is_complete = True
    record_observations(session, (), "probe")  # who may not write need not ask for hours first
    with Memory(env.state_folder, session.vault_id, env.now()) as memory:
        asker = Asker(manners or Usual(), memory, env.now, hear)
        try:
            asyncio.run(asker.ask(plan.sources))
        except KeyboardInterrupt:
            is_complete = False
    reports = [_recorded(session, *group, accepted) for group in _by_source(plan, answers)]
    return ProbeReport(
        asked_at=env.now(),
        requests=asker.tally.requests,
        unchanged=asker.tally.unchanged,
        sources=tuple(sorted(reports, key=lambda each: each.source)),
        accounts=(*map(_probed, answers), *map(_unasked, plan.unasked)),
        is_complete=is_complete,
    )


def _by_source(plan: Plan, answers: Sequence[Asked]) -> Iterator[tuple[str, list[Asked]]]:
    by_account = {each.account: each for each in answers}
    for source, targets in plan.sources.items():
        heard = [by_account[each.account] for each in targets if each.account in by_account]
        if heard:
            yield source, heard


def _recorded(
    session: Session, source: str, answers: Sequence[Asked], accepted: Collection[str]
) -> SourceReport:
    """Record what a source said, unless it is in doubt, and return what became of it."""
    registry, is_accepted = session.registry, source in accepted
    known = {each.account: registry.account(each.account).last_activity for each in answers}
    trouble = doubt([Judged(known[each.account], each.sighting) for each in answers])
    updated = 0
    seen = [(a.account, activity(a.sighting, source, a.asked_at)) for a in answers]
    news = [(account, each) for account, each in seen if each is not None]
    is_doubted = bool(trouble) and not is_accepted
    if not is_doubted:
        try:
            updated = record_observations(
                session, news, f"probe of {source}", accepted=is_accepted
            ).updated
        except RefusedError as error:
            trouble, is_doubted = error.message, True
    return SourceReport(
        source=source,
        asked=len(answers),
        outcomes=Counter(each.sighting.outcome for each in answers),
        updated=updated,
        withheld=len(news) if is_doubted else 0,
        trouble=trouble or _unanswered(answers),
    )


def _unanswered(answers: Sequence[Asked]) -> str:
    """Say what is wrong where a source did not answer about any account."""
    if all(each.sighting.outcome in UNFINISHED for each in answers):
        return f"no answer: {answers[0].sighting.told}"
    return ""


def _probed(asked: Asked) -> Probed:
    sighting: Sighting = asked.sighting
    return Probed(
        account=asked.account,
        source=asked.address.source,
        address=asked.address.url,
        outcome=sighting.outcome,
        last=sighting.moment,
        told=sighting.told,
        unchanged=asked.is_unchanged,
    )


def _unasked(each: Target) -> Probed:
    return Probed(account=each.account, outcome="not_asked", told=each.why)
