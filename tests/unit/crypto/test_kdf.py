from __future__ import annotations

from threading import Thread

import pytest
from argon2.low_level import Type, hash_secret_raw

from vault.crypto import kdf
from vault.crypto.kdf import CEILING, FLOOR, STRONG, KdfCost, check_cost, stretch
from vault.errors import CannotUnlockError, KdfPolicyError, UsageError

SALT = b"\x10" * 16


def test_another_library_gives_the_same_key() -> None:
    expected = hash_secret_raw("pässword".encode(), SALT, 3, 65536, 4, 32, Type.ID)
    assert stretch("pa\u0308ssword", SALT, FLOOR) == expected


@pytest.mark.parametrize("cost", [FLOOR, STRONG, CEILING])
def test_the_named_costs_are_accepted(cost: KdfCost) -> None:
    check_cost(cost)


def test_the_strong_cost_is_above_the_floor() -> None:
    assert STRONG.memory_kib == 4 * FLOOR.memory_kib == 256 * 1024
    assert STRONG.passes >= FLOOR.passes == 3


@pytest.mark.parametrize(
    "cost",
    [
        FLOOR._replace(memory_kib=FLOOR.memory_kib - 1),
        FLOOR._replace(passes=2),
        FLOOR._replace(lanes=0),
        KdfCost(8, 1, 1),
        KdfCost(0, 0, 0),
    ],
)
def test_less_than_the_floor_is_refused(cost: KdfCost) -> None:
    with pytest.raises(KdfPolicyError, match="less work"):
        check_cost(cost)


@pytest.mark.parametrize(
    "cost",
    [
        CEILING._replace(memory_kib=CEILING.memory_kib + 1),
        CEILING._replace(passes=17),
        CEILING._replace(lanes=17),
        KdfCost(2**31, 2**31, 2**31),
    ],
)
def test_more_than_the_ceiling_is_refused_before_any_memory_is_taken(
    cost: KdfCost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(kdf, "Argon2id")
    with pytest.raises(KdfPolicyError, match="more work"):
        stretch("x", SALT, cost)


def test_the_policy_raises_the_floor_and_never_lowers_it() -> None:
    with pytest.raises(KdfPolicyError):
        check_cost(FLOOR, min_memory_kib=FLOOR.memory_kib + 1)
    with pytest.raises(KdfPolicyError):
        check_cost(FLOOR, min_passes=FLOOR.passes + 1)
    with pytest.raises(KdfPolicyError):
        check_cost(KdfCost(8, 1, 1), min_memory_kib=8, min_passes=1)


def test_text_without_a_utf8_form_is_refused() -> None:
    with pytest.raises(UsageError):
        stretch("\udcff", SALT, FLOOR)


def test_a_machine_without_the_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(**_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(kdf, "Argon2id", no_memory)
    with pytest.raises(CannotUnlockError, match="65536 KiB"):
        stretch("x", SALT, FLOOR)


def test_two_keys_that_are_derived_at_once_are_both_derived() -> None:
    made: list[bytes] = []
    both = [
        Thread(target=lambda: made.append(stretch("x", SALT, FLOOR)), daemon=True) for _ in range(2)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join(60)
    assert not [each for each in both if each.is_alive()]
    assert made == [stretch("x", SALT, FLOOR)] * 2
