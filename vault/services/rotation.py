"""Rotations: each a case of its own, begun one by one or in a queue, given up, and tidied after.

A crash leaves both the old and the new secret readable, and the case says how far it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from vault.domain.account import Account
from vault.domain.cases import DONE, ENDED, Case, Evidence, Progress
from vault.domain.casework import titled
from vault.domain.changes import Change, Changes, changes
from vault.domain.credential import LOGIN_SECRETS, Credential, CredentialKind, Version
from vault.domain.effects import learnt
from vault.domain.ids import Id
from vault.domain.mending import Names
from vault.domain.registry import Registry
from vault.domain.rotation import (
    refuse_clock_set_back,
    rotations_due,
    to_retire,
    unproved,
    without_unproved,
)
from vault.domain.rotation_cases import refuse_unless_old_works, under_way
from vault.domain.rotation_ending import to_change_again
from vault.domain.rotation_policy import USUAL, Policy, check_policy, read_policy
from vault.domain.rotation_steps import (
    RotationPlan,
    comes_with_login,
    plan_rotation,
    secrets_to_change,
)
from vault.domain.steps import STAGED
from vault.errors import (
    AlreadyError,
    RefusedError,
    SafehandsError,
    StorageError,
    UsageError,
)
from vault.services.cases import open_case
from vault.services.editing import fresh_id
from vault.services.generating import generate
from vault.services.offboarding import merged
from vault.services.session import Session
from vault.storage import paths

POLICY_FILE = "rotation.toml"
"""The name of the policy in the configuration folder."""

_SIZE_LIMIT = 256 * 1024  # a class for every platform there is takes a tenth of this


class Target(NamedTuple):
    """What is to be changed: a secret, or the account itself where it has none."""

    account: Account
    credential: Credential | None


class Begun(NamedTuple):
    """What became of one target of a queue: a case, or why none was opened."""

    target: Target
    case: Case | None = None
    plan: RotationPlan | None = None
    refusal: SafehandsError | None = None


def policy_from(file: Path | None, usual: Path | None = None) -> Policy:
    """Return the policy in a file, else in the `usual` file where there is one, else the usual one.

    Raises UsageError for what is not understood, StorageError for a file that cannot be read, and
    UnsafePathError for a `usual` one that others may write to.
    """
    chosen = file or usual
    if chosen is None:
        return USUAL
    try:
        if file is None:
            paths.check_own(chosen)
        with chosen.open("rb") as stream:
            raw = stream.read(_SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        if file is None:
            return USUAL
        message = f"the policy file {chosen} is not there"
        raise StorageError(message, "check --policy") from error
    except OSError as error:
        message = f"the policy file {chosen} cannot be read: {error.strerror}"
        raise StorageError(message, "check --policy") from error
    if len(raw) > _SIZE_LIMIT:
        message = f"the policy file {chosen} is too long for a policy"
        raise UsageError(message, "docs/rotation.md has one to begin with")
    try:
        return read_policy(raw.decode())
    except UnicodeDecodeError as error:
        message = f"the policy file {chosen} is not UTF-8 text"
        raise UsageError(message, "docs/rotation.md has one to begin with") from error
    except UsageError as error:
        raise UsageError(f"{chosen}: {error.message}", error.hint) from error


def policy_of(session: Session, file: Path | None = None) -> Policy:
    """Return the policy in a file, else that of this device, as far as it can apply to the vault.

    Raises what `policy_from` and `check_policy` raise.
    """
    settings = session.env.settings_file
    usual = settings.with_name(POLICY_FILE) if settings else None
    policy, today = policy_from(file, usual), session.env.now().date()
    check_policy(policy, session.registry.catalogue, today, str(file or usual))
    return policy


def targets_of(
    registry: Registry, account: Account, at: datetime, what: CredentialKind | None = None
) -> list[Target]:
    """Return what a rotation of an account changes; raises NotFoundError as for a secret."""
    secrets = secrets_to_change(registry, account, at, what)
    return [Target(account, each) for each in secrets] or [Target(account, None)]


def targets_due(
    registry: Registry, at: datetime, policy: Policy, what: CredentialKind | None = None
) -> list[Target]:
    """Return the secrets that are due and not being changed, in the order in which to do it.

    With `what` only those of that kind. What the rotation of its account's password renews as well
    is left to that.
    """
    due = [
        each
        for each in rotations_due(registry, at, policy)
        if each.case is None and what in {None, each.credential.what}
    ]
    by_login = {e.credential.account for e in due if e.credential.what in LOGIN_SECRETS}
    targets = []
    for each in due:
        account = registry.account(each.credential.account)
        if not (account.id in by_login and comes_with_login(registry, each.credential, at)):
            targets.append(Target(account, each.credential))
    return targets


def start_rotation(session: Session, target: Target, policy: Policy) -> Begun:
    """Open a case that changes a secret, and return it with its plan.

    A version that the same person made and did not prove is carried on with. Raises RefusedError
    where a change is under way (who began it, and when), or the platform's rules for passwords
    cannot be met.
    """

    def decide(registry: Registry, now: datetime) -> tuple[Changes, Begun]:
        account = registry.account(target.account.id)
        credential = _newest(registry, target.credential)
        _refuse_second(registry, account, credential, session.person, now)
        plan = plan_rotation(
            registry, account, credential, at=now, by=session.person, policy=policy
        )
        if credential is not None and credential.what in LOGIN_SECRETS:
            rules = registry.platform(account).password
            generate(credential.what, rules)  # refuses what cannot be met
        case = Case(
            id=fresh_id(session),
            what="rotation",
            account=account.id,
            credential=plan.credential,
            version=plan.version,
            reason=", ".join(reason.cause for reason in plan.reasons),
            terms=plan.terms,
            opened_at=now,
            opened_by=session.person,
            progress=tuple(Progress(step) for step in plan.steps),
        )
        return (Change(case),), Begun(target, case, plan)

    return session.write_returning("rotate.start", decide, note=target.account.label)


def start_queue(session: Session, targets: Sequence[Target], policy: Policy) -> Iterator[Begun]:
    """Open a case for each target, one after the other, and yield what became of it.

    Each is independent: what is refused stops no other, and what is left when this ends early is
    begun by asking again.
    """
    for target in targets:
        try:
            yield start_rotation(session, target, policy)
        except RefusedError as refusal:
            yield Begun(target, refusal=refusal)


def _newest(registry: Registry, credential: Credential | None) -> Credential | None:
    return None if credential is None else registry.get(credential.id, Credential)


def _refuse_second(
    registry: Registry, account: Account, credential: Credential | None, by: Id, now: datetime
) -> None:
    case = under_way(registry).get(credential.id) if credential else _open_on(registry, account)
    if case is not None:
        who = registry.name_of(case.opened_by) if case.opened_by else "somebody"
        message = f"{who} began to change {account.label} on {case.opened_at:%Y-%m-%d %H:%M}"
        hint = f"go on with that: safehands case next {case.id[:8]}"
        raise AlreadyError(message, hint, there=case.id)
    if credential is None:
        return
    refuse_clock_set_back(credential, now)
    pending = unproved(credential)
    if pending is not None and pending.made_by != by:
        who = registry.name_of(pending.made_by) if pending.made_by else "somebody"
        message = (
            f"{who} began to change {account.label} on {pending.made_at:%Y-%m-%d %H:%M} "
            "and has not finished"
        )
        drop = f"{Names(registry).storing(credential)} --drop"
        raise RefusedError(message, f"let them finish, or drop it: {drop}")


def _open_on(registry: Registry, account: Account) -> Case | None:
    found = (c for c in registry.open_cases if c.what == "rotation" and c.account == account.id)
    return next((case for case in found if not case.credential), None)


def replan_rotation(
    session: Session, case: Case, policy: Policy | None = None
) -> tuple[Case, RotationPlan]:
    """Make the steps of a rotation again; what was done keeps its evidence.

    It goes by the policy it was begun with, unless another is given; a case that kept none goes by
    that of this device. Where somebody who left could know what it changed to, or another new
    version was stored since, that is to be changed once more.

    Raises what `policy_of` raises, and RefusedError for a case that is closed, or an account that
    is not in use any more.
    """

    def decide(registry: Registry, now: datetime) -> tuple[Changes, tuple[Case, RotationPlan]]:
        found = open_case(registry, case.id)
        credential = registry.get(found.credential, Credential) if found.credential else None
        again = to_change_again(registry, found, now)
        version = again.get(found.credential, found.version)
        plan = plan_rotation(
            registry,
            registry.account(found.account),
            credential,
            at=now,
            by=session.person,
            policy=policy or found.terms or policy_of(session),
            replaced=version,
            again=again,
        )
        progress = merged(found.progress, plan.steps, now)
        changed = msgspec.structs.replace(
            found, version=version, terms=plan.terms, progress=progress
        )
        return (Change(changed),), (changed, plan)

    label = session.registry.name_of(case.account)
    return session.write_returning("case.replan", decide, note=label)


def mark_unsure(session: Session, case: Case, reason: str, by: Id = "") -> Case:
    """Record that nobody knows whether the platform took the new secret: both are needed.

    `by` is who tried (else who is at the keyboard), and so has seen it.
    Raises RefusedError where no new secret is under way, UsageError without a reason.
    """
    if not reason.strip():
        message = "there is no text"
        raise UsageError(message, "say what happened: --reason TEXT")

    def decide(registry: Registry, now: datetime) -> Changes:
        found = open_case(registry, case.id)
        waiting = _under_way(found)
        record = registry.find(waiting.step.target) if waiting else None
        new = unproved(record) if isinstance(record, Credential) else None
        if waiting is None or new is None:
            message = f"no new secret of case {found.id[:8]} is under way"
            raise RefusedError(message, f"see what is next: safehands case next {found.id[:8]}")
        tried = by or session.person
        unsure = msgspec.structs.replace(
            waiting,
            state="pending",
            reason=reason,
            changed_at=now,
            evidence=(*waiting.evidence, Evidence(now, tried, reason)),
        )
        seen = learnt(registry, waiting.step.id, (waiting.step.target, new.number), now, tried)
        return changes(_with(found, unsure), *seen)

    label = session.registry.name_of(case.account)
    registry = session.write("rotate.unsure", decide, note=f"{label}: {reason}")
    return registry.get(case.id, Case)


def stop_rotation(session: Session, case: Case, reason: str, *, old_works: bool = False) -> Case:
    """Give a rotation up: its new secrets are kept as dropped, and the case is closed.

    `old_works` says that somebody logged in with the old secret after the new one was made; without
    that a new one is never given up, since the platform may have taken it. Raises RefusedError
    then, and where the secret was changed already.
    """
    if not reason.strip():
        message = "there is no text"
        raise UsageError(message, "say why it is given up: --reason TEXT")

    def decide(registry: Registry, now: datetime) -> Changes:
        found = open_case(registry, case.id)
        _refuse_stopping(registry, found, old_works=old_works)
        dropped = (
            without_unproved(credential, now)
            for credential in _secrets_of(registry, found)
            if unproved(credential) is not None
        )
        return changes(found.given_up(now, session.person, reason), *dropped)

    label = session.registry.name_of(case.account)
    registry = session.write("rotate.stop", decide, note=f"{label}: {reason}")
    return registry.get(case.id, Case)


def _refuse_stopping(registry: Registry, case: Case, *, old_works: bool) -> None:
    done = [p for p in case.progress if p.state in DONE - {"waived"}]
    if done:
        step, state = done[0].step, done[0].state
        message = titled(registry, step, f"step {step.id} of case {case.id[:8]} is {state} already")
        waive = f"safehands case waive {case.id[:8]} STEP --reason TEXT --approver PERSON"
        raise RefusedError(message, f"go on, or waive what is left: {waive}")
    begun = in_doubt(registry, case)
    if begun is not None:
        refuse_unless_old_works(registry, begun.id, old_works=old_works)


def _secrets_of(registry: Registry, case: Case) -> Iterator[Credential]:
    for progress in case.progress:
        record = registry.find(progress.step.target)
        if isinstance(record, Credential) and progress.state not in ENDED:
            yield record


def in_doubt(registry: Registry, case: Case) -> Credential | None:
    """Return the secret of a rotation of which a new version waits for its proof, if there is."""
    begun = (each for each in _secrets_of(registry, case) if unproved(each) is not None)
    return next(begun, None)


def _under_way(case: Case) -> Progress | None:
    """The step of a case whose new secret waits for its proof, or that is to make one."""
    staged = (p for p in case.progress if p.step.act in STAGED and p.state not in ENDED)
    return next(staged, None)


def _with(case: Case, progress: Progress) -> Case:
    every = tuple(progress if p.step.id == progress.step.id else p for p in case.progress)
    return msgspec.structs.replace(case, progress=every)


def retire_previous(session: Session, policy: Policy) -> list[tuple[Credential, Version]]:
    """Retire the versions that need not be kept any longer, and remove their values; return them.

    That they were, who could know them and who did see them stays on record.
    """

    def decide(
        registry: Registry, now: datetime
    ) -> tuple[Changes, list[tuple[Credential, Version]]]:
        retired = to_retire(registry, now, policy)
        gone: dict[Id, set[int]] = {}
        for credential, version in retired:
            gone.setdefault(credential.id, set()).add(version.number)
        forgotten = tuple(
            Change(_retired(registry.get(each, Credential), numbers, now), forget=tuple(numbers))
            for each, numbers in gone.items()
        )
        return forgotten, retired

    return session.write_returning("rotate.retire", decide)


def _retired(credential: Credential, numbers: set[int], now: datetime) -> Credential:
    versions = tuple(
        msgspec.structs.replace(v, retired_at=now) if v.number in numbers else v
        for v in credential.versions
    )
    return msgspec.structs.replace(credential, versions=versions)
