"""From the changes a service decides on to what the store writes: bodies and journal texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from msgspec.structs import replace

from vault.crypto.digest import sha256
from vault.crypto.signing import SigningKey
from vault.domain.account import Account
from vault.domain.changes import Change, Changes
from vault.domain.counting import several
from vault.domain.credential import Credential
from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.records import Body, Past, decode_past, encode_head
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.errors import StorageError, UnsupportedFormatError
from vault.formats.control import Control, ControlBody, RemoveMember, kind_of
from vault.formats.entry import Entry, EntryKind
from vault.formats.keyslot import Keyslot
from vault.formats.member import MemberKeys
from vault.formats.membership import follow
from vault.formats.record import RecordRow
from vault.services.fingerprints import fingerprinted
from vault.services.holding import BODIES_AT_ONCE, Held, Numbered
from vault.storage.crashpoints import crashpoint
from vault.storage.leaves import Leaves
from vault.storage.reading import Snapshot
from vault.storage.sealing import Deed, Sealer, digest_of
from vault.storage.verifying import Position

PASTS_KEPT = 50
"""How many earlier heads a body keeps: years of edits, while a body stays some ten kilobytes."""

RECORDS_NAMED = 200
"""How many records an entry names one by one: an import's entry would be megabytes otherwise."""

_NO_BODY = Body()

Named = Mapping[Id, tuple[str, str]]
"""What a deed says of records by their ids: the digests of their heads before and after."""


def milliseconds(moment: datetime) -> int:
    """Return a moment as the formats have it: whole milliseconds since 1970 UTC."""
    return int(moment.timestamp() * 1000)


def effective(held: Held, changes: Changes) -> tuple[Change, ...]:
    """Return the changes that make a difference, at most one for each record.

    Of several to one record the last head counts, with the secrets of all. Secrets bring their
    fingerprints along, whoever writes them.
    """
    merged: dict[str, Change] = {}
    for change in changes:
        record_id = change.record.id
        earlier = merged.get(record_id)
        if earlier is not None:
            secrets = {**earlier.secrets, **change.secrets}
            forget = (*(n for n in earlier.forget if n not in change.secrets), *change.forget)
            change = Change(change.record, secrets, forget)  # noqa: PLW2901  # the merged one
        merged[record_id] = change
    find = held.registry.find
    return tuple(
        fingerprinted(held, change) if change.secrets else change
        for record_id, change in merged.items()
        if change.secrets or change.forget or find(record_id) != change.record
    )


class Ruling(NamedTuple):
    """What a control entry does to one member, and the only keyslot that member has then.

    `note` is what its sealed part says. `sealer` has the keys under which the entry, and from an
    entry that begins an epoch every record, is sealed.
    """

    body: ControlBody
    member_id: bytes
    slot: Keyslot | None
    note: str
    sealer: Sealer
    changes: Changes = ()


