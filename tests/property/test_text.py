"""Properties of cleaned text, over alphabets that are mostly hostile."""

from __future__ import annotations

from unicodedata import category, is_normalized

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from vault.domain.text import MARKS_LIMIT, clean, escaped, fit, width

NASTY = (
    "a>\n\x1b\x7f\x9b\u0301\u0323\u0338\u0344\u200b\u200d\u202e\u2126\u2adc\u2764\ufe0f👨🏽山\ud800"
)
TEXT = st.text(st.characters() | st.sampled_from(NASTY), max_size=60)
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
