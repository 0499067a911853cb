"""A box over the page it is about; how all of them look is in safehands.tcss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from textual.screen import ModalScreen

T = TypeVar("T")


class Dialogue(ModalScreen[T], Generic[T]):
    """Asks or tells something, and is gone.

    `again` is the action of the page below that opens it anew, "" for none: with it, what was typed
    comes back after the vault was locked.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (50, "-normal")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (12, "-low"), (34, "-tall")]

    again = ""
    is_back = False  # after locking: what was said at unlocking is not to go unread

    def on_mount(self) -> None:
        """Take away the messages of before: in a small terminal they lie over the buttons."""
        if not self.is_back:
            self.app.clear_notifications()

    @property
    def about(self) -> int:
        """What the dialogue is about: the same number for the same question."""
        return hash(type(self))

    def typed(self) -> Mapping[str, str]:
        """Return what was typed and would be lost, by what it was typed into; never a secret."""
        return {}

    def in_boxes(self) -> Iterable[str]:
        """Return what stands in boxes or is offered for them: there no mask can lie over it."""
        return ()

    def put_back(self, typed: Mapping[str, str]) -> None:
        """Show again what was typed."""
