"""What runs in the background: that something does, for how long, and whether it can be stopped."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import Any, Final

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget
from textual.worker import Worker

STOPPABLE: Final = "stoppable"
"""The group of workers that ask, between one piece and the next, whether they are to stop."""

_TOLD: Final = frozenset({"job", "import", "first run", STOPPABLE})
_QUIET_S: Final = 0.4  # what is done before that needs no words
_TURN: Final = "◐◓◑◒"
_LOOK_S: Final = 0.2


class Busy(Widget):
    """One line at the end of the bar of places; empty where nothing runs."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Busy { height: 1; width: 1fr; text-align: right; color: $text-muted; }"

    def __init__(self) -> None:
        super().__init__()
        self._since = 0.0
        self._turns = 0

    def on_mount(self) -> None:
        """Look whether something runs, now and then."""
        self.set_interval(_LOOK_S, self._look)

    def on_click(self) -> None:
        """Stop what can be stopped."""
        self.app.call_later(self.run_action, "app.stop")

    def render(self) -> RenderResult:
        """Return what is to be said; the sign turns where the user has not forbidden motion."""
        running = running_in(self.app.workers)
        for_s = monotonic() - self._since
        if not (running and self._since and for_s >= _QUIET_S):
            return Content("")
        sign = "…" if self.app.animation_level == "none" else _TURN[self._turns % len(_TURN)]
        stops = " – click or f4 stops" if any(w.group == STOPPABLE for w in running) else ""
        return Content(f"{sign} working {for_s:.0f} s{stops} ")

    def _look(self) -> None:
        is_running = bool(running_in(self.app.workers))
        was_running, self._since = self._since > 0, self._since or monotonic()
        if not is_running:
            self._since = 0.0
        if is_running or was_running:
            self._turns += 1
            self.refresh()


def running_in(workers: Iterable[Worker[Any]]) -> list[Worker[Any]]:
    """Return the work in the background that a user may wait for."""
    return [w for w in workers if w.group in _TOLD and not w.is_finished]


def stop_all(workers: Iterable[Worker[Any]]) -> bool:
    """Ask everything that can be stopped to stop; tell whether there was any."""
    found = [worker for worker in running_in(workers) if worker.group == STOPPABLE]
    for worker in found:
        worker.cancel()
    return bool(found)
