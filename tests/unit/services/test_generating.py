from __future__ import annotations

import string
from collections.abc import Callable
from itertools import groupby, product
from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vault.domain.platforms.model import CharacterClass, PasswordRules
from vault.domain.platforms.password_rules import FOUR
from vault.errors import RefusedError
from vault.services.generating import (
    AMBIGUOUS,
    LEAST_BITS,
    LEAST_WORD_BITS,
    Made,
    Pools,
    _keeps,
    _number,
    _ways,
    generate_password,
    generate_pin,
    generate_words,
    words_to_choose,
)

CLASSES: list[CharacterClass] = ["lower", "upper", "letter", "digit", "symbol"]
IS_OF: dict[CharacterClass, Callable[[str], bool]] = {
    "lower": str.islower,
    "upper": str.isupper,
    "letter": str.isalpha,
    "digit": str.isdigit,
    "symbol": lambda c: c in string.punctuation,
}

rules = st.builds(
    PasswordRules,
    min_length=st.integers(0, 80),
    max_length=st.none() | st.integers(1, 120),
    required=st.lists(st.sampled_from(CLASSES), unique=True).map(tuple),
    allowed_symbols=st.none() | st.text(string.punctuation + "§ \x1b", max_size=6),
    only=st.just(()) | st.lists(st.sampled_from(CLASSES), unique=True).map(tuple),
    forbidden=st.just("") | st.text(string.printable, max_size=6),
    classes=st.integers(0, 4),
    longest_run=st.none() | st.integers(1, 3),
    first_letter=st.booleans(),
)


def keeps(made: Made, wanted: PasswordRules) -> bool:
    text = made.secret.reveal()
    symbols = {c for c in text if not c.isalnum()}
    allowed = string.punctuation if wanted.allowed_symbols is None else wanted.allowed_symbols
    return (
        wanted.min_length <= len(text) <= (wanted.max_length or 512)
        and all(any(IS_OF[kind](c) for c in text) for kind in wanted.required)
        and symbols <= set(allowed)
        and all(any(IS_OF[kind](c) for kind in wanted.only) for c in text if wanted.only)
        and not set(wanted.forbidden) & set(text)
        and sum(any(map(IS_OF[kind], text)) for kind in FOUR) >= wanted.classes
        and max(len(list(same)) for _, same in groupby(text)) <= (wanted.longest_run or len(text))
        and (text[0].isalpha() or not wanted.first_letter)
        and text.isascii()
        and text.isprintable()
    )


@given(rules)
def test_a_password_keeps_the_rules_or_is_refused(wanted: PasswordRules) -> None:
    try:
        made = generate_password(wanted)
    except RefusedError:
        return
    assert keeps(made, wanted)
    assert made.bits >= LEAST_BITS


# Lengths that few words have together are drawn for a tenth of a second.
@settings(max_examples=25)
@given(rules)
def test_words_keep_the_rules_or_are_refused(wanted: PasswordRules) -> None:
    try:
        made = generate_words(wanted)
    except RefusedError:
        return
    assert keeps(made, wanted)
    assert made.bits >= LEAST_WORD_BITS


def test_without_rules_a_password_is_long_mixed_and_can_be_read_out() -> None:
    made = {generate_password(None).secret.reveal() for _ in range(200)}
    assert len(made) == 200
    for each in made:
        assert len(each) == 20
        assert not AMBIGUOUS & set(each)
        for kind in ("lower", "upper", "digit", "symbol"):
            assert any(IS_OF[kind](c) for c in each)


def test_without_rules_words_are_five_and_their_bits_are_said() -> None:
    made = generate_words(None)
    assert len(made.secret.reveal().split("-")) == 5
    assert made.bits == pytest.approx(5 * log2(len(words_to_choose())))
    assert len(words_to_choose()) > 7700
    assert all(word.isalpha() and word.islower() for word in words_to_choose())


IMPOSSIBLE = {
    "too short to be safe": PasswordRules(min_length=1, max_length=6),
    "shortest beyond longest": PasswordRules(min_length=9, max_length=8),
    "a symbol that no keyboard has": PasswordRules(8, None, ("symbol",), "§\x1b"),
    "a symbol and none allowed": PasswordRules(8, None, ("symbol",), ""),
    "a novel": PasswordRules(min_length=10**9),
    "negative": PasswordRules(min_length=0, max_length=-1),
    "a letter to begin with": PasswordRules(8, only=("digit",), first_letter=True),
    "nothing at all": PasswordRules(8, allowed_symbols="", only=("symbol",)),
    "all kinds of two": PasswordRules(8, only=("lower", "digit"), classes=4),
    "hardly any": PasswordRules(400, only=("digit",), longest_run=1),
    "a digit, and all forbidden": PasswordRules(8, None, ("digit",), forbidden=string.digits),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_rules_that_cannot_be_met_are_refused_with_a_way_out(name: str) -> None:
    with pytest.raises(RefusedError, match="the platform") as caught:
        generate_password(IMPOSSIBLE[name])
    assert "--stdin" in caught.value.hint


def test_words_that_find_no_room_are_refused_for_a_password_that_does() -> None:
    narrow = PasswordRules(min_length=8, max_length=16)
    with pytest.raises(RefusedError, match="8 to 16") as caught:
        generate_words(narrow)
    assert "without --words" in caught.value.hint
    assert keeps(generate_password(narrow), narrow)


def test_where_a_platform_takes_no_symbol_capitals_show_where_words_begin() -> None:
    made = generate_words(PasswordRules(8, None, ("digit",), "")).secret.reveal()
    assert made.isalnum()
    assert sum(c.isupper() for c in made) == 5
    assert made[-1].isdigit()


def test_the_bits_are_those_of_all_that_keep_the_rules() -> None:
    # Two letters and two digits, three characters: 4^3 texts, less 2^3 of either alone.
    two_each: Pools = {"lower": "ab", "digit": "23"}
    assert _number(PasswordRules(0), two_each, 3) == 64 - 8 - 8
    assert _number(PasswordRules(0), {"lower": "a", "upper": "A", "digit": "2"}, 2) == 0
    for rules_ in (PasswordRules(0, longest_run=1), PasswordRules(0, first_letter=True)):
        texts = ("".join(each) for each in product("ab23", repeat=4))
        assert _number(rules_, two_each, 4) == sum(_keeps(rules_, two_each, t) for t in texts)
    assert _ways(1, 0, 3) == sum(len(word) == 3 for word in words_to_choose())


def test_a_pin_is_six_digits_or_as_many_as_the_platform_says() -> None:
    four = PasswordRules(4, 4, only=("digit",), longest_run=1)
    for rules_, length in ((None, 6), (PasswordRules(8), 6), (four, 4)):
        made = generate_pin(rules_)
        assert made.secret.reveal().isdigit()
        assert len(made.secret.reveal()) == length
    assert generate_pin(four).bits == pytest.approx(log2(10 * 9**3))
    assert {c for _ in range(100) for c in generate_pin(None).secret.reveal()} == {*string.digits}


def test_words_are_refused_where_words_cannot_keep_the_rules() -> None:
    for rules_ in (
        PasswordRules(8, only=("digit",)),
        PasswordRules(8, forbidden="e"),
        PasswordRules(8, longest_run=1),
    ):
        with pytest.raises(RefusedError, match="no words"):
            generate_words(rules_)
    with_digit = generate_words(PasswordRules(8, classes=4)).secret.reveal()
    assert with_digit[-1].isdigit()
    assert with_digit[0].isupper()
