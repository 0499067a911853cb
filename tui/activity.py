"""When an account posted, as a chart of block characters, and what was decided about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from vault.domain.account import Account, Activity
from vault.domain.counting import several
from vault.domain.deciding import in_short
from vault.domain.registry import Registry
from vault.domain.timeline import Use, timeline

SPANS: Final = 48
"""How many blocks a chart has: it fits beside the parts of an account's page in 80 columns."""

_BLOCKS: Final[Mapping[Use, str]] = {"posted": "█", "silent": "▁", "unknown": "·"}


def chart(activity: Activity, at: datetime) -> tuple[str, str]:
    """Return when an account posted as far as is known, and what the blocks mean."""
    drawn = timeline(activity, at, SPANS)
    blocks = "".join(_BLOCKS[use] for use in drawn.spans)
    when = f"{drawn.begin:%Y-%m-%d} to {drawn.end:%Y-%m-%d}"
    each = several(max(drawn.span.days, 1), "day")
    return blocks, f"{when}, {each} each: █ posted  ▁ silent  · nobody looked"


def last_look(account: Account) -> str:
    """Return when an account posted last, and who said so when."""
    activity = account.last_activity
    if activity is None:
        return "Nobody has looked when it last posted."
    last = f"{activity.moment:%Y-%m-%d}" if activity.moment else "never"
    return f"Last post: {last}, says {activity.source} of {activity.checked_at:%Y-%m-%d}."


def fates(registry: Registry, account: Account, at: datetime) -> Iterator[str]:
    """Yield what was decided about an account, the latest first: what, by whom, why, when."""
    made = sorted(registry.decisions_on.get(account.id, ()), key=lambda d: d.at, reverse=True)
    for each in made:
        again = each.runs_out() if each.stands(at) and each.what != "keep" else None
        asked = f", asked again on {again}" if again else ""
        by = f" by {registry.name_of(each.by)}" if each.by else ""
        why = f": {each.reason}" if each.reason else ""
        yield f"{in_short(registry, each, at)}{asked},{by} on {each.at:%Y-%m-%d}{why}"
