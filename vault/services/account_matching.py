"""Finding the account of the registry that a group of rows means."""

from __future__ import annotations

from collections.abc import Iterator

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.spell import ALWAYS, FOREVER, Spell
from vault.exchange.grouping import Group, Piece
from vault.exchange.profiles import handle_key
from vault.services.import_run import ImportRun


class AccountIndex:
    """Accounts of the registry by platform id, by the source's key, by handle and by address."""

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._claimed: set[Id] = set()
        self._by_text: dict[tuple[str, str, str], list[Account]] = {}
        for account in run.registry.all(Account):
            for key in self._keys(account):
                self._by_text.setdefault(key, []).append(account)

    def _keys(self, account: Account) -> set[tuple[str, str, str]]:
        platform = account.platform
        keys = {(platform, "handle", self._key(account, spell)) for spell in account.handles}
        if account.platform_id:
            keys.add((platform, "id", account.platform_id))
        if account.external_id and account.source == self._run.source:
            keys.add((platform, "external", account.external_id))
        if account.url and not account.handles and not account.platform_id:
            keys.add((platform, "url", account.url))
        return keys

    def _key(self, account: Account, spell: Spell) -> str:
        return handle_key(self._run.registry.platform(account), spell.of)

    def holding(self, platform: str, key: str) -> Iterator[Account]:
        """Yield the open accounts that have a handle now, and that no row has claimed."""
        for account in self._free(platform, "handle", key):
            newest = account.handles[-1]
            if account.until is None and newest.until is None and self._key(account, newest) == key:
                yield account

    def claim(self, group: Group) -> Account | None:
        """Return the account that a group of rows means, once, or None where it is new."""
        found = self._found(group)
        if found is not None:
            self._claimed.add(found.id)
        return found

    def _found(self, group: Group) -> Account | None:
        if not self._by_text:
            return None
        platform = group.platform
        for kind, text in (("id", group.platform_id), ("external", group.external_id)):
            for account in self._free(platform, kind, text):
                if kind == "id" or _may_have_id(account, group.platform_id):
                    return account
        for key in reversed(group.keys):
            pieces = [piece for piece in group.pieces if piece.key == key]
            found = self._by_handle(group, key, pieces)
            if found is not None:
                return found
        if not group.keys and not group.platform_id:
            return next(self._free(platform, "url", group.pieces[0].entry.profile.url), None)
        return None

    def _free(self, platform: str, kind: str, text: str) -> Iterator[Account]:
        found = self._by_text.get((platform, kind, text), ()) if text else ()
        return (account for account in found if account.id not in self._claimed)

    def _by_handle(self, group: Group, key: str, pieces: list[Piece]) -> Account | None:
        candidates = [
            account
            for account in self._free(group.platform, "handle", key)
            if _may_have_id(account, group.platform_id)
        ]
        if all(piece.since is None for piece in pieces):
            # Without dates the row speaks of now, and a handle given up may be somebody else's.
            holding = [a for a in candidates if self._key(a, a.handles[-1]) == key]
            return min(holding, key=lambda account: account.until is not None, default=None)
        if len(candidates) == 1:
            return candidates[0]
        return min(candidates, key=lambda a: self._distance(a, key, pieces), default=None)

    def _distance(self, account: Account, key: str, pieces: list[Piece]) -> float:
        """How many seconds lie between when the account had the handle and when the rows say so."""
        spells = [spell for spell in account.handles if self._key(account, spell) == key]
        return min(_gap(spell, piece) for spell in spells for piece in pieces)


def _may_have_id(account: Account, platform_id: str) -> bool:
    return not (platform_id and account.platform_id) or account.platform_id == platform_id


def _gap(spell: Spell, piece: Piece) -> float:
    starts = max(spell.since, piece.since or ALWAYS)
    ends = min(spell.until or FOREVER, piece.until or FOREVER)
    return max(0.0, (starts - ends).total_seconds())
