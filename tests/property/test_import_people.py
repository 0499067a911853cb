"""Whatever a list says of people, and whoever's address passed to whom, twice is once."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import fewer
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.validation import validate
from vault.exchange.csv_table import Row, Table
from vault.exchange.entries import Sheet
from vault.exchange.mapping import ImportMapping, read_mapping
from vault.services.catalogue import load_catalogue
from vault.services.import_people import PeopleImport
from vault.services.import_run import ImportRun
from vault.services.matching import Directory

NOW = datetime(2024, 6, 1, tzinfo=UTC)
CATALOGUE = load_catalogue()
COLUMNS = ("nr", "name", "mail", "mails", "boss", "job", "first", "last")
TEXT = """
[source]
name = "hr"
kind = "people"
[columns]
external_id = "nr"
name = "name"
mail = "mail"
other_mails = "mails"
manager = "boss"
role = "job"
joined = "first"
last_day = "last"
"""
BY_MAIL = TEXT.replace('external_id = "nr"\n', "")
BY_NAME = BY_MAIL.replace('mail = "mail"\n', "", 1)
BY_KEY, *OTHERS = (read_mapping(text, "map.toml") for text in (TEXT, BY_MAIL, BY_NAME))
MAILS = [f"{name}@acme.example" for name in "abcd"]
HERE = Registry(
    (
        Person(id=f"{1:032x}", name="Jan", external_id="1", mail=MAILS[0], source="hr"),
        Person(id=f"{2:032x}", name="Eva", external_id="2", mail=MAILS[1], source="hr"),
        Person(
            id=f"{3:032x}",
            name="Piet",
            mail=MAILS[2],
            other_mails=("p@acme.example",),
            listed_as="Kees",
        ),
        Person(id=f"{4:032x}", name="Jan Ek", mail="p2@acme.example", one_with=f"{1:032x}"),
        Person(id=f"{5:032x}", name="Ana", last_day=date(2024, 1, 1), joined=date(2020, 1, 1)),
    ),
    CATALOGUE,
)
addresses = st.sampled_from([*MAILS, "p@acme.example", "p2@acme.example", ""])
days = st.sampled_from(["", "", "2019-01-01", "2024-02-02", "2025-03-03"])
lines = st.tuples(
    st.sampled_from(["1", "2", "3", "4", "", ""]),
    st.sampled_from(["Jan", "Eva", "Piet", "Ana", "Kees"]),
    addresses,
    st.lists(addresses, max_size=2).map(";".join),
    st.sampled_from(["", "1", "Eva", MAILS[0], MAILS[3]]),
    st.sampled_from(["", "Press", "Webcare"]),
    days,
    days,
)
tables = st.lists(lines, max_size=6)


def brought(
    registry: Registry, lines: list[tuple[str, ...]], mapping: ImportMapping = BY_KEY
) -> ImportRun:
    table = Table("list.csv", COLUMNS, tuple(Row(n, each) for n, each in enumerate(lines, start=2)))
    run = ImportRun(registry, mapping, NOW, os.urandom)
    PeopleImport(run, Directory(run)).bring(list(Sheet(table, mapping).entries()))
    return run


@fewer
@given(tables, tables, st.sampled_from([BY_KEY, BY_KEY, *OTHERS]))
def test_a_list_of_people_again_changes_nothing_whoevers_address_passed_to_whom(
    earlier: list[tuple[str, ...]], now: list[tuple[str, ...]], mapping: ImportMapping
) -> None:
    registry = HERE
    for table in (earlier, now):
        run = brought(registry, table, mapping)
        validate(registry, run.changes)
        registry = registry.apply(run.changes)
        assert brought(registry, table, mapping).changes == ()


@fewer
@given(tables)
def test_no_address_is_two_peoples_unless_it_was(table: list[tuple[str, ...]]) -> None:
    after = HERE.apply(brought(HERE, table).changes)
    having: dict[str, set[str]] = {}
    for person in after.all(Person):
        for mail in filter(None, (person.mail, *person.other_mails)):
            having.setdefault(mail, set()).add(person.one_with or person.id)
    assert all(len(each) == 1 for each in having.values()), having
