"""Making a vault where there is none, and opening one: either returns a session."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress

from vault.errors import IntegrityError, SafehandsError
from vault.services import kept_state
from vault.services.catalogue import load_catalogue
from vault.services.deriving import Derivation
from vault.services.environment import Environment
from vault.services.holding import Held, load, resume
from vault.services.marks import Marks
from vault.services.opening import bring_up_to_date, on_one_snapshot, read_locked
from vault.services.read_ahead import ReadAhead
from vault.services.session import Session
from vault.services.unlocking import Unlock, with_device_first, with_passphrase
from vault.storage import paths
from vault.storage.reading import Snapshot
from vault.storage.store import Store


def create_vault(
    location: str, passphrase: str, founder: str, env: Environment, *, cost: str = "strong"
) -> Session:
    """Return an unlocked new vault at `location`, with the founder as its first person and admin.

    `cost` is "strong", or "floor" for scripts and tests. The vault is read back and verified
    before it is returned; nothing is left behind where that fails. Raises UsageError, RefusedError
    where something is there already, UnsafePathError and StorageError.
    """
    from vault.services.founding import found

    path = paths.file_of(location)
    foundation = found(passphrase, founder, cost, env.now(), env.random)
    paths.make_file(path)
    try:
        # It brings SQLAlchemy and Alembic along, which only new vaults and old tables need.
        from vault.storage.schema import create_tables

        create_tables(path)
        with closing(Store(path)) as store, store.writing() as writing:
            writing.start(foundation.vault_id, foundation.leaves)
            writing.put_records([foundation.record])
            writing.put_keyslot(foundation.slot)
            writing.append(foundation.entry)
        # Whatever lay here before is gone: this is the vault the device knows from now on.
        Marks(env.state_folder).remember_place(path, foundation.vault_id)
        session = open_with(location, lambda _: foundation.keys, env)
    except BaseException:
        paths.remove(path)
        raise
    session.is_first_sight = False  # nobody else has had it
    return session


def open_vault(
    location: str,
    passphrase: Callable[[], str],
    env: Environment,
    told: Callable[[SafehandsError], None] | None = None,
    derivation: Derivation | None = None,
    *,
    afresh: bool = False,
) -> Session:
    """Return the vault at `location`, unlocked and verified; `passphrase` is asked when needed.

    With `told` a device that remembers the vault opens it without; where it cannot, `told` hears
    why. `derivation` is of the key that is likely wanted, where that has begun; `afresh` reads
    every row, whatever this device has kept of the vault.

    Raises UnsafePathError, StorageError, NotAVaultError and NewerVaultError for the file;
    CannotUnlockError and its kinds for the passphrase; IntegrityError and its nine kinds where the
    content is not what the members signed.
    """
    unlock = with_passphrase(passphrase, derivation)
    if told is not None:
        unlock = with_device_first(env.state_folder, told, unlock)
    return open_with(location, unlock, env, afresh=afresh)


def open_with(location: str, unlock: Unlock, env: Environment, *, afresh: bool = False) -> Session:
    """Return the vault at `location`, unlocked in the given way; raises as `open_vault` does."""
    path = paths.file_of(location)
    paths.check_existing(path)
    vault_id, marks = bring_up_to_date(path), Marks(env.state_folder)
    marks.check_place(path, vault_id)
    # Before the snapshot is taken: another program may raise the mark while this one reads.
    seen = marks.seen(vault_id)
    locked = on_one_snapshot(path, lambda opened: read_locked(opened, vault_id, seen))
    kept = None if afresh else kept_state.find(env.state_folder, path, locked, env.now())
    ahead = ReadAhead(path, kept)
    keys = unlock(locked)
    catalogue, mark = load_catalogue(env.catalogue_folder, env.now().date()), marks.mark(vault_id)

    def load_from(opened: Snapshot) -> tuple[Held, bool]:
        read, args = ahead.take(), (opened, vault_id, mark, keys)
        if isinstance(read, bytes):
            # What is wrong with the vault is told by loading it, in the order that is promised.
            with suppress(SafehandsError):
                return resume(*args, read, catalogue=catalogue, random=env.random), False
            read = None
        return load(*args, catalogue=catalogue, random=env.random, read=read), True

    try:
        held, is_loaded = on_one_snapshot(path, load_from)
    except IntegrityError:
        kept_state.drop(env.state_folder, vault_id)
        raise
    marks.remember_place(path, vault_id)
    session = Session(path, held, keys, env, marks, is_first_sight=mark is None)
    session.remember()
    if is_loaded and not afresh:
        kept_state.keep(env.state_folder, path, held, env.now())
    return session
