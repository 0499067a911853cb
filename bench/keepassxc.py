"""The peer: keepassxc-cli (Debian's `keepassxc`) with the same accounts and the same KDF."""

from __future__ import annotations

import os
import shutil
import subprocess
import venv
from pathlib import Path

from bench import company
from bench.company import Company
from bench.files import title, write_xml
from bench.measuring import Command, FailedError, Subject, run
from bench.safehands import PASSPHRASE

PROGRAM = "keepassxc-cli"
KDF = "Argon2id, 64 MiB, 3 passes, 4 lanes"
"""What `safehands init --kdf floor` derives its key with."""

TWICE, TWICE_OF_IMPORT = "derive twice", "derive twice, KDF of import"
"""A new group in an empty database: it derives the key to open it, and again to save it.

So does `import`, to set the key and to save. keepassxc-cli 2.7.4, made to derive for 1.5 s
(`import -t 1500`), takes 1.5 s to list what it imported, and 3.1 s for either of the two.
"""

_VARIABLES = {"QT_QPA_PLATFORM": "offscreen"}  # it links the graphical libraries
_KDF_SHOWN = ("Argon2id", "3 rounds", "65536 KB")


def is_installed() -> bool:
    """Say whether there is a peer on this machine."""
    return shutil.which(PROGRAM) is not None


def version() -> str:
    """Return the peer's version."""
    return _asked("--version").strip()


class Maker:
    """Makes KDBX 4 databases with a KDF of our choice, which keepassxc-cli itself cannot.

    pykeepass does, in an environment of its own in `folder`: it is under the GPL and no dependency.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._python = folder / "pykeepass" / "bin" / "python"
        self._install(folder / "pykeepass")

    def make(self, xml: Path, database: Path, secret: Path) -> None:
        """Make a database of the accounts in an XML file."""
        script = Path(__file__).with_name("kdbx.py")
        run(Command((str(self._python), str(script), str(xml), str(database), str(secret))))

    def import_kdf(self) -> str:
        """Return what the peer says of the KDF of a database that it has imported."""
        database = Database(self._folder, 1)
        write_xml(database.company, database.xml)
        database.write_secrets()
        run(database.subjects()["import"].command(0))
        said = _asked("db-info", "-q", str(database.imported(0)))
        return next(line for line in said.splitlines() if line.startswith("KDF")).strip()

    def _install(self, folder: Path) -> None:
        if not self._python.exists():
            venv.create(folder, with_pip=True)
        quietly = ("--quiet", "--disable-pip-version-check")
        run(Command((str(self._python), "-m", "pip", "install", *quietly, "pykeepass==4.2.0")))


class Database:
    """A database of one size in `folder`."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        self.xml = folder / "accounts.xml"
        self.company = Company(size)
        self._path = folder / "full.kdbx"
        self._empty, self._empty_imported = folder / "empty.kdbx", folder / "empty-imported.kdbx"
        self._secret = folder / "passphrase"
        self._new_secret = folder / "passphrase-twice"

    def build(self, maker: Maker) -> None:
        """Make the databases, and see that their KDF is ours; raises FailedError where not."""
        self.write_secrets()
        nothing = self.folder / "nothing.xml"
        write_xml(Company(0), nothing)
        run(self._import(nothing, self._empty_imported))
        for xml, path in ((self.xml, self._path), (nothing, self._empty)):
            maker.make(xml, path, self._secret)
            said = _asked("db-info", "-q", str(path))
            if not all(part in said for part in _KDF_SHOWN):
                raise FailedError(f"{path} is not at {KDF}:\n{said}")

    def write_secrets(self) -> None:
        """Write what the peer reads in place of what a person types."""
        self._secret.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
        self._new_secret.write_text(f"{PASSPHRASE}\n" * 2, encoding="utf-8")

    def imported(self, turn: int) -> Path:
        """Return where the database lies that was imported in that round."""
        return self.folder / f"imported{turn}.kdbx"

    def subjects(self) -> dict[str, Subject]:
        """Return what is measured, by the name our side has for the action."""
        rows = list(self.company.accounts())
        name = title(rows[-1])
        word = company.handle(self.company.size // 2)
        return {
            "list": Subject(lambda _: self._command("ls")),
            "show": Subject(lambda _: self._command("show", name)),
            "search": Subject(lambda _: self._command("search", word)),
            "change": Subject(
                lambda turn: self._command("edit", name, "--notes", f"changed in round {turn}")
            ),
            "import": Subject(
                lambda turn: self._import(self.xml, self.imported(turn)),
                lambda turn: self.imported(turn).unlink(missing_ok=True),
            ),
            TWICE: Subject(lambda turn: self._group(self._empty, turn)),
            TWICE_OF_IMPORT: Subject(lambda turn: self._group(self._empty_imported, turn)),
        }

    def _command(self, verb: str, *words: str) -> Command:
        return _peer(verb, "-q", str(self._path), *words, stdin=self._secret)

    def _import(self, xml: Path, database: Path) -> Command:
        return _peer("import", "-q", "-p", str(xml), str(database), stdin=self._new_secret)

    def _group(self, database: Path, turn: int) -> Command:
        return _peer("mkdir", "-q", str(database), f"round {turn}", stdin=self._secret)


def _peer(*words: str, stdin: Path) -> Command:
    return Command((PROGRAM, *words), _VARIABLES, stdin)


def _asked(*words: str) -> str:
    done = subprocess.run(
        (PROGRAM, *words),
        env={**os.environ, **_VARIABLES},
        input=f"{PASSPHRASE}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise FailedError(f"{PROGRAM} {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout
