"""Runs the command line in this process, on a vault of its own with its own clock."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from vault.cli import main
from vault.services.session import Session
from vault.services.unlocking import Unlock

PASSPHRASE = "correct horse battery"


@dataclass(frozen=True)
class Answer:
    """What a command answered: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on standard output."""
        return dict(json.loads(self.out))


@dataclass
class Desk:
    """A folder with a vault, a passphrase file, and how far the clock was put forward."""

    folder: Path
    ahead: timedelta = field(default_factory=timedelta)
    held: Session | None = None

    @property
    def vault(self) -> Path:
        """The vault's file."""
        return self.folder / "acme.safehands"

    @property
    def passphrase_file(self) -> Path:
        """The file that holds its passphrase."""
        return self.folder / "passphrase"

    def now(self) -> datetime:
        """The moment that commands take for now."""
        return datetime.now(UTC) + self.ahead

    def found(self, founder: str = "Ana Kramer") -> Desk:
        """Make the vault."""
        self.passphrase_file.touch(mode=0o600)
        self.passphrase_file.write_text(PASSPHRASE + "\n", encoding="utf-8")
        self.do("init", "--kdf", "floor", "--founder", founder)
        return self

    def copy(self, folder: Path) -> Desk:
        """Return a copy of a vault that is kept open; it is open too, by the same keys."""
        assert self.held is not None
        keys = self.held._keys
        ignored = shutil.ignore_patterns("*.place.json")
        shutil.copytree(self.folder, folder, ignore=ignored, dirs_exist_ok=True)
        return Desk(folder, self.ahead).keep_open(lambda _: keys)

    def keep_open(self, unlock: Unlock | None = None) -> Desk:
        """Unlock once for all commands: for tests of what commands say, not of unlocking."""
        from vault.cli.invocation import Invocation
        from vault.services.unlocking import with_passphrase
        from vault.services.vaults import open_with

        at = Invocation(str(self.vault), str(self.passphrase_file))
        with pytest.MonkeyPatch.context() as patch:
            self._set_up(patch)
            by = unlock or with_passphrase(at.passphrase)
            self.held = open_with(at.location, by, at.environment())
        return self

    def with_webcare(self) -> Desk:
        """Add the role Webcare, which Jan Bakker and Eva Jansen hold."""
        for name in ("Jan Bakker", "Eva Jansen"):
            self.do("person", "add", name)
        self.do("role", "add", "Webcare")
        for name in ("jan", "eva"):
            self.do("role", "assign", "webcare", name)
        return self

    def run(self, *argv: str, stdin: str = "") -> Answer:
        """Run one command; the global options for this vault are added."""
        named = ("--vault", str(self.vault), "--passphrase-file", str(self.passphrase_file))
        return self.bare(*named, *argv, stdin=stdin)

    def bare(self, *argv: str, stdin: str = "", **variables: str) -> Answer:
        """Run one command with nothing added but this device's folders and clock.

        Of the variables that name a vault or a passphrase it sees those that are given.
        """
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            self._set_up(patch)
            for name, value in variables.items():
                patch.setenv(name, value)
            patch.setattr("sys.stdin", io.StringIO(stdin))
            code = main(list(argv))
        return Answer(code, out.getvalue(), err.getvalue())

    def do(self, *argv: str, code: int | None = 0, stdin: str = "") -> Answer:
        """Run one command that must end with that exit code, or with None, 0 or 1."""
        answer = self.run(*argv, stdin=stdin)
        assert answer.code in ({0, 1} if code is None else {code}), (argv, answer)
        return answer

    def ask(self, *argv: str, code: int | None = 0) -> dict[str, Any]:
        """Return the document with which a command answers."""
        return self.do(*argv, "--json", code=code).document

    def id_of(self, *argv: str) -> str:
        """Return the id of the record that a command adds or shows."""
        return str(self.ask(*argv)["id"])

    def _set_up(self, patch: pytest.MonkeyPatch) -> None:
        patch.setenv("SAFEHANDS_STATE", str(self.folder / "state"))
        patch.setenv("XDG_CONFIG_HOME", str(self.folder / "config"))
        patch.setenv("COLUMNS", "100")
        patch.delenv("SAFEHANDS_VAULT", raising=False)
        patch.delenv("SAFEHANDS_PASSPHRASE_FILE", raising=False)
        patch.setattr("vault.cli.invocation.utc_now", self.now)
        if self.held is not None:
            patch.setattr("vault.services.vaults.open_vault", self._already_open)

    def _already_open(self, *_: object, **_options: object) -> Session:
        assert self.held is not None
        self.held.refresh()
        return self.held


def refusal(answer: Answer) -> str:
    """Return the one message of a refused command, after seeing that it is one with a hint."""
    lines = answer.err.splitlines()
    assert lines, answer
    assert lines[0].startswith("safehands: "), answer
    assert not [line for line in lines[1:] if line.startswith("safehands: ")], answer
    assert lines[-1].startswith("  hint: "), answer
    assert answer.out == "", answer
    return lines[0].removeprefix("safehands: ")
