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


async def test_sixty_columns_show_every_place_every_tab_and_the_last_column_of_every_list(
    interface: Interface,
) -> None:
    async with interface((60, 20)) as hands:
        for key in ("2", "3", "r", "m", "h", "4", "5", "d", "r", "p", "e", "6"):
            await hands.press(key)
            lines = hands.shown().splitlines()
            assert "6 Journal" in lines[0]
            listing = hands.page.listing
            widths = [w for w in listing._widths(listing.scrollable_size.width - 2) if w]
            assert sum(widths) + 2 * len(widths) <= listing.scrollable_size.width, key
            if key == "e":
                assert "[Platforms gone 5]" in lines[1]
        await hands.press("1")
        assert hands.shown().startswith("[1 Today]")
