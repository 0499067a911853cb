"""The one place where plaintext and ciphertext meet: records to blobs, deeds to journal texts.

Above it nobody has bytes of the file, below it nobody has fields (docs/adr/0001).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from vault.crypto.aead import NONCE_BYTES
from vault.crypto.digest import sha256
from vault.crypto.randomness import Random, in_portions
from vault.domain.record import Record
from vault.domain.records import (
    AnyRecord,
    Body,
    decode_body,
    decode_head,
    encode_body,
    encode_head,
)
from vault.errors import (
    JournalError,
    RecordTamperedError,
    StateMismatchError,
    UnsupportedFormatError,
    UsageError,
)
from vault.formats.entry import Entry, open_details, seal_details
from vault.formats.record import HeadRow, Part, PartSealer, RecordPlace, open_heads, open_record
from vault.formats.state import leaf
from vault.storage.keys import VaultKeys
from vault.storage.leaves import Leaf
from vault.storage.reading import StoredBody


class SealedRecord(NamedTuple):
    """A record as its row holds it: docs/file-format.md section 5.

    `digest` is what a deed says of its head, and stands in no row.
    """

    rid: bytes
    version: int
    epoch: int
    head: bytes
    body: bytes
    head_hash: bytes
    body_hash: bytes
    digest: str

    @property
    def leaf(self) -> bytes:
        """Return the record's leaf in the state."""
        return leaf(self.rid, self.version, self.epoch, self.head_hash, self.body_hash)


class Deed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a journal entry says in its sealed part: `act` is noun.verb, such as "account.add".

    `records` gives for each record's id the first twelve hexadecimal digits of the SHA-256 of its
    head's JSON before ("" for a new one) and after. Where they are too many, `count` says how
    many, and `digest` is the SHA-256 over all of them in order of their ids.
    """

    act: str
    note: str = ""
    records: dict[str, tuple[str, str]] = {}
    count: int = 0
    digest: str = ""


_deed_encoder = msgspec.json.Encoder()
_deed_decoder = msgspec.json.Decoder(Deed)


class Sealer:
    """Seals and opens what belongs to one vault, with one member's keys."""

    __slots__ = ("_keys", "_random", "_vault_id")

    def __init__(self, vault_id: bytes, keys: VaultKeys, random: Random) -> None:
        self._vault_id = vault_id
        self._keys = keys
        self._random = random

    @property
    def epoch(self) -> int:
        """Return the epoch under which it seals."""
        return self._keys.epoch

    def seal(self, records: Iterable[tuple[Record, Body, int]]) -> Iterator[SealedRecord]:
        """Yield the row of each record, body and version under the current epoch.

        Raises NotForReportersError, and UsageError for text that has no UTF-8 form.
        """
        epoch, vault_id = self._keys.epoch, self._vault_id
        seal_head = PartSealer(self._keys.heads[epoch], Part.HEAD, vault_id, epoch).seal
        seal_body = PartSealer(self._keys.body(epoch), Part.BODY, vault_id, epoch).seal
        nonce = in_portions(self._random)
        for record, body, version in records:
            rid = bytes.fromhex(record.id)
            try:
                plain = encode_head(record)
                head = seal_head(rid, version, plain, nonce(NONCE_BYTES))
                sealed = seal_body(rid, version, encode_body(body), nonce(NONCE_BYTES))
            except UnicodeEncodeError:
                raise _without_encoding() from None
            hashes = sha256(head), sha256(sealed)
            yield SealedRecord(rid, version, epoch, head, sealed, *hashes, digest_of(plain))

    def open_heads(self, rows: Sequence[HeadRow]) -> list[AnyRecord]:
        """Return the records of these rows, in their order.

        Raises RecordTamperedError where a head does not open in its place or holds another
        record, and UnsupportedFormatError for a record this program does not know.
        """
        opened: list[AnyRecord] = []
        add = opened.append
        for row, head in zip(rows, open_heads(self._keys.heads, self._vault_id, rows), strict=True):
            try:
                record = decode_head(head)
            except msgspec.MsgspecError as error:
                raise _unknown("record", row[0].hex()) from error
            if record.id != row[0].hex():
                raise RecordTamperedError(f"Record {row[0].hex()} holds another: {record.id}.")
            add(record)
        return opened

    def open_body(self, row: StoredBody, expected: Leaf) -> Body:
        """Return what the body of a record says, once it has the hash the state vouches for.

        Raises StateMismatchError where the row is not the expected one, RecordTamperedError where
        it does not open, and NotForReportersError.
        """
        found = (row.rid, row.version, row.epoch, sha256(row.body))
        if found != (expected.rid, expected.version, expected.epoch, expected.body_hash):
            raise StateMismatchError(
                f"Record {row.rid.hex()} is not as the journal's last entry signed it.",
                "Something was exchanged or set back: compare the vault with a backup.",
            )
        place = RecordPlace(self._vault_id, row.rid, row.version, row.epoch)
        plain = open_record(self._keys.body(row.epoch), Part.BODY, place, row.body)
        try:
            return decode_body(plain)
        except msgspec.MsgspecError:
            # The cause would quote what stands in the body.
            raise _unknown("record", row.rid.hex()) from None

    def with_deed(self, entry: Entry, deed: Deed) -> Entry:
        """Return the entry, not signed yet, with what it says sealed in it."""
        log_key = self._keys.log(entry.epoch)
        if log_key is None:
            raise JournalError(f"There is no key to write in epoch {entry.epoch}.")
        try:
            said = _deed_encoder.encode(deed)
        except UnicodeEncodeError:
            raise _without_encoding() from None
        sealed = seal_details(log_key, entry.place, said, self._random)
        return msgspec.structs.replace(entry, sealed=sealed)

    def open_deed(self, entry: Entry) -> Deed | None:
        """Return what an entry says, or None where it says nothing or its epoch is closed to us.

        Raises JournalError where it does not open, UnsupportedFormatError for unknown content.
        """
        log_key = self._keys.log(entry.epoch)
        if log_key is None or not entry.sealed:
            return None
        try:
            return _deed_decoder.decode(open_details(log_key, entry))
        except msgspec.MsgspecError as error:
            raise _unknown("journal entry", str(entry.seq)) from error


def first_unopened(
    keys: VaultKeys, vault_id: bytes, rows: Iterable[HeadRow]
) -> RecordTamperedError | None:
    """Return the error that names the first row whose head does not open, or None if all do."""
    try:
        for _ in open_heads(keys.heads, vault_id, rows):
            pass
    except RecordTamperedError as error:
        return error
    return None


def digest_of(head: bytes) -> str:
    """Return what a deed says of a record, given the JSON of its head."""
    return sha256(head).hex()[:12]


def _without_encoding() -> UsageError:
    # Its cause would quote the text, which may be a secret.
    return UsageError(
        "A text holds characters that no encoding has.", "Type it again, or save it as UTF-8."
    )


def _unknown(what: str, name: str) -> UnsupportedFormatError:
    return UnsupportedFormatError(
        f"The {what} {name} holds something this program does not know.",
        "Install the newest version: a newer one has written it.",
    )
