"""Reuse: the same secret in more than one place, found by fingerprints and without opening any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from vault.domain.account import Account
from vault.domain.credential import Credential, Stage, Version
from vault.domain.ids import Id
from vault.domain.registry import Registry

IN_USE: frozenset[Stage] = frozenset({"current", "pending"})


def alike(
    registry: Registry, credential: Credential, version: Version
) -> list[tuple[Credential, Version]]:
    """Return the versions that have the secret of one, whatever became of them, that one first.

    A version whose value was never kept has no fingerprint, and is alone.
    """
    found = [(credential, version)]
    for each in registry.equal_secrets.get(version.fingerprint, ()):
        other = registry.find(each)
        if isinstance(other, Credential):
            found += (
                (other, v)
                for v in other.versions
                if v.fingerprint == version.fingerprint
                and (other.id, v.number) != (credential.id, version.number)
            )
    return found


def with_equal(registry: Registry, credentials: Iterable[Id]) -> set[Id]:
    """Return these credentials, and those that have, or had, a secret equal to one of theirs."""
    found = set(credentials)
    equal = registry.equal_secrets
    for each in tuple(found) if equal else ():
        credential = registry.find(each)
        if isinstance(credential, Credential):
            for version in credential.versions:
                found.update(equal.get(version.fingerprint, ()))
    return found


class Use(NamedTuple):
    """A version of a credential, at its stage."""

    credential: Credential
    version: Version
    stage: Stage


def reused(registry: Registry, at: datetime) -> list[tuple[Use, ...]]:
    """Return the groups of versions with one secret, the largest group first.

    Each has a version in use; the others are in use too, or were: whoever knew an old password
    knows the new one. What was dropped before it was used is no reuse.
    """
    groups: defaultdict[str, list[Use]] = defaultdict(list)
    for use in _uses(registry, at):
        if use.version.fingerprint:
            groups[use.version.fingerprint].append(use)
    found = [
        tuple(sorted(group, key=lambda use: _order(registry, use)))
        for group in groups.values()
        if len(group) > 1 and any(use.stage in IN_USE for use in group)
    ]
    return sorted(found, key=lambda group: (-len(group), _order(registry, group[0])))


def not_compared(registry: Registry, at: datetime) -> int:
    """Return how many secrets in use have no fingerprint, since their value is not kept here."""
    return sum(use.stage in IN_USE and not use.version.fingerprint for use in _uses(registry, at))


def _uses(registry: Registry, at: datetime) -> Iterator[Use]:
    for credential in registry.all(Credential):
        account = registry.find(credential.account)
        is_open = isinstance(account, Account) and account.is_open(at)
        if is_open and (credential.until is None or at < credential.until):
            for version in credential.versions:
                stage = version.stage(at)
                if stage not in {"unmade", "dropped"}:
                    yield Use(credential, version, stage)


def _order(registry: Registry, use: Use) -> tuple[bool, str, str, int]:
    label = registry.name_of(use.credential.account)
    return (use.stage not in IN_USE, label, use.credential.what, use.version.number)
