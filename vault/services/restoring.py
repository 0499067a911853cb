"""Accepting a vault that was set back on purpose: the only way in which a device's mark goes back.

Everything but the mark is verified as ever. What is given up is an entry of the journal, so that
other members see it (docs/file-format.md section 5, kind 7); each device decides for itself
(docs/adr/0007).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from vault.errors import RefusedError, RollbackError, UsageError
from vault.formats.control import AcceptRestore
from vault.services.environment import Environment
from vault.services.holding import Held
from vault.services.marks import Marks
from vault.services.opening import bring_up_to_date, on_one_snapshot
from vault.services.session import Session
from vault.services.unlocking import Unlock
from vault.services.vaults import open_with
from vault.services.writing import Ruling
from vault.storage import paths
from vault.storage.verifying import Mark, verify_journal

_NOBODY = b""  # whose keyslots an entry exchanges that is about no member


class Older(NamedTuple):
    """A vault that was set back, opened as by a device that never saw it.

    `seen` is the last entry this device knows, `why` says how the journal differs from that;
    `is_told` that the journal says already that it was given up.
    """

    session: Session
    seen: Mark
    why: str
    is_told: bool


@contextmanager
def set_back(location: str, unlock: Unlock, env: Environment) -> Iterator[Older]:
    """Give the vault at `location` although it is older than what this device has seen.

    Raises RefusedError where it is not, and otherwise as `open_with` does.
    """
    path = paths.file_of(location)
    paths.check_existing(path)
    vault_id, marks = bring_up_to_date(path), Marks(env.state_folder)
    marks.check_place(path, vault_id)
    seen = marks.mark(vault_id)
    why = _why_not(path, vault_id, seen)
    position = on_one_snapshot(path, lambda opened: verify_journal(opened, vault_id, None))
    if seen is None or not why:
        raise RefusedError(
            "This vault is not older than what this device has seen of it.",
            "There is nothing to accept: open it as ever.",
        )
    with (
        TemporaryDirectory(prefix="safehands-") as unseen,
        open_with(location, unlock, replace(env, state_folder=Path(unseen))) as session,
    ):
        yield Older(session, seen, why, AcceptRestore(*seen) in position.membership.restores)


def accept(older: Older, fingerprint: str, reason: str, env: Environment) -> None:
    """Let this device take the vault as it is; an admin's journal says so, with the reason.

    `fingerprint` is that of its last entry, or 16 characters or more of its beginning. Raises
    UsageError for another one or no reason, and as `Session.govern` and `Marks.give_up` do. Where
    it stops after the entry was written, it can be done again and writes no second one.
    """
    session = older.session
    typed = "".join(fingerprint.split()).lower()
    if len(typed) < _TYPED_AT_LEAST or not session.head_hash.startswith(typed):
        raise UsageError(
            "That is not the fingerprint of the vault's last entry.",
            f"Type {_TYPED_AT_LEAST} characters of it or more, as they are shown and noted.",
        )
    if not reason.strip():
        raise UsageError("A vault is not set back without a reason.", "Say why, for the journal.")

    def rule(held: Held, _now: datetime) -> Ruling:
        return Ruling(AcceptRestore(*older.seen), _NOBODY, None, reason.strip(), held.sealer)

    you = next(each for each in session.members() if each.is_you)
    if you.kind == "admin" and not older.is_told:
        session.govern("journal.accept_older", rule)
    now = Mark(session.seq, bytes.fromhex(session.head_hash))
    Marks(env.state_folder).give_up(bytes.fromhex(session.vault_id), now, you.id)


_TYPED_AT_LEAST = 16  # hexadecimal: 64 bits


def _why_not(path: Path, vault_id: bytes, seen: Mark | None) -> str:
    """Return why the journal does not go on from what was seen, or ""."""
    try:
        on_one_snapshot(path, lambda snapshot: verify_journal(snapshot, vault_id, seen))
    except RollbackError as error:
        return error.message
    return ""
