"""Checks of the installation and the vault's files, which change nothing and open nothing."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path
from shlex import quote

import msgspec

from vault.crypto.self_test import run_self_test
from vault.errors import CannotUnlockError, StorageError, UsageError
from vault.services.catalogue import load_catalogue
from vault.storage import paths


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at: what was found, and what to do about it."""

    what: str
    ok: bool
    found: str = ""
    to_do: str = ""


def examine(location: str, catalogue_folder: Path | None, today: date) -> list[Check]:
    """Return the checks of the cryptography, the vault's file and folder, and own platforms."""
    path = paths.file_of(location)
    return [_cryptography(), _place(path), *_mode(path), *_platforms(catalogue_folder, today)]


def _cryptography() -> Check:
    try:
        run_self_test()
    except CannotUnlockError as error:
        return Check("cryptography", ok=False, found=error.message, to_do=error.hint)
    return Check("cryptography", ok=True)


def _place(path: Path) -> Check:
    try:
        paths.check_existing(path)
    except StorageError as error:
        return Check("vault", ok=False, found=error.message, to_do=error.hint)
    return Check("vault", ok=True)


def _mode(path: Path) -> list[Check]:
    """Whether others may read the file, which keeps nobody from opening it."""
    if not path.is_file():
        return []
    mode = stat.S_IMODE(path.stat().st_mode)
    to_do = f"chmod 600 {quote(str(path))}" if mode & 0o077 else ""
    return [Check(f"mode of {path}", ok=not to_do, found=f"{mode:o}", to_do=to_do)]


def _platforms(folder: Path | None, today: date) -> list[Check]:
    if folder is None or not folder.is_dir():
        return []
    what = f"platforms in {folder}"
    try:
        paths.check_own_folder(folder)
        load_catalogue(folder, today)
    except (StorageError, UsageError) as error:
        return [Check(what, ok=False, found=error.message, to_do=error.hint)]
    return [Check(what, ok=True)]
