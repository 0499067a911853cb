"""What a malicious database does, and the one error each of its tricks ends in.

The tricks are those of docs/file-format.md section 9 and docs/threat-model.md, T2 to T5.
"""

# Whoever holds the file writes the SQL he likes.
# ruff: noqa: S608

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.integration.storage.builder import (
    PASSPHRASE,
    Sample,
    credential,
    environment,
    new_sample,
    record_id,
    renamed,
    with_secrets,
)
from tests.integration.storage.tricks import (
    COLUMNS,
    TRICKS,
    append_as_an_outsider,
    append_in_a_members_name,
    delete_a_row,
    put_entry,
    rid,
)
from vault.errors import (
    IntegrityError,
    JournalError,
    KdfPolicyError,
    MalformedError,
    RollbackError,
    SafehandsError,
    SlotTamperedError,
    StateMismatchError,
    UnsupportedFormatError,
    WrongPassphraseError,
    WrongVaultError,
)
from vault.formats.entry import parse_entry
from vault.services.unlocking import SLOTS_A_MEMBER
from vault.services.vaults import open_vault

RECORDS = 500


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Return a vault of 500 roles after some further entries."""
    sample = new_sample(tmp_path_factory.mktemp("original") / "vault", RECORDS)
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
        session.write("credential.set", lambda *_: with_secrets(credential(2), v1="letmein"))
        session.write("role.edit", renamed(3, "webcare"))
    return sample


@pytest.fixture
def sample(original: Sample, tmp_path: Path) -> Sample:
    return original.copy(tmp_path / "vault")


@pytest.mark.parametrize(("trick", "error"), TRICKS, ids=lambda each: each.__name__)
def test_a_trick_of_the_database_ends_in_its_own_error_on_a_new_device(
    sample: Sample, tmp_path: Path, trick: Callable[[Sample], None], error: type[SafehandsError]
) -> None:
    trick(sample)
    with pytest.raises(SafehandsError) as refused:
        sample.open(tmp_path / "new device")
    assert type(refused.value) is error
    assert refused.value.message


BLOBS = {
    "vault": ("vault_id",),
    "keyslots": ("slot_id", "member_id", "slot"),
    "records": ("rid", "head", "head_hash", "body_hash"),
    "journal": ("hash", "entry"),
    "buckets": ("hash",),
}
"""What is read of a vault before it is believed; of a body its hash is."""


@pytest.mark.parametrize("cell", [(table, column) for table in BLOBS for column in BLOBS[table]])
def test_a_text_where_bytes_must_stand_is_refused_though_it_reads_the_same(
    sample: Sample, tmp_path: Path, cell: tuple[str, str]
) -> None:
    table, column = cell
    sample.sql(f"UPDATE {table} SET {column} = CAST({column} AS TEXT)")
    with pytest.raises(IntegrityError):
        sample.open(tmp_path / "new device")


def test_a_body_that_became_a_text_is_found_before_its_secret_is_shown(sample: Sample) -> None:
    sample.sql("UPDATE records SET body = CAST(body AS TEXT)")
    with sample.open() as session, pytest.raises(IntegrityError):
        session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())


def test_an_untouched_copy_opens(sample: Sample, tmp_path: Path) -> None:
    with sample.open(tmp_path / "new device") as session:
        assert len(session.registry) == RECORDS + 3
        assert session.registry.role(record_id(3)).name == "webcare"
        assert session.is_first_sight


def earlier(sample: Sample, tmp_path: Path) -> Path:
    """Return a copy of the file from before one more change, which the device has seen."""
    old = tmp_path / "old"
    shutil.copy2(sample.path, old)
    with sample.open() as session:
        session.write("role.edit", renamed(4, "press"))
    return old


def test_one_record_set_back_is_found_by_the_state(sample: Sample, tmp_path: Path) -> None:
    old = earlier(sample, tmp_path)
    sample.sql(
        f"ATTACH '{old}' AS old",
        f"UPDATE records SET ({COLUMNS}) = (SELECT {COLUMNS} FROM old.records "
        f"WHERE rid = {rid(4)}) WHERE rid = {rid(4)}",
    )
    with pytest.raises(StateMismatchError) as refused:
        sample.open(tmp_path / "new device")
    assert type(refused.value) is StateMismatchError


def test_a_vault_set_back_as_a_whole_is_found_by_the_device_that_saw_more(
    sample: Sample, tmp_path: Path
) -> None:
    old = earlier(sample, tmp_path)
    shutil.copy2(old, sample.path)
    with pytest.raises(RollbackError):
        sample.open()


def test_a_new_device_takes_an_old_copy_and_says_that_it_cannot_know(
    sample: Sample, tmp_path: Path
) -> None:
    old = earlier(sample, tmp_path)
    shutil.copy2(old, sample.path)
    with sample.open(tmp_path / "new device") as session:
        assert session.is_first_sight


def test_a_device_that_saw_one_branch_refuses_the_other(sample: Sample, tmp_path: Path) -> None:
    old = earlier(sample, tmp_path)
    shutil.copy2(old, sample.path)
    with sample.open(tmp_path / "other device") as session:
        session.write("role.edit", renamed(5, "sales"))
        session.write("role.edit", renamed(6, "shop"))
    with pytest.raises(RollbackError):
        sample.open()


def test_a_journal_cut_without_the_data_is_found_even_by_a_new_device(
    sample: Sample, tmp_path: Path
) -> None:
    sample.sql("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")
    with pytest.raises(StateMismatchError):
        sample.open(tmp_path / "new device")
    with pytest.raises(RollbackError):
        sample.open()


def test_an_entry_altered_between_mark_and_head_is_found_by_the_device_that_has_the_mark(
    sample: Sample, tmp_path: Path
) -> None:
    with sample.open(tmp_path / "other device") as session:
        session.write("role.edit", renamed(4, "press"))
        session.write("role.edit", renamed(4, "newsroom"))
    [(raw,)] = sample.sql("SELECT entry FROM journal WHERE seq = 6")
    put_entry(sample, replace(parse_entry(raw), time_ms=0))
    with pytest.raises(JournalError):
        sample.open()


def test_another_vault_in_a_known_place_is_refused(sample: Sample, tmp_path: Path) -> None:
    sample.open().close()
    other = new_sample(tmp_path / "other")
    shutil.copy2(other.path, sample.path)
    with pytest.raises(WrongVaultError) as refused:
        sample.open()
    assert ".place.json" in refused.value.hint


def test_a_vault_that_claims_another_id_is_refused(sample: Sample, tmp_path: Path) -> None:
    sample.sql("UPDATE vault SET vault_id = zeroblob(16)")
    with pytest.raises(WrongVaultError):
        sample.open(tmp_path / "new device")


def test_a_body_that_was_exchanged_is_found_before_its_secret_is_shown(sample: Sample) -> None:
    sample.sql(
        "UPDATE records SET body = (SELECT body FROM records WHERE rid = x'cc" + f"{2:030x}') "
        f"WHERE rid = x'cc{1:030x}'"
    )
    with sample.open() as session, pytest.raises(StateMismatchError):
        session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())


def test_a_refused_vault_does_not_raise_the_mark(sample: Sample) -> None:
    before = sorted((f.name, f.read_bytes()) for f in sample.device.glob("*.mark.json"))
    delete_a_row(sample)
    append_in_a_members_name(sample)
    with pytest.raises(IntegrityError):
        sample.open()
    assert sorted((f.name, f.read_bytes()) for f in sample.device.glob("*.mark.json")) == before


def cost(memory: int, passes: int) -> Callable[[bytes], bytes]:
    return lambda slot: (
        slot[:38] + memory.to_bytes(4, "big") + passes.to_bytes(4, "big") + slot[46:]
    )


def flip(at: int) -> Callable[[bytes], bytes]:
    return lambda slot: slot[:at] + bytes([slot[at] ^ 1]) + slot[at + 1 :]


SLOT_TRICKS: list[tuple[str, Callable[[bytes], bytes], type[SafehandsError]]] = [
    ("memory below the floor", cost(8, 3), KdfPolicyError),
    ("one pass", cost(65536, 1), KdfPolicyError),
    ("memory without end", cost(2**31, 3), KdfPolicyError),
    ("passes without end", cost(65536, 2**31), KdfPolicyError),
    ("version 2", lambda slot: slot[:4] + b"\2" + slot[5:], UnsupportedFormatError),
    ("a byte more", lambda slot: slot + b"\0", MalformedError),
    ("a byte less", lambda slot: slot[:-1], MalformedError),
    ("empty", lambda _: b"", MalformedError),
    ("another member's id", flip(6), SlotTamperedError),
    ("another commitment", flip(66), WrongPassphraseError),
    ("other keys under a commitment that fits", flip(150), SlotTamperedError),
]


@pytest.mark.parametrize(
    ("alter", "error"),
    [pytest.param(alter, error, id=name) for name, alter, error in SLOT_TRICKS],
)
def test_a_keyslot_that_was_altered_ends_in_its_own_error(
    sample: Sample, alter: Callable[[bytes], bytes], error: type[SafehandsError]
) -> None:
    [(slot,)] = sample.sql("SELECT slot FROM keyslots")
    sample.sql("UPDATE keyslots SET slot = ?", values=(alter(slot),))
    with pytest.raises(SafehandsError) as refused:
        open_vault(str(sample.path), lambda: PASSPHRASE, environment(sample.device))
    assert type(refused.value) is error


def never_asked() -> str:
    pytest.fail("the passphrase was asked for")


def add_slots(sample: Sample, count: int) -> None:
    """Add that many keyslots of the same member, whose cost is below the floor."""
    [(member_id, slot)] = sample.sql("SELECT member_id, slot FROM keyslots")
    for number in range(count):
        slot_id = number.to_bytes(16, "big")
        weak = cost(8, 1)(slot[:22] + slot_id + slot[38:])
        sample.sql("INSERT INTO keyslots VALUES (?, ?, ?)", values=(slot_id, member_id, weak))


def test_more_keyslots_than_members_have_are_refused_before_the_passphrase_is_asked(
    sample: Sample,
) -> None:
    add_slots(sample, SLOTS_A_MEMBER)
    with pytest.raises(SlotTamperedError, match="9 keyslots") as refused:
        open_vault(str(sample.path), never_asked, environment(sample.device))
    assert "backup" in refused.value.hint


def test_as_many_keyslots_as_a_member_may_have_open_the_vault(sample: Sample) -> None:
    add_slots(sample, SLOTS_A_MEMBER - 1)
    open_vault(str(sample.path), lambda: PASSPHRASE, environment(sample.device)).close()


def test_a_broken_journal_is_named_before_the_passphrase_is_asked(sample: Sample) -> None:
    append_as_an_outsider(sample)
    with pytest.raises(JournalError):
        open_vault(str(sample.path), never_asked, environment(sample.device))


@pytest.mark.parametrize(("passphrase", "opens"), [(PASSPHRASE, True), ("wrong", False)])
def test_the_right_passphrase_alone_opens_the_vault(
    sample: Sample, passphrase: str, opens: bool
) -> None:
    try:
        open_vault(str(sample.path), lambda: passphrase, environment(sample.device)).close()
    except WrongPassphraseError:
        assert not opens
    else:
        assert opens
