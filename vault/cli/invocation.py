"""What every command is given: where the vault is, how to open it, and how to answer."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vault.cli import diagnostics
from vault.cli.deriving import PASSPHRASE_BYTES
from vault.cli.hardening import close_to_others
from vault.cli.output import Output, standard_output
from vault.cli.places import config_folder, passphrase_file_at, state_folder, vault_at
from vault.errors import CannotUnlockError, SafehandsError, StorageError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vault.domain.platforms import Catalogue
    from vault.domain.registry import Registry
    from vault.services.deriving import Derivation
    from vault.services.environment import Environment
    from vault.services.session import Session
    from vault.services.unlocking import Unlock


class Invocation(msgspec.Struct, dict=True):
    """The global options of one run. `as_of` is the moment that reading commands ask about.

    `derivation` is of the key that the passphrase's file will give, where that has begun.
    """

    vault: str = ""
    passphrase_file: str = ""
    passphrase_fd: int | None = None
    as_json: bool = False
    as_of: date | None = None
    derivation: Derivation | None = None
    _session: Session | None = None
    _beside: Callable[[], None] | None = None

    @cached_property
    def out(self) -> Output:
        """Where the answer goes."""
        return standard_output(as_json=self.as_json)

    @property
    def location(self) -> str:
        """The vault's path: the option, the environment, or the user's own place."""
        return vault_at(self.vault)

    @property
    def moment(self) -> datetime:
        """The moment asked about: the end of the `--as-of` day unless it has a time, or now."""
        if self.as_of is None:
            return utc_now()
        if isinstance(self.as_of, datetime):
            return self.as_of
        return datetime.combine(self.as_of, time(23, 59, 59), UTC)

    def environment(self) -> Environment:
        """Return the clock, the randomness and the folders of this device."""
        from vault.services.environment import Environment

        return Environment(
            now=utc_now,
            random=os.urandom,
            state_folder=state_folder(),
            catalogue_folder=config_folder() / "platforms",
            settings_file=config_folder() / "settings.toml",
        )

    def form(self, asked: str | None) -> str:
        """Return in which form to answer; raises UsageError where --json contradicts --format."""
        if self.as_json and asked not in (None, "json"):
            message = f"--json and --format {asked} exclude each other"
            raise UsageError(message, "leave one of them out")
        return asked or ("json" if self.as_json else "table")

    def catalogue(self) -> Catalogue:
        """Return the platforms this device knows; raises what reading the user's files raises."""
        from vault.services.catalogue import load_catalogue

        env = self.environment()
        return load_catalogue(env.catalogue_folder, env.now().date())

    def writing(self) -> Session:
        """Open the vault for a command that changes things now; raises what opening raises.

        Raises UsageError, before the passphrase is asked for, where it was asked about another day.
        """
        self.refuse_as_of()
        return self.reading()

    def reading(
        self,
        *,
        by_passphrase: bool = False,
        beside: Callable[[], None] | None = None,
        afresh: bool = False,
    ) -> Session:
        """Open the vault, as of whatever day was asked about; raises what opening raises.

        With `by_passphrase` it is asked for on a device that remembers the vault, too. `beside` is
        called when the passphrase is there, to begin what can be done while a key is made of it.
        `afresh` reads all of the file, whatever this device has kept of it.
        """
        from vault.services.cautions import cautions
        from vault.services.vaults import open_vault

        close_to_others()
        told: list[SafehandsError] = []

        def tell(error: SafehandsError) -> None:
            told.append(error)
            diagnostics.warn(error.message, error.hint)

        # Who names a passphrase means that one, and not whoever this device remembers.
        tell_why = None if by_passphrase or self._names_passphrase else tell

        def passphrase() -> str:
            given = self.passphrase()
            if beside is not None:
                beside()
            return given

        # What it brings lives as long as this, like the records: 10,000 rows take 8 ms to free.
        self._beside = beside
        env = self.environment()
        session = open_vault(
            self.location, passphrase, env, tell_why, self.derivation, afresh=afresh
        )
        self._session = session
        for caution in cautions(session):
            if not (told and caution.is_of_keyring):
                diagnostics.warn(caution.text, caution.hint)
        return session

    def registry(self) -> Registry:
        """Open the vault and return what it holds."""
        return self.reading().registry

    def close(self) -> None:
        """Let go of the vault's file: what was written is in it then, and nothing beside it."""
        if self._session is not None:
            self._session.release()

    def refuse_as_of(self) -> None:
        """Raise UsageError where a command that knows only today was asked about another day."""
        if self.as_of is not None:
            message = "--as-of goes with commands that show what is recorded, not with this one"
            raise UsageError(message, "leave it out, or give the date to the command's own option")

    def passphrase(self) -> str:
        """Return the passphrase from the named file or descriptor, or ask for it."""
        close_to_others()
        path = passphrase_file_at(self.passphrase_file)
        if self.passphrase_fd is not None:
            return _from_descriptor(self.passphrase_fd)
        if path:
            return first_line_of(Path(path))
        return _asked("Passphrase: ")

    @property
    def _names_passphrase(self) -> bool:
        return self.passphrase_fd is not None or bool(passphrase_file_at(self.passphrase_file))

    def by_passphrase(self) -> Unlock:
        """Return the way into a vault by the passphrase of this run."""
        from vault.services.unlocking import with_passphrase

        return with_passphrase(self.passphrase, self.derivation)

    def new_passphrase(self) -> str:
        """Return a passphrase for a new vault; typed ones are asked for twice."""
        if self._names_passphrase:
            return self.passphrase()
        return passphrase_of_another(None)


