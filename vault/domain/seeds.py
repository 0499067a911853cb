"""Authenticator secrets and the second factors that are made from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from vault.domain.account import Account
from vault.domain.credential import Credential
from vault.domain.factor import Factor
from vault.domain.ids import Id
from vault.domain.registry import Registry


def made_from(registry: Registry, seed: Id, at: datetime) -> Iterator[Factor]:
    """Yield the second factors, in use or to come, that are made from a secret."""
    for factor in registry.factors_on.get(seed, ()):
        if factor.credential == seed and not factor.is_over(at):
            yield factor


def loose_seed(registry: Registry, account: Account, at: datetime) -> Credential | None:
    """Return an authenticator secret in use of which no second factor is recorded, or None.

    As far as is known nothing asks for its codes: who knows it gets nowhere by that.
    """
    for credential in registry.credentials_of.get(account.id, ()):
        in_use = credential.what == "totp_seed" and credential.at_stage("current", at)
        if in_use and not any(made_from(registry, credential.id, at)):
            return credential
    return None
