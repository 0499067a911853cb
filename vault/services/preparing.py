"""What a step of a case works with: the secrets it needs, and the one it needs stored first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from vault.domain.account import Account
from vault.domain.cases import ENDED, Progress
from vault.domain.credential import Credential, CredentialKind, Stage
from vault.domain.effects import pending_seed
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.mailbox_choice import is_proven
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.domain.steps import STAGED, Step
from vault.services.credentials import set_credential
from vault.services.generating import STRENGTH, generate
from vault.services.session import Session


class KeptSecret(NamedTuple):
    """A secret that the vault holds, at a stage."""

    credential: Credential
    stage: Stage


def secrets_for(registry: Registry, step: Step, at: datetime) -> Iterator[KeptSecret]:
    """Yield the secrets in the vault that whoever does a step works with, new ones first.

    These are what the step is about, and the password and the authenticator of its account.
    """
    found = [
        credential
        for credential in registry.credentials_of.get(step.account, ())
        if credential.id == step.target or credential.what in {"password", "totp_seed"}
    ]
    stages: tuple[Stage, ...] = ("pending", "current")
    for stage in stages:
        for credential in found:
            version = credential.at_stage(stage, at)
            if version is not None and version.stored:
                yield KeptSecret(credential, stage)


def secret_to_store(registry: Registry, progress: Progress, at: datetime) -> CredentialKind | None:
    """Return what kind of new secret a step wants in the vault before it is done, or None."""
    step = progress.step
    if progress.state in ENDED:
        return None
    if step.act == "enrol_factor":
        return "totp_seed" if pending_seed(registry, step.account, at) is None else None
    credential = registry.find(step.target)
    if step.act not in STAGED or not isinstance(credential, Credential):
        return None
    return None if credential.at_stage("pending", at) else credential.what


def secret_to_drop(registry: Registry, progress: Progress, at: datetime) -> Credential | None:
    """Return the secret of which a new version, beside an open step, could be given up, or None."""
    if progress.state in ENDED:
        return None
    kept = secrets_for(registry, progress.step, at)
    return next((each.credential for each in kept if each.stage == "pending"), None)


def mailbox_to_prove(registry: Registry, progress: Progress, at: datetime) -> Mailbox | None:
    """Return the mailbox whose code has to come back before a step is done, or None."""
    mailbox = registry.find(progress.step.target)
    if progress.state in ENDED or progress.step.act != "prove_mailbox":
        return None
    return mailbox if isinstance(mailbox, Mailbox) and not is_proven(mailbox, at) else None


def label_for(registry: Registry, step: Step) -> str:
    """Return the label of the secret that a step changes: an account may have several of a kind."""
    changed = registry.find(step.target)
    return changed.label if isinstance(changed, Credential) else ""


def make_secret(
    session: Session, account: Id, what: CredentialKind = "password", label: str = ""
) -> Credential:
    """Make a new password or PIN under the platform's rules, and store it as pending.

    Raises what `set_credential` raises, and RefusedError where none can be safe.
    """
    found = session.registry.get(account, Account)
    secret = generate(what, session.registry.platform(found).password).secret
    return set_credential(session, found, secret, what=what, strength=STRENGTH, label=label)


def store_secret(
    session: Session, account: Id, what: CredentialKind, secret: Secret, label: str = ""
) -> Credential:
    """Store a secret that the platform gave out as pending; raises what `set_credential` raises."""
    found = session.registry.get(account, Account)
    return set_credential(session, found, secret, what=what, label=label)
