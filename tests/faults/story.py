"""One rotation from beginning to end, as somebody lives through it, and what must hold after.

Whatever is said to them (a secret that is shown, a deed that is acknowledged) is told at once, and
must be true of what is found on the disk, wherever the program or the power was cut off.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.casework import is_finished
from vault.domain.credential import Credential, Version
from vault.domain.rotation_policy import USUAL
from vault.domain.secret import Secret
from vault.domain.spell import Spell
from vault.services.case_ending import close_case
from vault.services.cases import apply_step, verify_step
from vault.services.credentials import set_credential
from vault.services.editing import add_record, fresh_id
from vault.services.environment import Environment
from vault.services.rotation import Target, start_rotation
from vault.services.session import Session
from vault.services.unlocking import Unlock
from vault.services.vaults import create_vault, open_with
from vault.storage.reading import Snapshot

VAULT = "vault.safehands"
PASSPHRASE = "a passphrase"
OLD, NEW = "the secret that was in use", "the secret that came after it"

Say = Callable[[str], None]
"""Is told what somebody is shown or told: "shown", or the deed that is acknowledged."""


def environment(folder: Path) -> Environment:
    """Return a real clock and real randomness, and a state of its own beside the vault."""
    return Environment(lambda: datetime.now(UTC), os.urandom, folder / "state")


def found(folder: Path) -> Unlock:
    """Make a vault with one account whose password is in use; return what unlocks it at once."""
    session = create_vault(
        str(folder / VAULT), PASSPHRASE, "Ana", environment(folder), cost="floor"
    )
    now = session.env.now()
    made = Account(id=fresh_id(session), platform="x", handles=(Spell("acme", now),), since=now)
    set_credential(session, add_record(session, made), Secret(OLD), as_current=True)
    keys = session._keys  # unlocking once for a thousand runs
    session.close()
    return lambda _: keys


def opened(folder: Path, unlock: Unlock) -> Session:
    """Return the vault in a folder, verified in full."""
    return open_with(str(folder / VAULT), unlock, environment(folder))


def lived(session: Session, say: Say) -> None:
    """Carry one rotation through, from wherever it is, and tell what is shown and acknowledged."""
    account = next(session.registry.all(Account).__iter__())
    case = next(iter(session.registry.open_cases), None)
    if case is None:
        case = start_rotation(session, Target(account, secret_of(session)), USUAL).case
        say("begun")
    assert case is not None
    change = case.progress[0]
    if change.state != "verified":
        if pending(session) is None:
            set_credential(session, account, Secret(NEW))
        say("shown")
        if change.state == "todo":
            case = apply_step(session, case, change.step.id, session.person)
            say("applied")
        case = verify_step(session, case, change.step.id, session.person)
        say("verified")
    for progress in case.progress:
        if not is_finished(case, progress):
            case = apply_step(session, case, progress.step.id, session.person)
            say(f"done {progress.step.act}")
    close_case(session, case)
    session.release()
    say("closed")


def secret_of(session: Session) -> Credential:
    """Return the account's password."""
    (stored,) = session.registry.all(Credential)
    return stored


def pending(session: Session) -> Version | None:
    """Return the password's version that nobody has proved yet."""
    return secret_of(session).at_stage("pending", session.env.now())


def violations(session: Session, said: Iterable[str]) -> Iterator[str]:
    """Yield what does not hold of a vault after this was said to somebody."""
    told, stored, now = set(said), secret_of(session), session.env.now()
    current = [v.number for v in stored.versions if v.stage(now) == "current"]
    if len(current) != 1:
        yield f"{len(current)} versions are in use"
    values = kept(session, stored)
    if OLD not in values:
        yield "the old secret is lost"
    if "shown" in told and NEW not in values:
        yield "a secret that was shown is lost"
    if len(stored.versions) > 2:  # the old one and the new one
        yield "there are more secrets than were made"
    if "begun" in told and not list(session.registry.all(Case)):
        yield "a case that was begun is lost"
    if "applied" in told and stored.versions[-1].applied_at is None:
        yield "that it was applied is lost"
    if "verified" in told and (current != [2] or stored.versions[0].stage(now) != "previous"):
        yield "that it was proved is lost"
    if "closed" in told and list(session.registry.open_cases):
        yield "that it was closed is lost"


def kept(session: Session, stored: Credential) -> list[str]:
    """Return the values that the file holds of a secret, sealed and opened again."""
    with Snapshot(session.path) as snapshot:
        bodies = session._held.bodies(snapshot, [stored.id])  # shows nothing
    return list(bodies[stored.id].secrets.values())
