"""`safehands export --unverified`: loud, without secrets, and never taken for a success."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from tests.cli.runner import Desk, refusal
from vault.formats.entry import parse_entry


def test_what_opens_in_an_altered_vault_is_exported_with_a_warning(tmp_path: Path) -> None:
    desk = Desk(tmp_path).found()
    assert "verifies" in refusal(desk.do("export", "--unverified", code=5))
    with closing(sqlite3.connect(desk.vault)) as database, database:
        database.execute("update buckets set hash = zeroblob(32)")
    assert desk.do("export", code=7).out == ""
    answer = desk.do("export", "--unverified", code=7)
    assert "NOTHING HERE IS VERIFIED" in answer.err
    told = json.loads(answer.out)
    assert told["schema"] == "safehands.unverified_export/1"
    assert [each["name"] for each in told["records"]] == ["Ana Kramer"]
    assert (told["unopened"], told["warning"][:7]) == ([], "NOTHING")


def test_status_does_not_call_entries_verified_that_opening_did_not_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path).found().with_webcare()
    with closing(sqlite3.connect(desk.vault)) as database, database:
        database.execute("update journal set entry = substr(entry, 1, 200) where seq = 3")
    told = desk.do("status").out
    assert "the last one verified" in told
    assert "verified to the last" not in told
    assert desk.do("journal", "verify", code=7).out == ""


def test_an_entry_that_was_altered_is_not_shown_as_what_its_author_wrote(tmp_path: Path) -> None:
    desk = Desk(tmp_path).found().with_webcare()
    assert "2026" in desk.do("journal", "show", "3").out
    with closing(sqlite3.connect(desk.vault)) as database, database:
        ((stored,),) = database.execute("select entry from journal where seq = 3")
        entry = parse_entry(stored)
        earlier = replace(entry, time_ms=entry.time_ms - 1000)
        told = earlier.hash(), earlier.encode()
        database.execute("update journal set hash = ?, entry = ? where seq = 3", told)
    answer = desk.do("journal", "show", "3", code=7)
    assert answer.out == ""
    assert "does not lead to its last entry" in answer.err


def test_an_altered_body_that_no_opening_reads_is_found_by_a_full_verification(
    tmp_path: Path,
) -> None:
    desk = Desk(tmp_path).found().with_webcare()
    assert desk.do("journal", "verify").out.endswith("member of its time.\n")
    with closing(sqlite3.connect(desk.vault)) as database, database:
        database.execute("update records set body = zeroblob(length(body))")
    desk.do("status")
    assert "is not as the journal's" in desk.do("journal", "verify", code=7).err
