"""Activity: what sources said about accounts' last posts, kept with when they were asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from shlex import quote

import msgspec

from vault.domain.account import Account, Activity
from vault.domain.changes import Changes, changes
from vault.domain.counting import several
from vault.domain.dormancy import believed, mass_silence, observed
from vault.domain.ids import Id
from vault.domain.registry import Registry
from vault.domain.text import clean
from vault.errors import RefusedError, UsageError
from vault.services.editing import edit_record
from vault.services.session import Session


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a source's observations: `unchanged` are those that said nothing new."""

    updated: int
    unchanged: int


def record_activity(
    session: Session, account: Account, last: datetime | None, source: str
) -> Account:
    """Record the last activity as of now, None for never; raises UsageError for the future."""
    now = session.env.now()
    if last is not None and last > now:
        message = f"{last.date()} is in the future"
        raise UsageError(message, "give the day of the last post")
    seen = observed(account.last_activity, Activity(last, source, now))
    return edit_record(session, account, last_activity=seen)


def record_observations(
    session: Session,
    observations: Sequence[tuple[Id, Activity]],
    source: str,
    *,
    accepted: bool = False,
) -> Recorded:
    """Record what a source said of many accounts, as one act.

    Raises RefusedError, with nothing written, where a large share falls silent at once, unless
    that was accepted; UsageError for an observation in the future.
    """

    def decide(registry: Registry, now: datetime) -> tuple[Changes, Recorded]:
        pairs = [_after(registry.account(each), seen, now) for each, seen in observations]
        changed = [(before, after) for before, after in pairs if before != after]
        refuse_mass_silence(registry, changed, source, accepted=accepted)
        counts = Recorded(updated=len(changed), unchanged=len(pairs) - len(changed))
        return changes(*(after for _, after in changed)), counts

    note = f"{source}: {several(len(observations), 'account')}"
    return session.write_returning("activity.record", decide, note=note)


def _after(account: Account, seen: Activity, now: datetime) -> tuple[Account, Account]:
    if seen.checked_at > now or (seen.moment is not None and seen.moment > seen.checked_at):
        message = f"{clean(seen.source)} says of {clean(account.label)} what is in the future"
        raise UsageError(message, "check the clock of this machine, and the source")
    known = believed(account.last_activity, seen)
    return account, msgspec.structs.replace(account, last_activity=known)


def refuse_mass_silence(
    registry: Registry,
    pairs: Iterable[tuple[Account, Account]],
    source: str,
    *,
    accepted: bool = False,
) -> None:
    """Raise RefusedError where a source silences a large share of its accounts, before and after.

    A feed that broke and an export that was cut look like that; no verdict changes by them.
    """
    silenced, whole = mass_silence(registry, pairs)
    if silenced and not accepted:
        name = clean(source)
        message = f"{name} says that {silenced:,} of {whole:,} accounts fell silent at once"
        hint = f"if that is true, say so with --accept {quote(name)}; otherwise ask it again"
        raise RefusedError(message, hint)
