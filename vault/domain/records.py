"""All kinds of record, and how they become and come from JSON."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.credential import Credential, Exposure
from vault.domain.decision import Decision
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.review import Review, ReviewedTie
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.errors import UnsupportedFormatError

AnyRecord = (
    Person
    | Role
    | Assignment
    | Mailbox
    | Phone
    | Factor
    | Account
    | Credential
    | Exposure
    | Seat
    | Grant
    | Case
    | Review
    | ReviewedTie
    | Decision
)


class Past(msgspec.Struct, frozen=True, gc=False):
    """A head as it was before a change: `at` is when it was replaced, `head` its JSON text."""

    at: int
    by: str
    head: str


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """What only a reveal needs: secrets by version number, and what the head said before."""

    secrets: dict[str, str] = {}
    past: tuple[Past, ...] = ()

    def __repr__(self) -> str:
        return f"Body({len(self.secrets)} secrets, {len(self.past)} past heads)"

    __str__ = __repr__


UNREADABLE = (msgspec.MsgspecError, RecursionError)
"""What decoding raises: of brackets in brackets a field that nobody knows may hold any number."""

_encoder = msgspec.json.Encoder()
_head_decoder: msgspec.json.Decoder[AnyRecord] = msgspec.json.Decoder(AnyRecord)
_heads_decoder: msgspec.json.Decoder[list[AnyRecord]] = msgspec.json.Decoder(list[AnyRecord])
_body_decoder = msgspec.json.Decoder(Body)


def encode_head(record: Record) -> bytes:
    """Return the JSON of a record."""
    return _encoder.encode(record)


def decode_head(text: bytes) -> AnyRecord:
    """Return the record in a JSON text; raises one of `UNREADABLE` where it is none."""
    return _head_decoder.decode(text)


def decode_past(past: Past) -> AnyRecord:
    """Return the record as it was; raises UnsupportedFormatError where this program knows none."""
    try:
        return decode_head(past.head.encode())
    except UNREADABLE:
        raise UnsupportedFormatError(
            "What a record was before holds something this program does not know.",
            "Install the newest version: a newer one has written it.",
        ) from None


def encode_heads(records: Sequence[Record]) -> bytes:
    """Return the JSON of records, as one array."""
    return _encoder.encode(records)


def decode_heads(text: bytes) -> list[AnyRecord]:
    """Return the records in a JSON array; raises one of `UNREADABLE` where one is none."""
    return _heads_decoder.decode(text)


def encode_body(body: Body) -> bytes:
    """Return the JSON of a body."""
    return _encoder.encode(body)


def decode_body(text: bytes) -> Body:
    """Return the body in a JSON text; raises one of `UNREADABLE` where it is none."""
    return _body_decoder.decode(text)
