"""Rows become accounts: each its own, with the role that its row means at that place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime

from vault.domain.account import Account
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.exchange.csv_table import read_table
from vault.exchange.entries import Sheet
from vault.exchange.mapping import read_mapping
from vault.services.catalogue import load_catalogue
from vault.services.import_accounts import AccountImport
from vault.services.import_run import ImportRun
from vault.services.matching import Directory

NOW = datetime(2024, 6, 1, tzinfo=UTC)
CATALOGUE = load_catalogue()
MAPPING = read_mapping(
    """
[source]
name = "list"
kind = "accounts"
[columns]
platform = "where"
handle = "handle"
role = "team"
role_id = "nr"
""",
    "map.toml",
)


def brought(rows: Iterable[str], *known: Record) -> list[Record]:
    raw = "\n".join(("where,handle,team,nr", *rows)).encode()
    run = ImportRun(Registry(known, CATALOGUE), MAPPING, NOW, os.urandom)
    sheet = Sheet(read_table(raw, "list.csv"), MAPPING)
    AccountImport(run, Directory(run)).bring(list(sheet.account_entries(CATALOGUE)))
    return [change.record for change in run.changes]


def test_a_name_means_the_role_that_took_it_over_from_the_row_on_that_brings_it() -> None:
    ended = Role(id="1" * 32, name="Press", external_id="q1", until=NOW)
    records = brought(["x,a,Press,", "x,b,Press,q2", "x,c,Press,"], ended)
    (new,) = (record for record in records if isinstance(record, Role))
    owners = {r.handle: r.owner_roles[0].of for r in records if isinstance(r, Account)}
    assert owners == {"a": ended.id, "b": new.id, "c": new.id}


def test_every_record_of_a_long_list_has_an_id_of_its_own() -> None:
    records = brought(f"x,name{n},Press," for n in range(600))
    assert len({record.id for record in records}) == len(records) == 1201
