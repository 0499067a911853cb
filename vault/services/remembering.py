"""Remembering a vault on this device: opening it without the passphrase, by a key in the keyring.

The key opens a keyslot that only this device has (docs/file-format.md section 3), so neither the
keyring nor the device's files are enough alone, and the vault itself does not change.
"""

from __future__ import annotations

import base64
from typing import NamedTuple

from vault import keystore
from vault.errors import KeyringError, NoKeyringError, StorageError
from vault.formats.keyslot import DEVICE_KEY_BYTES, by_device_key, open_slot, parse_slot
from vault.services import device_files, kept_state
from vault.services.environment import Environment
from vault.services.opening import vault_id_of
from vault.services.session import Session
from vault.services.unlocking import with_device
from vault.services.vaults import open_with


class Memory(NamedTuple):
    """What this device keeps of a vault.

    `keyring` is what the system's keyring is called, "" where none can be used; `trouble` says why.
    `marked_in_keyring` tells that the high-water mark is in the keyring too, not in a file alone.
    """

    is_remembered: bool
    keyring: str
    trouble: str
    marked_in_keyring: bool


def remember(session: Session) -> None:
    """Let this device open the vault without the passphrase, as the member who unlocked it now.

    Raises KeyringError where no keyring keeps the key, and StorageError where the device's folder
    cannot be written; then nothing has changed but that an earlier memory is gone.
    """
    vault_id, folder = bytes.fromhex(session.vault_id), session.env.state_folder
    key = session.env.random(DEVICE_KEY_BYTES)
    secret = by_device_key(key)
    slot = session.new_slot(secret)
    # Without the padding: 43 characters.
    keystore.keep(vault_id, "device", base64.urlsafe_b64encode(key).decode().rstrip("="))
    file = device_files.slot_file(folder, vault_id)
    try:
        with device_files.locked(folder):
            device_files.write(file, slot.encode())
        open_slot(parse_slot(device_files.read(file) or b""), secret)
    except StorageError:
        keystore.drop(vault_id, "device")
        raise
    session.remember()


def forget(location: str, env: Environment) -> tuple[bool, str]:
    """Let this device ask for the passphrase again; return whether it remembered the vault.

    What it has kept of the records goes too, and the high-water mark stays. The second value says
    why something stayed in the keyring, or is "": it opens nothing without the keyslot, which is
    gone. Raises what finding the vault raises, and StorageError.
    """
    vault_id = vault_id_of(location)
    was_remembered = device_files.remove(device_files.slot_file(env.state_folder, vault_id))
    kept_state.forget(env.state_folder, vault_id)
    try:
        keystore.drop(vault_id, "device")
        keystore.drop(vault_id, "mark")
    except NoKeyringError:
        return was_remembered, ""
    except KeyringError as error:
        return was_remembered, error.message if was_remembered else ""
    return was_remembered, ""


def is_remembered(location: str, env: Environment) -> bool:
    """Tell whether this device remembers the vault at `location`, without asking the keyring."""
    return device_files.remembers(env.state_folder, vault_id_of(location))


def memory(location: str, env: Environment) -> Memory:
    """Return what this device keeps of the vault at `location`, without opening it."""
    known, vault_id = is_remembered(location, env), vault_id_of(location)
    try:
        name = keystore.keyring_name()
        is_marked = known and keystore.fetch(vault_id, "mark") is not None
    except KeyringError as error:
        return Memory(known, "", error.message, marked_in_keyring=False)
    return Memory(known, name, "", marked_in_keyring=is_marked)


def open_remembered(location: str, env: Environment) -> Session:
    """Return the vault at `location`, opened by this device; raises as `open_vault` does.

    Raises CannotUnlockError where it is not remembered and KeyringError where the keyring is shut.
    """
    return open_with(location, with_device(env.state_folder), env)
