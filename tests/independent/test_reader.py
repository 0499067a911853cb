"""The independent reader against vaults that the product's formats wrote, whole and tampered."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.independent.primitives import RefusedError
from tests.independent.reader import read_vault
from tests.unit.formats.builder import (
    COLLEAGUE,
    FOUNDER,
    OUTSIDER,
    THIRD,
    Journal,
    counted_random,
    seal_record,
)
from vault.crypto.aead import Cipher
from vault.crypto.digest import sha256
from vault.crypto.kdf import FLOOR
from vault.formats.entry import EntryKind
from vault.formats.keyslot import by_passphrase, seal_slot
from vault.formats.member import MemberKeys, MemberKind
from vault.formats.record import Part, RecordPlace
from vault.formats.state import bucket_hashes, leaf, state_root

PASSPHRASES = {"blue fish": FOUNDER, "grün Gras": COLLEAGUE, "red fox": THIRD}
READER = Path(__file__).with_name("reader.py")
SCHEMA = """
CREATE TABLE vault (vault_id BLOB, format INTEGER);
CREATE TABLE keyslots (slot_id BLOB PRIMARY KEY, member_id BLOB, slot BLOB);
CREATE TABLE records (rid BLOB PRIMARY KEY, version INTEGER, epoch INTEGER, head BLOB, body BLOB,
                      head_hash BLOB, body_hash BLOB);
CREATE TABLE journal (seq INTEGER PRIMARY KEY, hash BLOB UNIQUE, entry BLOB);
CREATE TABLE buckets (i INTEGER PRIMARY KEY, hash BLOB);
"""
Row = tuple[bytes, int, int, bytes, bytes, bytes, bytes]


def record_row(journal: Journal, number: int, epoch: int) -> Row:
    place = RecordPlace(journal.vault_id, bytes([16 * number]) * 16, number, epoch)
    keys, random = journal.keys[epoch], counted_random(number)
    plain = json.dumps({"number": number, "name": "Zoë"}, ensure_ascii=False).encode()
    head = seal_record(Cipher(keys.head), Part.HEAD, place, plain, random)
    body = seal_record(Cipher(keys.body), Part.BODY, place, b'{"secret":"canary"}', random)
    return place.rid, number, epoch, head, body, sha256(head), sha256(body)


def slot_row(passphrase: str, keys: MemberKeys, start: int) -> tuple[bytes, bytes, bytes]:
    slot = seal_slot(keys, by_passphrase(passphrase), counted_random(start), FLOOR)
    return slot.slot_id, slot.member_id, slot.encode()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault of two epochs, two admins, a reporter, one removed admin, and four records."""
    journal = Journal()
    journal.found()
    journal.control(journal.joining(COLLEAGUE))
    journal.control(journal.joining(THIRD, MemberKind.REPORTER))
    journal.control(journal.joining(OUTSIDER))
    older = [record_row(journal, number, 1) for number in (1, 2)]
    removal = journal.leaving(OUTSIDER)
    rows = [*older, record_row(journal, 3, 2), record_row(journal, 4, 2)]
    journal.control(removal)
    leaves = [leaf(r[0], r[1], r[2], r[5], r[6]) for r in rows]
    journal.root, journal.n_records = state_root(bucket_hashes(leaves)), len(rows)
    journal.write(EntryKind.RECORD_CHANGE, COLLEAGUE)
    path = tmp_path_factory.mktemp("independent") / "vault.db"
    with sqlite3.connect(path) as db:
        db.executescript(SCHEMA)
        db.execute("INSERT INTO vault VALUES (?, 1)", (journal.vault_id,))
        slots = [slot_row(p, k, n) for n, (p, k) in enumerate(PASSPHRASES.items())]
        db.executemany("INSERT INTO keyslots VALUES (?, ?, ?)", slots)
        db.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        entries = [(e.seq, e.hash(), e.encode()) for e in journal.entries]
        db.executemany("INSERT INTO journal VALUES (?, ?, ?)", entries)
        db.executemany("INSERT INTO buckets VALUES (?, ?)", enumerate(bucket_hashes(leaves)))
    db.close()
    return path


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    made = tmp_path / "vault.db"
    made.write_bytes(whole.read_bytes())
    return made


