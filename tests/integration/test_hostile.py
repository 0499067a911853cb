"""Colleagues and files that mean harm, and moments at which things go wrong."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Timer

import msgspec
import pytest

from tests.conftest import REPOSITORY
from tests.integration.storage.builder import (
    NOON,
    Sample,
    credential,
    new_sample,
    record_id,
    renamed,
    roles,
    with_secrets,
)
from tests.integration.storage.test_members import add
from tests.integration.storage.tricks import put_entry
from tests.unit.formats.builder import seal_record
from vault.cli.invocation import Invocation
from vault.crypto.digest import sha256
from vault.crypto.signing import SigningKey
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.records import encode_head
from vault.domain.secret import Secret
from vault.domain.spell import Spell
from vault.errors import (
    JournalError,
    MalformedError,
    RefusedError,
    StateMismatchError,
    StorageError,
    UsageError,
)
from vault.formats.entry import Entry, EntryKind
from vault.formats.member import MemberKind
from vault.formats.record import Part, RecordPlace
from vault.formats.state import leaf
from vault.services.credentials import drop_pending, end_credential, set_credential
from vault.services.files import write_new_file
from vault.storage.reading import Snapshot


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return new_sample(tmp_path_factory.mktemp("original") / "vault", 5)


@pytest.fixture
def sample(original: Sample, tmp_path: Path) -> Sample:
    return original.copy(tmp_path / "vault")


def rewrite_as_reporter(sample: Sample, theirs: Sample) -> Entry:
    """Reseal a head with the key a reporter holds, and sign the state that comes of it."""
    with theirs.open() as session:
        held, rid = session._held, bytes.fromhex(record_id(1))
        old = held.leaves.get(rid)
        assert old is not None
        altered = msgspec.structs.replace(roles(2)[1], name="owner of everything")
        place = RecordPlace(held.position.membership.vault_id, rid, old.version, old.epoch)
        cipher = held.keys.heads[old.epoch]
        head = seal_record(cipher, Part.HEAD, place, encode_head(altered), os.urandom)
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


def test_a_reporters_entry_that_changes_nothing_is_taken(sample: Sample) -> None:
    theirs = add(sample, MemberKind.REPORTER)
    with theirs.open() as session:
        last = session._held.position.head
        own = msgspec.structs.replace(
            last,
            seq=last.seq + 1,
            kind=EntryKind.UNLOCK,
            author=theirs.keys.public().member_id,
            prev=last.hash(),
            prev_control=session._held.position.last_control,
            public=b"",
            sealed=b"",
        ).signed_by(SigningKey(theirs.keys.signing_seed))
    put_entry(sample, own)
    with sample.open(sample.path.parent / "new device") as session:
        assert session.seq == session.audit() == own.seq


def test_a_trigger_that_hides_behind_the_name_of_a_table_is_found(sample: Sample) -> None:
    rows = sample.sql(
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master",
    )
    trigger = (
        "trigger",
        "buckets",
        "journal",
        0,
        "CREATE TRIGGER buckets BEFORE INSERT ON journal BEGIN SELECT RAISE(IGNORE); END",
    )
    first = [row for row in rows if row[2] != "buckets"]
    last = [row for row in rows if row[2] == "buckets"]
    rewrite_schema(sample, [*first, trigger, *last])
    with pytest.raises(MalformedError, match="triggers"):
        sample.open()


def test_a_table_whose_columns_are_joined_by_another_space_is_not_ours(sample: Sample) -> None:
    rows = sample.sql(
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master",
    )
    altered = [
        (*row[:4], row[4].replace("BLOB NOT NULL", "BLOB\u2003NOT\u2003NULL"))
        if row[1] == "records"
        else row
        for row in rows
    ]
    rewrite_schema(sample, altered)
    with pytest.raises(MalformedError, match="not ours"):
        sample.open()


def rewrite_schema(sample: Sample, rows: list[tuple[object, ...]]) -> None:
    database = sqlite3.connect(sample.path, isolation_level=None)
    [(version,)] = database.execute("PRAGMA schema_version")
    database.execute("PRAGMA writable_schema=ON")
    database.execute("DELETE FROM sqlite_master")
    database.executemany(
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES (?, ?, ?, ?, ?)",
        rows,
    )
    database.execute(f"PRAGMA schema_version={version + 1}")
    database.close()


def test_an_index_that_leads_to_other_rows_gives_no_secret_and_no_defect(sample: Sample) -> None:
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
    sample.sql(
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "CREATE TABLE twin (rid BLOB NOT NULL, PRIMARY KEY (rid))",
        "INSERT INTO twin SELECT rid FROM records ORDER BY rowid DESC",
    )
    rows = sample.sql("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master")
    [other] = [row[3] for row in rows if row[1] == "sqlite_autoindex_twin_1"]
    altered = [
        (*row[:3], other, row[4]) if row[1] == "sqlite_autoindex_records_1" else row
        for row in rows
        if row[2] != "twin"
    ]
    rewrite_schema(sample, altered)
    with sample.open() as session, pytest.raises(StateMismatchError):
        session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())


def test_the_journal_names_the_secret_that_was_shown(sample: Sample) -> None:
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
        session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())
        last = list(session.journal())[-1]
    assert (last.kind, last.note) == (EntryKind.REVEAL, "role 0, password version 1")


def test_a_row_that_nobody_asked_for_is_not_taken(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Snapshot(sample.path) as snapshot:
        rows = snapshot._rows("SELECT rid, version, epoch, body FROM records")
        monkeypatch.setattr(snapshot, "_rows", lambda *_: rows[:1])
        with pytest.raises(MalformedError, match="other records"):
            list(snapshot.bodies_of([bytes(16)]))


def test_a_schema_whose_fault_is_no_text_is_damage_and_no_defect(sample: Sample) -> None:
    rows = sample.sql(
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master",
    )
    rewrite_schema(sample, [(*row[:1], b"\xff", row[2], 0, row[4]) for row in rows])
    with pytest.raises(MalformedError, match="damaged"):
        sample.open()


def test_a_file_exchanged_while_in_use_is_not_written_to(sample: Sample) -> None:
    with sample.open() as session:
        session.write("role.edit", renamed(1, "webcare"))
        copy = sample.path.with_name("copy")
        shutil.copy2(sample.path, copy)
        before = session.seq
        copy.replace(sample.path)
        with pytest.raises(StorageError, match="exchanged"):
            session.write("role.edit", renamed(1, "press"))
        assert session.seq == before


def test_a_journal_emptied_under_a_running_session_is_named(sample: Sample) -> None:
    with sample.open() as session:
        sample.sql("DELETE FROM journal")
        with pytest.raises(JournalError, match="empty"):
            session.write("role.edit", renamed(1, "press"))


@pytest.mark.parametrize("seq", [2**63, 2**80, 0, -1])
def test_a_mark_beyond_all_journals_is_damaged_and_no_defect(sample: Sample, seq: int) -> None:
    (mark,) = sample.device.glob("*.mark.json")
    mark.write_text(f'{{"seq":{seq},"hash":"{"0" * 64}"}}', encoding="utf-8")
    with pytest.raises(StorageError, match="damaged"):
        sample.open()


def test_an_entry_that_claims_an_impossible_time_is_listed_all_the_same(sample: Sample) -> None:
    with sample.open() as session:
        last = session._held.position.head
    late = msgspec.structs.replace(
        last,
        seq=last.seq + 1,
        kind=EntryKind.UNLOCK,
        time_ms=2**64 - 1,
        prev=last.hash(),
        sealed=b"",
    ).signed_by(SigningKey(sample.keys.signing_seed))
    put_entry(sample, late)
    with sample.open() as session:
        assert [line.at.year for line in session.journal()][-1] == 9999


@pytest.mark.parametrize("current", [True, False])
def test_a_clock_set_back_makes_no_second_current_or_pending_version(
    sample: Sample, current: bool
) -> None:
    account = Account(id="aa" * 16, platform="x", handles=(Spell("@acme", NOON),))
    with sample.open() as session:
        session.write("account.add", lambda *_: changes(account))
        ahead = replace(session.env, now=lambda: NOON + timedelta(days=365))
        session.env, today = ahead, session.env
        set_credential(session, account, Secret("first"), as_current=current)
        session.env = today
        told = "the clock says" if current else "has not finished"
        with pytest.raises(RefusedError, match=told):
            set_credential(session, account, Secret("second"), as_current=current)
        (stored,) = session.registry.credentials_of[account.id]
        assert len(stored.versions) == 1
        if current:
            end_credential(session, stored, does_not_work=True)
        else:
            drop_pending(session, stored)
        again = set_credential(session, account, Secret("second"), as_current=True)
        for days in (0, 400):
            later = today.now() + timedelta(days=days)
            found = session.registry.credentials_of[account.id]
            in_use = [c.at_stage("current", later) for c in found]
            assert list(filter(None, in_use)) == [again.versions[-1]]
            assert not any(c.at_stage("pending", later) for c in found)


def test_a_report_that_is_interrupted_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_new_file(tmp_path / "plan.md", b"half")
    assert not list(tmp_path.iterdir())


def test_a_passphrase_that_comes_in_pieces_is_read_whole() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"correct ")

    def later() -> None:
        os.write(writing, b"horse\nrest")
        os.close(writing)

    timer = Timer(0.05, later)
    timer.start()
    assert Invocation(passphrase_fd=reading).passphrase() == "correct horse"
    timer.join()
    os.close(reading)


def test_a_descriptor_that_cannot_be_is_the_callers_mistake() -> None:
    with pytest.raises(UsageError, match="file descriptor"):
        Invocation(passphrase_fd=10**30).passphrase()


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is of Linux")
def test_a_process_that_knows_the_passphrase_leaves_no_core_and_shows_no_memory(
    tmp_path: Path,
) -> None:
    (tmp_path / "passphrase").write_text("correct horse\n", encoding="utf-8")
    program = (
        "import ctypes, resource, sys\n"
        "from vault.cli.invocation import Invocation\n"
        "assert Invocation(passphrase_file=sys.argv[1]).passphrase() == 'correct horse'\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "passphrase"],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    assert answer.stdout.strip() == "(0, 0) 0"  # prctl(PR_GET_DUMPABLE)
