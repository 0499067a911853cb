"""Every format survives a round trip, and not one changed byte goes unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import fewer
from tests.unit.formats.builder import (
    COLLEAGUE,
    FOUNDER,
    NEW_RECOVERY,
    POLICY,
    THIRD,
    Journal,
    counted_random,
    seal_record,
)
from vault.crypto.aead import Cipher
from vault.errors import CannotUnlockError, IntegrityError, UnsupportedFormatError
from vault.formats.authorship import check_head
from vault.formats.control import AcceptRestore, NewEpoch, PolicyChange, parse_control
from vault.formats.entry import Entry, EntryKind, open_details, parse_entry, seal_details
from vault.formats.epoch import (
    EpochBlock,
    Grant,
    Suite,
    derive_epoch_keys,
    open_admin_grant,
    seal_grant,
)
from vault.formats.keyslot import by_device_key, open_slot, parse_slot, seal_slot
from vault.formats.member import MemberKind
from vault.formats.membership import fold_control
from vault.formats.record import Part, RecordPlace, open_record
from vault.formats.state import (
    bucket_hashes,
    check_state,
    leaf,
    state_of,
    state_root,
)

REFUSALS = (IntegrityError, UnsupportedFormatError)
DEVICE = by_device_key(b"\x55" * 32)
VAULT_ID = b"\xaa" * 16
CIPHER = Cipher(b"\x01" * 32)
PLACE = RecordPlace(VAULT_ID, b"\x02" * 16, 3, 1)

ids = st.binary(min_size=16, max_size=16)
hashes = st.binary(min_size=32, max_size=32)
u32s = st.integers(0, 2**32 - 1)
u64s = st.integers(0, 2**64 - 1)
data_kinds = st.sampled_from([kind for kind in EntryKind if not kind.is_control])
places = st.builds(RecordPlace, ids, ids, u64s, u32s)
unsealed_entries = st.builds(
    Entry, ids, u64s, data_kinds, u64s, ids, u32s, hashes, hashes, hashes, u64s
)
Mutation = Callable[[bytes], bytes]


@st.composite
def mutations(draw: st.DrawFn) -> Mutation:
    """Return a change of exactly one kind: a flipped bit, a cut, or more bytes."""
    kind = draw(st.sampled_from(["flip", "cut", "extend"]))
    share, bit = draw(st.integers(0, 2**20 - 1)), draw(st.integers(0, 7))
    tail = draw(st.binary(min_size=1, max_size=40))

    def mutate(raw: bytes) -> bytes:
        at = share * len(raw) >> 20
        if kind == "flip":
            return raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
        return raw[:at] if kind == "cut" else raw + tail

    return mutate


@cache
def slot() -> bytes:
    return seal_slot(FOUNDER, DEVICE, counted_random()).encode()


@cache
def blob() -> bytes:
    return seal_record(CIPHER, Part.BODY, PLACE, b'{"a":1}', counted_random())


@cache
def journal() -> Journal:
    made = Journal()
    made.found()
    made.control(made.joining(COLLEAGUE))
    made.control(made.joining(THIRD, MemberKind.REPORTER))
    made.control(NewEpoch(made.next_block(list(made.membership.grantees.values()))))
    made.control(made.renewing(NEW_RECOVERY))
    made.control(made.leaving(THIRD), COLLEAGUE, (FOUNDER,))
    made.control(PolicyChange(POLICY))
    made.control(AcceptRestore(3, bytes(32)))
    made.write()
    return made


@fewer
@given(mutations())
def test_a_changed_keyslot_is_refused(mutate: Mutation) -> None:
    # A changed kind or salt cannot be told from a wrong key.
    with pytest.raises((*REFUSALS, CannotUnlockError)):
        open_slot(parse_slot(mutate(slot())), DEVICE)


@fewer
@given(mutations())
def test_a_changed_blob_is_refused(mutate: Mutation) -> None:
    with pytest.raises(REFUSALS):
        open_record(CIPHER, Part.BODY, PLACE, mutate(blob()))


@fewer
@given(mutations())
def test_a_changed_grant_is_refused(mutate: Mutation) -> None:
    keys = derive_epoch_keys(VAULT_ID, 1, b"\x07" * 32)
    grant = seal_grant(VAULT_ID, 1, FOUNDER.public(), keys)
    changed = Grant(grant.member_id, Suite.X25519, mutate(grant.wrapped))
    with pytest.raises(REFUSALS):
        open_admin_grant(VAULT_ID, EpochBlock(1, keys.commitment, (), b""), FOUNDER, changed)


@fewer
@given(mutations(), st.integers(0, 8))
def test_a_journal_with_one_changed_entry_is_refused(mutate: Mutation, number: int) -> None:
    raws = [entry.encode() for entry in journal().entries]
    raws[number] = mutate(raws[number])
    with pytest.raises(REFUSALS):
        fold_and_check(raws)


def fold_and_check(raws: list[bytes]) -> None:
    entries = [parse_entry(raw) for raw in raws]
    controls = [entry for entry in entries if entry.kind.is_control]
    check_head(fold_control(controls, journal().vault_id), entries[-1])


def test_the_unchanged_journal_is_accepted() -> None:
    fold_and_check([entry.encode() for entry in journal().entries])


@given(mutations(), st.integers(0, 7))
def test_a_changed_public_part_is_another_or_refused(mutate: Mutation, number: int) -> None:
    entry = journal().entries[number]
    changed = mutate(entry.public)
    try:
        control = parse_control(entry.kind, changed)
    except REFUSALS:
        return
    assert control.encode() == changed != entry.public


@given(st.binary(max_size=400), st.sampled_from(EntryKind))
def test_random_bytes_parse_to_themselves_or_are_refused(raw: bytes, kind: EntryKind) -> None:
    for parse in (parse_entry, parse_slot, lambda one: parse_control(kind, one)):
        try:
            parsed = parse(raw)
        except REFUSALS:
            continue
        assert parsed.encode() == raw


@fewer
@given(unsealed_entries, st.binary(max_size=300), st.binary(min_size=64, max_size=64))
def test_entries_survive_their_bytes(unsealed: Entry, plain: bytes, signature: bytes) -> None:
    sealed = seal_details(b"\x01" * 32, unsealed.place, plain, counted_random())
    entry = replace(unsealed, sealed=sealed, signature=signature)
    assert parse_entry(entry.encode()) == entry
    assert open_details(b"\x01" * 32, entry).rstrip(b" ") == plain.rstrip(b" ")


@fewer
@given(places, st.sampled_from(Part), st.binary(max_size=600))
def test_records_survive_their_bytes(place: RecordPlace, part: Part, plain: bytes) -> None:
    sealed = seal_record(CIPHER, part, place, plain, counted_random())
    assert open_record(CIPHER, part, place, sealed).rstrip(b" ") == plain.rstrip(b" ")


@fewer
@given(st.dictionaries(ids, st.tuples(u64s, u32s, hashes, hashes), min_size=1, max_size=40))
def test_a_state_is_its_leaves_and_nothing_else(
    records: dict[bytes, tuple[int, int, bytes, bytes]],
) -> None:
    leaves = [leaf(rid, *rest) for rid, rest in records.items()]
    computed = bucket_hashes(leaves)
    root = state_root(computed)
    assert state_of(leaves[::-1]).hashes == computed
    check_state(state_of(leaves[::-1]), root, len(leaves))
    changed = leaves[0][:16] + bytes(b ^ 1 for b in leaves[0][16:])
    with pytest.raises(IntegrityError):
        check_state(state_of([changed, *leaves[1:]]), root, len(leaves))
    with pytest.raises(IntegrityError):
        check_state(state_of(leaves[1:]), root, len(leaves))
