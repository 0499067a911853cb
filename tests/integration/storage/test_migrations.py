from __future__ import annotations

import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.conftest import REPOSITORY
from tests.integration.storage.builder import Sample, record_id, renamed
from vault.errors import MalformedError, StorageError
from vault.storage import reading, schema
from vault.storage.engine import writing_engine
from vault.storage.reading import REVISIONS, SCHEMA, Snapshot
from vault.storage.tables import metadata

NEXT = """
from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None


def upgrade() -> None:
    op.add_column("vault", sa.Column("colour", sa.Integer()))
    {more}
"""


@pytest.fixture
def newer_scripts(tmp_path: Path) -> Path:
    """Return the migrations with one more, as a later version of the program has them."""
    scripts = tmp_path / "migrations"
    shutil.copytree(REPOSITORY / "migrations", scripts)
    (scripts / "versions" / "0002_colour.py").write_text(NEXT.format(more=""), encoding="utf-8")
    return scripts


def test_the_migrations_make_the_tables_that_reading_expects(sample: Sample) -> None:
    rows = sample.sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    assert {name: " ".join(text.split()) for name, text in rows} == SCHEMA


def test_the_migrations_make_the_tables_that_writing_uses(sample: Sample) -> None:
    engine = writing_engine(sample.path)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_last_known_revision_is_the_last_migration() -> None:
    scripts = ScriptDirectory(str(schema.scripts_folder()))
    known = [script.revision for script in scripts.walk_revisions()][::-1]
    assert tuple(known) == REVISIONS


def test_an_older_vault_is_copied_and_moved_forward(sample: Sample, newer_scripts: Path) -> None:
    copy = schema.upgrade(sample.path, newer_scripts, "0002")
    assert copy is not None
    assert copy.parent == sample.path.parent
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sample.sql("SELECT version_num FROM alembic_version") == [("0002",)]
    with Sample(copy, sample.keys, sample.device).open() as session:
        assert session.registry.role(record_id(1)).name == "role 1"
        session.write("role.edit", renamed(1, "webcare"))


def test_a_vault_of_the_wanted_revision_is_left_alone(sample: Sample) -> None:
    before = sorted(f.name for f in sample.path.parent.iterdir())
    assert schema.upgrade(sample.path) is None
    assert set(before) >= {f.name for f in sample.path.parent.iterdir()} - {
        f"{sample.path.name}-{each}" for each in ("wal", "shm")
    }


def test_a_migration_that_fails_leaves_the_vault_and_a_copy(
    sample: Sample, newer_scripts: Path
) -> None:
    (newer_scripts / "versions" / "0002_colour.py").write_text(
        NEXT.format(more='op.execute("INSERT INTO nowhere VALUES (1)")'), encoding="utf-8"
    )
    with pytest.raises(StorageError):
        schema.upgrade(sample.path, newer_scripts, "0002")
    with sample.open() as session:
        assert session.registry.role(record_id(1)).name == "role 1"
    with pytest.raises(StorageError):
        schema.upgrade(sample.path, newer_scripts, "0002")
    copies = sorted(f.name for f in sample.path.parent.glob("*.before-0002*"))
    assert copies == [f"{sample.path.name}.before-0002", f"{sample.path.name}.before-0002-2"]


def damage(sample: Sample) -> None:
    """Overwrite pages of the table of records, as a failing disk does."""
    [(page_bytes,)] = sample.sql("PRAGMA page_size")
    [(root,)] = sample.sql("SELECT rootpage FROM sqlite_master WHERE name = 'records'")
    sample.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    with sample.path.open("r+b") as file:
        file.seek((root - 1) * page_bytes)
        file.write(b"\xa5" * page_bytes)


def test_a_damaged_vault_is_neither_migrated_nor_copied(
    sample: Sample, newer_scripts: Path
) -> None:
    damage(sample)
    damaged = sample.path.read_bytes()
    with pytest.raises(MalformedError, match=re.escape(f"{sample.path} is damaged")) as refused:
        schema.upgrade(sample.path, newer_scripts, "0002")
    assert "backup" in refused.value.hint
    assert not list(sample.path.parent.glob("*.before-0002*"))
    assert sample.path.read_bytes() == damaged


def test_opening_an_older_vault_moves_it_forward_first(
    sample: Sample, newer_scripts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "REVISIONS", ("0001", "0002"))
    newer = SCHEMA | {
        "vault": "CREATE TABLE vault ( vault_id BLOB NOT NULL, format INTEGER NOT NULL, "
        "colour INTEGER, PRIMARY KEY (vault_id) )"
    }
    monkeypatch.setattr(reading, "SCHEMA", newer)
    move = schema.upgrade
    monkeypatch.setattr(schema, "upgrade", lambda path: move(path, newer_scripts, "0002"))
    with Snapshot(sample.path) as snapshot:
        assert snapshot.is_outdated
    # SQLite writes an added column behind the key, so the text is what it makes of it.
    [(text,)] = sample.sql("SELECT sql FROM sqlite_master WHERE name = 'vault'")
    assert "colour" not in text
    with sqlite3.connect(":memory:") as scratch:
        scratch.execute(text)
        scratch.execute("ALTER TABLE vault ADD COLUMN colour INTEGER")
        [(altered,)] = scratch.execute("SELECT sql FROM sqlite_master WHERE name = 'vault'")
    scratch.close()
    newer["vault"] = " ".join(altered.split())
    with sample.open() as session:
        assert session.registry.role(record_id(1)).name == "role 1"


def test_alembic_works_from_the_checkout(sample: Sample) -> None:
    def alembic(*arguments: str) -> str:
        run = subprocess.run(
            [sys.executable, "-m", "alembic", "-x", f"vault={sample.path}", *arguments],
            capture_output=True,
            text=True,
            check=True,
            cwd=REPOSITORY,
        )
        return run.stdout

    assert alembic("current").split() == [REVISIONS[-1], "(head)"]
    assert "No new upgrade operations" in alembic("check")


def test_the_copy_before_a_migration_holds_what_only_the_log_held(sample: Sample) -> None:
    with sample.open() as session:
        session.write("role.edit", renamed(1, "webcare"))
        copy = schema.back_up(sample.path, "copy")
    with Sample(copy, sample.keys, sample.device).open() as session:
        assert session.registry.role(record_id(1)).name == "webcare"
