"""The images that a power cut can leave on a disk, from a log of what was written and synced.

Sure is what a file held when it was last synced. What was written to it since may be there or not,
each sector of 512 bytes by itself and in any order, which is all that file systems promise ("All
File Systems Are Not Created Equal", OSDI 2014). A file that was removed may be back.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from struct import Struct
from typing import Final

SECTOR: Final = 512
HEAD: Final = Struct("<ccqq")
FILES: Final = {"s": "", "l": "-wal"}
"""The last letters of the files that a vault consists of, and what follows the vault's name."""


@dataclass(frozen=True)
class Deed:
    """One entry of the log: a write, cut, sync or removal of a file, or something that was said."""

    what: str
    file: str
    offset: int
    data: bytes


@dataclass
class Disk:
    """What is sure of each file, and what was done to it since it was last synced."""

    sure: dict[str, bytes]
    since: dict[str, list[Deed]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def take(self, deed: Deed) -> None:
        """Let one more deed happen."""
        if deed.what == "E":
            self.said.append(json.loads(deed.data))
        elif deed.file in FILES and deed.what == "S":
            self.sure[deed.file] = _done(
                self.sure.get(deed.file, b""), self.since.pop(deed.file, [])
            )
        elif deed.file in FILES:
            self.since.setdefault(deed.file, []).append(deed)

    def images(self, chance: random.Random, mixed: int) -> Iterator[dict[str, bytes]]:
        """Yield what may be on the disk: nothing of what is not sure, all of it, and mixtures."""
        yield dict(self.sure)
        if any(self.since.values()):
            yield self._image(None, chance)
            for share in range(1, mixed + 1):
                yield self._image(share / (mixed + 1), chance)

    def _image(self, share: float | None, chance: random.Random) -> dict[str, bytes]:
        whole = dict(self.sure)
        for file, deeds in self.since.items():
            kept = deeds if share is None else [*_some(deeds, share, chance)]
            whole[file] = _done(whole.get(file, b""), kept)
        return whole


def _some(deeds: Sequence[Deed], share: float, chance: random.Random) -> Iterator[Deed]:
    """Some sectors of what was written, and some of the rest."""
    for deed in deeds:
        if deed.what != "W":
            if chance.random() < share:
                yield deed
            continue
        begin = 0
        while begin < len(deed.data):
            end = begin + SECTOR - (deed.offset + begin) % SECTOR
            if chance.random() < share:
                yield Deed("W", deed.file, deed.offset + begin, deed.data[begin:end])
            begin = end


def _done(content: bytes, deeds: Sequence[Deed]) -> bytes:
    held = bytearray(content)
    for deed in deeds:
        if deed.what == "W":
            held.extend(bytes(max(0, deed.offset - len(held))))
            held[deed.offset : deed.offset + len(deed.data)] = deed.data
        elif deed.what == "T":
            del held[deed.offset :]
            held.extend(bytes(max(0, deed.offset - len(held))))
        elif deed.what == "U":
            held.clear()
    return bytes(held)


def log_of(file: Path) -> Iterator[Deed]:
    """Yield the entries of a log that the shim wrote."""
    raw, at = file.read_bytes(), 0
    while at < len(raw):
        what, name, offset, size = HEAD.unpack_from(raw, at)
        at += HEAD.size
        has_data = what in (b"W", b"E")
        data = raw[at : at + size] if has_data else b""
        at += len(data)
        yield Deed(what.decode(), name.decode(), offset, data)


def images_of(
    deeds: Sequence[Deed], sure: dict[str, bytes], *, mixed: int, seed: int
) -> Iterator[tuple[dict[str, bytes], list[str]]]:
    """Yield each different image that a cut after any deed may leave, and what had been said."""
    disk, chance, seen = Disk(dict(sure)), random.Random(seed), set()  # noqa: S311  # no secret
    for deed in deeds:
        disk.take(deed)
        for image in disk.images(chance, mixed):
            key = hash((tuple(sorted(image.items())), tuple(disk.said)))
            if key not in seen:
                seen.add(key)
                yield image, list(disk.said)