Rule = Callable[[Held, datetime], Ruling]
"""Decides on the members of the vault as it is held, at the moment it is given."""


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
        self._digests: dict[Id, str] = {}

    def rows(
        self, held: Held, written: Sequence[Change], bodies: Mapping[Id, Body]
    ) -> Iterator[RecordRow]:
        """Return the rows of the changes `written` to what is `held`, each sealed when asked for.

        `bodies` are those of the records that exist. Nothing to seal takes no key to seal with,
        which a reporter does not have.
        """
        if not written:
            return iter(())
        return held.sealer.seal(self._following(held, written, bodies), self._digests)

    def _following(
        self, held: Held, written: Sequence[Change], bodies: Mapping[Id, Body]
    ) -> Iterator[tuple[Record, Body, int]]:
        for change in written:
            record_id = change.record.id
            old = held.registry.find(record_id)
            leaf = None if old is None else held.leaves.get(bytes.fromhex(record_id))
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

        `said` are act and note, `fresh` the leaves of the rows, all of which were asked for.
        """
        find = held.registry.find
        named = {
            record_id: (_digest_of(find(record_id)), digest)
            for record_id, digest in self._digests.items()
        }
        leaves, touched = held.leaves.put(fresh)
        entry = self._entry(held.position, kind, leaves)
        signed = held.sealer.with_deed(entry, deed_of(*said, named)).signed_by(
            SigningKey(self._keys.signing_seed)
        )
        after = held.after(signed, leaves, held.registry.apply(tuple(written)))
        return Page(sorted(touched), after)

    def resealed(self, held: Held, ruling: Ruling, snapshot: Snapshot) -> Iterator[RecordRow]:
        """Yield all records under the epoch that a ruling begins; none where it begins none."""
        if not isinstance(ruling.body, RemoveMember):
            return
        changed = {change.record.id: change for change in ruling.changes}
        waiting = iter(held.registry.records())
        while some := list(islice(waiting, BODIES_AT_ONCE)):
            bodies = held.bodies(snapshot, [record.id for record in some])
            changes = [changed.get(record.id, Change(record)) for record in some]
            yield from ruling.sealer.seal(self._following(held, changes, bodies))

    def control(self, held: Held, ruling: Ruling, act: str, leaves: Leaves) -> Entry:
        """Return the signed control entry of a ruling; raises MembershipError if it cannot stand.

        `leaves` are those of the records once the entry stands.
        """
        membership = held.position.membership
        named = {
            change.record.id: (
                _digest_of(held.registry.find(change.record.id)),
                short_digest(change.record),
            )
            for change in ruling.changes
        }
        entry = replace(
            self._entry(held.position, kind_of(ruling.body), leaves),
            epoch=ruling.sealer.epoch,
            public=Control(ruling.body).encode(),
        )
        sealed = ruling.sealer.with_deed(entry, deed_of(act, ruling.note, named))
        signed = sealed.signed_by(SigningKey(self._keys.signing_seed))
        follow(membership, signed)  # what other readers would refuse must not come into the file
        return signed

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


def _digest_of(before: Record | None) -> str:
    return "" if before is None else short_digest(before)


def check_stored(written: Iterable[Change], bodies: Mapping[Id, Body]) -> None:
    """Return if the `bodies` that were read back hold the secrets that were written.

    Raises StorageError otherwise.
    """
    for change in written:
        found = bodies.get(change.record.id, _NO_BODY).secrets
        kept = (each for each in change.secrets.items() if each[0] not in change.forget)
        if any(Secret(found.get(str(number), "")) != secret for number, secret in kept):
            raise StorageError(
                f"The secrets of record {change.record.id[:8]} are not in the file as written.",
                "Do not use them; write them again, and check the disk.",
            )
    crashpoint("secret.read_back")


def shown(registry: Registry, secrets: Sequence[Numbered]) -> str:
    """Return what the journal calls secrets that are shown, whatever changes go with it."""
    if len(secrets) > 1:
        return several(len(secrets), "secret")
    ((credential, number),) = secrets
    record = registry.get(credential, Credential)
    return f"{registry.name_of(record.account)}, {record.called} version {number}"


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
        if past and _is_but_activity(past[-1], old):
            past = past[:-1]
        past = (*past, Past(milliseconds(at), by, encode_head(old).decode()))[-PASTS_KEPT:]
    return Body(secrets, past)


def _is_but_activity(past: Past, record: Record) -> bool:
    """Whether a head was another only in what is known of activity, which has its own past.

    Kept, a year of weekly looks at an account would push out all that people changed about it, and
    grow its body from 1 to 50 KB.
    """
    if not isinstance(record, Account):
        return False
    try:
        head = decode_past(past)
    except UnsupportedFormatError:
        return False  # it is kept for who knows it
    known = record.last_activity
    return isinstance(head, Account) and replace(head, last_activity=known) == record


def deed_of(act: str, note: str, named: Named) -> Deed:
    """Return what the journal says of an act that replaced these records."""
    if len(named) <= RECORDS_NAMED:
        return Deed(act, note, dict(named))
    return Deed(act, note, count=len(named), digest=_digest(named))


def _digest(named: Named) -> str:
    lines = (f"{record_id} {before} {after}\n" for record_id, (before, after) in named.items())
    return sha256("".join(sorted(lines)).encode()).hex()


def short_digest(record: Record) -> str:
    """Return what an entry says of a record's head: the beginning of the digest of its JSON."""
    return digest_of(encode_head(record))