def passphrase_of_another(path: str | None) -> str:
    """Return a new passphrase that is not this run's own: from a file, or typed twice."""
    close_to_others()
    if path:
        return first_line_of(Path(path))
    first = _asked("New passphrase: ")
    if first != _asked("Once more: "):
        message = "the two passphrases differ"
        raise UsageError(message, "try again; nothing was made")
    return first


def first_line_of(path: Path, what: str = "passphrase") -> str:
    """Return the first line of a file that holds one secret; warns where others may read it.

    `what` is what the secret is called.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(PASSPHRASE_BYTES + 1)
            _warn_if_shared(path, os.fstat(file.fileno()), what)
    except OSError as error:
        message = f"the {what} file {path} cannot be read: {error.strerror}"
        raise StorageError(message, "check the name, and who may read it") from error
    return _first_line(raw)


def _warn_if_shared(path: Path, found: os.stat_result, what: str) -> None:
    """Warn of a plain file that others may open; a pipe, such as a shell's `<(...)`, is nobody's.

    In its own folder systemd lets a service read by an access list, which shows as group bits on a
    file of root's (systemd.exec(5), "Credentials"); nobody else gets into that folder.
    """
    credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if not stat.S_ISREG(found.st_mode) or (credentials and path.parent == Path(credentials)):
        return
    if found.st_uid not in {os.geteuid(), 0}:
        message = f"the {what} file {path} belongs to another user ({found.st_uid})"
        diagnostics.warn(message, f"keep the {what} in a file of your own")
    elif found.st_mode & 0o077:
        mode = stat.S_IMODE(found.st_mode)
        message = f"the {what} file {path} is open to others (mode {mode:o})"
        diagnostics.warn(message, f"run: chmod 600 {shlex.quote(str(path))}")


def _from_descriptor(descriptor: int) -> str:
    # A pipe hands over what is there: the rest of the line may come later.
    raw = b""
    try:
        while b"\n" not in raw and len(raw) <= PASSPHRASE_BYTES:
            more = os.read(descriptor, PASSPHRASE_BYTES + 1)
            if not more:
                break
            raw += more
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", "") or "there is no such number"
        message = f"file descriptor {descriptor} cannot be read: {reason}"
        raise UsageError(message, "check --passphrase-fd") from error
    return _first_line(raw)


def _first_line(raw: bytes) -> str:
    if len(raw) > PASSPHRASE_BYTES:
        message = f"the passphrase is longer than {PASSPHRASE_BYTES} bytes"
        raise UsageError(message, "check that it is the right file")
    try:
        return raw.decode().split("\n", 1)[0].rstrip("\r")
    except UnicodeDecodeError as error:
        message = "the passphrase is not UTF-8 text"
        raise UsageError(message, "check that it is the right file") from error


def _asked(prompt: str) -> str:
    if not sys.stdin.isatty():
        message = "no terminal to ask for the passphrase on"
        raise CannotUnlockError(message, "give it with --passphrase-file F or --passphrase-fd N")
    return diagnostics.ask_secret(prompt)


def utc_now() -> datetime:
    """Return this moment: what commands mean by today."""
    return datetime.now(UTC)