def tamper(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


@pytest.mark.parametrize("passphrase", ["blue fish", "gru\u0308n Gras"])
def test_an_admin_reads_every_record_of_every_epoch(whole: Path, passphrase: str) -> None:
    found = list(read_vault(whole, passphrase))
    assert found == [{"number": n, "name": "Zoë"} for n in (1, 2, 3, 4)]


def test_a_reporter_reads_the_heads_of_the_epochs_he_was_granted(whole: Path) -> None:
    assert [record["number"] for record in read_vault(whole, "red fox")] == [1, 2, 3, 4]


def test_the_script_prints_one_json_line_a_record(whole: Path, tmp_path: Path) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("blue fish\n", encoding="utf-8")
    command = [sys.executable, str(READER), str(whole), "--passphrase-file", str(secret)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path)
    assert [json.loads(line)["number"] for line in done.stdout.splitlines()] == [1, 2, 3, 4]


def test_the_script_says_why_it_refuses(copy: Path, tmp_path: Path) -> None:
    tamper(copy, "DELETE FROM records WHERE version = 1")
    secret = tmp_path / "passphrase"
    secret.write_text("blue fish", encoding="utf-8")
    command = [sys.executable, str(READER), str(copy), "--passphrase-file", str(secret)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "another number of records" in done.stderr


def test_the_reader_uses_nothing_of_the_product(whole: Path) -> None:
    probe = (
        f"import runpy, sys; runpy.run_path({str(READER)!r});"
        "print(sorted(m for m in sys.modules if m.partition('.')[0] in ('vault', 'cryptography')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], check=True, capture_output=True, text=True, cwd=whole.parent
    )
    assert done.stdout.strip() == "[]"


TAMPERINGS = {
    "wrong passphrase": ((), "wrong passphrase"),
    "record removed": (("DELETE FROM records WHERE version = 1",), "another number of records"),
    "bodies exchanged": (
        ("UPDATE records SET body = (SELECT body FROM records WHERE version = 1)",),
        "another state",
    ),
    "epoch altered": (("UPDATE records SET epoch = 1 WHERE version = 3",), "another state"),
    "last entry cut": (("DELETE FROM journal WHERE seq = 6",), "another number of records"),
    "middle entry cut": (("DELETE FROM journal WHERE seq = 2",), "journal out of order"),
    "removal cut": (
        ("DELETE FROM journal WHERE seq = 5", "UPDATE journal SET seq = 5 WHERE seq = 6"),
        "journal out of order",
    ),
    "other format": (("UPDATE vault SET format = 2",), "unknown format"),
    "other vault": (("UPDATE vault SET vault_id = zeroblob(16)",), "entry of another vault"),
    "stored hash altered": (
        ("UPDATE journal SET hash = zeroblob(32) WHERE seq = 3",),
        "stored hash",
    ),
    "no journal": (("DELETE FROM journal",), "empty journal"),
    "no slot": (("DELETE FROM keyslots",), "wrong passphrase"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_vault_is_refused_for_its_own_reason(copy: Path, name: str) -> None:
    statements, because = TAMPERINGS[name]
    tamper(copy, *statements)
    passphrase = "nobody's" if name == "wrong passphrase" else "blue fish"
    with pytest.raises(RefusedError, match=because):
        list(read_vault(copy, passphrase))


FLIPS: dict[str, Callable[[bytes], bytes]] = {
    "first byte": lambda raw: bytes([raw[0] ^ 1]) + raw[1:],
    "last byte": lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
    "byte more": lambda raw: raw + b"\0",
    "byte less": lambda raw: raw[:-1],
}


@pytest.mark.parametrize("flip", FLIPS.values(), ids=FLIPS)
@pytest.mark.parametrize("seq", range(1, 7))
def test_no_changed_entry_is_believed(copy: Path, seq: int, flip: Callable[[bytes], bytes]) -> None:
    with sqlite3.connect(copy) as db:
        [(raw,)] = db.execute("SELECT entry FROM journal WHERE seq = ?", (seq,))
        db.execute("UPDATE journal SET entry = ? WHERE seq = ?", (flip(raw), seq))
    db.close()
    with pytest.raises(RefusedError):
        list(read_vault(copy, "blue fish"))
