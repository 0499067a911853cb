"""Rotation: which secrets are to be changed by when and why, and what a change takes.

Section 6 of docs/access-model.md. A new secret is pending until a log-in proves it, so a rotation
is a case of its own; `vault.domain.rotation_ending` says when that is over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args

import msgspec

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.counting import several
from vault.domain.credential import LOGIN_SECRETS, Credential, CredentialKind, Version
from vault.domain.ids import Id
from vault.domain.knowledge import could_know, debts, did_see
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.rotation_cases import changed_by, under_way
from vault.domain.rotation_policy import Policy, Terms
from vault.domain.schedule import depth
from vault.domain.sessions import takes_password
from vault.domain.spell import current, midnight
from vault.errors import RefusedError

Cause = Literal["unfinished", "breach", "exposure", "age"]
"""Why a secret is to be changed: a change was begun, strangers may know it, somebody who left could
know it, or it is old."""


class Reason(msgspec.Struct, frozen=True, gc=False):
    """Why a secret is to be changed, since when that is so, and until when it is to be done."""

    cause: Cause
    since: datetime
    due_at: datetime


CAUSES: dict[Cause, str] = {
    "unfinished": "begun, not proved",
    "breach": "strangers may know it",
    "exposure": "who left could know it",
    "age": "old",
}
"""The causes in a few words, as a list has room for."""


class RotationDue(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A secret to be changed, and why; the most pressing reason is first.

    `pending` is the new version that nobody has proved yet, `people` are those who left and could
    know the current one, and `seen` says that one of them did see it. `case` is the open rotation.
    """

    credential: Credential
    pending: Version | None
    people: tuple[Person, ...]
    seen: bool = False
    terms: Terms
    reasons: tuple[Reason, ...]
    case: Case | None = None

    @property
    def due_at(self) -> datetime:
        """The moment until which it is to be changed."""
        return self.reasons[0].due_at

    @property
    def begun_at(self) -> datetime | None:
        """The moment at which its change was begun: the new version was made, or a case opened."""
        if self.pending is not None:
            return self.pending.made_at
        return self.case.opened_at if self.case else None

    @property
    def why(self) -> str:
        """The reasons in a few words, the most pressing first."""
        return ", ".join(dict.fromkeys(CAUSES[reason.cause] for reason in self.reasons))

    def is_overdue(self, at: datetime) -> bool:
        """Say whether it should have been changed before a moment."""
        return self.due_at < at


def rotations_due(registry: Registry, at: datetime, policy: Policy) -> list[RotationDue]:
    """Return the secrets that are to be changed, in the order to do it."""
    knowing: defaultdict[Id, list[Person]] = defaultdict(list)
    for person, credential in debts(registry, at, frozenset(get_args(CredentialKind))):
        if _lets_in(registry, credential, at):
            knowing[credential.id].append(person)
    judge, cases, found = _Judge(registry, at), under_way(registry, at), []
    for credential in registry.all(Credential):
        if _can_change(registry, credential, at):
            case, account = cases.get(credential.id), registry.account(credential.account)
            terms = case.terms if case else None
            terms = terms or terms_of(registry, account, credential, at, policy)
            found.append(judge.due(credential, knowing.get(credential.id, ()), terms, case))
    return in_order(registry, [due for due in found if due is not None], at)


def due_of(
    registry: Registry, credential: Credential, at: datetime, terms: Terms
) -> RotationDue | None:
    """Return why a secret is to be changed, or None where nothing but its own rotation asks."""
    if not _can_change(registry, credential, at):
        return None
    knowing = knowing_leavers(registry, credential, at)
    return _Judge(registry, at).due(credential, knowing, terms)


def knowing_leavers(registry: Registry, credential: Credential, at: datetime) -> list[Person]:
    """Return those who left and could know the version of a secret that is in use, by name."""
    version = credential.at_stage("current", at)
    if version is None or not _lets_in(registry, credential, at):
        return []
    left = (p for p in registry.all(Person) if p.status(at) == "left")
    known = (p for p in left if could_know(registry, p.id, credential, version, at))
    return sorted(known, key=lambda p: p.name)


def is_to_change(registry: Registry, credential: Credential, at: datetime) -> bool:
    """Say whether a secret is to be changed as soon as somebody who left could know it."""
    return _can_change(registry, credential, at) and _lets_in(registry, credential, at)


def _can_change(registry: Registry, credential: Credential, at: datetime) -> bool:
    """Not where a log-in may bring the account back, nor where there is no password."""
    account = registry.find(credential.account)
    is_there = credential.until is None or at < credential.until
    if not is_there or not isinstance(account, Account):
        return False
    is_used = registry.is_live(account, at) and account.state != "closing"
    return is_used and (credential.what != "password" or takes_password(registry, account))


def _lets_in(registry: Registry, credential: Credential, at: datetime) -> bool:
    """Say whether a secret is worth anything to whoever knows it.

    A list of which every code is used is not, nor is a seed that no second factor is made from.
    """
    if credential.what == "recovery_codes":
        return credential.unused_codes(at) != 0
    factors = registry.factors_on.get(credential.id, ())
    return credential.what != "totp_seed" or any(factor.holds(at) for factor in factors)


def in_order(registry: Registry, due: Sequence[RotationDue], at: datetime) -> list[RotationDue]:
    """Return rotations in the order in which to do them.

    What was made, is not proved and is late comes first. Then what opens other accounts (mail,
    sign-ins, containers), parents before what hangs on them: a new password is worth little while
    the account that resets it is open. Then by the moment they are due, and what somebody who left
    did see before what they merely could know.
    """

    def rank(each: RotationDue) -> tuple[object, ...]:
        account = registry.account(each.credential.account)
        of_login = each.credential.what in LOGIN_SECRETS
        names = (account.label, account.id, not of_login, each.credential.id)
        waits = each.pending is None or not each.is_overdue(at)
        return (waits, *before_others(registry, account, at), each.due_at, not each.seen, *names)

    return sorted(due, key=rank)


def before_others(registry: Registry, account: Account, at: datetime) -> tuple[bool, int]:
    """Return the rank of an account among those to be changed: what opens others is first."""
    opens = opens_others(registry, account, at) or registry.platform(account).kind == "identity"
    return not opens, depth(registry, account.id)


def opens_others(registry: Registry, account: Account, at: datetime) -> bool:
    """Say whether others are signed in to with an account, or are contained in it."""
    return any(
        child.is_open(at)
        and account.id in current((*child.sign_in_accounts, *child.containers), at)
        for child in registry.accounts_on.get(account.id, ())
    )


def terms_of(
    registry: Registry,
    account: Account,
    credential: Credential | None,
    at: datetime,
    policy: Policy,
) -> Terms:
    """Return what a policy says of a secret, or of an account that has none."""
    kind, opens = registry.platform(account).kind, opens_others(registry, account, at)
    what = credential.what if credential else None
    return policy.terms(account.platform, kind, what, opens_others=opens)


def unproved(credential: Credential) -> Version | None:
    """Return the version that was made and neither proved nor dropped, by what was recorded.

    Its stage would depend on the clock, which may have been set back since.
    """
    for version in reversed(credential.versions):
        ended = version.superseded_at or version.retired_at or version.dropped_at
        if version.current_from is None and not ended:
            return version
    return None


def in_use(credential: Credential) -> Version | None:
    """Return the version that came into use and was not replaced since, by what was recorded."""
    for version in reversed(credential.versions):
        ended = version.superseded_at or version.retired_at or version.dropped_at
        if version.current_from is not None and not ended:
            return version
    return None


def kept_of(credential: Credential) -> str:
    """Return, in a sentence, whether the vault holds the old secret and the new one in doubt."""
    versions = {"old": in_use(credential), "new": unproved(credential)}
    kept = [which for which, version in versions.items() if version and version.stored]
    match kept:
        case ["old", "new"]:
            return "Both are kept here."
        case [which]:
            other = next(each for each in versions if each != which)
            return f"Only the {which} one is kept here: the {other} one is with whoever knows it."
    return "Neither is kept here: they are with whoever knows them."


def without_unproved(credential: Credential, at: datetime) -> Credential:
    """Return a credential whose unproved version is dropped, by whatever clock it was made."""
    new = unproved(credential)
    versions = tuple(
        msgspec.structs.replace(v, dropped_at=max(at, v.made_at)) if v is new else v
        for v in credential.versions
    )
    return msgspec.structs.replace(credential, versions=versions)


def refuse_clock_set_back(record: object, at: datetime) -> None:
    """Raise RefusedError where a version was made, or came into use, after a moment that is now.

    By such a clock the new version would not exist yet: the old one would pass for the one in use,
    and proving the new one would make another. One that was dropped stands in nobody's way: the
    clock may have been wrong when it was made.
    """
    if not isinstance(record, Credential):
        return
    known = (v for v in record.versions if v.dropped_at is None)
    newest = max((max(v.made_at, v.current_from or v.made_at) for v in known), default=at)
    if newest > at:
        message = f"the clock says {at:%Y-%m-%d %H:%M}, and a version is of {newest:%Y-%m-%d %H:%M}"
        way_out = "give that change up: rotate stop, or credential set --drop"
        if unproved(record) is None:
            way_out = "read it by credential reveal --version, end it and store it anew"
        raise RefusedError(message, f"set the clock right; if it was wrong then, {way_out}")


