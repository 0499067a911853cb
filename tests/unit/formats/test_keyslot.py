from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.unit.formats.builder import FOUNDER, counted_random
from vault.crypto.kdf import FLOOR
from vault.errors import CannotUnlockError, KdfPolicyError, MalformedError, WrongPassphraseError
from vault.formats.keyslot import (
    SLOT_BYTES,
    by_device_key,
    by_passphrase,
    by_passphrase_and_secret_key,
    open_slot,
    parse_slot,
    seal_slot,
)
from vault.formats.keyslot_prefix import passphrase_prefix

DEVICE_KEY = b"\x55" * 32


def test_a_slot_opens_for_its_passphrase_and_no_other() -> None:
    slot = seal_slot(FOUNDER, by_passphrase("blue ﬁsh"), counted_random(), FLOOR)
    assert len(slot.encode()) == SLOT_BYTES
    assert open_slot(parse_slot(slot.encode()), by_passphrase("blue fish")) == FOUNDER
    with pytest.raises(WrongPassphraseError):
        open_slot(slot, by_passphrase("blue fish "))


def test_a_slot_with_a_secret_key_needs_both() -> None:
    right = by_passphrase_and_secret_key("blue fish", b"\x44" * 16)
    slot = seal_slot(FOUNDER, right, counted_random(), FLOOR)
    with pytest.raises(WrongPassphraseError):
        open_slot(slot, by_passphrase_and_secret_key("blue fish", b"\x45" * 16))
    with pytest.raises(CannotUnlockError, match="the secret key"):
        open_slot(slot, by_passphrase("blue fish"))


def test_a_device_slot_opens_for_its_device_and_no_other() -> None:
    slot = seal_slot(FOUNDER, by_device_key(DEVICE_KEY), counted_random())
    assert open_slot(slot, by_device_key(DEVICE_KEY)) == FOUNDER
    with pytest.raises(WrongPassphraseError):
        open_slot(slot, by_device_key(bytes(32)))


def test_the_policy_can_ask_for_more_than_the_floor() -> None:
    slot = replace(
        seal_slot(FOUNDER, by_device_key(DEVICE_KEY), counted_random()),
        kind=by_passphrase("x").kind,
        cost=FLOOR,
    )
    with pytest.raises(KdfPolicyError, match="131072 KiB and 3"):
        open_slot(slot, by_passphrase("x"), min_memory_kib=131072)
    with pytest.raises(KdfPolicyError, match="65536 KiB and 4"):
        open_slot(slot, by_passphrase("x"), min_passes=4)


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_secret_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MalformedError):
        by_passphrase_and_secret_key("x", bytes(length))
    with pytest.raises(MalformedError):
        by_device_key(bytes(length))


def test_what_opens_a_slot_never_shows_itself() -> None:
    secret = by_passphrase_and_secret_key("canary passphrase", b"canary key 16 by")
    for shown in (repr(secret), str(secret), f"{secret}", repr(secret.__rich_repr__())):
        assert "canary" not in shown
    for shown in (repr(FOUNDER), f"{FOUNDER}", repr([FOUNDER])):
        assert FOUNDER.signing_seed.hex() not in shown
        assert repr(FOUNDER.signing_seed) not in shown


def test_the_open_part_of_a_slot_is_read_apart_as_with_the_rest() -> None:
    slot = seal_slot(FOUNDER, by_passphrase("blue fish"), counted_random(), FLOOR)
    apart = passphrase_prefix(slot.encode())
    assert apart is not None
    assert apart.encode() == slot.prefix() == slot.encode()[:66]
    assert [*apart] == [slot.kind, slot.member_id, slot.slot_id, slot.cost, slot.salt]


def test_of_what_no_passphrase_alone_opens_nothing_is_read_apart() -> None:
    slot = seal_slot(FOUNDER, by_device_key(DEVICE_KEY), counted_random())
    both = replace(slot, kind=by_passphrase_and_secret_key("x", bytes(16)).kind).encode()
    alone = replace(slot, kind=by_passphrase("x").kind).encode()
    for raw in (
        slot.encode(),
        both,
        alone[:65],
        b"",
        b"smrk" + alone[4:],
        alone[:4] + b"\2" + alone[5:],
    ):
        assert passphrase_prefix(raw) is None
    assert passphrase_prefix(alone) is not None
