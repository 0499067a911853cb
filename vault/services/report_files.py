"""Reports as files: their owner's only, whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from vault.errors import StorageError, UsageError
from vault.reports.render import MONTHS_SHOWN, render
from vault.services.files import write_new_file
from vault.services.reporting import report_of
from vault.services.session import Session
from vault.storage.files import write_private

_TOLD_BY: Final = {b"<!doctype html>": 9, b"BEGIN:VCALENDAR": 4, b"{": 2, b"# ": 1, b'"': 1}
"""By what any file of a form begins with, how many lines it takes to say which report it is."""
_BEGINNING: Final = 12  # bytes of a table, whose first line may end with the day


def save_report(path: Path, data: bytes, *, replace: bool = False) -> Path:
    """Write a file that only its owner can read, and return its whole path.

    Whatever is there already is refused; with `replace` a plain file that begins like the new one
    gives way to it, in one moment: who reads it finds the old one or the new one, whole. Any other
    file stays: a vault must not be lost to a slip of the fingers. Raises StorageError, with nothing
    left behind and the old file as it was.
    """
    whole = path.expanduser().absolute()
    is_there = _is_plain_file(whole)
    if is_there and not replace:
        message = f"{whole} is there already"
        raise StorageError(message, "name a new file, or let it take the place with --force")
    if not is_there:
        write_new_file(whole, data)
        return whole
    _refuse_another(whole, data)
    try:
        write_private(whole, [data], beside=whole.with_name(f".safehands-{os.getpid()}.part"))
    except OSError as error:
        message = f"{whole} cannot be replaced: {error.strerror}"
        hint = "check the folder, make room, or name a new file; the old one is as it was"
        raise StorageError(message, hint) from error
    return whole


def save_overview(session: Session, path: Path) -> Path:
    """Write where the company stands now, with a year of figures, to a new file; return its path.

    Raises UsageError for a name whose ending says no form, StorageError where it cannot be written.
    """
    form = form_by_ending(path, {".html": "html", ".md": "markdown"})
    made = report_of(session, "overview", session.env.now(), months=MONTHS_SHOWN)
    return save_report(path, render(made, form))


def form_by_ending(path: Path, forms: Mapping[str, str]) -> str:
    """Return the form that the ending of a name says; raises UsageError where it says none."""
    form = forms.get(path.suffix.lower())
    if form is None:
        message = f"{path.name or 'a file without a name'} does not say how to write it"
        raise UsageError(message, f"end it in one of {', '.join(forms)}")
    return form


def _is_plain_file(path: Path) -> bool:
    """Whether a file of its own is there: no symbolic link, whose target would be another's."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _refuse_another(path: Path, data: bytes) -> None:
    """Refuse to replace a file that is no earlier report of the same name and form."""
    lines = next((n for begun, n in _TOLD_BY.items() if data.startswith(begun)), 0)
    expected = b"".join(data.splitlines(keepends=True)[:lines]) or data[:_BEGINNING]
    try:
        with path.open("rb") as old:
            beginning = old.read(len(expected))
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise StorageError(message, "check the file, or name a new one") from error
    if beginning and beginning != expected:
        message = f"{path} is no earlier report of this name and form"
        raise StorageError(message, "name another file, or remove that one yourself")
