"""Who comes back, who stays after all, and what several rows of one person say of their days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from tests.integration.importer import PEOPLE, Importer
from vault.domain.person import Person

DAYS = PEOPLE + 'joined = "first"\n'
HEAD = "nr,name,mail,boss,job,last,first"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Importer]:
    """Return a vault to import people into."""
    importer = Importer(tmp_path)
    yield importer
    importer.session.close()


def jan(vault: Importer) -> tuple[date | None, date | None]:
    [found] = [p for p in vault.session.registry.all(Person) if p.name == "Jan"]
    return found.joined, found.last_day


def test_who_begins_after_their_last_day_is_here_again(vault: Importer) -> None:
    vault.bring(DAYS, HEAD, "1,Jan,,,,2023-12-31,2020-01-01")
    report = vault.bring(DAYS, HEAD, "1,Jan,,,,,2024-11-01")
    assert [(p.kind, p.taken) for p in report.problems] == [
        ("reopened", "here again, without a last day")
    ]
    assert jan(vault) == (date(2024, 11, 1), None)
    assert not vault.bring(DAYS, HEAD, "1,Jan,,,,,2024-11-01").problems


@pytest.mark.parametrize(("last", "so"), [("2023-12-31", "gone"), ("2024-12-31", "leaving")])
def test_a_last_day_that_the_list_clears_stays_and_the_command_that_takes_it_back_is_told(
    vault: Importer, last: str, so: str
) -> None:
    vault.bring(DAYS, HEAD, f"1,Jan,,,,{last},2020-01-01")
    [problem] = vault.bring(DAYS, HEAD, "1,Jan,,,,,2020-01-01").problems
    assert (problem.kind, problem.column, problem.taken) == ("ended_here", "last", f"still {so}")
    [found] = [p for p in vault.session.registry.all(Person) if p.name == "Jan"]
    assert problem.message.endswith(f": safehands person leave {found.id[:8]} --called-off")
    assert jan(vault) == (date(2020, 1, 1), date.fromisoformat(last))


def test_a_list_without_last_days_says_nothing_of_who_is_yet_to_leave(vault: Importer) -> None:
    vault.bring(PEOPLE, "nr,name,mail,boss,job,last", "1,Jan,,,,2024-12-31")
    without = PEOPLE.replace('last_day = "last"\n', "")
    assert not vault.bring(without, "nr,name,mail,boss,job,last", "1,Jan,,,,").problems


@pytest.mark.parametrize(
    ("rows", "days"),
    [
        (["1,Jan,,,,,", "1,Jan,,,,2024-12-31,"], (None, date(2024, 12, 31))),
        (["1,Jan,,,,2019-12-31,2015-01-01", "1,Jan,,,,,2021-01-01"], (date(2015, 1, 1), None)),
    ],
    ids=["leaver", "here-again"],
)
def test_the_last_day_of_several_rows_of_one_person_does_not_hang_on_their_order(
    tmp_path: Path, rows: list[str], days: tuple[date | None, date | None]
) -> None:
    for number, order in enumerate(permutations(rows)):
        folder = tmp_path / str(number)
        folder.mkdir()
        vault = Importer(folder)
        report = vault.bring(DAYS, HEAD, *order)
        assert jan(vault) == days
        [problem] = report.problems
        assert (problem.kind, report.skipped) == ("duplicate", {"person": 1})
        assert not vault.bring(DAYS, HEAD, *order).written
        vault.session.close()


def test_whose_last_day_is_taken_of_several_rows_is_told(vault: Importer) -> None:
    report = vault.bring(DAYS, HEAD, "1,Jan,,,,,", "1,Jan,,,Press,2024-12-31,")
    [problem] = report.problems
    assert problem.taken == "row 2; the last day of this one"
    assert "role 'Press' instead of ''" in problem.message


SWAPPED = ["2,Jan,b@acme.example,,,,", "3,Eva,a@acme.example,,,,"]


@pytest.mark.parametrize("order", [SWAPPED, SWAPPED[::-1]])
def test_two_who_swap_their_addresses_have_each_others_at_once(
    vault: Importer, order: list[str]
) -> None:
    vault.bring(DAYS, HEAD, "2,Jan,a@acme.example,,,,", "3,Eva,b@acme.example,,,,")
    assert vault.bring(DAYS, HEAD, *order).problems == ()
    mails = {p.name: p.mail for p in vault.session.registry.all(Person)}
    assert (mails["Jan"], mails["Eva"]) == ("b@acme.example", "a@acme.example")
    assert not vault.bring(DAYS, HEAD, *order).written


def test_an_address_stays_with_whoever_the_list_gives_no_other_one(vault: Importer) -> None:
    vault.bring(DAYS, HEAD, "2,Jan,a@acme.example,,,,", "3,Eva,b@acme.example,,,,")
    rows = ("2,Jan,,,,,", "3,Eva,a@acme.example,,,,", "4,Kees,b@acme.example,,,,")
    first, second = vault.bring(DAYS, HEAD, *rows).problems
    assert (first.message, first.taken) == (
        "a@acme.example is the address of Jan already",
        "b@acme.example",
    )
    assert (second.message, second.taken) == (
        "b@acme.example is the address of Eva already",
        "no address",
    )


def test_who_never_began_and_is_gone_from_the_list_ends_without_a_first_day(
    vault: Importer,
) -> None:
    vault.bring(DAYS, HEAD, "1,Jan,,,,,2025-01-01", "2,Eva,,,,,")
    vault.bring(DAYS, HEAD, "2,Eva,,,,,", as_of="2024-06-02", end_gone=True)
    assert jan(vault) == (None, date(2024, 6, 2))


def test_who_is_listed_as_their_own_manager_has_none(vault: Importer) -> None:
    [problem] = vault.bring(DAYS, HEAD, "1,Jan,,1,,,").problems
    assert (problem.kind, problem.column, problem.taken) == ("contradiction", "boss", "nobody")
