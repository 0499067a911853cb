from __future__ import annotations

import pytest

from vault.domain.passphrase import strength


@pytest.mark.parametrize("passphrase", ["", "a", "hunter2", "Tr0ub4dor&3", "é" * 11])
def test_a_short_passphrase_is_weak_whatever_is_in_it(passphrase: str) -> None:
    judged = strength(passphrase)
    assert judged.word == "weak"
    assert str(len(passphrase)) in judged.why


@pytest.mark.parametrize("passphrase", ["a" * 40, "hahahahahahahahahahaha", " " * 30, "aA" * 20])
def test_repeating_a_few_characters_makes_no_passphrase_strong(passphrase: str) -> None:
    assert strength(passphrase).word == "weak"


def test_four_words_are_good_and_three_short_ones_are_fair() -> None:
    assert strength("ik at een kiwi").word == "good"
    assert strength("correct horse").word == "fair"
    assert strength("kiwi kiwi kiwi kiwi").word == "weak"


def test_many_characters_are_good_without_a_space() -> None:
    assert strength("zomerregenboogvlinders").word == "good"


@pytest.mark.parametrize("passphrase", ["hunter2 secret", "correct horse battery staple"])
def test_a_judgement_quotes_nothing_of_the_passphrase(passphrase: str) -> None:
    assert not any(word in strength(passphrase).why for word in passphrase.split())
