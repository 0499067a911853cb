"""Rows become accounts: each its own, with the role that its row means at that place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime

from vault.domain.account import Account
from vault.domain.findings import findings
from vault.domain.naming import resolve
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import Spell
from vault.exchange.csv_table import read_table
from vault.exchange.entries import Sheet
from vault.exchange.grouping import grouped
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


def bring_into(run: ImportRun, sheet: Sheet) -> None:
    entries = list(sheet.account_entries(CATALOGUE))
    groups = grouped(entries, by_identifier=bool(sheet.mapping.identifiers))
    AccountImport(run, Directory(run)).bring(entries, groups)


def brought(rows: Iterable[str], *known: Record) -> list[Record]:
    raw = "\n".join(("where,handle,team,nr", *rows)).encode()
    run = ImportRun(Registry(known, CATALOGUE), MAPPING, NOW, os.urandom)
    sheet = Sheet(read_table(raw, "list.csv"), MAPPING)
    bring_into(run, sheet)
    return [change.record for change in run.changes]


def test_rows_that_were_brought_in_mean_the_same_another_time() -> None:
    sheet = Sheet(
        read_table(b"where,handle,team,nr\nx,acme,Press,q1\nx,acme,Press,q1\n", "l"), MAPPING
    )
    entries = list(sheet.account_entries(CATALOGUE))
    groups = grouped(entries, by_identifier=False)
    runs = [ImportRun(Registry((), CATALOGUE), MAPPING, NOW, os.urandom) for _ in range(2)]
    for run in runs:
        AccountImport(run, Directory(run)).bring(entries, groups)
    first, second = ([problem.kind for problem in run.problems] for run in runs)
    assert first == second == ["duplicate"]


def test_a_name_means_the_role_that_took_it_over_from_the_row_on_that_brings_it() -> None:
    ended = Role(id="1" * 32, name="Press", external_id="q1", until=NOW)
    records = brought(["x,a,Press,", "x,b,Press,q2", "x,c,Press,"], ended)
    (new,) = (record for record in records if isinstance(record, Role))
    owners = {r.handle: r.owner_roles[0].of for r in records if isinstance(r, Account)}
    assert owners == {"a": ended.id, "b": new.id, "c": new.id}


def test_every_record_of_a_long_list_has_an_id_of_its_own() -> None:
    records = brought(f"x,name{n},Press," for n in range(600))
    assert len({record.id for record in records}) == len(records) == 1201


WITH_IDS = read_mapping(
    """
[source]
name = "list"
kind = "accounts"
[columns]
platform = "where"
handle = "handle"
platform_id = "id"
""",
    "map.toml",
)


def brought_with_ids(rows: Iterable[str], *known: Record) -> tuple[ImportRun, Registry]:
    raw = "\n".join(("where,handle,id", *rows)).encode()
    registry = Registry(known, CATALOGUE)
    run = ImportRun(registry, WITH_IDS, NOW, os.urandom)
    sheet = Sheet(read_table(raw, "list.csv"), WITH_IDS)
    bring_into(run, sheet)
    return run, registry.apply(run.changes)


BEGUN = datetime(2024, 1, 1, tzinfo=UTC)
HAD = Account(id="2" * 32, platform="x", platform_id="1", handles=(Spell("new", BEGUN),))


def test_a_handle_that_comes_with_another_id_goes_over_to_it_and_that_is_said() -> None:
    run, after = brought_with_ids(["x,New,2"], HAD)
    assert after.get(HAD.id, Account).handles == (Spell("new", BEGUN, NOW),)
    (problem,) = run.problems
    assert (problem.kind, problem.row, problem.column) == ("contradiction", 2, "handle")
    assert "its id is 1, not 2" in problem.message
    assert HAD.id[:8] in problem.taken
    assert resolve(after, Account, "x/@new").platform_id == "2"
    assert resolve(after, Account, "x/@New").platform_id == "2"
    again, _ = brought_with_ids(["x,New,2"], *after.records())
    assert (again.problems, again.changes) == ([], ())


def test_a_handle_is_taken_from_nobody_who_is_renamed_in_the_same_source() -> None:
    run, after = brought_with_ids(["x,new,2", "x,old,1"], HAD)
    assert run.problems == []
    assert after.get(HAD.id, Account).handle == "old"


def test_two_ids_that_one_source_gives_one_handle_are_reported_and_both_kept() -> None:
    run, after = brought_with_ids(["x,new,1", "x,new,2"], HAD)
    (problem,) = run.problems
    assert (problem.kind, problem.row, problem.taken) == ("contradiction", 3, "both")
    doubles = {f.about for f in findings(after, NOW) if f.code == "double_handle"}
    assert doubles == {each.id for each in after.all(Account)}


CALLED = read_mapping(
    """
[source]
name = "list"
kind = "accounts"
[columns]
handle = "handle"
url = "link"
display_name = "name"
""",
    "map.toml",
)


def called(row: str, *known: Record) -> list[Account]:
    run = ImportRun(Registry(known, CATALOGUE), CALLED, NOW, os.urandom)
    sheet = Sheet(read_table(f"handle,link,name\n{row}\n".encode(), "list.csv"), CALLED)
    bring_into(run, sheet)
    return [each.record for each in run.changes if isinstance(each.record, Account)]


def test_a_name_in_the_column_of_handles_is_the_display_name_where_there_is_none() -> None:
    (new,) = called("Acme Jobs,instagram.com/acmejobs,")
    assert (new.handle, new.display_name) == ("acmejobs", "Acme Jobs")
    again = called("Acme Jobs,instagram.com/acmejobs,", new)
    assert again == []
    (new,) = called("Acme Jobs,instagram.com/acmejobs,Jobs at Acme")
    assert new.display_name == "Jobs at Acme"
    again = called("Acme Jobs,instagram.com/acmejobs,", new)
    assert again == []
