"""The tables of a vault as SQLAlchemy knows them: docs/file-format.md section 1.

Everything in them is ciphertext, random ids, counters and hashes (docs/adr/0001).
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table

metadata = MetaData()

vault = Table(
    "vault",
    metadata,
    Column("vault_id", LargeBinary, primary_key=True),
    Column("format", Integer, nullable=False),
)

keyslots = Table(
    "keyslots",
    metadata,
    Column("slot_id", LargeBinary, primary_key=True),
    Column("member_id", LargeBinary, nullable=False),
    Column("slot", LargeBinary, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("rid", LargeBinary, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("head_hash", LargeBinary, nullable=False),
    Column("body_hash", LargeBinary, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("entry", LargeBinary, nullable=False),
)

buckets = Table(
    "buckets",
    metadata,
    Column("i", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
