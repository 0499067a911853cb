"""The steps of a rotation: what changes a secret, and what a new secret does not end by itself.

A changed password ends no app password and no token on several platforms (measured on a Bluesky
PDS, WordPress and a Mastodon-compatible server, 2026-11), so where the catalogue says so, or does
not know, every one that is known gets a step, and where none is known the list is to be looked at.
An account without a secret has steps that take it from those who left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from vault.domain.access import active_factors
from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS, TOKENS, Credential, CredentialKind
from vault.domain.existence import refuse_before
from vault.domain.ids import Id, derived_id
from vault.domain.mail_moves import new_login_mailbox
from vault.domain.mailbox import Mailbox
from vault.domain.mailbox_choice import is_proven
from vault.domain.numbers import numbers
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.rotation import CAUSES, Reason, due_of, knowing_leavers, terms_of
from vault.domain.rotation_blockers import blockers
from vault.domain.rotation_policy import Policy, Terms
from vault.domain.sessions import has_session, opened_by_channel, takes_password
from vault.domain.spell import current
from vault.domain.staff import Staff
from vault.domain.steps import STAGED, Act, Step
from vault.domain.ways_out import Blocker
from vault.domain.whose import account_owners, owners
from vault.domain.wording import in_words
from vault.errors import NotFoundError, RefusedError

WISH: Final = "somebody wants it changed"
"""The reason where the policy asks for nothing."""


class RotationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What it takes to change one secret of an account, or the account itself where it has none.

    `version` is the number of the version to be replaced, 0 for none; `reasons` are empty where
    nothing but somebody's wish asks for it.
    """

    account: Id
    credential: Id = ""
    version: int = 0
    terms: Terms
    reasons: tuple[Reason, ...] = ()
    due: date
    steps: tuple[Step, ...]
    blockers: tuple[Blocker, ...] = ()


def secrets_to_change(
    registry: Registry, account: Account, at: datetime, what: CredentialKind | None = None
) -> list[Credential]:
    """Return the secrets of an account that have a rotation each.

    With `what` that kind. Without, what one logs in with; an account that has none has its tokens
    and keys, or nothing. Raises NotFoundError where there is none of the kind asked for, and
    RefusedError for the password of an account that has none by the platform's ways.
    """
    stored = [c for c in registry.credentials_of.get(account.id, ()) if _in_use(c, at)]
    if not takes_password(registry, account):
        stored = [c for c in stored if c.what != "password"]
        if what == "password":
            message = f"{account.label} has no password: {_why_none(registry, account)}"
            instead = f"safehands rotate plan {account.id[:8]}"
            raise RefusedError(message, f"see what takes it from who left: {instead}")
    if what is not None:
        found = [c for c in stored if c.what == what]
        if not found:
            message = f"{account.label} has no {in_words(what)} in the registry"
            hint = f"store it: safehands credential set {account.id[:8]} --what {what}"
            raise NotFoundError(message, hint)
        return found
    by_login = [c for c in stored if c.what in LOGIN_SECRETS]
    return by_login or [c for c in stored if c.what in TOKENS]


def _why_none(registry: Registry, account: Account) -> str:
    """Why there are no passwords on an account's platform, in words."""
    return registry.platform(account).not_applicable["rotate_password"]


def _in_use(credential: Credential, at: datetime) -> bool:
    return credential.until is None or at < credential.until


def plan_rotation(
    registry: Registry,
    account: Account,
    credential: Credential | None,
    *,
    at: datetime,
    by: Id,
    policy: Policy | Terms,
    replaced: int | None = None,
    again: Mapping[Id, int] = MappingProxyType({}),
) -> RotationPlan:
    """Return what it takes to change a secret, or without one what takes an account from leavers.

    `by` does what nobody else looks after. A rotation under way goes by the terms of the policy it
    was begun with. `replaced` is the version that it was to replace: its steps have the same ids
    again, but for those `again` on secrets that are to be changed once more
    (`rotation_ending.to_change_again`). Raises RefusedError where the account is not live or is
    being closed, or there is nothing that could be changed.
    """
    _refuse_not_in_use(registry, account, at)
    if isinstance(policy, Terms):
        terms = policy
    else:
        terms = terms_of(registry, account, credential, at, policy)
    found = due_of(registry, credential, at, terms) if credential else None
    current_one = credential.at_stage("current", at) if credential else None
    version = replaced if replaced is not None else current_one.number if current_one else 0
    due = found.due_at if found else at + timedelta(hours=terms.hours)
    maker = _Maker(registry, account, at, by, version=version, again=again)
    causes = found.why if found else WISH
    steps = maker.of_secret(credential, causes) if credential else maker.without_secret()
    return RotationPlan(
        account=account.id,
        credential=credential.id if credential else "",
        version=version,
        terms=terms,
        reasons=found.reasons if found else (),
        due=due.date(),
        steps=tuple(
            msgspec.structs.replace(
                step, due=due.date(), two_person=terms.two_person and step.act in STAGED
            )
            for step in steps
        ),
        blockers=(*maker.blocked, *blockers(registry, account, steps, at)),
    )


