"""No expression from a platform's file makes work without bound."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.domain.platforms.handles import MATCHED_LIMIT, fits
from vault.domain.platforms.patterns import ASSIGNED, PATTERN_LIMIT, fault_of
from vault.services.catalogue import load_catalogue

EVIL = [
    "^(a+)+$",
    "^(a|a)*$",
    "^(?:a|ab|b)*$",
    "^([a-zA-Z]+)*$",
    "(a*)*",
    "^(?:a|a?)+$",
    "(x+x+)+y",
    "^(.*a){12}$",
    r"^(\d+)*$",
    r"^(\w+\s?)*$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"^(?:[^\d]|\W)+$",
    "(?i)^(?:a[bc]?|A)+$",
    "^.*.*.*x",
    "a*" * 20 + "b",
    "^(?:a?){50}a{50}$",
    "^" + "a?" * 25 + "a{25}$",
    r"^(a)\1+$",
    "^(?=(a+)+$)b",
    "^(?!(?:a|aa)+$)",
    "^(?:a+?)+$",
    "(?m)^(?:[^x]*$[^y]*$[^z]*$)",
    "(?m:[^x]*$[^y]*$[^z]*$)",
    r"^(?:\d|[^\x00-\x7f\u0600-\u06ff])*$",
    r"^(?:\s|[^\x00-\x7f\u00a0])*$",
    r"^(?:\w|[^\x00-\x7f\u0370-\uffff])*$",
    "(?i)^(?:[a-z]-?|[\u0100-\u024f]-?)*$",
    "(?i)^(?:s-?|\u017f-?)*$",
    "^(?i:k-?|\u212a-?)*$",
    r"(?a)^(?:\D-?|[\u0660-\u0669]-?)*$",
]
HARMLESS = [
    "^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,38}$",
    r"^(?:[\w-]+\.)+[\w-]{2,}$",
    "^(?:abc|abd)*$",
    r"^(?:\d+-)*\d+$",
    "^(?i:[a-z]+_)+$",
    r"^(?:\d+\D)+$",
    r"^(?:\w+\s)+$",
    "^(?:[a-z]|[\u0430-\u044f])+$",
    r"^(?:\d|[\u00c0-\u024f])+$",
]


@pytest.mark.parametrize("pattern", EVIL)
def test_what_can_match_in_endless_ways_is_refused(pattern: str) -> None:
    assert "too many ways" in fault_of(pattern, searched=False)


@pytest.mark.parametrize("pattern", HARMLESS)
def test_repeats_that_can_be_told_apart_are_taken(pattern: str) -> None:
    assert fault_of(pattern, searched=False) == ""


def test_every_shipped_pattern_is_taken() -> None:
    for platform in load_catalogue().platforms:
        for pattern in filter(None, (platform.handle_pattern, platform.id_pattern)):
            assert fault_of(pattern, searched=False) == "", platform.id
        for profile in platform.profile_paths:
            assert fault_of(profile.path, searched=True) == "", platform.id


def test_no_digit_is_overlooked_and_no_category_goes_on_beyond_what_is_looked_at() -> None:
    digits = [chr(code) for code in range(0x80, ASSIGNED) if chr(code).isdecimal()]
    for digit in digits[::25]:
        assert fault_of(f"^(?:\\d-?|{digit}-?)*$", searched=False), digit
    beyond = "".join(map(chr, range(ASSIGNED, sys.maxunicode + 1)))
    assert re.search(r"\w|\d|\s", beyond) is None


def test_a_pattern_has_a_length_and_must_be_one() -> None:
    assert "longer than" in fault_of("a" * (PATTERN_LIMIT + 1), searched=False)
    assert "longer than" in fault_of("(" * 10_000, searched=False)
    assert "no regular expression" in fault_of("(", searched=False)


def test_what_is_searched_at_every_place_counts_for_each_of_them() -> None:
    assert fault_of(".*a.*b", searched=False) == ""
    assert "too many ways" in fault_of(".*a.*b", searched=True)
    assert fault_of("^.*a.*b", searched=True) == ""


def test_a_text_longer_than_any_handle_is_not_even_tried() -> None:
    assert fits("a+", "a" * MATCHED_LIMIT)
    assert not fits("a+", "a" * (MATCHED_LIMIT + 1))


_PATTERNS = st.recursive(
    st.sampled_from(
        ["a", "b", "[ab]", "[^a]", ".", r"\w", r"\d", r"\S", "[^\x00-\x7f]", "(?i:k)", "\u212a"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda each: f"(?:{'|'.join(each)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2,40}", "*?"])).map(
            lambda each: f"(?:{each[0]}){each[1]}"
        ),
    ),
    max_leaves=6,
)


@given(_PATTERNS)
def test_what_is_taken_comes_to_an_end(pattern: str) -> None:
    if not fault_of(f"^{pattern}$", searched=False):
        for text in ("a" * 60 + "!", "ab" * 30 + "!", "b" * 60 + "!!", "\u06f0" * 60 + "!"):
            re.fullmatch(f"^{pattern}$", text)
