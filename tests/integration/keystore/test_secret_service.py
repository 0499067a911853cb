"""The keyring of the operating system, a real one: Linux's Secret Service by gnome-keyring."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.integration.keystore.conftest import SecretService, the_keyring
from tests.integration.storage.builder import environment, new_sample
from vault import keystore
from vault.errors import KeyringError, NoKeyringError, StorageError
from vault.services.remembering import forget, memory, open_remembered, remember

pytestmark = [pytest.mark.keyring, pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")]

VAULT, OTHER = bytes(range(16)), bytes(16)

# A module that says that it was imported.
CANARY = """
import os
open(os.environ["CANARY"], "w").close()
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = 99
    def get_password(self, service, username): return "A" * 43
    def set_password(self, service, username, password): pass
    def delete_password(self, service, username): pass
"""


def secret_tool(*words: str) -> str:
    """What another program of the same user reads."""
    run = subprocess.run(["secret-tool", *words], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


def test_what_is_kept_is_fetched_until_it_is_dropped(secret_service: SecretService) -> None:
    assert keystore.keyring_name() == "Secret Service"
    assert keystore.fetch(VAULT, "device") is None
    keystore.keep(VAULT, "device", "first")
    keystore.keep(VAULT, "device", "second")
    keystore.keep(VAULT, "mark", "third")
    assert (keystore.fetch(VAULT, "device"), keystore.fetch(VAULT, "mark")) == ("second", "third")
    assert keystore.fetch(OTHER, "device") is None
    keystore.drop(VAULT, "device")
    keystore.drop(VAULT, "device")
    assert keystore.fetch(VAULT, "device") is None
    assert keystore.fetch(VAULT, "mark") == "third"


def test_a_vault_is_remembered_and_forgotten(secret_service: SecretService, tmp_path: Path) -> None:
    sample = new_sample(tmp_path / "acme")
    where, env = str(sample.path), environment(sample.device)
    with sample.open() as session:
        remember(session)
    assert memory(where, env) == (True, "Secret Service", "", True)
    with open_remembered(where, env) as session:
        assert session.member_name == "Ann"
        key = keystore.fetch(bytes.fromhex(session.vault_id), "device")
    assert forget(where, env) == (True, "")
    assert memory(where, env) == (False, "Secret Service", "", False)
    assert key is not None
    on_disk = [file.read_bytes() for file in secret_service.home.rglob("*") if file.is_file()]
    assert on_disk
    assert not [raw for raw in on_disk if key.encode() in raw]


def test_other_programs_find_items_by_an_id_and_by_no_name(secret_service: SecretService) -> None:
    keystore.keep(VAULT, "device", "the key")
    where = ("service", "smr1", "username", f"{VAULT.hex()}/device")
    assert secret_tool("lookup", *where) == "the key"
    told = secret_tool("search", "--all", *where)
    assert f"label = Password for '{VAULT.hex()}/device' on 'smr1'" in told


def test_a_locked_keyring_says_so(secret_service: SecretService) -> None:
    keystore.keep(VAULT, "device", "the key")
    secret_service.lock()
    attempts: tuple[Callable[[], object], ...] = (
        lambda: keystore.fetch(VAULT, "device"),
        lambda: keystore.keep(VAULT, "device", "another"),
        lambda: keystore.drop(VAULT, "device"),
    )
    for attempt in attempts:
        with pytest.raises(KeyringError, match="locked"):
            attempt()


def test_a_keyring_that_nobody_unlocked_says_so(bus: SecretService) -> None:
    with pytest.raises(KeyringError, match="locked"):
        keystore.fetch(VAULT, "device")


def test_a_keyring_that_dies_between_two_calls_says_so(secret_service: SecretService) -> None:
    keystore.keep(VAULT, "device", "the key")
    secret_service.kill()
    with pytest.raises(KeyringError):
        keystore.fetch(VAULT, "device")


def test_a_bus_that_dies_leaves_no_keyring(secret_service: SecretService) -> None:
    secret_service.close()
    with pytest.raises(NoKeyringError):
        keystore.fetch(VAULT, "device")


def test_what_was_never_ours_is_refused(secret_service: SecretService) -> None:
    attributes = {"service": "smr1", "username": f"{VAULT.hex()}/device"}
    with the_keyring() as ring:
        for value in (b"", b"x" * 100_000, b"\xff"):
            ring.create_item("x", attributes, value, replace=True)
            with pytest.raises(StorageError):
                keystore.fetch(VAULT, "device")


def test_without_a_bus_there_is_no_keyring(no_bus: None) -> None:
    with pytest.raises(NoKeyringError) as caught:
        keystore.fetch(VAULT, "device")
    assert caught.value.hint
    with pytest.raises(NoKeyringError):
        keystore.keyring_name()


@pytest.mark.parametrize("named", ["null.Keyring", "fail.Keyring", "chainer.ChainerBackend"])
def test_a_back_end_that_keeps_nothing_safe_is_never_taken(
    no_bus: None, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"keyring.backends.{named}")
    with pytest.raises(NoKeyringError):
        keystore.keep(VAULT, "device", "the key")


def test_no_module_is_imported_because_a_setting_names_it(
    no_bus: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A variable, a configuration file and an installed plug-in each name a back end of theirs."""
    planted, seen = tmp_path / "planted", tmp_path / "seen"
    (planted / "canary-1.0.dist-info").mkdir(parents=True)
    (planted / "canary.py").write_text(CANARY, encoding="utf-8")
    (planted / "canary-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: canary\nVersion: 1.0\n", encoding="utf-8"
    )
    (planted / "canary-1.0.dist-info" / "entry_points.txt").write_text(
        "[keyring.backends]\ncanary = canary\n", encoding="utf-8"
    )
    for folder in ("config/python_keyring", "data/python_keyring"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "keyringrc.cfg").write_text(
            f"[backend]\ndefault-keyring=canary.Keyring\nkeyring-path={planted}\n",
            encoding="utf-8",
        )
    for name, value in {
        "CANARY": seen,
        "PYTHONPATH": f"{planted}:{REPOSITORY}",
        "PYTHON_KEYRING_BACKEND": "canary.Keyring",
        "XDG_CONFIG_HOME": tmp_path / "config",
        "XDG_DATA_HOME": tmp_path / "data",
    }.items():
        monkeypatch.setenv(name, str(value))
    ask = "from vault import keystore; keystore.fetch(bytes(16), 'device')"
    run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False)
    assert "NoKeyringError" in run.stderr
    assert not seen.exists()
    # It is a canary: the library's own choice imports it.
    library = "import keyring; print(keyring.get_password('smr1', 'x'))"
    run = subprocess.run(
        [sys.executable, "-c", library], capture_output=True, text=True, check=False
    )
    assert run.stdout.strip() == "A" * 43
    assert seen.exists()
