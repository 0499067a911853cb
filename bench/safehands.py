"""Our side: vaults with the company in them, and the commands that are measured."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from bench import company
from bench.company import Company
from bench.files import KINDS
from bench.measuring import Command, Subject, run

PASSPHRASE = "correct horse battery staple bench"
PROGRAM = str(Path(sys.executable).with_name("safehands"))


class Vaults:
    """The vaults of one size in `folder`: an empty one, one ready for accounts, and a full one."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        self.company = Company(size)
        self.files = folder / "csv"
        self.secret = folder / "passphrase"

    def build(self) -> None:
        """Make the vaults; the files must be there."""
        self.secret.write_text(PASSPHRASE + "\n", encoding="utf-8")
        self.secret.chmod(0o600)
        run(self.command("empty", "init", "--kdf", "floor", "--founder", "Bench"))
        self._copy("empty", "ready")
        for kind in KINDS:
            if kind == "accounts":
                self._copy("ready", "full")
            run(self._import("ready" if kind != "accounts" else "full", kind))
        run(self._own_program("bench.ties", "full", str(self.company.size)))

    def command(self, vault: str, *words: str, good_codes: frozenset[int] | None = None) -> Command:
        """Return a command line of ours on one of the vaults."""
        variables = {
            "SAFEHANDS_VAULT": str(self.folder / f"{vault}.vault"),
            "SAFEHANDS_STATE": str(self.folder / f"{vault}.state"),
            "SAFEHANDS_PASSPHRASE_FILE": str(self.secret),
        }
        return Command((PROGRAM, *words), variables, good_codes=good_codes or frozenset({0}))

    def subjects(self) -> dict[str, Subject]:
        """Return what is measured, by the name of the action.

        What ends in " (empty)" is the constant part of other actions: start-up and KDF.
        """
        last, middle = self.company.size - 1, self.company.size // 2
        word, name = company.handle(middle), company.account_name(last)
        departure = (
            *(company.LEAVER, "--last-day", company.LAST_DAY),
            *("--successor", company.person_name(1)),
        )
        return {
            "open (empty)": Subject(lambda _: self._opening("afresh", "empty")),
            "list (empty)": Subject(lambda _: self.command("empty", "account", "list")),
            "change (empty)": Subject(
                lambda turn: self.command("empty", "person", "edit", "Bench", "--note", f"{turn}")
            ),
            "open": Subject(lambda _: self._opening("afresh", "full")),
            "list, first": Subject(
                lambda _: self.command("full", "account", "list"), lambda _: self._forget("full")
            ),
            "open again": Subject(lambda _: self._opening("again", "full")),
            "list": Subject(lambda _: self.command("full", "account", "list")),
            "show": Subject(lambda _: self.command("full", "account", "show", name)),
            "search": Subject(lambda _: self.command("full", "account", "list", word)),
            "change": Subject(
                lambda turn: self.command(
                    "full", "account", "edit", name, "--note", f"changed in round {turn}"
                )
            ),
            "plan": Subject(
                lambda _: self.command(
                    "full", "offboard", "plan", *departure, good_codes=frozenset({0, 1})
                )
            ),
            "import": Subject(
                lambda turn: self._import(f"import{turn}", "accounts"),
                lambda turn: self._copy("ready", f"import{turn}"),
            ),
        }

    def _import(self, vault: str, kind: str) -> Command:
        paths = (str(self.files / f"{kind}.csv"), "--mapping", str(self.files / f"{kind}.toml"))
        return self.command(vault, "import", *paths)

    def _opening(self, how: str, vault: str) -> Command:
        return self._own_program("bench.opening", vault, how)

    def _forget(self, vault: str) -> None:
        """Take away what the device has kept of a vault, as after a day."""
        for file in (self.folder / f"{vault}.state").glob("*.kept"):
            file.unlink()

    def _own_program(self, module: str, vault: str, *words: str) -> Command:
        variables = self.command(vault).variables
        places = (
            variables["SAFEHANDS_VAULT"],
            variables["SAFEHANDS_PASSPHRASE_FILE"],
            variables["SAFEHANDS_STATE"],
        )
        return Command((sys.executable, "-m", module, *words, *places))

    def _copy(self, source: str, target: str) -> None:
        """Copy a vault; the copy is in a state folder of its own, where the device forgets it."""
        for old in self.folder.glob("import*.vault*"):
            old.unlink()
        for file in self.folder.glob(f"{source}.vault*"):
            shutil.copy2(file, self.folder / file.name.replace(source, target, 1))
