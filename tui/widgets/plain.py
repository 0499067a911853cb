"""Data on the screen: always as itself, never as markup, never as a control sequence.

Names and notes come from imports and other members, so they are hostile (docs/threat-model.md):
Textual reads `[red]` in a text as a style, and dies over `[/`.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Input, Static

from tui.presentation import PRESENTATION
from vault.domain.text import NAME_LIMIT, clean, clean_all

LONG = 2000
"""How much of a note, a why or a message is shown: a few screens' worth."""


def shown(text: str, limit: int = NAME_LIMIT) -> str:
    """Return one line of data as it may be shown: cleaned, and masked in presentation mode."""
    return clean(PRESENTATION.masked(text), limit)


def all_shown(texts: Sequence[str]) -> Sequence[str]:
    """Return each as `shown` returns it; a row of a list takes half the time this way."""
    if PRESENTATION.is_on:
        texts = [PRESENTATION.masked(text) for text in texts]
    return clean_all(texts)


def plain(text: str) -> Content:
    """Return one line of data as content that is shown as itself."""
    return Content(shown(text))


def lines(*texts: str) -> Content:
    """Return several lines of data, each cleaned, one below the other."""
    return Content("\n".join(shown(text, LONG) for text in texts))


class Plain(Static):
    """Texts that are shown as themselves, one below the other, whatever is in them."""

    def __init__(
        self,
        *texts: str,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(lines(*texts), id=id, classes=classes, markup=False)

    def say(self, *texts: str) -> None:
        """Show other texts."""
        self.update(lines(*texts))


class PlainInput(Input):
    """An input in which what was pasted is seen: the guard of the terminal takes it out unseen."""

    def on_input_changed(self) -> None:
        """Show what is hidden in the text, and cut what no name or reason needs."""
        self.value = clean(self.value, LONG)
