"""Where things are: as the command line says, or the environment, or in this user's own folders.

Nothing is imported here but the standard library: a derivation waits for it (docs/adr/0019).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final


def vault_at(named: str) -> str:
    """Return the vault's location: what is named, the environment's, or the user's own place."""
    return named or os.environ.get("SAFEHANDS_VAULT", "") or str(default_vault())


def passphrase_file_at(named: str) -> str:
    """Return the path of the passphrase's file, what is named or the environment's, or ""."""
    return named or os.environ.get("SAFEHANDS_PASSPHRASE_FILE", "")


def default_vault() -> Path:
    """Return where a vault is kept when nobody says otherwise."""
    return _own_folder("data") / "vault.safehands"


def state_folder() -> Path:
    """Return where this device keeps what it has seen of vaults."""
    named = os.environ.get("SAFEHANDS_STATE", "")
    return Path(named) if named else _own_folder("state")


def config_folder() -> Path:
    """Return where the user's settings and own platform files are."""
    return _own_folder("config")


_USUAL: Final = {"data": ".local/share", "state": ".local/state", "config": ".config"}
"""Where a user's files are at home (XDG Base Directory Specification, version 0.8)."""


def _own_folder(kind: str) -> Path:
    """Return our folder among a user's files of a kind: the one that platformdirs names.

    Where that is plain it is not asked: its import takes 5 ms of every command.
    """
    named = os.environ.get(f"XDG_{kind.upper()}_HOME", "")
    base = Path(named) if named else Path(os.environ.get("HOME", ""), _USUAL[kind])
    if sys.platform == "linux" and base.is_absolute():
        return base / "safehands"
    from platformdirs import PlatformDirs

    return Path(getattr(PlatformDirs("safehands", appauthor=False), f"user_{kind}_dir"))
