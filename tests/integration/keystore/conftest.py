"""A Secret Service of our own: a session bus, and gnome-keyring on it, in folders of their own."""

from __future__ import annotations

import gc
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import secretstorage

NEEDED = {
    "dbus-daemon": "dbus",
    "gnome-keyring-daemon": "gnome-keyring",
    "secret-tool": "libsecret-tools",
}


@contextmanager
def the_keyring() -> Iterator[secretstorage.Collection]:
    """Yield the keyring that is on the bus, as another program of the same user has it."""
    import secretstorage  # only Linux has it

    with closing(secretstorage.dbus_init()) as bus:
        yield secretstorage.get_default_collection(bus)


class SecretService:
    """A session bus with an unlocked keyring."""

    def __init__(self, home: Path) -> None:
        self.home = home
        command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
        self._bus = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._bus.stdout is not None
        with self._bus.stdout as out:
            self.address = out.readline().decode().strip()
        self._ring: subprocess.Popen[bytes] | None = None

    def unlock(self) -> None:
        """Start the keyring as a log-in does: with the log-in's password."""
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        self._ring = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert self._ring.stdin is not None
        self._ring.stdin.write(b"the log-in's password")
        self._ring.stdin.close()
        for _ in range(600):
            if self._is_on_the_bus():
                break
            sleep(0.02)
        # Returns when the keyring answers.
        subprocess.run(
            ["secret-tool", "lookup", "service", "nothing"], check=False, capture_output=True
        )

    def _is_on_the_bus(self) -> bool:
        """Tell it without asking the keyring: the bus would start another one, which is locked."""
        asked = "org.freedesktop.DBus.NameHasOwner"
        command = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus"]
        done = subprocess.run(
            [*command, "/org/freedesktop/DBus", asked, "string:org.freedesktop.secrets"],
            check=False,
            capture_output=True,
        )
        return b"boolean true" in done.stdout

    def kill(self) -> None:
        """End the keyring, as a crash would; the bus starts another one, which is locked."""
        assert self._ring is not None
        self._ring.kill()
        self._ring.wait()

    def lock(self) -> None:
        """Lock the keyring, as a screen saver may."""
        with the_keyring() as ring:
            ring.lock()

    def close(self) -> None:
        """End the bus, and with it whatever it started."""
        if self._ring is not None and self._ring.poll() is None:
            self.kill()
        self._bus.kill()
        self._bus.wait()


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    """A session bus on which the keyring has not been unlocked."""
    missing = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if missing:
        pytest.skip(f"no Secret Service: install {', '.join(missing)}")
    home = tmp_path / "home"
    for folder in (home, home / "run"):
        folder.mkdir(mode=0o700)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home / "run"))
    service = SecretService(home)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.address)
    try:
        yield service
    finally:
        service.close()
        # Here, and not in another test: the library leaves a connection open where it fails.
        gc.collect()


@pytest.fixture
def secret_service(bus: SecretService) -> SecretService:
    """A session bus with an unlocked keyring."""
    bus.unlock()
    return bus


@pytest.fixture
def no_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without a session bus, such as a server reached by ssh."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    for name in ("XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    yield
    gc.collect()
