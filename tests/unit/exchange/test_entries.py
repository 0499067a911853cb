"""Rows read through a mapping, one like the other."""

from __future__ import annotations

from vault.exchange.csv_table import read_table
from vault.exchange.entries import Entry, Sheet
from vault.exchange.mapping import read_mapping

MAPPING = """
[source]
name = "list"
kind = "people"
[columns]
name = ["first", "last"]
mail = "mail"
note = "note"
[values.note]
old = ""
[constants]
role = "Press"
"""


def read(*lines: str, mapping: str = MAPPING) -> tuple[Sheet, list[Entry]]:
    raw = "\n".join(("first,last,mail,note", *lines)).encode()
    sheet = Sheet(read_table(raw, "list.csv"), read_mapping(mapping, "map.toml"))
    return sheet, list(sheet.entries())


def test_a_field_that_says_nothing_is_left_out_and_a_constant_is_in_every_row() -> None:
    _, entries = read("Jan,Bakker,-,Old", ",Bakker,jan@acme.example,new")
    assert [entry.texts for entry in entries] == [
        {"name": "Jan Bakker", "role": "Press"},
        {"name": "Bakker", "mail": "jan@acme.example", "note": "new", "role": "Press"},
    ]


def test_what_is_wrong_is_said_of_every_row_that_has_it() -> None:
    sheet, entries = read(*["Jan,Bakker,nobody,a\u200bb"] * 3)
    assert [(p.row, p.column, p.kind) for p in sheet.problems] == [
        (row, *what)
        for row in (2, 3, 4)
        for what in (("mail", "mail"), ("note", "hidden_characters"))
    ]
    assert {entry.get("note") for entry in entries} == {"ab"}


def test_a_date_is_held_against_the_one_form_that_counts() -> None:
    dated = MAPPING.replace('note = "note"', 'joined = "note"').replace(
        '[values.note]\nold = ""\n', ""
    )
    sheet, _ = read("Jan,,,01-31-2024", mapping=dated)
    assert sheet.problems[0].message == "'01-31-2024' is no date such as 2024-01-31"
    ours = dated.replace('kind = "people"', 'kind = "people"\ndate_format = "%d-%m-%Y"')
    sheet, _ = read("Jan,,,2024-01-01", mapping=ours)
    assert sheet.problems[0].message == "'2024-01-01' is not in date_format %d-%m-%Y"
