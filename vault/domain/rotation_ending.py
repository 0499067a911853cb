"""When a rotation is over: what is in the way of closing it, what to change again, giving it up."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from vault.domain.cases import Case
from vault.domain.counting import few
from vault.domain.credential import Credential
from vault.domain.ids import Id
from vault.domain.registry import Registry
from vault.domain.rotation import knowing_leavers, unproved
from vault.domain.wording import in_words


def to_change_again(registry: Registry, case: Case, at: datetime) -> dict[Id, int]:
    """Return the secrets that a rotation changed and that are to be changed once more.

    That is where who left could know the new one all the same, or another one was stored since and
    is not proved. Each with the number of the version in use: what is to be replaced next.
    """
    found = {}
    for target in _changed(registry, case, at):
        credential = registry.find(target)
        if not isinstance(credential, Credential):
            continue
        version = credential.at_stage("current", at)
        if version is not None and (
            unproved(credential) is not None or knowing_leavers(registry, credential, at)
        ):
            found[target] = version.number
    return found


def _changed(registry: Registry, case: Case, at: datetime) -> Iterator[Id]:
    """Yield the secrets that a rotation changed; the step that enrols a seed does not name it."""
    yield from (p.step.target for p in case.progress if p.state == "verified")
    credential = registry.find(case.credential)
    if not isinstance(credential, Credential) or credential.what != "totp_seed":
        return
    version = credential.at_stage("current", at)
    if version is not None and version.number > case.version:
        yield credential.id


def standing(registry: Registry, case: Case, at: datetime) -> Iterator[str]:
    """Yield, as sentences, what is in the way of closing a rotation whose steps are finished.

    The version it was to replace must not be in use any more, nothing may be half done, and nobody
    who left may know the new one. What was waived is in nobody's way.
    """
    waived = {p.step.target for p in case.progress if p.state == "waived"}
    changed = [p.step.target for p in case.progress if p.state != "dropped"]
    for target in dict.fromkeys((case.credential, *changed)):
        credential = registry.find(target)
        if not isinstance(credential, Credential) or target in waived:
            continue
        if credential.until is None or at < credential.until:
            replaced = case.version if target == case.credential else 0
            yield from _unsafe(registry, credential, replaced, at)


def left_of_finished(registry: Registry, case: Case, at: datetime) -> str:
    """Return what is to be planned again though every step is finished, "" for nothing.

    Only of a rotation: what is left of other cases takes a verdict to see.
    """
    return few(list(standing(registry, case, at)), joint="; ") if case.what == "rotation" else ""


def _unsafe(
    registry: Registry, credential: Credential, replaced: int, at: datetime
) -> Iterator[str]:
    name = f"the {in_words(credential.what)} of {registry.name_of(credential.account)}"
    if unproved(credential) is not None:
        yield f"a new version of {name} is pending, and not proved by a log-in"
    version = credential.at_stage("current", at)
    if version is None:
        yield f"{name} has no version that is in use"
        return
    if replaced and version.number <= replaced:
        yield f"{name} is still the one that was to be changed (version {version.number})"
    else:
        for person in knowing_leavers(registry, credential, at):
            yield f"{person.name} has left, and could know {name} (version {version.number})"


def over_with(registry: Registry, accounts: Collection[Id], at: datetime, by: Id) -> Iterator[Case]:
    """Yield the open rotations of accounts that are closed, given up: nothing is left to change.

    Their secrets stay as they are, pending ones too: the platform may have taken one.
    """
    for case in registry.open_cases:
        if case.what == "rotation" and case.account in accounts:
            yield case.given_up(at, by, "the account is closed")
