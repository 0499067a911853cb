"""The platform catalogue of this installation: the shipped one under the user's own files."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock

import msgspec

from vault.domain import platforms
from vault.domain.platforms import Catalogue
from vault.errors import StorageError
from vault.storage import paths

COMPILED_FILE = "catalogue.json"

_ONE_AT_A_TIME = Lock()  # two threads that make a decoder of one type crash msgspec 0.22


def load_catalogue(user_folder: Path | None = None, today: date | None = None) -> Catalogue:
    """The shipped catalogue with the `*.toml` files of `user_folder`, if it exists, laid over it.

    No fact can have been checked after `today` (None: any day will do).

    Raises UsageError, naming file, table and key, for a file that does not have the form of
    docs/catalogue.md, StorageError for one that cannot be read, and UnsafePathError for one that
    others may write to: verdicts rest on its facts.
    """
    with _ONE_AT_A_TIME:
        shipped = _shipped()
    files = _own_files(user_folder)
    if not files:
        return shipped
    # Few installations have files of their own: only they pay for the TOML parser.
    from vault.domain.platforms.parse import parse_platform

    known = {platform.id: platform for platform in shipped.platforms}
    return shipped.overlay(
        parse_platform(_text(f), str(f), shipped.sources, known, today) for f in files
    )


def _own_files(user_folder: Path | None) -> list[Path]:
    """Return the platform files of the user, which nobody else may write to; raises as above."""
    if user_folder is None or not user_folder.is_dir():
        return []
    files = sorted(user_folder.glob("*.toml"))
    for file in files:
        try:
            paths.check_own(file)
        except OSError as error:
            raise _unreadable(file, error) from error
    return files


@lru_cache(maxsize=1)
def _shipped() -> Catalogue:
    # Next to the code, in a checkout and in an installed wheel alike.
    path = Path(platforms.__file__).with_name(COMPILED_FILE)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Catalogue)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error}", "Install Safehands again.") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> StorageError:
    hint = "Make it a readable UTF-8 file, or move it away."
    why = getattr(error, "strerror", "") or error
    return StorageError(f"{path} cannot be read: {why}", hint)
