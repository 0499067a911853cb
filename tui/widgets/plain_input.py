"""An input whose text may be pasted from anywhere."""

from __future__ import annotations

from textual.widgets import Input

from tui.widgets.plain import LONG
from vault.domain.text import clean


class PlainInput(Input):
    """An input that cleans what is pasted: an input would send it to the terminal as it is."""

    def on_input_changed(self) -> None:
        """Show what is hidden in the text, and cut what no name or reason needs."""
        self.value = clean(self.value, LONG)
