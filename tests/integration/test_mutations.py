"""Blind changes to a vault's file, some hundreds of them: refused by name, or without effect."""

# Whoever holds the file writes the SQL he likes.
# ruff: noqa: S608

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.integration.storage.builder import (
    Sample,
    credential,
    new_sample,
    renamed,
    with_secrets,
)
from vault.errors import SafehandsError
from vault.services.session import Session
from vault.storage.connection import PAGE_BYTES
from vault.storage.reading import Snapshot

MUTATIONS = 60
"""For each way of changing the file; each takes some ten milliseconds to open."""

COLUMNS = {
    "vault": ("vault_id", "format"),
    "keyslots": ("slot_id", "member_id", "slot"),
    "records": ("rid", "version", "epoch", "head", "body", "head_hash", "body_hash"),
    "journal": ("seq", "hash", "entry"),
    "buckets": ("i", "hash"),
    "alembic_version": ("version_num",),
}


@dataclass(frozen=True)
class Target:
    """A vault, what it holds, and what an attacker has beside it."""

    sample: Sample
    whole: bytes
    earlier: Path
    foreign: Path
    content: tuple[Any, ...]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    folder = tmp_path_factory.mktemp("mutations")
    sample = new_sample(folder / "vault", 40)
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
    earlier, foreign = folder / "earlier", new_sample(folder / "other", 3).path
    shutil.copy2(sample.path, earlier)
    with sample.open() as session:
        two = credential(1, versions=2)
        session.write("credential.set", lambda *_: with_secrets(two, v2="letmein"))
        session.write("role.edit", renamed(3, "webcare"))
    with sample.open() as session:
        content = everything(session)
    return Target(sample, sample.path.read_bytes(), earlier, foreign, content)


def everything(session: Session) -> tuple[Any, ...]:
    """Return all that a session can show of records and secrets."""
    records = {record.id: record for record in session.registry.records()}
    with Snapshot(session.path) as snapshot:
        bodies = session._held.bodies(snapshot, sorted(records))
    return session.seq, session.head_hash, records, bodies


def altered_bytes(target: Target, random: Random) -> bytes:
    raw, page = bytearray(target.whole), PAGE_BYTES
    here, there = (random.randrange(len(raw) // page) * page for _ in range(2))
    match random.randrange(5):
        case 0:
            for _ in range(random.choice((1, 8, 64))):
                raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
        case 1:
            raw[random.randrange(100)] = random.randrange(256)
        case 2:
            del raw[random.randrange(len(raw)) :]
        case 3:
            first, second = raw[here : here + page], raw[there : there + page]
            raw[here : here + page], raw[there : there + page] = second, first
        case _:
            old = target.earlier.read_bytes()[here : here + page]
            raw[here : here + page] = old.ljust(page, b"\0")
    return bytes(raw)


def twisted(value: Any, random: Random) -> Any:
    if isinstance(value, int):
        return random.choice((value + 1, value - 1, 0, -1, 2**63 - 1, "one", b"\1", 1.5))
    raw = bytearray(value if isinstance(value, bytes) else str(value).encode())
    match random.randrange(5):
        case 0:
            raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
        case 1:
            del raw[random.randrange(len(raw)) :]
        case 2:
            raw += random.randbytes(9)
        case 3:
            return random.choice((0, "text", 1.5, b"", bytes(len(raw)), raw.decode("latin-1")))
        case _:
            raw = bytearray(random.randbytes(len(raw)))
    return bytes(raw)


def row_of(database: sqlite3.Connection, table: str, random: Random) -> int:
    rows: list[tuple[int]] = database.execute(f"SELECT rowid FROM {table}").fetchall()
    return random.choice(rows)[0]


def alter_a_value(database: sqlite3.Connection, random: Random, _: Target) -> None:
    table = random.choice(list(COLUMNS))
    column, row = random.choice(COLUMNS[table]), row_of(database, table, random)
    [(value,)] = database.execute(f"SELECT {column} FROM {table} WHERE rowid = {row}")
    new = twisted(value, random)
    database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = {row}", (new,))


def swap_values(database: sqlite3.Connection, random: Random, _: Target) -> None:
    table = random.choice(("records", "buckets"))
    some = random.sample(COLUMNS[table][1:], random.randrange(1, len(COLUMNS[table])))
    names = ", ".join(some)
    one, other = (row_of(database, table, random) for _ in range(2))
    database.execute(f"CREATE TEMP TABLE t AS SELECT rowid AS r, {names} FROM {table}")
    for here, there in ((one, other), (other, one)):
        source = f"SELECT {names} FROM t WHERE r = {there}"
        database.execute(f"UPDATE {table} SET ({names}) = ({source}) WHERE rowid = {here}")


def drop_a_row(database: sqlite3.Connection, random: Random, _: Target) -> None:
    table = random.choice(list(COLUMNS))
    database.execute(f"DELETE FROM {table} WHERE rowid = {row_of(database, table, random)}")


def double_a_row(database: sqlite3.Connection, random: Random, _: Target) -> None:
    table = random.choice(("records", "journal", "buckets", "vault", "keyslots"))
    found = database.execute(
        f"SELECT * FROM {table} WHERE rowid = {row_of(database, table, random)}"
    ).fetchone()
    key = found[0] + 1000 if isinstance(found[0], int) else random.randbytes(16)
    values = [key, *found[1:]]
    if table == "journal":
        values[1] = random.randbytes(32)
    database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)


def replay(database: sqlite3.Connection, random: Random, target: Target) -> None:
    source = random.choice((target.earlier, target.foreign))
    database.execute(f"ATTACH '{source}' AS other")
    tables = random.sample(list(COLUMNS), random.randrange(1, len(COLUMNS)))
    for table in tables:
        if random.random() < 0.5:
            database.execute(f"DELETE FROM {table}")
        database.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM other.{table}")


WAYS: list[Callable[[sqlite3.Connection, Random, Target], None] | None] = [
    None,
    alter_a_value,
    swap_values,
    drop_a_row,
    double_a_row,
    replay,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__ if way else "alter_bytes")
def test_a_file_altered_blindly_shows_what_it_did_or_is_refused_by_name(
    target: Target,
    tmp_path: Path,
    way: Callable[[sqlite3.Connection, Random, Target], None] | None,
) -> None:
    random, refused = Random(7), 0  # noqa: S311  # it guards nothing
    victim = target.sample.copy(tmp_path / "vault")
    marks = {file: file.read_bytes() for file in victim.device.iterdir()}
    for _ in range(MUTATIONS):
        for beside in victim.path.parent.glob(f"{victim.path.name}-*"):
            beside.unlink()
        for file, content in marks.items():
            file.write_bytes(content)
        if way is None:
            victim.path.write_bytes(altered_bytes(target, random))
        else:
            victim.path.write_bytes(target.whole)
            with sqlite3.connect(victim.path) as database:
                database.execute("PRAGMA synchronous = OFF")
                with suppress(sqlite3.IntegrityError):  # what SQLite itself does not take
                    way(database, random, target)
            database.close()
        try:
            with victim.open() as session:
                assert everything(session) == target.content
        except SafehandsError:
            refused += 1
    assert refused > MUTATIONS / 3