class _Judge:
    """Says of one secret that can be changed after the other whether it is to be."""

    def __init__(self, registry: Registry, at: datetime) -> None:
        self.registry = registry
        self.at = at

    def due(
        self,
        credential: Credential,
        knowing: Sequence[Person],
        terms: Terms,
        case: Case | None = None,
    ) -> RotationDue | None:
        registry, at = self.registry, self.at
        begun = _begun(registry, credential, case, at)
        reasons = [*begun, *_reasons(credential, knowing, terms, at)]
        if not reasons:
            return None
        version = credential.at_stage("current", at)
        number = version.number if version else 0
        return RotationDue(
            credential=credential,
            pending=credential.at_stage("pending", at),
            people=tuple(sorted(knowing, key=lambda person: person.name)),
            seen=any(did_see(registry, person.id, credential, number) for person in knowing),
            terms=terms,
            reasons=tuple(sorted(reasons, key=lambda each: (each.due_at, each.since))),
            case=case,
        )


def _reasons(
    credential: Credential, knowing: Sequence[Person], terms: Terms, at: datetime
) -> Iterator[Reason]:
    pending = credential.at_stage("pending", at)
    if pending is not None:
        yield _reason("unfinished", pending.made_at, terms.unfinished_hours)
    version = credential.at_stage("current", at)
    if version is None or version.current_from is None:
        return
    if version.breached_at is not None and version.breached_at <= at:
        yield _reason("breach", version.breached_at, terms.breach_hours)
    breach = midnight(terms.breached_on) if terms.breached_on else None
    if breach is not None and version.current_from <= breach <= at:
        yield _reason("breach", breach, terms.breach_hours)
    last_days = [person.last_day for person in knowing if person.last_day is not None]
    if last_days:
        left_at = midnight(min(last_days) + timedelta(days=1))
        yield _reason("exposure", left_at, terms.hours)
    old_from = version.current_from + timedelta(days=terms.age_days)
    if terms.age_days and old_from <= at:
        yield _reason("age", old_from, terms.hours)


def _begun(
    registry: Registry, credential: Credential, case: Case | None, at: datetime
) -> Iterator[Reason]:
    """That a case has still to change a secret: until the end of the day on which that is due."""
    if case is None or credential.at_stage("pending", at) is not None:
        return
    day = changed_by(registry, case, credential.id)
    if day is not None:
        end = midnight(day + timedelta(days=1)) - timedelta(minutes=1)
        yield Reason("unfinished", case.opened_at, end)


def _reason(cause: Cause, since: datetime, hours: int) -> Reason:
    return Reason(cause, since, since + timedelta(hours=hours))


def retirable(credential: Credential, at: datetime, policy: Policy) -> list[Version]:
    """Return the replaced versions that need not be kept any longer, oldest first.

    None while a change is under way: the old one may be needed until the new one is proved.
    """
    if unproved(credential) is not None:
        return []
    kept = timedelta(days=policy.keep_days)
    previous = [v for v in credential.versions if v.stage(at) == "previous"]
    newest = {v.number for v in previous[-policy.keep_versions :]}
    return [
        version
        for version in previous
        if version.number not in newest
        or (version.superseded_at is not None and version.superseded_at + kept <= at)
    ]


def to_retire(registry: Registry, at: datetime, policy: Policy) -> list[tuple[Credential, Version]]:
    """Return the replaced versions that need not be kept any longer, and of which secret.

    None of a secret that is being changed: the old one may be needed until the new one is proved.
    """
    busy = under_way(registry, at)
    return [
        (credential, version)
        for credential in registry.all(Credential)
        if credential.id not in busy
        for version in retirable(credential, at, policy)
    ]


def late_else(due: Sequence[RotationDue], at: datetime) -> int:
    """Return how many secrets are late for reasons that no finding tells of.

    That is a change begun and not proved, a platform's breach, and age.
    """

    def is_found(each: RotationDue) -> bool:
        version = each.credential.at_stage("current", at)
        breached_at = version.breached_at if version else None
        is_breached = breached_at is not None and breached_at <= at
        return is_breached or (bool(each.people) and each.case is None)

    return sum(each.is_overdue(at) and not is_found(each) for each in due)


def told_late(number: int) -> str:
    """Return how many secrets are late, in words."""
    return f"{several(number, 'other secret')} should have been changed by now"


def told_old(number: int) -> str:
    """Return how many replaced secrets are kept for too long, in words."""
    return f"{several(number, 'replaced secret is', 'replaced secrets are')} kept for too long"
