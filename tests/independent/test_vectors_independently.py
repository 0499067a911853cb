"""The known answers of tests/vectors, reproduced without the product and its library."""

from __future__ import annotations

from typing import Any

import pytest
from nacl.bindings import crypto_scalarmult_base
from nacl.signing import SigningKey

from tests.independent.journal import ADMIN, Member, read_entry, verified_journal
from tests.independent.primitives import (
    Cursor,
    RefusedError,
    expand,
    extract,
    hpke_open,
    sha256,
    unseal,
)
from tests.independent.reader import epoch_prk, open_slot, state_root
from tests.vectors.cases import REFUSED, VALID, cases, raw

Case = dict[str, Any]


@pytest.mark.parametrize("case", cases("member", VALID))
def test_member_ids_agree(case: Case) -> None:
    if "recovery_seed" in case:
        prk = extract(b"smr1/recovery\0", raw(case, "recovery_seed"))
        assert expand(prk, b"ed\0") == raw(case, "signing_seed")
        assert expand(prk, b"x\0") == raw(case, "wrapping_private")
    ed = bytes(SigningKey(raw(case, "signing_seed")).verify_key)
    member = Member(ADMIN, ed, crypto_scalarmult_base(raw(case, "wrapping_private")))
    assert (member.ed, member.x) == (raw(case, "ed_pub"), raw(case, "x_pub"))
    assert member.id == raw(case, "member_id")


@pytest.mark.parametrize("case", cases("member", REFUSED))
def test_weak_keys_are_refused_here_too(case: Case) -> None:
    ed = bytes(SigningKey(bytes(32)).verify_key)
    member = Member(ADMIN, ed, crypto_scalarmult_base(bytes(32)))
    member.refuse_weak()
    weak = Member(ADMIN, bytes.fromhex(case.get("ed_pub", ed.hex())), member.x)
    if "x_pub" in case:
        weak = Member(ADMIN, ed, raw(case, "x_pub"))
    with pytest.raises(RefusedError):
        weak.refuse_weak()


def test_a_slot_for_a_passphrase_opens() -> None:
    case = next(p.values[0] for p in cases("keyslot", VALID) if p.id == "passphrase")
    assert b"".join(open_slot(raw(case, "slot"), case["passphrase"])) == raw(case, "bundle")


SLOTS_WITH_PASSPHRASE = [p for p in cases("keyslot", REFUSED) if "passphrase" in p.values[0]]


@pytest.mark.parametrize("case", SLOTS_WITH_PASSPHRASE)
def test_costs_out_of_bounds_are_refused_here_too(case: Case) -> None:
    with pytest.raises(RefusedError, match="out of bounds"):
        open_slot(raw(case, "slot"), case["passphrase"])


@pytest.mark.parametrize("case", cases("epoch", VALID))
def test_epoch_keys_agree(case: Case) -> None:
    vault_id, epoch = raw(case, "vault_id"), case["epoch"]
    number = epoch.to_bytes(4, "big")
    if "keys" in case:
        prk = epoch_prk(vault_id, epoch, raw(case, "epoch_key"))
        assert expand(prk, b"commit\0") == raw(case, "commitment")
        derived = {name: expand(prk, name.encode() + b"\0").hex() for name in case["keys"]}
        assert derived == case["keys"]
    elif "ladder" in case:
        key = expand(epoch_prk(vault_id, epoch, raw(case, "epoch_key")), b"ladder\0")
        aad = b"SMRD\x01" + vault_id + number + (epoch - 1).to_bytes(4, "big")
        assert unseal(key, raw(case, "ladder"), aad, "ladder") == raw(case, "previous_epoch_key")
    else:
        private = raw(case, "wrapping_private")
        ed = bytes(SigningKey(raw(case, "signing_seed")).verify_key)
        member = Member(case["kind"], ed, crypto_scalarmult_base(private))
        info = b"smr1/grant\0" + vault_id + number + member.id + bytes([member.kind])
        assert hpke_open(raw(case, "wrapped"), private, info) == raw(case, "plain")


@pytest.mark.parametrize("case", cases("record", VALID))
def test_records_open_to_the_same_text(case: Case) -> None:
    place = raw(case, "vault_id") + case["epoch"].to_bytes(4, "big") + raw(case, "rid")
    aad = b"SMRR\x01" + bytes([case["part"]]) + place + case["version"].to_bytes(8, "big")
    assert aad == raw(case, "aad")
    plain = unseal(raw(case, "key"), raw(case, "blob"), aad, "record")
    assert plain.rstrip(b" ").decode() == case["plain"]


@pytest.mark.parametrize("case", cases("state", VALID))
def test_state_roots_agree(case: Case) -> None:
    assert state_root([bytes.fromhex(one) for one in case["leaves"]]) == raw(case, "root")


@pytest.mark.parametrize("case", cases("entry", VALID))
def test_entries_verify_and_hash_alike(case: Case) -> None:
    entry = read_entry(raw(case, "entry"))
    entry.verify(raw(case, "ed_pub"))
    assert (entry.seq, entry.kind, entry.hash) == (case["seq"], case["kind"], raw(case, "hash"))
    if "log_key" in case:
        c = Cursor(entry.raw[162:])
        c.prefixed()
        aad = b"SMRS\x01" + entry.raw[5:30] + entry.raw[38:58]
        plain = unseal(raw(case, "log_key"), c.prefixed(), aad, "details")
        assert plain.rstrip(b" ").decode() == case["details"]


PARSED = [p for p in cases("entry", REFUSED) if "log_key" not in p.values[0]]


@pytest.mark.parametrize("case", PARSED)
def test_faulty_entries_are_refused_here_too(case: Case) -> None:
    with pytest.raises(RefusedError):
        read_entry(raw(case, "entry")).verify(raw(case, "ed_pub"))


def rows_of(case: Case) -> list[tuple[int, bytes, bytes]]:
    raws = [bytes.fromhex(one) for one in case["entries"]]
    return [(number, sha256(b"smr1/entry-hash\0" + one), one) for number, one in enumerate(raws, 1)]


@pytest.mark.parametrize("case", cases("journal", VALID))
def test_journals_prove_the_same_members(case: Case) -> None:
    vault, _ = verified_journal(rows_of(case), raw(case, "vault_id"))
    assert vault.epoch == case["epoch"]
    assert sorted(i.hex() for i in vault.members) == case["members"]
    assert sorted(i.hex() for i in vault.admins()) == case["admins"]


@pytest.mark.parametrize("case", cases("journal", REFUSED))
def test_faulty_journals_are_refused_here_too(case: Case) -> None:
    with pytest.raises(RefusedError):
        verified_journal(rows_of(case), raw(case, "vault_id"))
