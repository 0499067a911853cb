"""Whatever a list holds, every row is accounted for, and the same list twice is once."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import fewer
from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.text import is_clean
from vault.domain.validation import validate
from vault.errors import ImportRefusedError
from vault.exchange.csv_table import Table, read_table
from vault.exchange.entries import Sheet
from vault.exchange.grouping import grouped
from vault.exchange.mapping import read_mapping
from vault.services.catalogue import load_catalogue
from vault.services.import_accounts import AccountImport
from vault.services.import_run import ImportRun
from vault.services.matching import Directory

NOW = datetime(2024, 6, 1, tzinfo=UTC)
CATALOGUE = load_catalogue()
STAFF = tuple(
    Person(id=f"{n:032x}", name=name, external_id=name) for n, name in enumerate(("jan", "piet"))
)
COLUMNS = ("where", "handle", "id", "link", "team", "login", "who", "from", "to", "name")
MAPPING = read_mapping(
    """
[source]
name = "list"
kind = "accounts"
until = "account"
[columns]
platform = "where"
handle = "handle"
platform_id = "id"
url = "link"
role = "team"
login_mailbox = "login"
holder = "who"
since = "from"
until = "to"
display_name = "name"
""",
    "map.toml",
)

hostile = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
days = st.sampled_from(["", "2012-01-01", "2015-06-01", "2020-02-02", "soon"])
rows = st.lists(
    st.tuples(
        st.sampled_from(["X", "twitter", "Facebook", "LinkedIn page", "Nonesuch", ""]),
        st.sampled_from(["@Acme", "acme", "a.cme", "beta", "", "two words"]) | hostile,
        st.sampled_from(["", "", "", "77777", "88888", "x9"]),
        st.sampled_from(["", "", "https://x.com/Acme", "https://www.facebook.com/a.cme/?v=1"]),
        st.sampled_from(["", "Press", "press ", "Webcare"]) | hostile,
        st.sampled_from(["", "web@acme.example", "Web@Acme.example", "nobody"]),
        st.sampled_from(["", "jan", "piet", "kees"]),
        days,
        days,
        hostile,
    ),
    max_size=12,
)


def as_csv(table: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([COLUMNS, *table])
    return text.getvalue().encode()


def brought(registry: Registry, raw: bytes) -> tuple[ImportRun, Sheet]:
    sheet = Sheet(read_table(raw, "list.csv"), MAPPING)
    entries = list(sheet.account_entries(CATALOGUE))
    run = ImportRun(registry, MAPPING, NOW, os.urandom)
    AccountImport(run, Directory(run)).bring(entries, grouped(entries, by_identifier=False))
    run.tally.read["account"] += sheet.read
    run.tally.outcomes["skipped"]["account"] += sheet.read - len(entries)
    return run, sheet


def before() -> Registry:
    return Registry(STAFF, CATALOGUE)


@fewer
@given(rows)
def test_every_row_is_accounted_for_and_every_skipped_one_has_a_problem(
    table: list[tuple[str, ...]],
) -> None:
    run, sheet = brought(before(), as_csv(table))
    became: Counter[str] = Counter()
    for counts in run.tally.outcomes.values():
        became.update(counts)
    assert +became == +Counter[str](run.tally.read)
    complained = {p.row for p in (*sheet.problems, *run.problems)}
    assert len(complained) >= run.tally.outcomes["skipped"]["account"]


@fewer
@given(rows)
def test_the_same_list_again_changes_nothing(table: list[tuple[str, ...]]) -> None:
    raw = as_csv(table)
    first, _ = brought(before(), raw)
    again, _ = brought(before().apply(first.changes), raw)
    assert again.changes == ()
    assert again.tally.read == first.tally.read


@fewer
@given(rows)
def test_a_row_says_the_same_whatever_rows_came_before_it(table: list[tuple[str, ...]]) -> None:
    read = read_table(as_csv(table), "list.csv")
    together = Sheet(read, MAPPING)
    alone = [Sheet(Table(read.name, read.header, (row,)), MAPPING) for row in read.rows]
    apart = [entry for sheet in alone for entry in sheet.account_entries(CATALOGUE)]
    assert list(together.account_entries(CATALOGUE)) == apart
    assert together.problems == [problem for sheet in alone for problem in sheet.problems]


@fewer
@given(rows)
def test_what_is_stored_is_legible_and_obeys_the_rules_of_the_registry(
    table: list[tuple[str, ...]],
) -> None:
    run, _ = brought(before(), as_csv(table))
    validate(before(), run.changes)
    after = before().apply(run.changes)
    for account in after.all(Account):
        texts = (*(s.of for s in account.handles), account.display_name, account.platform_id)
        assert all(is_clean(text) for text in texts), texts
    assert all(is_clean(role.name) for role in after.all(Role))


@fewer
@given(rows.flatmap(lambda table: st.tuples(st.just(table), st.permutations(table))))
def test_the_order_of_dated_rows_does_not_decide_who_held_what_when(
    tables: tuple[list[tuple[str, ...]], list[tuple[str, ...]]],
) -> None:
    one, other = (
        held(brought(before(), as_csv([row for row in table if row[7][:2] == "20"]))[0])
        for table in tables
    )
    assert one == other


def held(run: ImportRun) -> set[tuple[str, str, datetime, datetime | None]]:
    """Who could know the password of an account on which platform, and when."""
    after = before().apply(run.changes)
    passwords = {password.id: after.account(password.account) for password in after.all(Credential)}
    return {
        (passwords[e.credential].platform, e.person, e.at, e.until) for e in after.all(Exposure)
    }


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(raw: bytes) -> None:
    found = read_or_refusal(raw)
    if isinstance(found, Table):
        assert all(len(row.cells) == len(found.header) for row in found.rows)
    else:
        assert "list.csv" in found.message
        assert found.hint


def read_or_refusal(raw: bytes) -> Table | ImportRefusedError:
    try:
        return read_table(raw, "list.csv")
    except ImportRefusedError as error:
        return error
