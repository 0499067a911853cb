"""The colours of the interface. No meaning hangs on them: every state also has a word or a sign."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="safehands-dark",
    primary="#3D7EA6",
    secondary="#5C8D89",
    accent="#E0B050",
    warning="#E0A458",
    error="#E07A6E",
    success="#7FB77E",
    foreground="#DDE3E6",
    background="#14191C",
    surface="#1B2226",
    panel="#232C31",
)
LIGHT: Final = Theme(
    name="safehands-light",
    primary="#1F5F85",
    secondary="#3B6C68",
    accent="#8A5A00",
    warning="#8F5200",
    error="#A6281C",
    success="#2C6B2F",
    foreground="#1B2226",
    background="#F6F7F5",
    surface="#ECEFED",
    panel="#E0E5E2",
    dark=False,
)
CONTRAST: Final = Theme(
    name="safehands-contrast",
    primary="#FFD700",
    secondary="#00FFFF",
    accent="#00FFFF",
    warning="#FFD700",
    error="#FF8080",
    success="#80FF80",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#000000",
    text_alpha=1.0,
    variables={
        "text": "#FFFFFF",
        "text-muted": "#E0E0E0",
        "panel-lighten-2": "#404040",
        "block-cursor-background": "#FFD700",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "bold",
        "footer-key-foreground": "#FFD700",
    },
)
"""High contrast: white or bright on black, at least 7:1 (WCAG 2.2, 1.4.6)."""

THEMES: Final = (DARK, LIGHT, CONTRAST)
