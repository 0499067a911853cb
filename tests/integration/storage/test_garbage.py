"""What is read stays: the garbage collector is not made to look through it at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from vault.formats.record import HeadRow
from vault.storage.reading import StoredEntry
from vault.storage.verifying import read_rows

ROWS = 5_000


class Shown:
    """A snapshot of that many rows."""

    def last_entry(self) -> StoredEntry:
        return StoredEntry(1, bytes(32), b"")

    def heads(self) -> list[HeadRow]:
        return [(n.to_bytes(16, "big"), 1, 1, b"", bytes(32), bytes(32)) for n in range(ROWS)]

    def buckets(self) -> list[bytes]:
        return []


@contextmanager
def collections() -> Iterator[list[str]]:
    """Give what the collector did in the block."""
    done: list[str] = []

    def note(phase: str, _info: object) -> None:
        done.append(phase)

    gc.collect()
    gc.callbacks.append(note)
    try:
        yield done
    finally:
        gc.callbacks.remove(note)


@pytest.fixture(autouse=True)
def often() -> Iterator[None]:
    """Let the collector begin after a few hundred objects, as it does if nobody says otherwise."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_reading_rows_makes_the_collector_look_at_none() -> None:
    with collections() as done:
        read = read_rows(Shown())  # type: ignore[arg-type]  # all that is asked of a snapshot
        more: list[list[int]] = [[] for _ in range(10)]
    assert len(read.heads) == ROWS
    assert len(more) == 10
    assert done == []


def test_the_collector_goes_on_afterwards() -> None:
    read_rows(Shown())  # type: ignore[arg-type]
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
