"""Credentials: staged versions, written and read back before anything is shown, and journalled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from shlex import quote
from typing import Any, Final, Literal
from unicodedata import category

from msgspec.structs import replace

from vault.domain.account import Account
from vault.domain.changes import Change, Changes
from vault.domain.credential import (
    LOGIN_SECRETS,
    Credential,
    CredentialKind,
    Exposure,
    Stage,
    Version,
)
from vault.domain.ids import Id
from vault.domain.mending import Names
from vault.domain.naming import folded
from vault.domain.registry import Registry
from vault.domain.reuse import alike
from vault.domain.rotation import (
    in_use,
    refuse_clock_set_back,
    unproved,
    without_unproved,
)
from vault.domain.rotation_cases import refuse_unless_old_works, under_way
from vault.domain.secret import Secret
from vault.domain.text import one_line
from vault.domain.wording import in_words
from vault.errors import AmbiguousError, NotFoundError, RefusedError, UsageError
from vault.services.editing import end_record, fresh_id
from vault.services.recovery_codes import as_list
from vault.services.session import Session
from vault.services.strength import judge, words_around
from vault.services.totp import check_seed

TYPED: Final = LOGIN_SECRETS | {"app_password", "stream_key"}
"""Kinds that somebody types in; codes are lines, and a token may be a key in a file."""

NOT_ON_KEYS: Final = frozenset({"Cc", "Zl", "Zp"})  # Unicode's controls and line breaks


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
    fit = [each for each in living if folded(each.label) == _as_stored(label)]
    if len(fit) == 1 or (len(living) == 1 and not label):
        return (fit or living)[0]
    if living and not label:
        raise _ambiguous(account, living)
    missing = Credential(id="", account=account.id, what=what, label=label)
    named = f" {label!r}" if label else ""
    message = f"{account.label} has no {in_words(what)}{named} in the registry"
    hint = f"store it: {Names(registry).storing(missing)}"
    raise NotFoundError(message, hint)


def find_version(
    registry: Registry, account: Account, what: CredentialKind, number: int, label: str = ""
) -> Credential:
    """Return an account's credential whose version of that number is kept, ended ones included.

    Raises NotFoundError, and AmbiguousError as `find_credential` does.
    """
    kept = [
        each
        for each in registry.credentials_of.get(account.id, ())
        if each.what == what and _is_kept(each.version(number))
    ]
    fit = [each for each in kept if folded(each.label) == _as_stored(label)]
    fit = fit or ([] if label else kept)
    if not fit:
        raise _not_kept(registry, account.id, what, f"has no version {number} that is kept here")
    if len({folded(each.label) for each in fit}) > 1:
        raise _ambiguous(account, fit)
    return next((each for each in fit if each.until is None), fit[-1])


def _is_kept(version: Version | None) -> bool:
    return version is not None and version.stored and version.retired_at is None


def _ambiguous(account: Account, fit: list[Credential]) -> AmbiguousError:
    message = f"{account.label} has several of this kind: {in_words(fit[0].what)}"
    candidates = tuple(sorted(f"--label {quote(each.label)}" for each in fit))
    return AmbiguousError(message, candidates, "name one with --label")


def _not_kept(registry: Registry, account: Id, what: CredentialKind, why: str) -> NotFoundError:
    message = f"the {in_words(what)} of {registry.name_of(account)} {why}"
    hint = f"see its versions: safehands credential history {account[:8]} --what {what}"
    return NotFoundError(message, hint)


def set_credential(
    session: Session,
    account: Account,
    secret: Secret,
    *,
    what: CredentialKind = "password",
    as_current: bool = False,
    label: str = "",
    strength: int | None = None,
) -> Credential:
    """Store a new version: pending, or current at once where the platform accepts it already.

    An account may have several secrets of a kind, told apart by `label`. A password is judged
    where its `strength` is not given. The version is durable and read back when this returns, so
    it may be shown. What is in use already is not written again. Raises RefusedError while another
    is pending, for a new one that was in use before or is another account's, or while the clock is
    behind the newest one, and UsageError for what is no secret of that kind.
    """
    secret, known = _looked_at(session.registry, account, what, secret, strength)
    fresh, exposure_id = fresh_id(session), fresh_id(session)

    def decide(registry: Registry, now: datetime) -> Changes:
        _refuse_ended(registry.account(account.id), now)
        empty = Credential(id=fresh, account=account.id, what=what, label=one_line(label))
        old = _living(registry, account.id, what, label) or empty
        same = _of_value(registry, session.fingerprint(secret))
        if as_current and any(version is in_use(old) for _, version in same):
            return ()
        if not as_current:
            _refuse_used(registry, old, same)
        new = _with_version(registry, old, now, session.person, as_current=as_current)
        newest = replace(new.versions[-1], **known)
        left = (as_current and newest.codes) or new.codes_left
        new = replace(new, versions=(*new.versions[:-1], newest), codes_left=left)
        seen = Exposure(
            id=exposure_id,
            credential=new.id,
            version=newest.number,
            person=session.person,
            how="entered",
            at=now,
        )
        return (Change(new, secrets={newest.number: secret}), Change(seen))

    registry = session.write("credential.set", decide, note=account.label)
    stored = _living(registry, account.id, what, label)
    return stored or registry.get(fresh, Credential)


def _as_stored(label: str) -> str:
    return folded(one_line(label))


def _living(registry: Registry, account: Id, what: CredentialKind, label: str) -> Credential | None:
    """The credential that a new version belongs to: of the kind, with exactly that label."""
    namesakes = _namesakes(registry, account, what, label)
    return next((each for each in namesakes if each.until is None), None)


def _namesakes(
    registry: Registry, account: Id, what: CredentialKind, label: str
) -> Iterator[Credential]:
    for credential in registry.credentials_of.get(account, ()):
        if credential.what == what and folded(credential.label) == _as_stored(label):
            yield credential


def _of_value(registry: Registry, value: str) -> list[tuple[Credential, Version]]:
    """The versions with that fingerprint, of whichever account; one that was never kept has none.

    Those whose account is first by name come first.
    """
    found = [
        (each, version)
        for each in registry.all(Credential)
        for version in each.versions
        if version.fingerprint == value
    ]
    return sorted(found, key=lambda same: (registry.name_of(same[0].account), same[1].number))


def _refuse_used(
    registry: Registry, of: Credential, same: Sequence[tuple[Credential, Version]]
) -> None:
    """Refuse what was in use before, or is another secret's, whatever became of that."""
    own = {each.id for each in _namesakes(registry, of.account, of.what, of.label)}
    for credential, version in same:
        if credential.id not in own or version.current_from is not None:
            label = registry.name_of(credential.account)
            message = f"that is the {credential.called} {label} has, or had"
            message += f" (version {version.number})"
            hint = "whoever knew it knows it: set another on the platform, and store that"
            raise RefusedError(message, f"{hint}; what is in use is recorded with --current")


