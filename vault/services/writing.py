"""From the changes a service decides on to what the store writes: bodies and journal texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from vault.crypto.digest import sha256
from vault.crypto.signing import SigningKey
from vault.domain.changes import Change, Changes
from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.records import Body, Past, encode_head
from vault.domain.registry import Registry
from vault.formats.entry import Entry, EntryKind
from vault.formats.member import MemberKeys
from vault.services.holding import Held
from vault.storage.leaves import Leaves
from vault.storage.sealing import Deed, SealedRecord
from vault.storage.verifying import Position

PASTS_KEPT = 50
"""How many earlier heads a body keeps: years of edits, while a body stays some ten kilobytes."""

RECORDS_NAMED = 200
"""How many records an entry names one by one: an import's entry would be megabytes otherwise."""

_NO_BODY = Body()

Pair = tuple[Record | None, Record]
"""A record before (None: there was none) and after."""


def milliseconds(moment: datetime) -> int:
    """Return a moment as the formats have it: whole milliseconds since 1970 UTC."""
    return int(moment.timestamp() * 1000)


def effective(registry: Registry, changes: Changes) -> tuple[Change, ...]:
    """Return the changes that make a difference, at most one for each record.

    Of several to one record the last head counts, with the secrets of all.
    """
    merged: dict[str, Change] = {}
    for change in changes:
        earlier = merged.get(change.record.id)
        if earlier is not None:
            secrets = {**earlier.secrets, **change.secrets}
            forget = (*(n for n in earlier.forget if n not in change.secrets), *change.forget)
            change = Change(change.record, secrets, forget)  # noqa: PLW2901  # the merged one
        merged[change.record.id] = change
    return tuple(
        change
        for change in merged.values()
        if change.secrets or change.forget or registry.find(change.record.id) != change.record
    )


class Page(NamedTuple):
    """The end of one act: the buckets its rows are in, and the vault as it is then.

    The entry is `held.position.head`.
    """

    touched: list[int]
    held: Held


class Scribe:
    """Seals and signs what one member does at one moment; `by` is the person's id."""

    def __init__(self, keys: MemberKeys, by: Id, now: datetime) -> None:
        self._keys = keys
        self._by = by
        self._now = now

    def rows(
        self, held: Held, written: Sequence[Change], bodies: Mapping[Id, Body]
    ) -> Iterator[SealedRecord]:
        """Yield the changes `written` to what is `held`, each sealed when it is asked for.

        `bodies` are those of the records that exist.
        """
        return held.sealer.seal(self._following(held, written, bodies))

    def _following(
        self, held: Held, written: Sequence[Change], bodies: Mapping[Id, Body]
    ) -> Iterator[tuple[Record, Body, int]]:
        for change in written:
            record_id = change.record.id
            old, leaf = held.registry.find(record_id), held.leaves.get(bytes.fromhex(record_id))
            body = next_body(change, old, bodies.get(record_id, _NO_BODY), self._now, self._by)
            yield change.record, body, 1 if leaf is None else leaf.version + 1

    def page(
        self,
        held: Held,
        kind: EntryKind,
        said: tuple[str, str],
        written: Sequence[Change],
        fresh: Iterable[bytes],
    ) -> Page:
        """Return the page on the changes `written` to what is `held`, with its signed entry.

        `said` are act and note, `fresh` the leaves of the rows.
        """
        pairs = [(held.registry.find(change.record.id), change.record) for change in written]
        leaves, touched = held.leaves.put(fresh)
        entry = self._entry(held.position, kind, leaves)
        signed = held.sealer.with_deed(entry, deed_of(*said, pairs)).signed_by(
            SigningKey(self._keys.signing_seed)
        )
        after = held.after(signed, leaves, held.registry.apply(tuple(written)))
        return Page(sorted(touched), after)

    def _entry(self, position: Position, kind: EntryKind, leaves: Leaves) -> Entry:
        return Entry(
            vault_id=position.membership.vault_id,
            seq=position.head.seq + 1,
            kind=kind,
            time_ms=milliseconds(self._now),
            author=self._keys.public().member_id,
            epoch=position.membership.epoch,
            prev=position.mark.hash,
            prev_control=position.membership.last_hash,
            root=leaves.root,
            n_records=len(leaves),
        )


def next_body(change: Change, old: Record | None, body: Body, at: datetime, by: str) -> Body:
    """Return a record's body after a change: the secrets merged, the old head kept as a past."""
    if old is None and not (change.secrets or change.forget):
        return body
    secrets = {
        number: value for number, value in body.secrets.items() if int(number) not in change.forget
    }
    # A value that is both set and forgotten in one change is forgotten.
    secrets |= {
        str(number): secret.reveal()
        for number, secret in change.secrets.items()
        if number not in change.forget
    }
    past = body.past
    if old is not None and old != change.record:
        past = (*past, Past(milliseconds(at), by, encode_head(old).decode()))[-PASTS_KEPT:]
    return Body(secrets, past)


def deed_of(act: str, note: str, pairs: Sequence[Pair]) -> Deed:
    """Return what the journal says of an act that replaced these records."""
    named = {
        after.id: ("" if before is None else short_digest(before), short_digest(after))
        for before, after in pairs
    }
    if len(named) <= RECORDS_NAMED:
        return Deed(act, note, named)
    return Deed(act, note, count=len(named), digest=_digest(named))


def _digest(named: Mapping[str, tuple[str, str]]) -> str:
    lines = (f"{record_id} {before} {after}\n" for record_id, (before, after) in named.items())
    return sha256("".join(sorted(lines)).encode()).hex()


def short_digest(record: Record) -> str:
    """Return what an entry says of a record's head: the beginning of the digest of its JSON."""
    return sha256(encode_head(record)).hex()[:12]
