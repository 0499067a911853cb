"""The conventions all formats share: big-endian numbers, length-prefixed bytes, padded JSON."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from enum import IntEnum
from typing import NoReturn, TypeVar

import msgspec

from vault.errors import MalformedError, UnsupportedFormatError

ID_BYTES = 16
HASH_BYTES = 32

_LENGTH = struct.Struct(">I")
_Kind = TypeVar("_Kind", bound=IntEnum)


class KeyMaterial(msgspec.Struct, frozen=True):
    """The base of everything that holds a secret key: it never shows its fields."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: hidden>"

    def __rich_repr__(self) -> list[object]:  # type: ignore[override]
        return []


class Reader:
    """A cursor over bytes that must be consumed to the last one.

    Every method raises MalformedError where the bytes end too soon; `what` names them there.
    """

    __slots__ = ("_data", "_offset", "_what")

    def __init__(self, data: bytes, what: str) -> None:
        self._data = data
        self._offset = 0
        self._what = what

    def take(self, length: int) -> bytes:
        """Return the next `length` bytes."""
        end = self._offset + length
        if end > len(self._data):
            self.refuse(f"ends after {len(self._data)} bytes, {end} are needed")
        taken = self._data[self._offset : end]
        self._offset = end
        return taken

    def number(self, length: int) -> int:
        """Return the next `length` bytes as an unsigned big-endian number."""
        return int.from_bytes(self.take(length), "big")

    def header(self, magic: bytes, version: int) -> None:
        """Take the mark all our formats start with: four letters and a version byte."""
        if self.take(len(magic)) != magic:
            self.refuse("does not start as one")
        if (found := self.number(1)) != version:
            self.refuse_unknown(f"is of version {found}")

    def kind(self, kinds: type[_Kind], what: str) -> _Kind:
        """Return the member of `kinds` the next byte stands for; `what` names it if unknown.

        Raises UnsupportedFormatError if it stands for none.
        """
        number = self.number(1)
        try:
            return kinds(number)
        except ValueError:
            self.refuse_unknown(f"is of {what} {number}")

    def prefixed(self) -> bytes:
        """Return the bytes that follow their own u32 length."""
        return self.take(self.number(4))

    def finish(self) -> None:
        """Raise MalformedError if a byte is left over."""
        if self._offset != len(self._data):
            self.refuse(f"has {len(self._data) - self._offset} bytes too many")

    def refuse(self, fault: str) -> NoReturn:
        """Raise MalformedError that says which bytes have which fault."""
        raise MalformedError(f"The {self._what} {fault}.", "Restore the vault from a backup.")

    def refuse_unknown(self, fault: str) -> NoReturn:
        """Raise UnsupportedFormatError that says which bytes have which unknown mark."""
        raise UnsupportedFormatError(
            f"The {self._what} {fault}, which this program does not know.",
            "Install the newest version, or restore the vault from a backup.",
        )


def u8(number: int) -> bytes:
    """Return `number` as one byte."""
    return number.to_bytes(1, "big")


def u16(number: int) -> bytes:
    """Return `number` as two bytes, big-endian."""
    return number.to_bytes(2, "big")


def u32(number: int) -> bytes:
    """Return `number` as four bytes, big-endian."""
    return number.to_bytes(4, "big")


def u64(number: int) -> bytes:
    """Return `number` as eight bytes, big-endian."""
    return number.to_bytes(8, "big")


def prefixed(data: bytes) -> bytes:
    """Return `data` behind its length as u32: `LP(data)` in docs/file-format.md."""
    return _LENGTH.pack(len(data)) + data


def pad(plain: bytes, block: int) -> bytes:
    """Return `plain` filled up with spaces to a multiple of `block` bytes, and never to none.

    JSON ignores the spaces (RFC 8259 section 2), so nothing has to take them off again.
    """
    return pad_all((plain,), block)[0]


def pad_all(plains: Iterable[bytes], block: int) -> list[bytes]:
    """Return each of `plains` padded as `pad` does one."""
    return [plain.ljust(-(-len(plain) // block) * block or block) for plain in plains]
