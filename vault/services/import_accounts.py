"""Importing accounts: rows brought together, matched, and laid over what the registry holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

import msgspec

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.span import Span, span, union
from vault.domain.spell import FOREVER, Spell, Spells, ended
from vault.domain.text import clean
from vault.exchange.cleaning import parts
from vault.exchange.entries import TEXTS, AccountEntry
from vault.exchange.grouping import Group, Piece, beginning
from vault.exchange.profiles import handle_key
from vault.services.account_matching import AccountIndex
from vault.services.import_activity import ActivityImport
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
        self._having: dict[tuple[str, str], list[tuple[Account, Piece]]] = {}
        self._activity = ActivityImport(run)
        self._texts = [field for field in TEXTS if run.mapping.has(field)]
        self._mailbox = cache(lambda address: directory.named_mailbox(address).id)
        self._begun = cache(lambda of: turned((), of, run.as_of))

        def role(name: str, external_id: str) -> Id:
            return directory.named_role(name, external_id).id

        # With ids in the list a name may pass to another role on the way; without, it cannot.
        self._role = role if run.mapping.has("role_id") else cache(role)

    def bring(self, entries: Sequence[AccountEntry], groups: Sequence[Group]) -> None:
        """Stage the accounts of all rows, `grouped`, and their holders, and count the rows."""
        holders = HolderImport(self.run, self.directory)
        index = AccountIndex(self.run)
        for whole in groups:
            group = whole if len(whole.pieces) == 1 else self._without_doubles(whole)
            known = index.claim(group)
            if known is None and self.run.mapping.source.unknown_account == "skip":
                self._report_unknown(group)
                continue
            account = self._laid_over(known, group)
            self.seen.add(account.id)
            self._note_handle(account, group)
            outcome = strongest(self.run.put(account), holders.put_password(account, group))
            self._counter.record([piece.row for piece in group.pieces], outcome)
            holders.bring(account, group)
        self._one_for_each_handle(index)
        self.directory.report_misnamed(entries, "role", "holder")
        holders.close()
        self._counter.close()

    def _without_doubles(self, group: Group) -> Group:
        """The group with pieces that say something of their own; of others there is a problem."""
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
        return msgspec.structs.replace(group, pieces=list(kept.values()))

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

    def _report_unknown(self, group: Group) -> None:
        for piece in group.pieces:
            entry = piece.entry
            field = next((f for f in ("handle", "url", "identifier") if entry.get(f)), "")
            what = f"{clean(entry.get(field) or group.platform_id)!r} is no account of the registry"
            self.run.report(entry, field, "unknown_account", what, "skipped")
            self._counter.note(piece.row, "skipped")

    # -- one account for each handle -----------------------------------------------------------

    def _note_handle(self, account: Account, group: Group) -> None:
        """Note who has which handle now, where an id or a key makes an account of its own."""
        if not (group.platform_id or group.external_id) or account.until is not None:
            return
        newest = account.handles[-1] if account.handles else None
        piece = next((p for p in reversed(group.pieces) if p.key), None)
        if newest and piece and newest.until is None and newest.of == piece.entry.profile.handle:
            self._having.setdefault((account.platform, piece.key), []).append((account, piece))

    def _one_for_each_handle(self, index: AccountIndex) -> None:
        """Take a handle from the account that had it where the source gives it to another one.

        Two that the source itself gives one handle both keep it: nothing says whose it is.
        """
        for (platform, key), having in self._having.items():
            (account, piece), *others = having
            for other, second in others:
                what = f"{clean(account.label)} is another account in row {piece.entry.row}"
                self._report_handle(second, f"{what}: {_told_apart(account, other)}", "both")
            for before in index.holding(platform, key):
                handles = ended(before.handles, self.run.as_of)
                self.run.put(msgspec.structs.replace(before, handles=handles))
                what = f"{clean(before.label)} is another account in the registry"
                taken = f"this one's; the handle of {before.id[:8]} has ended"
                self._report_handle(piece, f"{what}: {_told_apart(before, account)}", taken)

    def _report_handle(self, piece: Piece, what: str, taken: str) -> None:
        field = next((f for f in ("handle", "url", "identifier") if piece.entry.get(f)), "")
        self.run.report(piece.entry, field, "contradiction", what, taken)

    # -- one account -----------------------------------------------------------------------------

    def _laid_over(self, before: Account | None, group: Group) -> Account:
        """The account as the rows say it is, over what was known of it."""
        account = before or Account(
            id=self.run.fresh_id(), platform=group.platform, source=self.run.source
        )
        values = self._details(account, group.said)
        values["handles"] = self._handles(account, group)
        values["until"] = self._until(account, group)
        values["last_activity"] = self._activity.known(account, group)
        if group.platform_id:
            values["platform_id"] = group.platform_id
        if group.external_id:
            values["external_id"] = group.external_id
        if not (account.display_name or values.get("display_name")):
            called = (piece.entry.called for piece in group.pieces if piece.entry.called)
            values["display_name"] = next(called, "")
        sinces = [account.since] if account.since else []
        for piece in group.pieces:
            if piece.entry.profile.url:
                values["url"] = piece.entry.profile.url
            if piece.since:
                sinces.append(piece.since)
        if sinces:
            values["since"] = min(sinces)
        return msgspec.structs.replace(account, **values)

    def _details(self, account: Account, said: Mapping[str, str]) -> dict[str, Any]:
        values: dict[str, Any] = {field: said[field] for field in self._texts if field in said}
        if "tags" in said:
            values["tags"] = parts(said["tags"])
        if "cadence_days" in said:
            values["cadence_days"] = int(said["cadence_days"])
        role, role_id = said.get("role", ""), said.get("role_id", "")
        if role or role_id:
            values["owner_roles"] = self._turned(account.owner_roles, self._role(role, role_id))
        for field, spells in _MAILBOXES:
            if field in said:
                mailbox = self._mailbox(said[field])
                values[spells] = self._turned(getattr(account, spells), mailbox)
        return values

    def _turned(self, spells: Spells, of: Id) -> Spells:
        """The spells with `of` holding now; new accounts of one role share theirs."""
        return turned(spells, of, self.run.as_of) if spells else self._begun(of)

    def _handles(self, account: Account, group: Group) -> Spells:
        """The handles over time: dated rows say all of it, others only what it is now."""
        named = [piece for piece in group.pieces if piece.key]
        if not named:
            return account.handles
        first = named[0]
        if first.since is not None and len(named) == 1 and not account.handles:
            return _spells(first, span(first.since, first.until))
        if all(piece.since is None for piece in named):
            return self._renamed(account, first)
        platform = self.run.registry.platform(account)
        held: dict[str, list[Piece]] = {}
        for piece in named:
            held.setdefault(piece.key, []).append(piece)
        spells = [spell for spell in account.handles if handle_key(platform, spell.of) not in held]
        for pieces in held.values():
            newest = max(pieces, key=lambda piece: beginning(piece, self.run.as_of))
            spans = union(span(beginning(p, self.run.as_of), p.until) for p in pieces)
            spells += _spells(newest, spans)
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
        if account.until is None and self.run.mapping.source.until != "account":
            return None
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


def _told_apart(first: Account, second: Account) -> str:
    """What tells two accounts of one handle apart."""
    ids = [clean(a.platform_id or a.external_id or a.id[:8]) for a in (first, second)]
    return f"its id is {ids[0]}, not {ids[1]}"


def _spells(piece: Piece, times: Span) -> Spells:
    """The spells of a handle, written as the piece has it, at these times."""
    handle = piece.entry.profile.handle
    return tuple([Spell(handle, start, None if end == FOREVER else end) for start, end in times])