def _refuse_not_in_use(registry: Registry, account: Account, at: datetime) -> None:
    refuse_before(account, at)
    if not registry.is_live(account, at):
        message = f"{account.label} is not in use, so there is nothing to change"
        raise RefusedError(message, f"close it instead: safehands account end {account.id[:8]}")
    if account.state == "closing":
        message = f"{account.label} is being closed, and a log-in may bring it back"
        stop = f"safehands deactivate stop {account.id[:8]} --reason TEXT"
        raise RefusedError(message, f"if it is to stay: {stop}")


def comes_with_login(registry: Registry, credential: Credential, at: datetime) -> bool:
    """Say whether the rotation of its account's password renews a secret as well."""
    account = registry.account(credential.account)
    if credential.what in TOKENS:
        return registry.platform(account).password_change_ends_tokens != "yes"
    return credential in second_halves(registry, account, at)


def second_halves(registry: Registry, account: Account, at: datetime) -> list[Credential]:
    """Return the seeds and recovery codes of an account that somebody who left could know.

    No new password takes them away. A seed is left out where no role could hold another one.
    """
    has_role = bool(current(account.owner_roles, at))
    return [
        credential
        for credential in registry.credentials_of.get(account.id, ())
        if (credential.what == "recovery_codes" or (credential.what == "totp_seed" and has_role))
        and knowing_leavers(registry, credential, at)
    ]


