"""Starting is light: what a command does not need is not imported."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator

import pytest

from tests.cli.runner import Desk
from tests.conftest import REPOSITORY

# Each costs more at start-up than everything a short command does: docs/adr/0002 has the figures.
HEAVY = frozenset({"alembic", "cryptography", "keyring", "rich", "sqlalchemy", "textual"})

# Of the standard library and ours: what a command that reads has no use for.
IDLE = frozenset({"traceback", "vault.services.founding", "vault.services.importing"})

# Runs the command line in a fresh interpreter and reports the modules on the last line: ours by
# their full name, others by their package.
PROBE = """
import json, sys
import vault
if sys.argv[1:]:
    from vault.cli import main
    try:
        main(sys.argv[1:], ahead=True)
    except SystemExit as stop:
        code = stop.code or 0
    else:
        code = 0
else:
    code = 0
print()
packages = {name.partition('.')[0] for name in sys.modules}
print(json.dumps([code, [*packages, *(name for name in sys.modules if name[:6] == 'vault.')]]))
"""


def modules_loaded_by(argv: list[str]) -> set[str]:
    """Return the modules that `safehands ARGV` imports, or `import vault` without ARGV.

    Fails the test when the command does not exit with 0, since a refused command imports little.
    """
    run = subprocess.run(
        [sys.executable, "-c", PROBE, *argv], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    code, modules = json.loads(run.stdout.splitlines()[-1])
    assert code == 0, run.stderr
    return set(modules)


@pytest.mark.parametrize("argv", [[], ["--version"], ["--help"]], ids=" ".join)
def test_starting_loads_nothing_heavy(argv: list[str]) -> None:
    loaded = modules_loaded_by(argv)
    assert "vault" in loaded
    assert loaded & HEAVY == set()


# What a vault is opened with; cryptography must be there, everything that writes or shows must not.
WRITING = HEAVY - {"cryptography"}

READING = [
    ["status"],
    ["check", "--as-of", "2000-01-01"],
    ["person", "list"],
    ["person", "holds", "ana"],
    ["account", "list"],
    ["report", "evidence"],
    ["account", "show", "x/@acme"],
    ["account", "who", "x/@acme"],
    ["credential", "history", "x/@acme"],
    ["dormant", "report"],
    ["offboard", "plan", "jan", "--last-day", "2999-12-31"],
    ["case", "list"],
    ["case", "next", "eva"],
    ["journal", "list"],
]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A small vault, named by the environment that commands inherit."""
    folder = tmp_path_factory.mktemp("light")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    for name in ("Jan Bakker", "Eva Jansen"):
        desk.do("person", "add", name)
    desk.do("account", "add", "x/@acme")
    desk.do("offboard", "start", "eva", "--last-day", "2999-12-31")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFEHANDS_VAULT", str(desk.vault))
        patch.setenv("SAFEHANDS_PASSPHRASE_FILE", str(desk.passphrase_file))
        patch.setenv("SAFEHANDS_STATE", str(folder / "state"))
        yield


@pytest.mark.parametrize("argv", READING, ids=" ".join)
def test_reading_a_vault_loads_nothing_that_writes_or_draws(opened: None, argv: list[str]) -> None:
    loaded = modules_loaded_by(argv)
    assert {"vault", "cryptography"} <= loaded
    assert loaded & (WRITING | IDLE) == set()


# What is imported in the time of a derivation that begins first: docs/adr/0019.
BESIDE = frozenset({"click", "msgspec", "vault.domain.registry", "vault.storage.sealing"})

BEGIN = """
import sys
from vault.cli.deriving import derive_for
derivation = derive_for(["account", "list"])
assert derivation is not None
print(*sys.modules)
"""


def test_a_key_is_begun_before_the_command_is_imported(opened: None) -> None:
    begun = subprocess.run(
        [sys.executable, "-c", BEGIN], capture_output=True, text=True, check=True
    )
    loaded = set(begun.stdout.split())
    assert {"cryptography", "vault.services.deriving"} <= loaded
    assert loaded & (BESIDE | HEAVY) == {"cryptography"}


CHANGING = [
    ["person", "add", "Noor Visser"],
    ["account", "edit", "x/@acme", "--note", "changed"],
    ["credential", "set", "x/@acme", "--generate"],
]


@pytest.mark.parametrize("argv", CHANGING, ids=" ".join)
def test_changing_a_record_loads_nothing_that_makes_tables(opened: None, argv: list[str]) -> None:
    loaded = modules_loaded_by(argv)
    assert loaded & {"alembic", "sqlalchemy", "rich", "textual"} == set()
    assert "vault.services.founding" not in loaded


def test_the_domain_contract_forbids_every_dependency_but_msgspec() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    requirements = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["postgres"],
    ]
    (contract,) = (
        contract
        for contract in project["tool"]["importlinter"]["contracts"]
        if contract["source_modules" if contract["type"] == "forbidden" else "layers"]
        == ["vault.domain"]
    )
    names = {name_of(requirement) for requirement in requirements}
    assert names - set(contract["forbidden_modules"]) == {"msgspec"}


def name_of(requirement: str) -> str:
    for index, letter in enumerate(requirement):
        if not (letter.isalnum() or letter in "-_."):
            return requirement[:index]
    return requirement
