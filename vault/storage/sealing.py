"""The one place where plaintext and ciphertext meet: records to blobs, deeds to journal texts.

Above it nobody has bytes of the file, below it nobody has fields (docs/adr/0001).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from vault.crypto.digest import sha256
from vault.crypto.randomness import Random
from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.records import (
    UNREADABLE,
    AnyRecord,
    Body,
    decode_body,
    decode_head,
    decode_heads,
    encode_body,
    encode_head,
    encode_heads,
)
from vault.errors import (
    JournalError,
    MalformedError,
    RecordTamperedError,
    StateMismatchError,
    UnsupportedFormatError,
    UsageError,
)
from vault.formats.entry import Entry, open_details, seal_details
from vault.formats.kept_state import Origin, Segment, open_segments, seal_segments
from vault.formats.record import (
    HeadRow,
    Part,
    RecordPlace,
    RecordRow,
    open_heads,
    open_record,
    seal_records,
)
from vault.formats.wire import ID_BYTES
from vault.storage.keys import VaultKeys
from vault.storage.leaves import Leaf
from vault.storage.reading import StoredBody

A_SEGMENT = 128
"""How many records of a kept state are sealed together: some 60 KB of text.

What is larger than 128 KiB the C library maps anew from the system and gives back, page by page:
with 1,024 records opening them took a seventh longer.
"""


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

    def seal(
        self, records: Iterable[tuple[Record, Body, int]], digests: dict[Id, str] | None = None
    ) -> Iterator[RecordRow]:
        """Yield the row of each record, body and version under the current epoch.

        What a deed says of each head is noted in `digests` by the record's id, which may be ahead
        of the rows taken: all are there once all rows are. Raises
        NotForReportersError, and UsageError for text that has no UTF-8 form.
        """
        epoch, noted = self._keys.epoch, {} if digests is None else digests
        ciphers = {Part.HEAD: self._keys.heads[epoch], Part.BODY: self._keys.body(epoch)}

        def plains() -> Iterator[tuple[bytes, int, bytes, bytes]]:
            for record, body, version in records:
                rid = bytes.fromhex(record.id)
                try:
                    head, rest = encode_head(record), encode_body(body)
                except UnicodeEncodeError:
                    raise _without_encoding() from None
                noted[record.id] = digest_of(head)
                yield rid, version, head, rest

        return seal_records(ciphers, self._vault_id, epoch, plains(), self._random)

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
            except UNREADABLE as error:
                raise _unknown("record", row[0].hex()) from error
            if record.id != row[0].hex():
                raise RecordTamperedError(f"Record {row[0].hex()} holds another: {record.id}.")
            add(record)
        return opened

    def seal_state(
        self, origin: Origin, leaves: Iterable[bytes], record: Callable[[Id], Record]
    ) -> Iterator[bytes]:
        """Yield the bytes of a kept state, in parts, given its leaves in the order of their ids."""
        every = list(leaves)
        places = range(0, len(every), A_SEGMENT)

        def segment(at: int) -> Segment:
            some = every[at : at + A_SEGMENT]
            return Segment(some, encode_heads([record(one[:ID_BYTES].hex()) for one in some]))

        cipher, segments = self._keys.snapshot, map(segment, places)
        return seal_segments(cipher, origin, len(places), segments, self._random)

    def open_state(self, raw: bytes) -> tuple[list[AnyRecord], list[bytes]]:
        """Return the records of a kept state, and their leaves in the same order.

        Raises IntegrityError where it does not open, or a leaf is not that of its record, and
        UnsupportedFormatError for a record this program does not know.
        """
        records: list[AnyRecord] = []
        leaves: list[bytes] = []
        for segment in open_segments(self._keys.snapshot, raw):
            try:
                some = decode_heads(segment.heads)
            except UNREADABLE as error:
                raise _unknown("kept state", "of this device") from error
            named = "".join([record.id for record in some])
            if named != b"".join([one[:ID_BYTES] for one in segment.leaves]).hex():
                raise MalformedError("The kept state holds other records than its leaves name.")
            records += some
            leaves += segment.leaves
        return records, leaves

    def open_body(self, row: StoredBody) -> Body:
        """Return what the body of a record says, given a row that is `as_signed`.

        Raises RecordTamperedError where it does not open, and NotForReportersError.
        """
        place = RecordPlace(self._vault_id, row.rid, row.version, row.epoch)
        plain = open_record(self._keys.body(row.epoch), Part.BODY, place, row.body)
        try:
            return decode_body(plain)
        except UNREADABLE:
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
        except UNREADABLE as error:
            raise _unknown("journal entry", str(entry.seq)) from error


def as_signed(row: StoredBody, expected: Leaf) -> StoredBody:
    """Return the row if it has the hashes the state vouches for; raises StateMismatchError if not.

    The head's as well: who writes the record anew would hide what somebody did to it.
    """
    if (row.rid, row.version, row.epoch, sha256(row.head), sha256(row.body)) != expected:
        raise StateMismatchError(
            f"Record {row.rid.hex()} is not as the journal's last entry signed it.",
            "Something was exchanged or set back: compare the vault with a backup.",
        )
    return row


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
    return sha256(head)[:6].hex()


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