def also_of(registry: Registry, credential: Credential) -> list[str]:
    """Return the names of the other secrets that have, or had, the newest value of one."""
    same = alike(registry, credential, credential.versions[-1])
    return sorted(
        {
            f"the {each.called} of {registry.name_of(each.account)}"
            for each, _ in same
            if each.id != credential.id
        }
    )


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
    if what in TYPED and any(category(c) in NOT_ON_KEYS for c in secret.reveal()):
        message = f"the {in_words(what)} has a line break or control character in it"
        raise UsageError(message, "nobody can type that: pipe the secret in alone, on one line")
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


def _finish_or_drop(registry: Registry, credential: Credential) -> str:
    """What to do about a version that is pending, as a command on the very secret."""
    cases = (
        c for c in registry.open_cases if any(p.step.target == credential.id for p in c.progress)
    )
    go_on = next((f": safehands case next {case.id[:8]}" for case in cases), "")
    return f"finish that first{go_on}, or drop it: {Names(registry).storing(credential)} --drop"


def _with_version(
    registry: Registry, old: Credential, now: datetime, by: Id, *, as_current: bool
) -> Credential:
    pending = unproved(old)
    if pending is not None:
        who = registry.name_of(pending.made_by) if pending.made_by else "somebody"
        message = (
            f"{who} began to change this on {pending.made_at:%Y-%m-%d %H:%M} and has not finished"
        )
        raise RefusedError(message, _finish_or_drop(registry, old))
    refuse_clock_set_back(old, now)
    # A number means one version, also beside those of a secret that ended (`credential end`).
    namesakes = (old, *_namesakes(registry, old.account, old.what, old.label))
    number = max((v.number for each in namesakes for v in each.versions), default=0) + 1
    new = Version(number=number, stored=True, made_at=now, made_by=by, shown_at=now)
    others = old.versions
    if as_current:
        new = replace(new, applied_at=now, applied_by=by, current_from=now)
        replaced = in_use(old)
        others = tuple(replace(v, superseded_at=now) if v is replaced else v for v in old.versions)
    return replace(old, versions=(*others, new))


