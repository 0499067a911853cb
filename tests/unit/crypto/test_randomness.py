from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from vault.crypto.randomness import Random, in_portions


def stream(asked: list[int]) -> Random:
    """Return a source that counts: each byte is one more than the one before it."""
    numbers = count()

    def random(length: int) -> bytes:
        asked.append(length)
        return bytes(next(numbers) % 251 for _ in range(length))

    return random


@given(st.lists(st.integers(0, 40), max_size=30))
def test_no_byte_of_a_portion_is_given_twice(lengths: list[int]) -> None:
    asked: list[int] = []
    drawn = in_portions(stream(asked), portion=20)
    found = [drawn(length) for length in lengths]
    assert [len(each) for each in found] == lengths
    every = stream([])(sum(asked))
    for each in found:
        start = every.find(each)
        assert start >= 0
        every = every[start + len(each) :]


def test_the_source_is_asked_once_for_many() -> None:
    asked: list[int] = []
    drawn = in_portions(stream(asked), portion=24)
    assert len({drawn(12) for _ in range(4)}) == 4
    assert asked == [24, 24]
