"""What a malicious database can do to a vault's file, and the class of error each trick ends in."""

# Whoever holds the file writes the SQL he likes.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from tests.integration.storage.builder import Sample, record_id
from vault.crypto.signing import SigningKey
from vault.errors import (
    JournalError,
    MalformedError,
    MembershipError,
    RecordCountError,
    RecordTamperedError,
    SafehandsError,
    StateMismatchError,
    UnsupportedFormatError,
)
from vault.formats.entry import Entry, EntryKind, parse_entry
from vault.formats.member import MemberKeys

OUTSIDER = MemberKeys(b"\x81" * 32, b"\x82" * 32)
COLUMNS = "version, epoch, head, body, head_hash, body_hash"


def rid(number: int) -> str:
    """Return a role's id as SQL writes it."""
    return f"x'{record_id(number)}'"


def exchange(sample: Sample, columns: str, first: int = 1, second: int = 2) -> None:
    sample.sql(
        f"CREATE TEMP TABLE t AS SELECT rid, {columns} FROM records "
        f"WHERE rid IN ({rid(first)}, {rid(second)})",
        *(
            f"UPDATE records SET ({columns}) = (SELECT {columns} FROM t WHERE rid = {there}) "
            f"WHERE rid = {here}"
            for here, there in ((rid(first), rid(second)), (rid(second), rid(first)))
        ),
    )


def swap_rows(sample: Sample) -> None:
    exchange(sample, COLUMNS)


def swap_head_and_body(sample: Sample) -> None:
    sample.sql(
        f"UPDATE records SET head = body, body = head, head_hash = body_hash, "
        f"body_hash = head_hash WHERE rid = {rid(1)}"
    )


def copy_over_another(sample: Sample) -> None:
    sample.sql(
        f"UPDATE records SET ({COLUMNS}) = (SELECT {COLUMNS} FROM records WHERE rid = {rid(1)}) "
        f"WHERE rid = {rid(2)}"
    )


def raise_version(sample: Sample) -> None:
    sample.sql(f"UPDATE records SET version = version + 1 WHERE rid = {rid(1)}")


def invent_epoch(sample: Sample) -> None:
    sample.sql(f"UPDATE records SET epoch = 2 WHERE rid = {rid(1)}")


def flip_a_bit_of_a_head(sample: Sample) -> None:
    [(head,)] = sample.sql(f"SELECT head FROM records WHERE rid = {rid(1)}")
    altered = head[:20] + bytes([head[20] ^ 1]) + head[21:]
    sample.sql(f"UPDATE records SET head = ? WHERE rid = {rid(1)}", values=(altered,))


def swap_bodies(sample: Sample) -> None:
    exchange(sample, "body, body_hash")


def lie_about_a_body(sample: Sample) -> None:
    sample.sql(f"UPDATE records SET body_hash = zeroblob(32) WHERE rid = {rid(1)}")


def lie_about_a_head(sample: Sample) -> None:
    sample.sql(f"UPDATE records SET head_hash = zeroblob(32) WHERE rid = {rid(1)}")


def lie_about_a_bucket(sample: Sample) -> None:
    sample.sql("UPDATE buckets SET hash = zeroblob(32) WHERE i = 7")


def drop_a_bucket(sample: Sample) -> None:
    sample.sql("DELETE FROM buckets WHERE i = 7")


def delete_a_row(sample: Sample) -> None:
    sample.sql(f"DELETE FROM records WHERE rid = {rid(1)}")


def copy_under_a_new_id(sample: Sample) -> None:
    sample.sql(
        f"INSERT INTO records SELECT x'{'ee' * 16}', {COLUMNS} FROM records WHERE rid = {rid(1)}"
    )


def shorten_an_id(sample: Sample) -> None:
    sample.sql(f"UPDATE records SET rid = x'0102' WHERE rid = {rid(1)}")


def write_text_for_a_version(sample: Sample) -> None:
    sample.sql(f"UPDATE records SET version = 'one' WHERE rid = {rid(1)}")


def write_text_for_an_id(sample: Sample) -> None:
    sample.sql(f"UPDATE records SET rid = 'short' WHERE rid = {rid(1)}")


def last(sample: Sample) -> Entry:
    [(raw,)] = sample.sql("SELECT entry FROM journal ORDER BY seq DESC LIMIT 1")
    return parse_entry(raw)


def put_entry(sample: Sample, entry: Entry) -> None:
    sample.sql(
        "INSERT OR REPLACE INTO journal VALUES (?, ?, ?)",
        values=(entry.seq, entry.hash(), entry.encode()),
    )


