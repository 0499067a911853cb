"""Properties of cleaned text, over alphabets that are mostly hostile."""

from __future__ import annotations

from unicodedata import category, is_normalized

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import fewer
from vault.domain.text import (
    MARKS_LIMIT,
    _cleaned,
    _widths,
    beginning,
    clean,
    clean_all,
    escaped,
    fit,
    is_simple,
    width,
)
from vault.reports.table import CELL_LIMIT, GAP, Column, table

NASTY = (
    "a>\n\x1b\x7f\x9b\u0301\u0323\u0338\u0344\u200b\u200d\u202e\u2126\u2adc\u2764\ufe0f👨🏽山\ud800"
)
TEXT = st.text(st.characters() | st.sampled_from(NASTY), max_size=60)
PLAIN = st.text(st.characters(max_codepoint=0x300) | st.sampled_from("az…"), max_size=60)
LIMITS = st.integers(1, 40)


def is_hidden(character: str) -> bool:
    """By Unicode category, so that this does not repeat the table it checks."""
    visible_formats = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u200d"
    visible_formats += "\U000110bd\U000110cd" + "".join(map(chr, range(0x13430, 0x13440)))
    return (
        category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in visible_formats
    )


@given(TEXT, LIMITS)
def test_cleaned_text_hides_nothing_and_keeps_its_limits(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert len(shown) <= limit
    assert is_normalized("NFC", shown)
    assert not [character for character in shown if is_hidden(character)]
    marks = "".join("m" if category(character)[0] == "M" else " " for character in shown)
    assert max(map(len, marks.split()), default=0) <= MARKS_LIMIT


@given(TEXT, LIMITS)
def test_cleaning_twice_changes_nothing_more(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert clean(shown, limit) == shown


@given(TEXT | PLAIN, LIMITS)
def test_a_glance_passes_over_nothing_that_is_cleaned(text: str, limit: int) -> None:
    assert clean(text, limit) == _cleaned(text, limit)


@given(st.lists(TEXT | PLAIN, max_size=6), LIMITS)
def test_texts_cleaned_together_are_as_each_is_cleaned_alone(texts: list[str], limit: int) -> None:
    assert list(clean_all(texts, limit)) == [_cleaned(text, limit) for text in texts]


@fewer
@given(st.lists(st.tuples(TEXT | PLAIN, PLAIN, TEXT | st.none()), max_size=6))
def test_a_table_shows_each_cell_as_it_is_shown_alone(rows: list[tuple[str | None, ...]]) -> None:
    cells = [[clean(cell or "", CELL_LIMIT) for cell in row] for row in [("A", "B", "C"), *rows]]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    expected = []
    for row in cells:
        blanks = [" " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]
        shown = [row[0] + blanks[0], blanks[1] + row[1], row[2] + blanks[2]]
        expected.append((" " * GAP).join(shown).rstrip())
    assert [line.text for line in table(["a", Column("b", right=True), "c"], rows)] == expected


@given(TEXT | PLAIN, st.integers(-1, 40))
def test_a_glance_measures_as_a_look_at_each_character(text: str, columns: int) -> None:
    assert width(text) == sum(_widths(text))
    if is_simple(text):
        assert set(_widths(text)) <= {1}
        assert beginning(text, columns) == text[: max(columns, 0)]


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(NASTY[:-1])))
def test_escaped_json_decodes_to_the_same_value(text: str) -> None:
    document = escaped(msgspec.json.encode([text]).decode())
    assert msgspec.json.decode(document) == [text]
    assert not [c for c in document if is_hidden(c) and c != "\u200d"]


@given(TEXT.map(clean), LIMITS)
def test_a_fitted_text_never_takes_more_columns(text: str, columns: int) -> None:
    shown = fit(text, columns)
    assert width(shown) <= columns
    assert shown == text or shown.endswith("…")
