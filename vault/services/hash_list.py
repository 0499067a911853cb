"""A local copy of a list of breached passwords: SHA-1 hashes in order, one to a line.

The form is that of Pwned Passwords ordered by hash: 40 hexadecimal digits, a colon, how often the
password was seen. Such a list has a billion lines and tens of gigabytes, so it is searched where it
lies: some forty short reads for each password.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from vault.domain.secret import Secret
from vault.errors import StorageError, UsageError

LINE: Final = re.compile(rb"([0-9A-Fa-f]{40}):([0-9]{1,18})\r?\Z")
LONGEST_LINE: Final = 64  # bytes; hash, colon, eighteen digits and two for the end of the line
MANY_LINES: Final = 1000
SAMPLES: Final = 64  # looked at when a list is opened, to see that it is one and in order

Read = Callable[[int, int], bytes]
"""Returns so many bytes from an offset on, or fewer where the file ends."""


class HashList:
    """A sorted list of hashes, read through `read`, `size` bytes long."""

    def __init__(self, read: Read, size: int, name: str) -> None:
        self._read = read
        self._size = size
        self._name = name

    def check(self) -> None:
        """Return if the list looks like one that can be searched; raises UsageError if not.

        Lines all over it are read: that they are of the form, and in order.
        """
        offsets = (self._size * sample // SAMPLES for sample in range(SAMPLES))
        lines = [self._line_from(offset) for offset in (*offsets, self._last_line())]
        hashes = [line[1] for line in lines if line is not None]
        if not hashes:
            raise self._refused("is empty", _AGAIN)
        if hashes != sorted(hashes):
            raise self._refused("is not in the order of the hashes", _FORM)
        # Hashes are spread evenly: of a thousand one in sixteen begins with a 0, and with an F.
        whole = hashes[0].startswith(b"0") and hashes[-1].startswith(b"F")
        if self._size > MANY_LINES * LONGEST_LINE and not whole:
            told = f"goes from {hashes[0][:4].decode()}… to {hashes[-1][:4].decode()}… only"
            raise self._refused(told, _AGAIN)

    def count(self, secret: Secret) -> int:
        """Return how often a password was seen in breaches, 0 if never.

        Raises UsageError where the list turns out not to be in order.
        """
        digest = hashlib.sha1(secret.reveal().encode(errors="replace"), usedforsecurity=False)
        wanted = digest.hexdigest().upper().encode()
        begin, end = 0, self._size  # the line is one of those that begin from here to before there
        lowest, highest = b"", b"G"
        while begin < end:
            middle = (begin + end) // 2
            line = self._line_from(middle)
            if line is None or line[0] >= end:
                end = middle
                continue
            start, found, times = line
            if not lowest <= found <= highest:
                raise self._refused(f"is out of order near byte {start}", _FORM)
            if found == wanted:
                return times
            if found < wanted:
                begin, lowest = start + 1, found
            else:
                end, highest = middle, found
        return 0

    def _last_line(self) -> int:
        """Where the last line begins."""
        begin = max(self._size - 2 * LONGEST_LINE, 0)
        text = self._read(begin, 2 * LONGEST_LINE).rstrip(b"\r\n")
        return begin + text.rfind(b"\n") + 1

    def _line_from(self, offset: int) -> tuple[int, bytes, int] | None:
        """The first line that begins at an offset or later: where, its hash and its count."""
        start = max(offset - 1, 0)
        some = self._read(start, 2 * LONGEST_LINE)
        if offset:
            skipped = some.find(b"\n") + 1
            if not skipped:
                if start + len(some) >= self._size:
                    return None
                raise self._refused(f"has no line near byte {offset}", _FORM)
            start, some = start + skipped, some[skipped:]
        text, newline, _ = some.partition(b"\n")
        if not text.strip() and start + len(some) >= self._size:
            return None
        matched = LINE.match(text) if newline or start + len(text) >= self._size else None
        if matched is None:
            raise self._refused(f"has something else at byte {start}", _FORM)
        return start, matched[1].upper(), int(matched[2])

    def _refused(self, why: str, hint: str) -> UsageError:
        return UsageError(f"the list {self._name} {why}", hint)


_AGAIN = "see that it was copied in full"
_FORM = (
    "a list of SHA-1 hashes is wanted, 40 digits, a colon and a count to a line, ordered by hash"
)


@contextmanager
def opened(path: Path) -> Iterator[HashList]:
    """Open a list, checked; raises StorageError where it cannot be read, UsageError if it is none.

    A read that fails later raises StorageError too.
    """
    try:
        # A pipe that nobody writes to would be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise _unreadable(path, error) from error

    def read(offset: int, length: int) -> bytes:
        try:
            return os.pread(descriptor, length, offset)
        except OSError as error:
            raise _unreadable(path, error) from error

    try:
        found = HashList(read, _size(path, descriptor), str(path))
        found.check()
        yield found
    finally:
        os.close(descriptor)


def _size(path: Path, descriptor: int) -> int:
    try:
        return os.lseek(descriptor, 0, os.SEEK_END)
    except OSError as error:  # in a pipe nothing can be sought
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> StorageError:
    return StorageError(f"the list {path} cannot be read: {error.strerror}", "check --list")
