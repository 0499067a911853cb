from __future__ import annotations

import pytest

from vault.domain.counting import several


@pytest.mark.parametrize(
    ("number", "told"), [(0, "no people"), (1, "1 person"), (2, "2 people"), (1000, "1000 people")]
)
def test_a_number_has_the_noun_that_goes_with_it(number: int, told: str) -> None:
    assert several(number, "person") == told


def test_most_nouns_take_an_s_and_others_are_given() -> None:
    assert [several(number, "step") for number in (1, 2)] == ["1 step", "2 steps"]
    assert several(2, "step is", "steps are") == "2 steps are"
