"""Finding accounts among many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.naming import folded
from vault.domain.registry import Registry
from vault.domain.spell import current


def find_accounts(
    registry: Registry,
    at: datetime,
    words: Iterable[str] = (),
    *,
    platform: str | None = None,
    role: Id | None = None,
    closed: bool = False,
) -> list[Account]:
    """Return accounts that hold all words, in handle, name, purpose or tags, by their labels."""
    wanted = [folded(word.removeprefix("@")) for word in words]
    among: Iterable[Account] = registry.all(Account)
    if role is not None:
        among = (
            a for a in registry.accounts_on.get(role, ()) if role in current(a.owner_roles, at)
        )
    found = [
        a
        for a in among
        if (platform is None or a.platform == platform)
        and (closed or a.is_open(at))
        and (not wanted or _holds_all(a, wanted))
    ]
    found.sort(key=lambda a: (a.platform, a.handle))
    return found


def _holds_all(account: Account, wanted: Iterable[str]) -> bool:
    handles = " ".join(spell.of for spell in account.handles)
    text = folded(
        f"{account.platform} {handles} {account.platform_id} {account.display_name} "
        f"{account.purpose} {account.brand} {' '.join(account.tags)}"
    )
    return all(word in text for word in wanted)
