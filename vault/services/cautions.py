"""What somebody should know of a vault that has just been opened, and that stops nothing."""

from __future__ import annotations

from typing import NamedTuple

from vault.services.session import Session
from vault.storage import paths


class Caution(NamedTuple):
    """What is risky, and what to do about it, or "". `is_of_keyring` says where it comes from."""

    text: str
    hint: str = ""
    is_of_keyring: bool = False


def cautions(session: Session) -> list[Caution]:
    """Return what is risky about where a vault lies, and about what this device knows of it."""
    found = []
    kind = paths.network_filesystem(session.path)
    if kind:
        text = (
            f"The vault lies on a network file system ({kind}): "
            "open it on one machine at a time, or damage may follow."
        )
        found.append(Caution(text))
    if session.is_first_sight:
        text = (
            "this device has not seen this vault before, cannot know whether it was set back, "
            "and takes it from now on as it is"
        )
        hint = "compare its fingerprint with a colleague's, as is told by: safehands status"
        found.append(Caution(text, hint))
    if session.keyring_trouble is not None:
        text = (
            f"{session.keyring_trouble.message} Until it does again, how far this device has seen "
            "the vault is only in a file, which is weaker."
        )
        found.append(Caution(text, is_of_keyring=True))
    return found
