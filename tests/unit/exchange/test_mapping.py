"""A mapping says what each column means; one that does not is refused by file, table and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from vault.errors import UsageError
from vault.exchange.mapping import FIELDS, read_mapping

PEOPLE = '[source]\nname = "hr"\nkind = "people"\n[columns]\nname = "Name"\n'
ACCOUNTS = '[source]\nname = "list"\nkind = "accounts"\n[columns]\nurl = "URL"\n'


def test_columns_may_be_joined_from_several() -> None:
    mapping = read_mapping(PEOPLE.replace('"Name"', '["First", "Last"]'), "hr.toml")
    assert mapping.columns == {"name": ("First", "Last")}
    assert mapping.source.name == "hr"


@pytest.mark.parametrize("form", ["%d-%m-%Y", "%d/%m/%y %H:%M:%S.%f", "%G-W%V-%u", "%Y%m%d%z"])
def test_a_date_format_is_taken_that_reads_what_it_writes(form: str) -> None:
    text = PEOPLE.replace("[columns]", f"date_format = '{form}'\n[columns]")
    assert read_mapping(text, "hr.toml").source.date_format == form


def test_a_field_is_filled_by_a_column_or_a_constant() -> None:
    mapping = read_mapping(ACCOUNTS + '[constants]\nbrand = "Acme"\n', "list.toml")
    assert mapping.has("url")
    assert mapping.has("brand")
    assert not mapping.has("role")


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / "examples").glob("*.toml")), ids=lambda p: p.stem
)
def test_the_examples_are_mappings(path: Path) -> None:
    assert read_mapping(path.read_text(encoding="utf-8"), str(path)).source.name == path.stem


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("not toml", "this is not TOML"),
        (PEOPLE + "[extra]\n", r"\[extra\]"),
        (PEOPLE.replace('"people"', '"peple"'), r"\[source\] kind"),
        (PEOPLE.replace('"hr"', '" "'), r"\[source\] name"),
        (PEOPLE.replace('name = "hr"\n', ""), r"\[source\]"),
        (PEOPLE.replace("[columns]", 'delimeter = ";"\n[columns]'), r"\[source\].*delimeter"),
        (PEOPLE.replace("[columns]", 'delimiter = "--"\n[columns]'), r"\[source\] delimiter"),
        *(
            (PEOPLE.replace("[columns]", f"date_format = {form}\n[columns]"), place)
            for place in [r"\[source\] date_format: .* reads no moment: "]
            for form in ("'%d%d'", "'%e-%m-%Y'", "'%'", "'%G'", '"%d\\u0000"')
        ),
        (PEOPLE + 'handle = "H"\n', r"\[columns\] handle: is no field of people"),
        (PEOPLE + "mail = 3\n", r"\[columns\]"),
        (PEOPLE + "mail = []\n", r"\[columns\] mail: names no column"),
        (PEOPLE + '[constants]\nname = "x"\n', r"\[constants\] name: is in \[columns\] too"),
        (PEOPLE + '[values.mail]\na = "b"\n', r"\[values\] mail: is not filled"),
        (PEOPLE.replace('name = "Name"', 'note = "Note"'), r"\[columns\]: needs one of"),
        (ACCOUNTS.replace('url = "URL"', 'handle = "H"'), r"\[columns\] platform: is needed"),
        (ACCOUNTS + 'identifier = "I"\n', r"\[columns\] identifier: and identifier_type"),
        (ACCOUNTS + '[identifiers.x]\nplatform = "x"\nholds = "handle"\n', r"\[identifiers\]"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_by_file_table_and_key(
    text: str, place: str
) -> None:
    with pytest.raises(UsageError, match=rf"^map\.toml: {place}") as error:
        read_mapping(text, "map.toml")
    assert "docs/import.md" in error.value.hint


def test_an_identifier_comes_alone_and_says_what_it_holds() -> None:
    base = ACCOUNTS.replace('url = "URL"', 'identifier = "I"\nidentifier_type = "T"')
    holds = '[identifiers.x]\nplatform = "x"\nholds = "handle"\n'
    assert read_mapping(base + holds, "map.toml").identifiers["x"].holds == "handle"
    for text in (base, base.replace("[columns]", '[columns]\nurl = "U"') + holds):
        with pytest.raises(UsageError):
            read_mapping(text, "map.toml")


def test_the_guide_describes_every_field() -> None:
    guide = (REPOSITORY / "docs" / "import.md").read_text(encoding="utf-8")
    missing = {f for fields in FIELDS.values() for f in fields if f"`{f}`" not in guide}
    assert missing == set()
