"""The known answers of tests/vectors: reproduced if valid, refused by name if not."""

from __future__ import annotations

from typing import Any

import pytest

import vault.errors
from tests.unit.formats.builder import seal_record
from tests.vectors.cases import REFUSED, VALID, cases, raw
from vault.crypto import hpke
from vault.crypto.aead import Cipher
from vault.crypto.signing import refuse_small_order
from vault.errors import SafehandsError
from vault.formats.authorship import check_head
from vault.formats.entry import open_details, parse_entry
from vault.formats.epoch import (
    EpochBlock,
    Grant,
    Suite,
    derive_epoch_keys,
    descend_ladder,
    open_admin_grant,
    open_reporter_grant,
    seal_ladder,
)
from vault.formats.keyslot import (
    SlotSecret,
    by_device_key,
    by_passphrase,
    by_passphrase_and_secret_key,
    open_slot,
    parse_slot,
)
from vault.formats.member import MemberKeys, MemberKind, recovery_keys
from vault.formats.membership import Membership, fold_control
from vault.formats.record import Part, RecordPlace, open_record, record_aad
from vault.formats.state import bucket_hash, check_state, state_of

Case = dict[str, Any]


def error_of(case: Case) -> type[SafehandsError]:
    error: type[SafehandsError] = getattr(vault.errors, case["error"])
    return error


def refuses(case: Case, act: Any) -> None:
    """Check that `act` raises exactly the class the case names, not one below or above it."""
    with pytest.raises(SafehandsError) as caught:
        act(case)
    assert type(caught.value) is error_of(case)
    assert caught.value.message


def member_keys(case: Case) -> MemberKeys:
    return MemberKeys(raw(case, "signing_seed"), raw(case, "wrapping_private"))


@pytest.mark.parametrize("case", cases("member", VALID))
def test_members_have_their_known_ids(case: Case) -> None:
    keys = member_keys(case)
    if "recovery_seed" in case:
        assert recovery_keys(raw(case, "recovery_seed")) == keys
    member = keys.public()
    assert member.signing_public == raw(case, "ed_pub")
    assert member.wrapping_public == raw(case, "x_pub")
    assert member.member_id == raw(case, "member_id")
    assert member.fingerprint == case["fingerprint"]


def check_key(case: Case) -> None:
    if "ed_pub" in case:
        refuse_small_order(raw(case, "ed_pub"))
    else:
        hpke.refuse_small_order(raw(case, "x_pub"))


@pytest.mark.parametrize("case", cases("member", REFUSED))
def test_weak_keys_are_refused(case: Case) -> None:
    refuses(case, check_key)


def slot_secret(case: Case) -> SlotSecret:
    if "device_key" in case:
        return by_device_key(raw(case, "device_key"))
    if "secret_key" in case:
        return by_passphrase_and_secret_key(case["passphrase"], raw(case, "secret_key"))
    return by_passphrase(case["passphrase"])


def unlock(case: Case) -> MemberKeys:
    return open_slot(parse_slot(raw(case, "slot")), slot_secret(case))


@pytest.mark.parametrize("case", cases("keyslot", VALID))
def test_slots_open_to_their_known_keys(case: Case) -> None:
    assert unlock(case).bundle() == raw(case, "bundle")
    assert parse_slot(raw(case, "slot")).encode() == raw(case, "slot")


@pytest.mark.parametrize("case", cases("keyslot", REFUSED))
def test_each_fault_of_a_slot_has_its_own_error(case: Case) -> None:
    refuses(case, unlock)


def open_epoch_case(case: Case) -> bytes:
    """Return the key the case's grant or ladder gives; for a reporter his three keys."""
    vault_id, epoch = raw(case, "vault_id"), case["epoch"]
    if "ladder" in case:
        keys = derive_epoch_keys(vault_id, epoch, raw(case, "epoch_key"))
        blocks = {
            epoch: EpochBlock(epoch, keys.commitment, (), raw(case, "ladder")),
            epoch - 1: EpochBlock(epoch - 1, raw(case, "previous_commitment"), (), b""),
        }
        return descend_ladder(vault_id, keys, blocks, epoch)[epoch - 1].epoch_key
    keys_of = member_keys(case)
    block = EpochBlock(epoch, raw(case, "commitment"), (), b"")
    grant = Grant(keys_of.public().member_id, Suite.X25519, raw(case, "wrapped"))
    if case["kind"] == MemberKind.ADMIN:
        return open_admin_grant(vault_id, block, keys_of, grant).epoch_key
    reading = open_reporter_grant(vault_id, block, keys_of, grant)
    return reading.head + reading.log + reading.snap


