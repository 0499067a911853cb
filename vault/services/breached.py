"""The check of kept passwords against those of known breaches, offline.

Each password is opened, and never shown: one entry of the journal says so before, for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from vault.domain.account import Account
from vault.domain.changes import Changes, changes
from vault.domain.credential import LOGIN_SECRETS, Credential
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.services import hash_list
from vault.services.session import Session

Count = Callable[[Secret], int]
"""Returns how often a password was seen in breaches, or its rank among common ones; 0 if never."""


class Found(NamedTuple):
    """A password in use that is in the list: its credential, version, and what the list says."""

    credential: Credential
    version: int
    times: int


class Checked(NamedTuple):
    """How many passwords were looked up, how many are not kept here, and those that were found."""

    checked: int
    not_kept: int
    found: list[Found]


def check_breached(
    session: Session, counting: Count, tell: Callable[[int], None] = lambda _: None
) -> Checked:
    """Return what a list says of every password in use; found versions are marked as breached.

    `tell` is called with how many are done. Raises what the list raises, with nothing marked.
    """
    now = session.env.now()
    kept, not_kept = _in_use(session.registry, now)
    wanted = [(credential.id, number) for credential, number in kept]
    secrets: list[Secret] = []
    if wanted:  # the journal says it first, and nothing is written about nothing
        secrets, _ = session.reveal_returning(wanted, "credential.breached", lambda *_: ((), None))
    found = []
    for done, ((credential, number), secret) in enumerate(zip(kept, secrets, strict=True), 1):
        count = counting(secret)
        if count:
            found.append(Found(credential, number, count))
        tell(done)
    _mark(session, found)
    return Checked(len(kept), not_kept, found)


def _in_use(registry: Registry, at: datetime) -> tuple[list[tuple[Credential, int]], int]:
    kept, not_kept = [], 0
    for credential in registry.all(Credential):
        account = registry.find(credential.account)
        version = credential.at_stage("current", at)
        is_live = isinstance(account, Account) and registry.is_live(account, at)
        if credential.what not in LOGIN_SECRETS or version is None or not is_live:
            continue
        if version.stored:
            kept.append((credential, version.number))
        else:
            not_kept += 1
    return kept, not_kept


def _mark(session: Session, found: list[Found]) -> None:
    """Note on the versions that they are in a list; what was noted before stays."""

    def decide(registry: Registry, now: datetime) -> Changes:
        return changes(*(_marked(registry, each, now) for each in found))

    if found:
        session.write("credential.breached", decide)


def _marked(registry: Registry, found: Found, now: datetime) -> Credential:
    credential = registry.get(found.credential.id, Credential)
    versions = tuple(
        msgspec.structs.replace(v, breached_at=v.breached_at or now)
        if v.number == found.version
        else v
        for v in credential.versions
    )
    return msgspec.structs.replace(credential, versions=versions)


@contextmanager
def counting_in(path: Path | None) -> Iterator[Count]:
    """Yield how to look a password up: in a local list, or among the 30,000 that zxcvbn brings.

    Raises StorageError and UsageError for a list that cannot be read or searched.
    """
    if path is None:
        yield _rank
        return
    with hash_list.opened(path) as listed:
        yield listed.count


def _rank(secret: Secret) -> int:
    from zxcvbn.matching import RANKED_DICTIONARIES

    ranked: dict[str, int] = RANKED_DICTIONARIES["passwords"]
    return ranked.get(secret.reveal().lower(), 0)
