from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vault.services.environment import Environment
from vault.services.session import Session
from vault.services.vaults import create_vault


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Return a new vault, shared by the tests of a file: each adds records of its own."""
    folder: Path = tmp_path_factory.mktemp("services")
    folder.chmod(0o700)
    env = Environment(lambda: datetime.now(UTC), os.urandom, folder / "state")
    with create_vault(
        str(folder / "v.safehands"), "a passphrase", "Ana", env, cost="floor"
    ) as made:
        yield made
