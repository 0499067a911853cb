"""Checks of the installation and of the vault's files; they change nothing and need no passphrase."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec

from vault.crypto.self_test import run_self_test
from vault.errors import CannotUnlockError


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at: what was found, and what to do about it."""

    what: str
    ok: bool
    found: str = ""
    to_do: str = ""


def examine(location: str) -> list[Check]:
    """Return the checks of the cryptography, and of the vault's file and folder."""
    return [_cryptography(), *_files(Path(location))]


def _cryptography() -> Check:
    try:
        run_self_test()
    except CannotUnlockError as error:
        return Check("cryptography", ok=False, found=error.message, to_do=error.hint)
    return Check("cryptography", ok=True)


def _files(path: Path) -> list[Check]:
    if not path.exists():
        return [Check("vault", ok=False, found=f"{path} is not there", to_do="safehands init")]
    checks = []
    for each, wanted in ((path, 0o600), (path.parent, 0o700)):
        mode = stat.S_IMODE(each.stat().st_mode)
        open_to_others = bool(mode & ~wanted & 0o777)
        checks.append(
            Check(
                f"mode of {each}",
                ok=not open_to_others,
                found=f"{mode:o}",
                to_do=f"chmod {wanted:o} {each}" if open_to_others else "",
            )
        )
    return checks
