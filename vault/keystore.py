"""The keyring of the operating system: what a vault that this device remembers keeps there.

Two items a vault, under random ids and never under a name, since every program of the user may read
what items are called. The library's own choice of a keyring is not used: it imports whatever module
a variable or a file of configuration names, and takes files in plain text for a keyring
(keyring 25.7, `keyring.core.init_backend`). So back ends are made here, from a list.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from vault.errors import KeyringError, NoKeyringError, StorageError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")
Item = Literal["device", "mark"]
"""The key that opens this device's keyslot, and how far the device has seen the vault."""

SERVICE: Final = "smr1"
ITEM_LIMIT: Final = 500
"""Characters an item may have; Windows takes about 1,280 bytes, of two a character."""


_BACKENDS: tuple[tuple[str, str, str], ...] = (
    ("Secret Service", "keyring.backends.SecretService", "Keyring"),
    ("libsecret", "keyring.backends.libsecret", "Keyring"),
    ("KWallet", "keyring.backends.kwallet", "DBusKeyring"),
    ("KWallet 4", "keyring.backends.kwallet", "DBusKeyringKWallet4"),
    ("macOS Keychain", "keyring.backends.macOS", "Keyring"),
    ("Windows Credential Manager", "keyring.backends.Windows", "WinVaultKeyring"),
)
"""Back ends that keep items sealed under the user's log-in: name, module and class."""


def keyring_name() -> str:
    """Return what this system's keyring is called; raises NoKeyringError where there is none."""
    return _found()[0]


def fetch(vault_id: bytes, item: Item) -> str | None:
    """Return an item of a vault, or None where the keyring has none.

    Raises NoKeyringError where this system has no keyring that we trust, KeyringError where it is
    locked or went away, and StorageError where the item was never one of ours.
    """
    value = _asking(lambda ring: ring.get_password(SERVICE, _name(vault_id, item)))
    if value is not None and not 0 < len(value) <= ITEM_LIMIT:
        raise StorageError(
            f"The keyring's item {_name(vault_id, item)} is not what Safehands wrote.",
            "Let this device forget the vault and remember it again: safehands unlock forget",
        )
    return value


def keep(vault_id: bytes, item: Item, value: str) -> None:
    """Write an item of a vault and read it back; raises as `fetch` does, and for what is lost."""
    if not 0 < len(value) <= ITEM_LIMIT:
        raise ValueError(item)
    _asking(lambda ring: ring.set_password(SERVICE, _name(vault_id, item), value))
    # A keyring that was switched off takes everything and keeps nothing.
    if not hmac.compare_digest((fetch(vault_id, item) or "").encode(), value.encode()):
        raise KeyringError(
            "The keyring of this system did not keep what it was given.",
            "Look whether it is switched off or full; until then the passphrase is asked for.",
        )


def drop(vault_id: bytes, item: Item) -> None:
    """Remove an item of a vault, if there is one; raises as `fetch` does."""
    name = _name(vault_id, item)

    def remove(ring: KeyringBackend) -> None:
        if ring.get_password(SERVICE, name) is not None:
            ring.delete_password(SERVICE, name)

    _asking(remove)


def _name(vault_id: bytes, item: Item) -> str:
    return f"{vault_id.hex()}/{item}"


def _asking(ask: Callable[[KeyringBackend], T]) -> T:
    """Return what the keyring answers, its errors in our words."""
    name, ring = _found()
    # Five libraries stand behind the back ends, each with exceptions of its own. Some quote what
    # they were given, so none of them is passed on.
    try:
        return ask(ring)
    except Exception as error:  # noqa: BLE001
        is_locked = type(error).__name__ in {"KeyringLocked", "InitError", "LockedException"}
        state = "is locked" if is_locked else f"does not answer ({type(error).__name__})"
        raise KeyringError(
            f"The keyring of this system ({name}) {state}.",
            "Unlock it as your desktop does when you log in, or go on with the passphrase.",
        ) from None


def _found() -> tuple[str, KeyringBackend]:
    """Return the first back end of the list that works on this system, and its name."""
    for name, module, kind in _BACKENDS:
        backend: type[KeyringBackend] = getattr(import_module(module), kind)
        if backend.viable:
            return name, backend()
    raise NoKeyringError(
        "This system has no keyring that keeps a key safe.",
        "Go on with the passphrase; on Linux, gnome-keyring or KeePassXC provide one.",
    )
