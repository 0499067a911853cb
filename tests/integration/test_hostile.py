"""Colleagues and files that mean harm, and moments at which things go wrong."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from tests.integration.storage.builder import Sample, new_sample, record_id, roles
from tests.integration.storage.test_members import add
from tests.integration.storage.tricks import put_entry
from vault.crypto.digest import sha256
from vault.crypto.randomness import system_random
from vault.crypto.signing import SigningKey
from vault.domain.records import encode_head
from vault.errors import JournalError, SafehandsError
from vault.formats.entry import Entry, EntryKind
from vault.formats.member import MemberKind
from vault.formats.record import Part, RecordPlace, seal_record
from vault.formats.state import leaf


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return new_sample(tmp_path / "vault", 5)


def rewrite_as_reporter(sample: Sample, theirs: Sample) -> Entry:
    """Reseal a head with the key a reporter holds, and sign the state that comes of it."""
    with theirs.open() as session:
        held, rid = session._held, bytes.fromhex(record_id(1))
        old = held.leaves.get(rid)
        assert old is not None
        altered = msgspec.structs.replace(roles(2)[1], name="owner of everything")
        place = RecordPlace(held.position.membership.vault_id, rid, old.version, old.epoch)
        cipher = held.keys.heads[old.epoch]
        head = seal_record(cipher, Part.HEAD, place, encode_head(altered), system_random)
        fresh = leaf(rid, old.version, old.epoch, sha256(head), old.body_hash)
        following, _ = held.leaves.put([fresh])
        last = held.position.head
        entry = msgspec.structs.replace(
            last,
            seq=last.seq + 1,
            kind=EntryKind.EXPORT,
            author=theirs.keys.public().member_id,
            prev=last.hash(),
            prev_control=held.position.last_control,
            root=following.root,
            public=b"",
            sealed=b"",
        ).signed_by(SigningKey(theirs.keys.signing_seed))
    sample.sql(
        "UPDATE records SET head = ?, head_hash = ? WHERE rid = ?",
        values=(head, sha256(head), rid),
    )
    sample.sql("UPDATE buckets SET hash = ? WHERE i = ?", values=(following.hashes[rid[0]], rid[0]))
    put_entry(sample, entry)
    return entry


@pytest.mark.parametrize("device", ["device", "new device"])
def test_a_reporter_who_reseals_a_head_and_signs_the_state_is_found_out(
    sample: Sample, device: str
) -> None:
    theirs = add(sample, MemberKind.REPORTER)
    sample.open().close()
    rewrite_as_reporter(sample, theirs)
    with pytest.raises(JournalError, match="reporter"):
        sample.open(sample.path.parent / device)
