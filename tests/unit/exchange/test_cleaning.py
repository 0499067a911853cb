"""Cells become values without what hides in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vault.domain.text import NAME_LIMIT, is_clean
from vault.exchange.cleaning import mail, moment, parts, plain, tidied


@pytest.mark.parametrize("cell", ["", "  ", "-", "–", "N/A", "null", "None ", "n.v.t."])
def test_cells_that_only_say_that_they_are_empty_are_empty(cell: str) -> None:
    assert plain(cell) == ""


@pytest.mark.parametrize(
    "formula", ["=1+1", "+31 20 000 0000", "@acme", "-2", "=cmd|' /C calc'!A0"]
)
def test_a_formula_stays_the_text_it_is_and_a_disarmed_one_is_itself_again(formula: str) -> None:
    assert plain(formula) == formula
    assert plain("'" + formula) == formula
    assert tidied(formula) == (formula, None)


def test_an_apostrophe_that_disarms_nothing_stays() -> None:
    assert plain("'s-Hertogenbosch") == "'s-Hertogenbosch"


@pytest.mark.parametrize(
    ("text", "shown", "problem"),
    [
        ("Jan de Vries", "Jan de Vries", None),
        ("Jan\n de\u00a0\u00a0Vries", "Jan de Vries", None),
        ("Zoe\u0308", "Zoë", None),
        ("Jan\u202edloG", "JandloG", "hidden_characters"),
        ("Ja\x1b[31mn\x07", "Ja[31mn", "hidden_characters"),
        ("web\u200bcare", "webcare", "hidden_characters"),
        ("\ufeffJan", "Jan", "hidden_characters"),
    ],
)
def test_names_lose_what_cannot_be_seen(text: str, shown: str, problem: str | None) -> None:
    assert tidied(text) == (shown, problem)


def test_a_name_of_a_megabyte_is_cut_with_a_problem() -> None:
    shown, problem = tidied("é" * 1_000_000)
    assert problem == "too_long"
    assert len(shown) == NAME_LIMIT
    assert is_clean(shown)


def test_thousands_of_marks_on_one_letter_are_cut_with_a_problem() -> None:
    shown, problem = tidied("e" + "\u0301" * 3_000)
    assert problem is not None
    assert is_clean(shown)
    assert len(shown) < 20


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("2024-01-31", "", datetime(2024, 1, 31, tzinfo=UTC)),
        ("20240131", "", datetime(2024, 1, 31, tzinfo=UTC)),
        ("2024-01-31T12:30:00", "", datetime(2024, 1, 31, 12, 30, tzinfo=UTC)),
        ("2024-01-31T12:30:00+01:00", "", datetime(2024, 1, 31, 11, 30, tzinfo=UTC)),
        ("31-01-2024", "%d-%m-%Y", datetime(2024, 1, 31, tzinfo=UTC)),
    ],
)
def test_moments_are_aware_and_in_utc(text: str, form: str, day: datetime) -> None:
    found = moment(text, form)
    assert found == day
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["31-01-2024", "01/02/2024", "soon", "2024-13-01", "2024-02-30"])
def test_a_day_that_could_be_two_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moment(text)


@pytest.mark.parametrize(
    "text", ["Webcare@Acme.example", " mailto:webcare@acme.example", "Web <webcare@acme.example>"]
)
def test_mail_addresses_are_read_in_every_dress(text: str) -> None:
    assert mail(text) == "webcare@acme.example"


@pytest.mark.parametrize(
    "text",
    [
        *("webcare", "a@b", "a b@acme.example", "a@@acme.example", "@acme.example"),
        *("a@acme.example,b@acme.example", "a" * 250 + "@acme.example", "a\u202e@acme.example"),
    ],
)
def test_what_is_no_mail_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no mail address"):
        mail(text)


def test_lists_are_split_and_each_part_named_once() -> None:
    assert parts("a; b,c\na;; ") == ("a", "b", "c")