@pytest.mark.parametrize("case", cases("epoch", VALID))
def test_epochs_give_their_known_keys(case: Case) -> None:
    vault_id, epoch = raw(case, "vault_id"), case["epoch"]
    if "keys" in case:
        keys = derive_epoch_keys(vault_id, epoch, raw(case, "epoch_key"))
        assert keys.commitment == raw(case, "commitment")
        assert {name: getattr(keys, name).hex() for name in case["keys"]} == case["keys"]
    elif "ladder" in case:
        assert open_epoch_case(case) == raw(case, "previous_epoch_key")
        newer = derive_epoch_keys(vault_id, epoch, raw(case, "epoch_key"))
        older = derive_epoch_keys(vault_id, epoch - 1, raw(case, "previous_epoch_key"))
        sealed = seal_ladder(vault_id, epoch, newer, older, lambda _: raw(case, "nonce"))
        assert sealed == raw(case, "ladder")
    else:
        assert open_epoch_case(case) == raw(case, "plain")


@pytest.mark.parametrize("case", cases("epoch", REFUSED))
def test_a_wrong_epoch_key_is_refused(case: Case) -> None:
    refuses(case, open_epoch_case)


def place_of(case: Case) -> RecordPlace:
    return RecordPlace(raw(case, "vault_id"), raw(case, "rid"), case["version"], case["epoch"])


@pytest.mark.parametrize("case", cases("record", VALID))
def test_records_are_sealed_to_their_known_bytes(case: Case) -> None:
    cipher, part, place = Cipher(raw(case, "key")), Part(case["part"]), place_of(case)
    plain = case["plain"].encode()
    assert record_aad(part, place) == raw(case, "aad")
    sealed = seal_record(cipher, part, place, plain, lambda _: raw(case, "nonce"))
    assert sealed == raw(case, "blob")
    assert open_record(cipher, part, place, sealed).rstrip(b" ") == plain


@pytest.mark.parametrize("case", cases("record", REFUSED))
def test_a_blob_out_of_place_does_not_open(case: Case) -> None:
    refuses(
        case,
        lambda c: open_record(Cipher(raw(c, "key")), Part(c["part"]), place_of(c), raw(c, "blob")),
    )


def check_state_case(case: Case) -> tuple[bytes, ...]:
    leaves = [bytes.fromhex(one) for one in case["leaves"]]
    state = state_of(leaves)
    check_state(state, raw(case, "root"), case["n_records"])
    return state.hashes


@pytest.mark.parametrize("case", cases("state", VALID))
def test_states_have_their_known_roots(case: Case) -> None:
    hashes = check_state_case(case)
    if "bucket_192" in case:
        assert hashes[192] == raw(case, "bucket_192")
        assert bucket_hash(192, [bytes.fromhex(case["leaves"][0])]) == hashes[192]


@pytest.mark.parametrize("case", cases("state", REFUSED))
def test_another_state_is_refused(case: Case) -> None:
    refuses(case, check_state_case)


def read_entry_case(case: Case) -> bytes:
    entry = parse_entry(raw(case, "entry"))
    entry.verify(raw(case, "ed_pub"))
    return open_details(raw(case, "log_key"), entry) if "log_key" in case else b""


@pytest.mark.parametrize("case", cases("entry", VALID))
def test_entries_have_their_known_hashes(case: Case) -> None:
    entry = parse_entry(raw(case, "entry"))
    assert (entry.seq, entry.kind) == (case["seq"], case["kind"])
    assert entry.hash() == raw(case, "hash")
    assert entry.signature == raw(case, "signature")
    assert read_entry_case(case).rstrip(b" ").decode() == case.get("details", "")


@pytest.mark.parametrize("case", cases("entry", REFUSED))
def test_each_fault_of_an_entry_has_its_own_error(case: Case) -> None:
    refuses(case, read_entry_case)


def fold(case: Case) -> Membership:
    entries = [parse_entry(bytes.fromhex(one)) for one in case["entries"]]
    controls = [entry for entry in entries if entry.kind.is_control]
    membership = fold_control(controls, raw(case, "vault_id"))
    check_head(membership, entries[-1])
    return membership


@pytest.mark.parametrize("case", cases("journal", VALID))
def test_journals_prove_their_known_members(case: Case) -> None:
    membership = fold(case)
    assert membership.epoch == case["epoch"]
    assert sorted(i.hex() for i in membership.members) == case["members"]
    assert sorted(i.hex() for i in membership.admins) == case["admins"]


@pytest.mark.parametrize("case", cases("journal", REFUSED))
def test_each_fault_of_a_journal_has_its_own_error(case: Case) -> None:
    refuses(case, fold)
