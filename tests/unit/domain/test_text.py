from __future__ import annotations

import pytest
from wcwidth import wcswidth

from vault.domain.text import (
    MARKS_LIMIT,
    NAME_LIMIT,
    clean,
    escaped,
    fit,
    is_clean,
    is_plain_ascii,
    legible,
    width,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    "name",
    ["", "Jan de Vries", "Zoë", "Łukasz", "山田太郎", "שרה", "สวัสดี", "[/] {account}", FAMILY, "❤️"],
)
def test_an_honest_name_is_shown_as_it_is(name: str) -> None:
    assert clean(name) == name
    assert is_clean(name)


def test_plain_ascii_is_what_of_ascii_is_printable() -> None:
    for character in map(chr, range(0x180)):
        is_plain = character.isascii() and character.isprintable()
        assert is_plain_ascii(f"a{character}z") == is_plain, repr(character)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a�b"),
        ("\x1b]52;c;QUJD\x07", "�]52;c;QUJD�"),
        ("\x1b[2J", "�[2J"),
        ("\x9b31m", "�31m"),
        ("del\x7f", "del�"),
        ("one\ntwo\ttabs\r", "one�two�tabs�"),
        ("half \ud83d", "half �"),
        ("\ufffe", "�"),
        ("\u202egpj.exe", "<U+202E>gpj.exe"),
        ("\u2066a\u2069", "<U+2066>a<U+2069>"),
        ("\u200e\u200f\u061c", "<U+200E><U+200F><U+061C>"),
        ("line\u2028end", "line<U+2028>end"),
        ("ac\u200bme", "ac<U+200B>me"),
        ("\ufeffacme", "<U+FEFF>acme"),
        ("soft\u00adhyphen", "soft<U+00AD>hyphen"),
        ("tag\U000e0041", "tag<U+E0041>"),
        ("fill\u3164", "fill<U+3164>"),
    ],
)
def test_what_is_hidden_becomes_a_visible_mark(text: str, shown: str) -> None:
    assert clean(text) == shown
    assert not is_clean(text)


def test_a_joiner_stays_inside_an_emoji_and_nowhere_else() -> None:
    assert clean("ac\u200dme") == "ac<U+200D>me"
    assert clean("\U0001f468\u200dme") == "\U0001f468<U+200D>me"
    assert clean("❤️\u200d\U0001f525") == "❤️\u200d\U0001f525"


def test_two_spellings_of_a_letter_become_one() -> None:
    assert clean("e\u0301") == "é"


def test_a_mark_never_joins_the_letter_after_it() -> None:
    assert clean("\u202e\u0338") == clean(clean("\u202e\u0338"))


def test_a_pile_of_combining_marks_is_cut_and_the_cut_shown() -> None:
    assert clean("x" + "\u0336" * 3000) == "x" + "\u0336" * MARKS_LIMIT + "�…"
    assert clean("x" + "\u0336" * 10) == "x" + "\u0336" * MARKS_LIMIT + "�"


def test_a_long_text_ends_in_an_ellipsis_at_its_limit() -> None:
    shown = clean("x" * 1_000_000)
    assert len(shown) == NAME_LIMIT
    assert shown.endswith("x…")
    assert clean("four", limit=4) == "four"
    assert clean("five!", limit=4) == "fiv…"


def test_an_emoji_is_not_cut_behind_its_joiner() -> None:
    assert clean(FAMILY + "!", limit=5) == FAMILY[:3] + "…"


def test_a_million_combining_marks_of_two_classes_are_cut_before_they_are_normalised() -> None:
    # Sorting all of them takes time in the square of their number: this would not end.
    assert clean("x" + "\u0301\u0323" * 500_000).endswith("�…")


def test_escaped_json_shows_nothing_hidden_and_means_the_same() -> None:
    assert escaped('{"a":"\u202e\x9b\x7f\U000e0041 é"}') == (
        '{"a":"\\u202e\\u009b\\u007f\\udb40\\udc41 é"}'
    )


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "山田",
        "e\u0301",
        "❤️",
        "1️⃣",
        "👍🏽",
        FAMILY,
        "🇳🇱",
        "สวัสดี",
        "שרה",
        "한국",
        "\uff46\uff55ll",
        "",
    ],
)
def test_a_width_is_what_terminals_use(text: str) -> None:
    assert width(text) == wcswidth(text)


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("webcare", 7, "webcare"),
        ("webcare", 6, "webca…"),
        ("山田太郎", 8, "山田太郎"),
        ("山田太郎", 7, "山田太…"),
        ("山田太郎", 6, "山田…"),
        ("webcare", 1, "…"),
    ],
)
def test_a_fitted_text_takes_no_more_than_its_columns(text: str, columns: int, shown: str) -> None:
    assert fit(text, columns) == shown
    assert width(shown) <= columns


def test_a_secret_is_legible_whole_whatever_hides_in_it() -> None:
    assert legible("a\u202e\u200bb\x1bc\nnext\U000e0041") == (
        "a<U+202E><U+200B>b\ufffdc\nnext<U+E0041>"
    )
    assert legible("x" * 10_000) == "x" * 10_000