class _Maker:
    """Makes the steps on one account, about a version; their ids follow from both."""

    def __init__(
        self,
        registry: Registry,
        account: Account,
        at: datetime,
        by: Id,
        *,
        version: int,
        again: Mapping[Id, int],
    ) -> None:
        self.registry = registry
        self.account = account
        self.platform = registry.platform(account)
        self.at = at
        staff = Staff(registry, "", {}, at)
        self.assignee = staff.steward(account.id) or by
        self.staff = staff
        self.version = version
        self.again = again
        self.blocked: list[Blocker] = []

    def of_secret(self, credential: Credential, why: str) -> list[Step]:
        """Return the steps that change a secret, and those it makes necessary; `why` in words."""
        if credential.what == "totp_seed":
            return self._new_seed(credential, why)
        if credential.what == "recovery_codes":
            return [self._step("renew_recovery_codes", why, credential.id)]
        if credential.what in TOKENS:
            return [self._step("rotate_token", why, credential.id)]
        change = self._step("rotate_password", why, credential.id)
        after = [*self._sessions(), *self._tokens(), *self._codes()]
        return [change, *(_after(step, change) for step in after), *self._seeds(change)]

    def _sessions(self) -> Iterator[Step]:
        ends = self.platform.password_change_ends_sessions == "yes"
        if self.platform.applies("end_sessions") and (
            not ends or self.account.sign_in_accounts  # whose sessions may end later
        ):
            why = "a new password does not end sessions here"
            if self.platform.password_change_ends_sessions == "unknown":
                why = "nobody knows whether a new password ends sessions here"
            yield self._step("end_sessions", why, self.account.id)

    def _tokens(self) -> Iterator[Step]:
        """What goes on working with a new password: each that is known, or the list itself."""
        ends = self.platform.password_change_ends_tokens
        if ends == "yes":
            return
        known = "does not end" if ends == "no" else "may not end"
        found = False
        for credential in self.registry.credentials_of.get(self.account.id, ()):
            if credential.what in TOKENS and _in_use(credential, self.at):
                why = f"a new password {known} it"
                yield self._step("rotate_token", why, credential.id)
                found = True
        for grant in self.registry.grants_on.get(self.account.id, ()):
            if grant.holds(self.at):
                why = f"a new password {known} what a connected tool may do"
                yield self._step("reconnect_tool", why, grant.id, self.assignee)
                found = True
        if not found and self.platform.applies("revoke_app"):
            why = f"a new password {known} what apps may do, and none is recorded"
            yield self._step("revoke_app", why)

    def _codes(self) -> Iterator[Step]:
        known = second_halves(self.registry, self.account, self.at)
        for credential in self.registry.credentials_of.get(self.account.id, ()):
            why = CAUSES["exposure" if credential in known else "unfinished"]
            if credential.what == "recovery_codes" and (
                credential in known or credential.id in self.again
            ):
                yield self._step("renew_recovery_codes", why, credential.id)

    def _seeds(self, change: Step) -> Iterator[Step]:
        for credential in second_halves(self.registry, self.account, self.at):
            if credential.what == "totp_seed":
                enrol, *removed = self._new_seed(credential, CAUSES["exposure"])
                yield from (_after(enrol, change), *removed)

    def _new_seed(self, credential: Credential, why: str) -> list[Step]:
        """A new factor for the role, then those that are made from the old seed go."""
        roles = current(self.account.owner_roles, self.at)
        if not roles:
            message = f"{self.account.label} has no owner role to hold a second factor"
            edit = f"safehands account edit {self.account.id[:8]} --role ROLE"
            raise RefusedError(message, f"give it one: {edit}")
        enrol = self._step("enrol_factor", why, self.account.id, roles[0])
        old = [
            self._step("remove_factor", why, factor.id)
            for factor in active_factors(self.registry, self.account, self.at)
            if factor.credential == credential.id
        ]
        return [enrol, *(_after(step, enrol) for step in old)]

    def without_secret(self) -> list[Step]:
        """Return the steps that take an account without a secret from those who left.

        Addresses and numbers that are somebody's own move to the role's, seats end, and so do
        sessions where mail or a phone lets in.
        """
        moves = [*self._addresses(), *self._numbers()]
        steps = [*moves, *self._seats(), *self._unseen_sessions(moves)]
        if steps:
            return steps
        for blocker in self.blocked:
            raise RefusedError(
                blocker.what, f"{', or '.join(way.text for way in blocker.ways_out)}"
            )
        parents = [
            self.registry.name_of(p) for p in current(self.account.sign_in_accounts, self.at)
        ]
        message = f"{self.account.label} has no secret of its own, and nobody who left holds it"
        hint = f"store its password: safehands credential set {self.account.id[:8]}"
        if not takes_password(self.registry, self.account):
            hint = _why_none(self.registry, self.account)
        if parents:
            hint = f"it is opened by {', '.join(parents)}: change that instead"
        raise RefusedError(message, hint)

    def _addresses(self) -> Iterator[Step]:
        for mailbox_id in current(self.account.login_mailboxes, self.at):
            mailbox = self.registry.find(mailbox_id)
            whose = owners(self.registry, mailbox) if isinstance(mailbox, Mailbox) else ()
            if isinstance(mailbox, Mailbox) and any(map(self._is_lost, whose)):
                yield from self._moved_from(mailbox)

    def _moved_from(self, mailbox: Mailbox) -> Iterator[Step]:
        """To the best mailbox of the role, which is proved before the account moves there."""
        new = new_login_mailbox(self.registry, self.account, mailbox.id, self.at)
        if isinstance(new, Blocker):
            self.blocked.append(new)
            return
        why = f"{mailbox.address} belongs to somebody who left"
        move = self._step("change_login_mail", why, mailbox.id, new.id)
        if not is_proven(new, self.at):
            proof = self._step("prove_mailbox", "an account moves to it", new.id)
            yield proof
            move = _after(move, proof)
        yield move

    def _numbers(self) -> Iterator[Step]:
        for phone_id in current(numbers(self.registry, self.account), self.at):
            phone = self.registry.find(phone_id)
            if isinstance(phone, Phone) and self._is_lost(phone.contract):
                why = f"{phone.number} belongs to somebody who left"
                yield self._step("change_recovery_phone", why, phone.id)

    def _seats(self) -> Iterator[Step]:
        for seat in self.registry.seats_on.get(self.account.id, ()):
            if seat.holds(self.at) and self._is_lost(seat.person):
                why = "whoever has the seat has left"
                step = self._step("remove_seat", why, seat.id)
                yield msgspec.structs.replace(step, person=seat.person)

    def _unseen_sessions(self, moves: Sequence[Step]) -> Iterator[Step]:
        """Who left is inside still, where they needed no password: until sessions are ended."""
        registry, at = self.registry, self.at
        unseen = opened_by_channel(registry, self.account) and self.platform.applies("end_sessions")
        left = (p.id for p in registry.all(Person) if unseen and p.status(at) == "left")
        if any(map(self._stays_inside, left)):
            why = "whoever has left may still be logged in"
            step = self._step("end_sessions", why, self.account.id)
            yield msgspec.structs.replace(step, depends_on=tuple(move.id for move in moves))

    def _stays_inside(self, person: Id) -> bool:
        """Not whom an account lets in that one signs in with: its own rotation puts them out."""
        if person in account_owners(self.registry, self.account):
            return False
        parents = current(self.account.sign_in_accounts, self.at)
        inside, *through = (
            has_session(self.registry, person, self.registry.account(each), self.at)
            for each in (self.account.id, *parents)
        )
        return inside and not any(through)

    def _is_lost(self, holder: Id) -> bool:
        return isinstance(self.registry.find(holder), Person) and not self.staff.stays(holder)

    def _step(self, act: Act, reason: str, target: Id = "", to: Id = "") -> Step:
        # What a step makes has an id derived from the step's: the next rotation has others.
        version = self.again.get(target, self.version)
        parts = (act, self.account.id, target, to, str(version))
        name = derived_id("rotation", *parts)[:8]
        return Step(
            id=name,
            act=act,
            account=self.account.id,
            target=target,
            to=to,
            assignee=self.assignee,
            reason=reason,
        )


def _after(step: Step, first: Step) -> Step:
    return msgspec.structs.replace(step, depends_on=(first.id,))
