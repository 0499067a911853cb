"""A keyring that a test can lock, switch off and look into, in the place of the system's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest
from keyring.errors import KeyringLocked


class FakeRing:
    """As much of a back end as we use. What `state` says holds for every object of the class."""

    viable: ClassVar[bool] = True
    items: ClassVar[dict[str, str]] = {}
    asked: ClassVar[list[str]] = []
    is_locked: ClassVar[bool] = False
    keeps_nothing: ClassVar[bool] = False

    def get_password(self, service: str, username: str) -> str | None:
        self._ask(service, username)
        return self.items.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._ask(service, username)
        if not self.keeps_nothing:
            self.items[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._ask(service, username)
        del self.items[username]

    def _ask(self, service: str, username: str) -> None:
        assert service == "smr1"
        self.asked.append(username)
        if self.is_locked:
            message = f"a message that quotes {self.items}"
            raise KeyringLocked(message)


@contextmanager
def fake_ring() -> Iterator[type[FakeRing]]:
    """Put an empty fake in the place of every back end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vault.keystore._BACKENDS", (("Fake", __name__, "FakeRing"),))
        for name, value in (("items", {}), ("asked", []), ("is_locked", False)):
            patch.setattr(FakeRing, name, value)
        patch.setattr(FakeRing, "viable", True)
        patch.setattr(FakeRing, "keeps_nothing", False)
        yield FakeRing
