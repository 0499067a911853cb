"""Use the installed distribution; the argument is the checkout, which must not be reachable."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tui
import vault


def main() -> None:
    repository = Path(sys.argv[1])
    installed = Path(vault.__file__).parent
    on_path = [entry for entry in sys.path if Path(entry) == repository]
    assert not on_path, f"the checkout is on sys.path: {on_path}"
    assert installed.is_relative_to(sys.prefix), f"vault was imported from {installed}"
    assert Path(tui.__file__).is_relative_to(sys.prefix), f"tui was imported from {tui.__file__}"

    expected = {
        Path(target, *path.relative_to(repository / source).parts)
        for source, target in (
            ("vault", "vault"),
            ("tui", "tui"),
            ("migrations", "vault/_migrations"),
        )
        for path in (repository / source).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    missing = {path for path in expected if not (installed.parent / path).is_file()}
    assert not missing, f"the wheel lacks {sorted(map(str, missing))}"
    assert not (installed.parent / "migrations").exists(), "migrations would clash in site-packages"

    version = importlib.metadata.version("safehands")
    command = Path(sys.prefix) / "bin" / "safehands"
    said = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert version in said.stdout, f"--version says {said.stdout!r}, the wheel says {version}"
    _make_and_read_a_vault(command)


def _make_and_read_a_vault(command: Path) -> None:
    """The wheel's own migrations make a vault, and its own catalogue names the platform."""
    folder = Path(tempfile.mkdtemp())
    passphrase = folder / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text("from the wheel alone\n")
    where = {
        "SAFEHANDS_VAULT": str(folder / "vault"),
        "SAFEHANDS_STATE": str(folder / "state"),
        "SAFEHANDS_PASSPHRASE_FILE": str(passphrase),
    }
    said = ""
    for words in (["init", "--founder", "Ana", "--kdf", "floor"], ["account", "add", "x/@acme"]):
        said = subprocess.run(
            [command, *words], capture_output=True, text=True, check=True, env=os.environ | where
        ).stdout
    assert "x/@acme" in said, f"account add says {said!r}"
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