def drop_pending(
    session: Session, credential: Credential, *, old_works: bool = False
) -> Credential:
    """Give up the pending version: it is kept as dropped. Raises RefusedError where none is.

    One that was applied, or is being rotated to, is given up only where `old_works` says that
    somebody logged in with the old one since: else the platform may have taken it.
    """

    def decide(registry: Registry, now: datetime) -> Changes:
        found = registry.get(credential.id, Credential)
        pending = unproved(found)
        if pending is None:
            message = "there is no pending version to drop"
            raise RefusedError(message, "nothing to do")
        if pending.applied_at is not None or found.id in under_way(registry):
            refuse_unless_old_works(registry, found.id, old_works=old_works)
        return (Change(without_unproved(found, now)),)

    label = session.registry.name_of(credential.account)
    registry = session.write("credential.drop", decide, note=label)
    return registry.get(credential.id, Credential)


def end_credential(
    session: Session, credential: Credential, *, does_not_work: bool = False
) -> Credential:
    """Record that the platform does not take a secret any more; its versions stay readable.

    Raises RefusedError for an account in use where a version is pending, or one is in use and
    nobody said that it `does_not_work`.
    """

    def guard(registry: Registry, now: datetime) -> None:
        account = registry.account(credential.account)
        if not registry.is_live(account, now):
            return
        found = registry.get(credential.id, Credential)
        what = f"the {found.called} of {account.label}"
        if unproved(found) is not None:
            message = f"a new version of {what} is pending"
            raise RefusedError(message, _finish_or_drop(registry, found))
        version = in_use(found)
        if version is not None and not does_not_work:
            message = f"{what} is in use (version {version.number})"
            hint = "if the platform does not take it any more, say --does-not-work"
            raise RefusedError(message, hint)

    return end_record(session, credential, guard=guard)


def reveal_credential(
    session: Session,
    credential: Credential,
    stage: Stage = "current",
    how: Literal["revealed", "copied"] = "revealed",
) -> Secret:
    """Return a stored secret after the journal says who saw it.

    Raises NotFoundError where no version is at that stage, or its value was never stored, and
    RefusedError where the clock is behind the newest one: an old one would pass for that.
    """
    now = session.env.now()
    refuse_clock_set_back(credential, now)
    version = credential.at_stage(stage, now)
    if version is None:
        why = f"has no {stage} version"
        raise _not_kept(session.registry, credential.account, credential.what, why)
    return reveal_version(session, credential, version.number, how)


def reveal_version(
    session: Session,
    credential: Credential,
    number: int,
    how: Literal["revealed", "copied"] = "revealed",
) -> Secret:
    """Return a version's secret, whatever became of it, after the journal says who saw it.

    Raises NotFoundError where its value was never stored, or was removed.
    """
    if not _is_kept(credential.version(number)):
        why = "is not kept in the vault"
        raise _not_kept(session.registry, credential.account, credential.what, why)
    exposure_id = fresh_id(session)

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
