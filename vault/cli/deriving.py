"""Deriving the vault's key while what a command needs is imported (docs/adr/0019)."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from vault.cli.options import taken_out
from vault.cli.places import passphrase_file_at, state_folder, vault_at
from vault.errors import UsageError

if TYPE_CHECKING:
    from vault.services.deriving import Derivation

PASSPHRASE_BYTES: Final = 4096  # nobody types more; a file that is larger is the wrong file

WITHOUT_A_KEY: Final = frozenset(
    {"demo", "doctor", "init", "platform", "schedule", "tui", "unlock"}
)
"""The commands that open no vault, or few of whose verbs do."""


def derive_for(arguments: Sequence[str]) -> Derivation | None:
    """Begin to derive the key that this command line will want, or return None.

    That is where the command opens a vault, and the passphrase is in a plain file, which can be
    read once more. What is wrong with any of this is told by whoever does it in its turn.
    """
    try:
        options, rest = taken_out(arguments)
    except UsageError:
        return None
    file = passphrase_file_at(options.passphrase_file)
    if options.passphrase_fd or not file or not _opens_a_vault(rest):
        return None
    from vault.cli.hardening import close_to_others

    close_to_others()
    passphrase = _first_line(file)
    if passphrase is None:
        return None
    from vault.services.deriving import derive_ahead

    return derive_ahead(vault_at(options.vault), passphrase, state_folder())


def _opens_a_vault(rest: Sequence[str]) -> bool:
    is_command = bool(rest) and not rest[0].startswith("-") and rest[0] not in WITHOUT_A_KEY
    return is_command and "--help" not in rest


def _first_line(path: str) -> str | None:
    """Return the first line of a plain file, or None; nobody else's reading is disturbed by that.

    Asked first, and not opened: who writes into a pipe would take this for the reader. Read without
    moving on: on some systems what is opened as /dev/fd/N is the caller's own descriptor.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  # a link may lead to it
            return None
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            raw = os.pread(descriptor, PASSPHRASE_BYTES, 0)
        finally:
            os.close(descriptor)
        return raw.decode().split("\n", 1)[0].rstrip("\r")
    except (OSError, ValueError):
        return None
