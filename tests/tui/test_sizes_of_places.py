from __future__ import annotations

import pytest

from tests.tui.conftest import Interface


@pytest.mark.parametrize("size", [(20, 5), (80, 24), (240, 70)])
async def test_today_hygiene_and_journal_fit_any_terminal(
    interface: Interface, size: tuple[int, int]
) -> None:
    async with interface(size) as hands:
        for key in "156":
            await hands.press(key)
            lines = hands.shown().splitlines()
            assert len(lines) <= size[1]
            if size[1] > 20:
                assert hands.page.listing.size.height > 8
                assert not hands.page.listing.show_horizontal_scrollbar
