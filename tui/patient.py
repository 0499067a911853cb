"""Keys one at a time: what is typed ahead waits until the key before it has had its effect.

Textual hands each key to what has the focus at the moment it arrives. Over ssh keys come in bursts:
of "/x" the "x" would reach the list as a command, before "/" has put the cursor into the box.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any
from weakref import ref

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import Screen

Typed = events.Key | events.Paste

PATIENCE_S = 5.0
"""How long a key is waited for; one that is on its way to a widget that is removed never passes."""


class KeyPassed(Message):
    """Follows a key on its way up; where it arrives, the key has been taken or has passed."""

    def __init__(self, key: Typed) -> None:
        super().__init__()
        self.key = key


class PatientApp(App[int]):
    """An application that takes one key after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead: deque[Typed] = deque()
        self._in_hand: Typed | None = None
        self._is_busy = False
        self._went_to: Callable[[], Screen[Any] | None] = lambda: None
        self._went_at = 0.0

    async def on_event(self, event: events.Event) -> None:
        """Hold a key back while one is on its way."""
        if isinstance(event, Typed) and not event.is_forwarded:
            self._ahead.append(event)
            if not self._is_busy or self._is_lost(event.time):
                await self._take_next()
            return
        await super().on_event(event)
        if isinstance(event, Typed):
            self._passed(event)  # no widget took it, and what it is bound to is done

    def _is_lost(self, now: float) -> bool:
        has_left = self._in_hand is not None and self._went_to() is not self.screen
        return has_left or now > self._went_at + PATIENCE_S

    async def _take_next(self) -> None:
        """Send the next key on its way, with a message behind it."""
        self._is_busy = False
        while self._ahead and not self._is_busy:
            # Weakly: a dialogue that is gone is not to be kept, with what was typed into it.
            event, self._went_to = self._ahead.popleft(), ref(self.screen)
            target, self._went_at = self.focused or self.screen, event.time
            await super().on_event(event)
            if event.is_forwarded and target.post_message(KeyPassed(event)):
                self._in_hand, self._is_busy = event, True

    def on_key_passed(self, message: KeyPassed) -> None:
        """Go on: a widget took the key."""
        self._passed(message.key)

    def _passed(self, key: Typed) -> None:
        """Take the next key, once the screen has the focus where the last one has put it."""
        if key is not self._in_hand:
            return  # it has passed already, or others were sent on their way to another screen
        self._in_hand = None

        def take_next() -> None:
            self.call_later(self._take_next)

        if not self.screen.call_later(take_next):
            take_next()
