"""Credentials: staged versions, written and read back before anything is shown, and journalled."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from vault.domain.account import Account
from vault.domain.changes import Change, Changes
from vault.domain.credential import Credential, CredentialKind, Exposure, How, Stage, Version
from vault.domain.ids import Id
from vault.domain.naming import folded
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.errors import AmbiguousError, NotFoundError, RefusedError, UsageError
from vault.services.editing import fresh_id
from vault.services.recovery_codes import as_list
from vault.services.session import Session
from vault.services.strength import judge, words_around
from vault.services.totp import check_seed


def find_credential(
    registry: Registry, account: Account, what: CredentialKind, label: str = ""
) -> Credential:
    """Return an account's living credential of a kind, the one with that label if one is given.

    Raises NotFoundError, and AmbiguousError where there are several and none has no label.
    """
    living = [
        credential
        for credential in registry.credentials_of.get(account.id, ())
        if credential.what == what and credential.until is None
    ]
    fit = [each for each in living if folded(each.label) == folded(label)]
    if len(fit) == 1 or (len(living) == 1 and not label):
        return (fit or living)[0]
    kind = what.replace("_", " ")
    if living and not label:
        message = f"{account.label} has several of this kind: {kind}"
        candidates = tuple(sorted(f"--label {each.label!r}" for each in living))
        raise AmbiguousError(message, candidates, "name one with --label")
    named = f" {label!r}" if label else ""
    message = f"{account.label} has no {kind}{named} in the registry"
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
    label: str = "",
    strength: int | None = None,
) -> Credential:
    """Store a new version: pending, or current at once where the platform accepts it already.

    An account may have several secrets of a kind, told apart by `label`. A password is judged
    where its `strength` is not given. The version is durable and read back when this returns, so
    it may be shown. Raises RefusedError while another is pending, and UsageError for what is no
    secret of that kind.
    """
    secret, known = _looked_at(session.registry, account, what, secret, strength)
    fresh, exposure_id = fresh_id(session), fresh_id(session)

    def decide(registry: Registry, now: datetime) -> Changes:
        _refuse_ended(registry.account(account.id), now)
        old = _living(registry, account.id, what, label)
        old = old or Credential(id=fresh, account=account.id, what=what, label=label)
        new = _with_version(registry, old, now, session.person, as_current=as_current)
        newest = msgspec.structs.replace(new.versions[-1], **known)
        new = msgspec.structs.replace(new, versions=(*new.versions[:-1], newest))
        if as_current and newest.codes:
            new = msgspec.structs.replace(new, codes_left=newest.codes)
        seen = Exposure(
            id=exposure_id,
            credential=new.id,
            version=newest.number,
            person=session.person,
            how=how,
            at=now,
        )
        return (Change(new, secrets={newest.number: secret}), Change(seen))

    registry = session.write("credential.set", decide, note=account.label)
    stored = _living(registry, account.id, what, label)
    return stored or registry.get(fresh, Credential)


def _living(registry: Registry, account: Id, what: CredentialKind, label: str) -> Credential | None:
    """The credential that a new version belongs to: of the kind, with exactly that label."""
    for credential in registry.credentials_of.get(account, ()):
        is_same = credential.what == what and folded(credential.label) == folded(label)
        if is_same and credential.until is None:
            return credential
    return None


def _looked_at(
    registry: Registry,
    account: Account,
    what: CredentialKind,
    secret: Secret,
    strength: int | None,
) -> tuple[Secret, dict[str, Any]]:
    """The secret as it is stored, and what its version says of it; raises UsageError."""
    if not secret.reveal():
        message = "the secret is empty"
        raise UsageError(message, "type it, pipe it in, or let it be made: --generate")
    if what == "password":
        if strength is None:
            strength = judge(secret, words_around(registry, account)).score
        return secret, {"strength": strength}
    if what == "totp_seed":
        check_seed(secret)
    if what == "recovery_codes":
        codes = as_list(secret)
        return Secret("\n".join(codes)), {"codes": len(codes)}
    return secret, {}


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
