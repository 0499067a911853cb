"""An account's authenticator seed: enrolled, proved by a code, and used for live codes."""

from __future__ import annotations

from datetime import datetime

from vault.domain.account import Account
from vault.domain.changes import Changes
from vault.domain.credential import Credential, Stage, Version
from vault.domain.effects import enrolled
from vault.domain.factor import Factor
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.domain.spell import current
from vault.errors import NotFoundError, RefusedError
from vault.services.credentials import find_credential, reveal_credential, set_credential
from vault.services.editing import fresh_id
from vault.services.session import Session
from vault.services.totp import NEW_SEED_BYTES, Code, as_address, live_code, matches, new_seed


def begin(session: Session, account: Account) -> Credential:
    """Make a new seed and store it as pending; raises RefusedError while another is pending."""
    seed = new_seed(session.env.random(NEW_SEED_BYTES))
    return set_credential(session, account, seed, what="totp_seed")


def address(session: Session, account: Account) -> Secret:
    """Return the otpauth address to scan, of the pending seed or else of the one in use.

    The journal says before that somebody saw it. Raises NotFoundError where no seed is kept.
    """
    credential = find_credential(session.registry, account, "totp_seed")
    stage: Stage = "pending" if credential.at_stage("pending", session.env.now()) else "current"
    seed = reveal_credential(session, credential, stage)
    return as_address(seed, account.handle, session.registry.platform(account).name)


def code_now(session: Session, account: Account) -> Code:
    """Return the code that the account asks for now, after the journal says who took it.

    Of the seed in use, or else of the pending one. Whoever sees a code has not seen the seed, so
    this is no exposure. Raises NotFoundError where no seed is kept.
    """
    credential = find_credential(session.registry, account, "totp_seed")
    stages: tuple[Stage, ...] = ("current", "pending")
    seed = _seed(session, credential, stages, "credential.code")
    return live_code(seed, session.env.now())


def prove(session: Session, account: Account, code: str) -> Credential:
    """Make the pending seed the one in use, since an app that has it gave its code.

    The first time the account gets its second factor too, held by its owner roles. Raises
    NotFoundError where no seed is pending, and RefusedError for a code that is not of this minute,
    with nothing changed but the journal.
    """
    credential = find_credential(session.registry, account, "totp_seed")
    seed = _seed(session, credential, ("pending",), "credential.prove")
    if not matches(seed, code, session.env.now()):
        message = "that is not the code of this minute"
        raise RefusedError(
            message, "wait for the next one, and see that the phone's clock is right"
        )
    deed = fresh_id(session)

    def decide(registry: Registry, now: datetime) -> Changes:
        found = registry.get(credential.id, Credential)
        if found.at_stage("pending", now) is None:
            message = "somebody else finished or dropped this change meanwhile"
            raise RefusedError(message, "look at it again: safehands credential list")
        holders = current(registry.account(account.id).owner_roles, now)
        made = enrolled(registry, deed, found, now, session.person, holders=holders)
        if any(factor.holds(now) for factor in registry.factors_on.get(found.id, ())):
            return tuple(each for each in made if not isinstance(each.record, Factor))
        return made

    registry = session.write("credential.enrol", decide, note=account.label)
    return registry.get(credential.id, Credential)


def _seed(session: Session, credential: Credential, stages: tuple[Stage, ...], act: str) -> Secret:
    at = session.env.now()
    found = (credential.at_stage(stage, at) for stage in stages)
    version: Version | None = next((v for v in found if v is not None and v.stored), None)
    if version is None:
        label, stage = session.registry.name_of(credential.account), " or ".join(stages)
        message = f"no {stage} authenticator secret of {label} is kept in the vault"
        hint = f"make one: safehands credential totp {credential.account[:8]} --new"
        raise NotFoundError(message, hint)
    return session.reveal(credential.id, version.number, act, lambda *_: ())
