"""The journal's entry: signed by its author, chained to the one before, bound to the whole state.

Bytes: docs/file-format.md section 7.
"""

from __future__ import annotations

import struct
from enum import IntEnum

import msgspec

from vault.crypto import aead
from vault.crypto.aead import Cipher
from vault.crypto.digest import sha256
from vault.crypto.randomness import Random
from vault.crypto.signing import SIGNATURE_BYTES, SigningKey, verify
from vault.errors import IntegrityError, JournalError, MalformedError
from vault.formats.wire import HASH_BYTES, Reader, pad, prefixed, u8, u32, u64

FIRST_SEQ = 1
NO_HASH = bytes(HASH_BYTES)
"""What the first entry gives as the hash of the entry before it."""

_MAGIC = b"SMRL"
_VERSION = 1
_SIGN_LABEL = b"smr1/entry\0"
_HASH_LABEL = b"smr1/entry-hash\0"
_SEALED_AAD = b"SMRS\x01"
_SEALED_PADDING = 128
_FIRST_DATA_KIND = 16
_HEADER = struct.Struct(">4sB16sQBQ16sI32s32s32sQ")


class EntryKind(IntEnum):
    """What an entry does. Below 16 it changes who may do what, and is a control entry."""

    GENESIS = 0
    ADD_MEMBER = 1
    REMOVE_MEMBER = 2
    NEW_EPOCH = 3
    POLICY = 4
    RECOVERY_CHANGE = 5
    ACCEPT_RESTORE = 7
    RECORD_CHANGE = 16
    REVEAL = 17
    EXPORT = 18
    ROTATION_STEP = 19
    IMPORT = 20
    RE_ENCRYPTION = 21
    UNLOCK = 22
    FAILED_UNLOCK = 23
    SETTINGS = 24

    @property
    def is_control(self) -> bool:
        """Tell whether the entry belongs to the control chain."""
        return self < _FIRST_DATA_KIND


class EntryPlace(msgspec.Struct, frozen=True):
    """What binds an entry's sealed part to its entry, and to no other."""

    vault_id: bytes
    seq: int
    kind: EntryKind
    author: bytes
    epoch: int


class Entry(msgspec.Struct, frozen=True):
    """One entry of the journal; `time_ms` is the author's claim, in milliseconds since 1970 UTC.

    `public` holds what a control entry does, for anyone to check; `sealed` is b"" or what
    `seal_details` returned.
    """

    vault_id: bytes
    seq: int
    kind: EntryKind
    time_ms: int
    author: bytes
    epoch: int
    prev: bytes
    prev_control: bytes
    root: bytes
    n_records: int
    public: bytes = b""
    sealed: bytes = b""
    signature: bytes = b""

    @property
    def place(self) -> EntryPlace:
        """Return what the sealed part is bound to."""
        return EntryPlace(self.vault_id, self.seq, self.kind, self.author, self.epoch)

    def encode(self) -> bytes:
        """Return the bytes that are stored, and that `parse_entry` reads."""
        return self._unsigned() + self.signature

    def hash(self) -> bytes:
        """Return the 32 bytes by which the next entry names this one."""
        return sha256(_HASH_LABEL + self.encode())

    def signed_by(self, key: SigningKey) -> Entry:
        """Return the entry with its author's signature."""
        return msgspec.structs.replace(self, signature=key.sign(_SIGN_LABEL + self._unsigned()))

    def verify(self, public: bytes) -> None:
        """Return if the owner of the Ed25519 key `public` signed it; raises JournalError if not."""
        try:
            verify(public, self.signature, _SIGN_LABEL + self._unsigned())
        except IntegrityError:
            raise JournalError(
                f"Journal entry {self.seq} is not signed by the member it names.",
                "It was altered or forged: compare the vault with a backup.",
            ) from None

    def _unsigned(self) -> bytes:
        header = _HEADER.pack(
            _MAGIC,
            _VERSION,
            self.vault_id,
            self.seq,
            self.kind,
            self.time_ms,
            self.author,
            self.epoch,
            self.prev,
            self.prev_control,
            self.root,
            self.n_records,
        )
        return header + prefixed(self.public) + prefixed(self.sealed)


def parse_entry(raw: bytes) -> Entry:
    """Return the entry these bytes are; its signature and place in the chain are not checked.

    Raises MalformedError for a wrong magic or length, UnsupportedFormatError for an unknown
    version or kind.
    """
    reader = Reader(raw, "journal entry")
    reader.header(_MAGIC, _VERSION)
    entry = Entry(
        vault_id=reader.take(16),
        seq=reader.number(8),
        kind=reader.kind(EntryKind, "kind"),
        time_ms=reader.number(8),
        author=reader.take(16),
        epoch=reader.number(4),
        prev=reader.take(HASH_BYTES),
        prev_control=reader.take(HASH_BYTES),
        root=reader.take(HASH_BYTES),
        n_records=reader.number(8),
        public=reader.prefixed(),
        sealed=reader.prefixed(),
        signature=reader.take(SIGNATURE_BYTES),
    )
    reader.finish()
    if entry.public and not entry.kind.is_control:
        reader.refuse("changes no members and still has a public part")
    return entry


def check_link(entry: Entry, previous: Entry) -> None:
    """Return if `entry` directly follows `previous` in one journal; raises JournalError if not."""
    previous_hash = previous.hash()
    last_control = previous_hash if previous.kind.is_control else previous.prev_control
    if entry.vault_id != previous.vault_id:
        raise _broken(entry, "belongs to another vault")
    if entry.seq != previous.seq + 1:
        raise _broken(entry, f"follows entry {previous.seq}")
    if entry.prev != previous_hash:
        raise _broken(entry, "does not name the entry before it")
    if entry.prev_control != last_control:
        raise _broken(entry, "does not name the control entry before it")


def seal_details(log_key: bytes, place: EntryPlace, plain: bytes, random: Random) -> bytes:
    """Return an entry's sealed part: `plain` is JSON, padded with spaces to 128 bytes."""
    padded = pad(plain, _SEALED_PADDING)
    return Cipher(log_key).seal(random(aead.NONCE_BYTES), padded, _details_aad(place))


def open_details(log_key: bytes, entry: Entry) -> bytes:
    """Return the JSON in the entry's sealed part, its trailing padding still on.

    `log_key` is that of the entry's epoch. Raises JournalError if it does not open, and
    MalformedError if there is no sealed part.
    """
    if not entry.sealed:
        raise MalformedError(f"Journal entry {entry.seq} has no sealed part.")
    try:
        return Cipher(log_key).open(entry.sealed, _details_aad(entry.place))
    except IntegrityError:
        raise _broken(entry, "has a sealed part that does not open") from None


def _details_aad(place: EntryPlace) -> bytes:
    return (
        _SEALED_AAD
        + place.vault_id
        + u64(place.seq)
        + u8(place.kind)
        + place.author
        + u32(place.epoch)
    )


def _broken(entry: Entry, fault: str) -> JournalError:
    return JournalError(
        f"Journal entry {entry.seq} {fault}.",
        "An entry was altered, removed or exchanged: compare the vault with a backup.",
    )
