from __future__ import annotations

from tui.widgets.spark import change, spark


def test_a_chart_begins_at_zero_and_its_highest_block_is_the_highest_value() -> None:
    assert spark([]) == ""
    assert spark([0, 0]) == "▁▁"
    assert spark([100, 101, 102])[0] == spark([100, 101, 102])[-1], "it hardly moved"
    assert spark([0, 1, 5, 10]) == "▁▂▄▆"


def test_a_chart_of_fewer_values_stands_at_the_right() -> None:
    assert spark([1, 1], 5) == "   ▆▆"


def test_a_change_is_told_with_its_sign() -> None:
    assert change([1, 4, 3]) == "+2"
    assert change([1400, 200]) == "–1,200"
    assert change([5, 9, 5]) == "±0"
    assert change([5]) == ""
