"""What background work tells the application."""

from __future__ import annotations

from textual.message import Message

from vault.errors import SafehandsError


class VaultChanged(Message):
    """Another program has changed the vault, and the session has caught up with it."""


class VaultUnreadable(Message):
    """The vault's file is gone, was replaced, or is not what the members signed."""

    def __init__(self, error: SafehandsError) -> None:
        super().__init__()
        self.error = error
