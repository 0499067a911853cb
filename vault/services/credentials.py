"""Credentials: staged versions, written and read back before anything is shown, and journalled."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec

from vault.domain.account import Account
from vault.domain.changes import Change, Changes
from vault.domain.credential import Credential, CredentialKind, Exposure, How, Stage, Version
from vault.domain.ids import Id
from vault.domain.platforms.model import PasswordRules
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.errors import NotFoundError, RefusedError, UsageError
from vault.services.editing import fresh_id
from vault.services.session import Session

GENERATED_LENGTH = 20  # 20 of 70 characters are 122 bits: past guessing, and still typeable
SYMBOLS = "-_.!@#%+=:"
AMBIGUOUS = frozenset("Il1O0o")  # read out over the phone, these cost a lock-out

Choice = Callable[[str], str]


def generate_password(rules: PasswordRules | None, choice: Choice = secrets.choice) -> Secret:
    """Return a new password under a platform's rules; raises RefusedError if none can be safe."""
    symbols = SYMBOLS
    if rules is not None and rules.allowed_symbols is not None:
        symbols = "".join(s for s in SYMBOLS if s in rules.allowed_symbols)
    length = max(GENERATED_LENGTH, rules.min_length if rules else 0)
    if rules and rules.max_length:
        length = min(length, rules.max_length)
    classes = [string.ascii_lowercase, string.ascii_uppercase, string.digits, symbols]
    pools = ["".join(c for c in pool if c not in AMBIGUOUS) for pool in classes if pool]
    if length < 8:  # noqa: PLR2004  # under eight characters any generator gives something guessable
        message = f"the platform takes no password longer than {length}"
        raise RefusedError(message, "set one by hand, and rely on the second factor")
    picked = [choice(pool) for pool in pools]
    everything = "".join(pools)
    picked += [choice(everything) for _ in range(length - len(picked))]
    order = list(picked)
    for position in range(len(order) - 1, 0, -1):
        other = int(choice(_positions(position + 1)), 36)
        order[position], order[other] = order[other], order[position]
    return Secret("".join(order))


def _positions(count: int) -> str:
    return (string.digits + string.ascii_lowercase)[:count]


def find_credential(registry: Registry, account: Account, what: CredentialKind) -> Credential:
    """Return an account's living credential of a kind; raises NotFoundError."""
    for credential in registry.credentials_of.get(account.id, ()):
        if credential.what == what and credential.until is None:
            return credential
    message = f"{account.label} has no {what.replace('_', ' ')} in the registry"
    hint = f"store it: safehands credential set {account.id[:8]} --what {what}"
    raise NotFoundError(message, hint)


def set_credential(
    session: Session,
    account: Account,
    secret: Secret,
    *,
    what: CredentialKind = "password",
    how: How = "entered",
    as_current: bool = False,
) -> Credential:
    """Store a new version: pending, or current at once where the platform accepts it already.

    It is durable and read back when this returns, so it may be shown. Raises RefusedError while
    another version is pending.
    """
    if not secret.reveal():
        message = "the secret is empty"
        raise UsageError(message, "type it, pipe it in, or let it be made: --generate")
    fresh, exposure_id = fresh_id(session), fresh_id(session)

    def decide(registry: Registry, now: datetime) -> Changes:
        _refuse_ended(registry.account(account.id), now)
        try:
            old = find_credential(registry, account, what)
        except NotFoundError:
            old = Credential(id=fresh, account=account.id, what=what)
        new = _with_version(registry, old, now, session.person, as_current=as_current)
        number = new.versions[-1].number
        seen = Exposure(
            id=exposure_id,
            credential=new.id,
            version=number,
            person=session.person,
            how=how,
            at=now,
        )
        return (Change(new, secrets={number: secret}), Change(seen))

    registry = session.write("credential.set", decide, note=account.label)
    return find_credential(registry, account, what)


def _refuse_ended(account: Account, now: datetime) -> None:
    if account.until is not None and account.until <= now:
        message = f"{account.label} ended {account.until.date()}"
        raise RefusedError(message, "name an account that is open")


def _with_version(
    registry: Registry, old: Credential, now: datetime, by: Id, *, as_current: bool
) -> Credential:
    # By what was recorded, not by the stage now: the clock may have been set back since.
    open_versions = [
        v for v in old.versions if not (v.superseded_at or v.retired_at or v.dropped_at)
    ]
    pending = next((v for v in open_versions if v.current_from is None), None)
    if pending is not None:
        who = registry.name_of(pending.made_by) if pending.made_by else "somebody"
        message = (
            f"{who} began to change this on {pending.made_at:%Y-%m-%d %H:%M} and has not finished"
        )
        raise RefusedError(
            message, "finish that first (case verify), or drop it: credential set --drop"
        )
    number = max((v.number for v in old.versions), default=0) + 1
    new = Version(number=number, stored=True, made_at=now, made_by=by, shown_at=now)
    others = old.versions
    if as_current:
        new = msgspec.structs.replace(new, applied_at=now, applied_by=by, current_from=now)
        others = tuple(
            msgspec.structs.replace(v, superseded_at=now) if v in open_versions else v
            for v in old.versions
        )
    return msgspec.structs.replace(old, versions=(*others, new))


def drop_pending(session: Session, credential: Credential) -> Credential:
    """Give up the pending version: it is kept as dropped. Raises RefusedError where none is."""

    def decide(registry: Registry, now: datetime) -> Changes:
        found = registry.get(credential.id, Credential)
        pending = found.at_stage("pending", now)
        if pending is None:
            message = "there is no pending version to drop"
            raise RefusedError(message, "nothing to do")
        versions = tuple(
            msgspec.structs.replace(v, dropped_at=now) if v.number == pending.number else v
            for v in found.versions
        )
        return (Change(msgspec.structs.replace(found, versions=versions)),)

    registry = session.write("credential.drop", decide)
    return registry.get(credential.id, Credential)


def reveal_credential(
    session: Session,
    credential: Credential,
    stage: Stage = "current",
    how: Literal["revealed", "copied"] = "revealed",
) -> Secret:
    """Return a stored secret after the journal says who saw it.

    Raises NotFoundError where no version is at that stage, or its value was never stored.
    """
    version = credential.at_stage(stage, session.env.now())
    if version is None or not version.stored:
        kept = "is not kept in the vault" if version else f"has no {stage} version"
        label, what = session.registry.name_of(credential.account), credential.what
        message = f"the {what.replace('_', ' ')} of {label} {kept}"
        hint = f"see its versions: safehands credential history {credential.account[:8]}"
        raise NotFoundError(message, f"{hint} --what {what}")
    number, exposure_id = version.number, fresh_id(session)

    def decide(_registry: Registry, now: datetime) -> Changes:
        seen = Exposure(
            id=exposure_id,
            credential=credential.id,
            version=number,
            person=session.person,
            how=how,
            at=now,
        )
        return (Change(seen),)

    return session.reveal(credential.id, number, "credential.reveal", decide)
