"""What the application never tells: to the terminal, to a file, or when it dies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from rich.segment import Segments
from rich.traceback import Traceback
from textual.app import SystemCommand
from textual.filter import LineFilter
from textual.screen import Screen

from tui.clipboard import Clipboard
from tui.desk import Desk
from tui.patient import PatientApp
from tui.widgets.guard import Guard
from vault.errors import RefusedError


class QuietApp(PatientApp):
    """Textual's application, without what would give a secret or the user's clipboard away."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.copied = Clipboard(self)
        self._guard = Guard()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line passes through on its way to the terminal."""
        return [*super().get_line_filters(), self._guard]

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:  # noqa: ARG002
        """Offer none of Textual's own: a screenshot would save what is revealed."""
        yield from ()

    def _handle_exception(self, error: Exception) -> None:
        # A key may be on its way to a page when the vault is locked; the page is gone by then.
        if not isinstance(error, RefusedError) or self.desk.is_open:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual's own shows the local variables of every frame, secrets included.
        self.bell()
        with suppress(Exception):  # what went wrong may be the clipboard itself
            self.copied.clear()
        traceback = Traceback(show_locals=False, width=None, suppress=[])
        self._exit_renderables.append(
            Segments(self.console.render(traceback, self.console.options))
        )
        self._close_messages_no_wait()
