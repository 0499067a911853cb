"""A key whose derivation begins before a vault is opened, while modules are still imported.

Nothing found here is believed, and no fault is told: whoever opens the vault reads and verifies all
of it himself, and takes this key only where it is the very one he would derive (docs/adr/0019).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Thread

from vault.crypto import kdf
from vault.crypto.kdf import KdfCost
from vault.errors import SafehandsError
from vault.formats.keyslot_prefix import SlotPrefix, passphrase_prefix
from vault.services import device_files
from vault.storage import paths
from vault.storage.reading import Snapshot


class Derivation:
    """A key that is being derived in the background, for whoever asks first.

    It holds a passphrase and a key until then, and shows nothing of itself.
    """

    def __init__(self, passphrase: str, salt: bytes, cost: KdfCost) -> None:
        self._asked: tuple[str, bytes, KdfCost] | None = (passphrase, salt, cost)
        self._made: list[bytes] = []
        self._thread = Thread(target=_derive, args=(self._made, passphrase, salt, cost))
        self._thread.start()

    def key(self, passphrase: str, salt: bytes, cost: KdfCost) -> bytes:
        """Return the key that `kdf.stretch` gives for exactly this; raises as that does.

        The first call lets go of what was derived ahead, whether it is what was asked for or not.
        """
        asked, made = self._asked, self._made
        self._asked, self._made = None, []
        if asked == (passphrase, salt, cost):
            self._thread.join()
            if made:
                return made.pop()
        return kdf.stretch(passphrase, salt, cost)

    def __repr__(self) -> str:
        return "<Derivation: hidden>"


def _derive(made: list[bytes], passphrase: str, salt: bytes, cost: KdfCost) -> None:
    with suppress(SafehandsError):
        made.append(kdf.stretch(passphrase, salt, cost))


def derive_ahead(location: str, passphrase: str, state_folder: Path) -> Derivation | None:
    """Begin to derive the key of the slot that is tried first at `location`, or return None.

    That is a guess, and None where there is no slot to guess, where it asks for more than the usual
    cost (nobody has verified it), and after any fault.
    """
    # RuntimeError: no home folder, no thread; ValueError: a name that is no text.
    with suppress(SafehandsError, OSError, RuntimeError, ValueError):
        slot = _slot_tried_first(location, state_folder)
        if slot and all(asked <= usual for asked, usual in zip(slot.cost, kdf.STRONG, strict=True)):
            return Derivation(passphrase, slot.salt, slot.cost)
    return None


def _slot_tried_first(location: str, state_folder: Path) -> SlotPrefix | None:
    path = paths.file_of(location)
    paths.check_existing(path)
    with Snapshot(path, patience_s=0) as snapshot:  # who waits for a writer does so when he opens
        vault_id, rows = snapshot.vault_id, snapshot.keyslots()
    seen = device_files.read(device_files.mark_file(state_folder, vault_id)) or b""
    slots = [slot for *_, raw in rows if (slot := passphrase_prefix(raw))]
    # The order of `vault.services.unlocking`, but for former members, whom only the journal tells.
    return min(slots, key=lambda slot: slot.member_id.hex().encode() not in seen, default=None)
