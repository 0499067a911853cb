"""The vault on the desk: unlocked or not, and what the pages are told of it.

Everything a page shows comes from the registry here, everything it changes goes through a service
with the session here. Pages keep ids, so that nothing readable is left of them after locking.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from vault.domain.query import AccountIndex
from vault.domain.registry import Registry
from vault.domain.rotation_policy import USUAL
from vault.errors import RefusedError
from vault.services.environment import Environment
from vault.services.journal import begun_at
from vault.services.overview import Overview, overview_of
from vault.services.session import Session


class Desk:
    """One vault at one terminal."""

    def __init__(self, location: str, env: Environment) -> None:
        self.location = location
        self.env = env
        self._session: Session | None = None
        self._overview: Overview | None = None
        self._index: tuple[Registry, AccountIndex] | None = None
        self.policy = USUAL

    @property
    def is_open(self) -> bool:
        """Tell whether the vault is unlocked."""
        return self._session is not None

    @property
    def exists(self) -> bool:
        """Tell whether something lies where the vault should."""
        return Path(self.location).exists()

    @property
    def session(self) -> Session:
        """The unlocked session; raises RefusedError when the vault is locked."""
        if self._session is None:
            raise RefusedError("The vault is locked.", "Unlock it first.")
        return self._session

    @property
    def registry(self) -> Registry:
        """What the vault holds; raises RefusedError when it is locked."""
        return self.session.registry

    def account_index(self) -> AccountIndex:
        """Return the open accounts, ready to be found; made once for a state of the vault."""
        kept, registry = self._index, self.registry
        if kept is None or kept[0] is not registry:
            kept = self._index = registry, AccountIndex(registry, self.now).prepare()
        return kept[1]

    @property
    def overview(self) -> Overview:
        """What needs someone, and how safe all is: the same until the vault or the day changes."""
        kept = self._overview
        since = kept.begun_at if kept else begun_at(self.session.path)
        self._overview = overview_of(self.registry, self.now, self.policy, kept, since)
        return self._overview

    @property
    def now(self) -> datetime:
        """This moment."""
        return self.env.now()

    @property
    def today(self) -> date:
        """This day."""
        return self.env.now().date()

    def take(self, session: Session) -> None:
        """Work with a session that is open already, such as one of a vault just made."""
        self.lock()
        self._session = session

    def read_policy(self) -> None:
        """Take the user's policy for rotations, or the usual one where there is none.

        Raises what `policy_of` raises; the usual one is in force then.
        """
        from vault.services.rotation import policy_of  # cases, which start-up spares

        self.policy = USUAL
        self.policy = policy_of(self.session)

    def let_go(self) -> Session | None:
        """Be locked from now on, and return what is to be closed: that waits for a write."""
        session, self._session, self._index, self._overview = self._session, None, None, None
        return session

    def lock(self) -> None:
        """Let go of the session, and with it of keys and records."""
        session = self.let_go()
        if session is not None:
            session.close()
