"""Importing accounts: rows brought together, matched, and laid over what the registry holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from vault.domain.account import Account
from vault.domain.span import span, union
from vault.domain.spell import FOREVER, Spell, Spells
from vault.domain.text import clean
from vault.exchange.cleaning import parts
from vault.exchange.entries import TEXTS, AccountEntry
from vault.exchange.grouping import Group, Piece, beginning, grouped
from vault.exchange.profiles import handle_key
from vault.services.account_matching import AccountIndex
from vault.services.import_holders import HolderImport
from vault.services.import_run import ImportRun, RowCounter, strongest, turned
from vault.services.matching import Directory

_MAILBOXES: Final = (
    ("login_mailbox", "login_mailboxes"),
    ("recovery_mailbox", "recovery_mailboxes"),
)


class AccountImport:
    """Brings the rows of a mapping for accounts into a run; `seen` are the accounts they mean."""

    def __init__(self, run: ImportRun, directory: Directory) -> None:
        self.run = run
        self.directory = directory
        self.seen: set[str] = set()
        self._counter = RowCounter(run.tally, "account")
        # Asking only for what the mapping fills makes a large import a sixth faster.
        self._texts = [field for field in TEXTS if run.mapping.has(field)]
        self._mails = [pair for pair in _MAILBOXES if run.mapping.has(pair[0])]

    def bring(self, entries: Sequence[AccountEntry]) -> None:
        """Stage the accounts of all rows, and their holders, and count the rows."""
        holders = HolderImport(self.run, self.directory)
        index = AccountIndex(self.run)
        for group in grouped(entries, by_identifier=bool(self.run.mapping.identifiers)):
            if len(group.pieces) > 1:
                group.pieces = self._without_doubles(group)
            account = self._laid_over(index.claim(group), group)
            self.seen.add(account.id)
            outcome = strongest(self.run.put(account), holders.put_password(account, group))
            self._counter.record((piece.row for piece in group.pieces), outcome)
            holders.bring(account, group)
        holders.close()
        self._counter.close()

    def _without_doubles(self, group: Group) -> list[Piece]:
        """The pieces that say something of their own; the others are skipped, with a problem."""
        kept: dict[tuple[Any, ...], Piece] = {}
        for piece in group.pieces:
            holder = piece.entry.get("holder")
            said = (piece.key, piece.entry.profile.platform_id, holder, piece.since, piece.until)
            first = kept.get(said)
            undated = piece.since is None and piece.until is None
            if first is None and undated and kept and not holder:
                first = next(iter(kept.values()))
            if first is None:
                kept[said] = piece
            else:
                self._report_double(piece, first)
        return list(kept.values())

    def _report_double(self, piece: Piece, first: Piece) -> None:
        entry = piece.entry
        place = f"row {first.entry.row} of {clean(first.entry.file)}"
        differing = [
            f"{field} {clean(entry.get(field))!r} instead of {clean(first.entry.get(field))!r}"
            for field in ("role", "role_id", "display_name", "language", "login_mailbox")
            if entry.get(field) != first.entry.get(field)
        ]
        if piece.key != first.key:
            ours, theirs = clean(entry.profile.handle), clean(first.entry.profile.handle)
            differing.insert(0, f"handle {ours!r} instead of {theirs!r}")
        field = next((f for f in ("url", "handle", "identifier") if entry.get(f)), "platform_id")
        what = f"the same account as {place}"
        what += f", with {', '.join(differing)}" if differing else ""
        self.run.report(entry, field, "duplicate", what, place)
        self._counter.note(piece.row, "skipped")

    # -- one account -----------------------------------------------------------------------------

    def _laid_over(self, before: Account | None, group: Group) -> Account:
        """The account as the rows say it is, over what was known of it."""
        account = before or Account(
            id=self.run.fresh_id(), platform=group.platform, source=self.run.source
        )
        values: dict[str, Any] = {"handles": self._handles(account, group)}
        if group.platform_id:
            values["platform_id"] = group.platform_id
        if group.external_id:
            values["external_id"] = group.external_id
        url = next((p.entry.profile.url for p in reversed(group.pieces) if p.entry.profile.url), "")
        if url:
            values["url"] = url
        sinces = [piece.since for piece in group.pieces if piece.since]
        if sinces:
            values["since"] = min(filter(None, (*sinces, account.since)))
        values["until"] = self._until(account, group)
        values |= self._details(account, group)
        return msgspec.structs.replace(account, **values)

    def _details(self, account: Account, group: Group) -> dict[str, Any]:
        said = {field: _said(group, field) for field in self._texts}
        values: dict[str, Any] = {field: text for field, text in said.items() if text}
        has = self.run.mapping.has
        if has("tags") and _said(group, "tags"):
            values["tags"] = parts(_said(group, "tags"))
        if has("cadence_days") and _said(group, "cadence_days"):
            values["cadence_days"] = int(_said(group, "cadence_days"))
        role, role_id = _said(group, "role"), _said(group, "role_id")
        if role or role_id:
            owner = self.directory.named_role(role, role_id).id
            values["owner_roles"] = turned(account.owner_roles, owner, self.run.as_of)
        for field, spells in self._mails:
            address = _said(group, field)
            if address:
                mailbox = self.directory.named_mailbox(address).id
                values[spells] = turned(getattr(account, spells), mailbox, self.run.as_of)
        return values

    def _handles(self, account: Account, group: Group) -> Spells:
        """The handles over time: dated rows say all of it, others only what it is now."""
        named = [piece for piece in group.pieces if piece.key]
        if not named:
            return account.handles
        if all(piece.since is None for piece in named):
            return self._renamed(account, named[0])
        platform = self.run.registry.platform(account)
        held: dict[str, list[Piece]] = {}
        for piece in named:
            held.setdefault(piece.key, []).append(piece)
        spells = [spell for spell in account.handles if handle_key(platform, spell.of) not in held]
        for pieces in held.values():
            newest = max(pieces, key=lambda piece: beginning(piece, self.run.as_of))
            spans = union(span(beginning(p, self.run.as_of), p.until) for p in pieces)
            spells += (
                Spell(newest.entry.profile.handle, start, None if end == FOREVER else end)
                for start, end in spans
            )
        return tuple(sorted(spells, key=lambda spell: (spell.since, spell.of)))

    def _renamed(self, account: Account, piece: Piece) -> Spells:
        """The handles with this one holding now; another way of writing it is no other handle."""
        handles, handle = account.handles, piece.entry.profile.handle
        if handles:
            platform = self.run.registry.platform(account)
            if handle_key(platform, handles[-1].of) == piece.key:
                return (*handles[:-1], Spell(handle, handles[-1].since))
        return turned(handles, handle, self.run.as_of)

    def _until(self, account: Account, group: Group) -> datetime | None:
        """When the account closed: by the rows where the mapping says so, else by the registry."""
        ends = [piece.until for piece in group.pieces]
        ended = self.run.mapping.source.until == "account" and None not in ends
        if account.until is None:
            return max(filter(None, ends)) if ended else None
        ours = account.source == self.run.source and account.state == "living"
        if ended:
            return max(filter(None, ends)) if ours else account.until
        if None not in ends:
            return account.until
        piece = next(piece for piece in group.pieces if piece.until is None)
        what = f"{clean(account.label)} ended on {account.until.date()}, by the registry"
        kind, taken = ("reopened", "open again") if ours else ("closed_here", "still closed")
        self.run.report(piece.entry, "", kind, what, taken)  # type: ignore[arg-type]  # both are kinds
        return None if ours else account.until


def _said(group: Group, field: str) -> str:
    """What the rows say in a field: the first of them that says anything."""
    for piece in group.pieces:
        text = piece.entry.texts.get(field)
        if text:
            return text
    return ""
