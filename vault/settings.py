"""What a user prefers: a small TOML file that holds nothing secret, read leniently.

A preference is no reason to refuse work, so a file that cannot be read is told and the usual is
taken. It is never written over while something is wrong with it: a person may have written it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import msgspec

from vault.domain.toml import misfit, read_toml
from vault.errors import RefusedError, StorageError
from vault.storage.files import write_private
from vault.storage.paths import FOLDER_MODE

FILE: Final = "settings.toml"
_SIZE_LIMIT: Final = 64 * 1024  # a hundred times what all settings together take

Minutes = Annotated[int, msgspec.Meta(ge=1, le=24 * 60)]
Word = Annotated[str, msgspec.Meta(max_length=100)]


class Settings(msgspec.Struct, frozen=True):
    """The preferences, each with what is usual.

    `keys` gives commands of the interface other keys, by the command's id; several are separated
    by commas. `lock_when_away` locks when the terminal's window loses the focus, where it tells.
    """

    theme: Word = "safehands-dark"
    idle_lock_minutes: Minutes = 10
    lock_when_away: bool = False
    presentation: bool = False
    keys: Mapping[Word, Word] = {}


class Read(NamedTuple):
    """What was read, and a sentence for each thing in the file that was not understood."""

    settings: Settings
    problems: Sequence[str] = ()


def read_settings(file: Path | None) -> Read:
    """Return the settings of a file; what is missing or not understood is as usual."""
    if file is None:
        return Read(Settings())
    try:
        with file.open("rb") as stream:
            text = stream.read(_SIZE_LIMIT + 1)
        if len(text) > _SIZE_LIMIT:
            return Read(Settings(), (f"{file} is too long for settings",))
        given = read_toml(text.decode())
    except (FileNotFoundError, NotADirectoryError):
        return Read(Settings())
    except OSError as error:
        return Read(Settings(), (f"{file} cannot be read: {error.strerror}",))
    except ValueError:  # no UTF-8, or no TOML
        return Read(Settings(), (f"{file} is not valid TOML",))
    return _understood(given)


def write_settings(file: Path | None, settings: Settings) -> None:
    """Keep the settings in the file, all or nothing.

    Raises RefusedError where the file holds what was not understood, and StorageError where it
    cannot be written.
    """
    if file is None:
        raise RefusedError("There is no place to keep settings.")
    problems = read_settings(file).problems
    if problems:
        raise RefusedError(f"The settings were not kept: {problems[0]}.", f"Mend {file} first.")
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        write_private(file, [as_toml(settings).encode()], beside=new)
    except OSError as error:
        raise StorageError(f"{file} cannot be written: {error.strerror}") from error


def as_toml(settings: Settings) -> str:
    """Return the settings as they stand in the file."""
    values = msgspec.to_builtins(settings)
    keys = values.pop("keys")
    lines = [f"{name} = {_as_toml(value)}" for name, value in values.items()]
    if keys:
        lines += ["", "[keys]"]
        lines += [f"{_as_toml(name)} = {_as_toml(value)}" for name, value in keys.items()]
    return "\n".join(lines) + "\n"


def _as_toml(value: object) -> str:
    """The value as JSON, which TOML 1.0 reads alike but for two things: surrogates, and DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _understood(given: Mapping[str, Any]) -> Read:
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    taken: dict[str, Any] = {}
    problems: list[str] = []
    for name, value in given.items():
        if name not in fields:
            problems.append(f"there is no setting {name!r}")
            continue
        try:
            taken[name] = msgspec.convert(value, fields[name])
        except msgspec.ValidationError as error:
            told = " ".join(filter(None, misfit(error)))
            problems.append(f"the setting {name} is not taken: {told}")
    return Read(Settings(**taken), problems)
