"""A program of its own: open a vault, verified, and do nothing with it.

python -m bench.opening afresh|again VAULT PASSPHRASE-FILE STATE-FOLDER
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from vault.services.environment import Environment
from vault.services.session import Session
from vault.services.vaults import open_vault


def opened(vault: str, passphrase_file: str, state_folder: str, *, afresh: bool = False) -> Session:
    """Return the vault, unlocked with the passphrase in that file.

    `afresh` reads and verifies every record; without, a device goes on from what it has kept.
    """
    environment = Environment(lambda: datetime.now(UTC), os.urandom, Path(state_folder))
    passphrase = Path(passphrase_file).read_text(encoding="utf-8").strip()
    return open_vault(vault, lambda: passphrase, environment, afresh=afresh)


if __name__ == "__main__":
    opened(*sys.argv[2:5], afresh=sys.argv[1] == "afresh").close()
