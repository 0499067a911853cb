"""Checks of the installation and the vault's files, which change nothing and open nothing."""

from __future__ import annotations

import stat
from pathlib import Path
from shlex import quote

import msgspec

from vault.crypto.self_test import run_self_test
from vault.errors import CannotUnlockError, StorageError
from vault.services.catalogue import own_files
from vault.storage import paths


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at: what was found, and what to do about it."""

    what: str
    ok: bool
    found: str = ""
    to_do: str = ""


def examine(location: str, catalogue_folder: Path | None = None) -> list[Check]:
    """Return the checks of the cryptography, the vault's file and folder, and own platforms."""
    return [_cryptography(), *_files(Path(location)), *_platforms(catalogue_folder)]


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
    # Others may look into the folder, so that a home or shared one passes, but not put files there.
    for each, mask, mend in ((path, 0o077, "chmod 600"), (path.parent, 0o022, "chmod go-w")):
        mode = stat.S_IMODE(each.stat().st_mode)
        is_open = bool(mode & mask)
        to_do = f"{mend} {quote(str(each))}" if is_open else ""
        checks.append(Check(f"mode of {each}", ok=not is_open, found=f"{mode:o}", to_do=to_do))
    return checks


def _platforms(folder: Path | None) -> list[Check]:
    if folder is None or not folder.is_dir():
        return []
    what = f"platforms in {folder}"
    try:
        paths.check_own_folder(folder)
        own_files(folder)
    except StorageError as error:
        return [Check(what, ok=False, found=error.message, to_do=error.hint)]
    return [Check(what, ok=True)]
