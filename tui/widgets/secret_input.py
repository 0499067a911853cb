"""An input for a passphrase or password, from which nothing can be copied."""

from __future__ import annotations

from textual.widgets import Input

from vault.domain.secret import Secret


class SecretInput(Input):
    """A masked input. Copying and cutting ring the bell: Textual would give the clear text away."""

    def __init__(self, placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(placeholder=placeholder, password=True, id=id)

    def take(self) -> Secret:
        """Return what was typed, and empty the input."""
        secret = Secret(self.value)
        self.value = ""
        return secret

    def action_copy(self) -> None:
        """Refuse to copy."""
        self.app.bell()

    def action_cut(self) -> None:
        """Refuse to cut."""
        self.app.bell()
