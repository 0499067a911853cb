"""Without colour every page says the same (NO_COLOR, https://no-color.org)."""

from __future__ import annotations

import pytest
from textual.color import Color

from tests.tui.conftest import Hands, Interface
from tui.themes import THEMES


def colours(hands: Hands) -> set[object]:
    return {
        colour
        for strip in hands.app.screen._compositor.render_strips()
        for segment in strip
        if segment.style is not None
        for colour in (segment.style.color, segment.style.bgcolor)
        if colour is not None and colour.triplet and len(set(colour.triplet)) > 1
    }


@pytest.mark.parametrize("key", "123456")
async def test_a_place_without_colour_shows_the_same_text(
    interface: Interface, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    async with interface() as hands:
        await hands.press(key)
        coloured = hands.shown()
        assert colours(hands)
    monkeypatch.setenv("NO_COLOR", "1")
    async with interface() as hands:
        await hands.press(key)
        assert hands.app.no_color
        assert colours(hands) == set()
        assert hands.shown() == coloured


def test_the_high_contrast_theme_has_the_contrast_it_says() -> None:
    theme = next(each for each in THEMES if each.name == "safehands-contrast")
    background = Color.parse(theme.background or "")
    for name in ("foreground", "primary", "secondary", "warning", "error", "success", "accent"):
        assert Color.parse(getattr(theme, name)).get_contrast_text(1).hex == "#000000"
        assert ratio(Color.parse(getattr(theme, name)), background) >= 7, name


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_text_of_every_theme_can_be_read(theme: object) -> None:
    background = Color.parse(theme.background)  # type: ignore[attr-defined]
    for name in ("foreground", "error", "success", "warning", "accent"):
        assert ratio(Color.parse(getattr(theme, name)), background) >= 4.5, name


def ratio(one: Color, other: Color) -> float:
    """Return the contrast of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: Color) -> float:
        parts = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in colour.normalized
        )
        return sum(
            weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