def flip_a_bit_of_the_last_entry(sample: Sample) -> None:
    head = last(sample)
    altered = replace(head, time_ms=head.time_ms ^ 1)
    sample.sql("UPDATE journal SET entry = ? WHERE seq = ?", values=(altered.encode(), head.seq))


def alter_the_last_entry_and_its_hash(sample: Sample) -> None:
    put_entry(sample, replace(last(sample), time_ms=0))


def append_as_an_outsider(sample: Sample) -> None:
    head = last(sample)
    entry = replace(
        head, seq=head.seq + 1, prev=head.hash(), author=OUTSIDER.public().member_id, sealed=b""
    )
    put_entry(sample, entry.signed_by(SigningKey(OUTSIDER.signing_seed)))


def append_in_a_members_name(sample: Sample) -> None:
    head = last(sample)
    entry = replace(head, seq=head.seq + 1, prev=head.hash(), kind=EntryKind.UNLOCK, sealed=b"")
    put_entry(sample, entry.signed_by(SigningKey(OUTSIDER.signing_seed)))


def drop_a_middle_entry(sample: Sample) -> None:
    sample.sql("DELETE FROM journal WHERE seq = 3")


def renumber_over_a_dropped_entry(sample: Sample) -> None:
    drop_a_middle_entry(sample)
    sample.sql(
        "UPDATE journal SET seq = 3 WHERE seq = 4", "UPDATE journal SET seq = 4 WHERE seq = 5"
    )


def empty_the_journal(sample: Sample) -> None:
    sample.sql("DELETE FROM journal")


def cut_the_last_entry_short(sample: Sample) -> None:
    sample.sql(
        "UPDATE journal SET entry = substr(entry, 1, length(entry) - 1) "
        "WHERE seq = (SELECT max(seq) FROM journal)"
    )


def alter_the_genesis(sample: Sample) -> None:
    [(raw,)] = sample.sql("SELECT entry FROM journal WHERE seq = 1")
    altered = replace(parse_entry(raw), time_ms=0)
    sample.sql("UPDATE journal SET entry = ? WHERE seq = 1", values=(altered.encode(),))


def replace_the_genesis(sample: Sample) -> None:
    [(raw,)] = sample.sql("SELECT entry FROM journal WHERE seq = 1")
    forged = replace(parse_entry(raw), time_ms=0).signed_by(SigningKey(OUTSIDER.signing_seed))
    put_entry(sample, forged)


def claim_a_newer_format(sample: Sample) -> None:
    sample.sql("UPDATE journal SET entry = 'SMRL' || x'02' || substr(entry, 6) WHERE seq = 1")
    sample.sql("UPDATE journal SET entry = CAST(entry AS BLOB)")


def add_a_trigger(sample: Sample) -> None:
    sample.sql("CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM journal; END")


def add_a_view(sample: Sample) -> None:
    sample.sql("CREATE VIEW people AS SELECT * FROM records")


def add_a_table(sample: Sample) -> None:
    sample.sql("CREATE TABLE people (id INTEGER)")


def exchange_a_table_for_a_view(sample: Sample) -> None:
    sample.sql("ALTER TABLE records RENAME TO r", "CREATE VIEW records AS SELECT * FROM r")


TRICKS: list[tuple[Callable[[Sample], None], type[SafehandsError]]] = [
    (swap_rows, RecordTamperedError),
    (swap_head_and_body, RecordTamperedError),
    (copy_over_another, RecordTamperedError),
    (raise_version, RecordTamperedError),
    (invent_epoch, RecordTamperedError),
    (flip_a_bit_of_a_head, RecordTamperedError),
    (swap_bodies, StateMismatchError),
    (lie_about_a_body, StateMismatchError),
    (lie_about_a_head, StateMismatchError),
    (lie_about_a_bucket, StateMismatchError),
    (drop_a_bucket, MalformedError),
    (delete_a_row, RecordCountError),
    (copy_under_a_new_id, RecordCountError),
    (shorten_an_id, MalformedError),
    (write_text_for_a_version, MalformedError),
    (write_text_for_an_id, MalformedError),
    (flip_a_bit_of_the_last_entry, JournalError),
    (alter_the_last_entry_and_its_hash, JournalError),
    (append_as_an_outsider, JournalError),
    (append_in_a_members_name, JournalError),
    (drop_a_middle_entry, JournalError),
    (renumber_over_a_dropped_entry, JournalError),
    (empty_the_journal, JournalError),
    (cut_the_last_entry_short, MalformedError),
    (alter_the_genesis, MembershipError),
    (replace_the_genesis, MembershipError),
    (claim_a_newer_format, UnsupportedFormatError),
    (add_a_trigger, MalformedError),
    (add_a_view, MalformedError),
    (add_a_table, MalformedError),
    (exchange_a_table_for_a_view, MalformedError),
]
