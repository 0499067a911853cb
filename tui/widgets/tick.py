"""A box to tick: `[✓]` or `[ ]`, where Textual's own differ in colour alone."""

from __future__ import annotations

from textual.widgets import Checkbox


class Tick(Checkbox):
    """A choice that is on or off."""

    DEFAULT_CSS = """
    Tick, Tick:focus { background: transparent; padding: 0; border: none; }
    Tick > .toggle--button, Tick.-on > .toggle--button {
        color: $text; background: transparent; text-style: none;
    }
    """
    BUTTON_LEFT = BUTTON_RIGHT = ""

    def __init__(self, label: str, *, id: str) -> None:
        super().__init__(label, id=id, compact=True)

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # noqa: N802  # Textual's name
        """The box."""
        return "[✓]" if self.value else "[ ]"
