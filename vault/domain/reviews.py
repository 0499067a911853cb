"""Access reviews: somebody who holds the owner role looks at each tie and says keep or remove.

A review is a campaign: the ties there were when it began, each a record of its own, so that a
decision changes a small one. What was decided stays; deciding again needs a reason and is kept
beside it. The review closes when each tie is decided. What is to be removed is work until the tie
is gone, which is asked of the registry and not ticked off.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from vault.domain.account import Account
from vault.domain.counting import few
from vault.domain.credential import Credential
from vault.domain.factor import Factor
from vault.domain.grace import is_closing, keep_out
from vault.domain.ids import Id
from vault.domain.mail_moves import new_login_mailbox
from vault.domain.mailbox import Mailbox
from vault.domain.neighbourhood import reach
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.review import Choice, Review, ReviewedTie
from vault.domain.role import Assignment, Role
from vault.domain.single_points import sole_controllers
from vault.domain.spell import current
from vault.domain.staff import Staff
from vault.domain.steps import LOGIN_ACTS, SEAT_ACTS, Act, Step
from vault.domain.ties import Tie, account_ties, holds_role, own_ties
from vault.domain.ways_out import Blocker
from vault.errors import RefusedError


def snapshot(registry: Registry, review: Review) -> Iterator[ReviewedTie]:
    """Yield the ties of everybody at the moment a review begins, without ids of their own."""
    at = review.started_at
    sole = sole_controllers(registry, at)
    for person in sorted(registry.all(Person), key=lambda each: (each.name, each.id)):
        for tie in _ties(registry, person.id, at):
            roles = _owners(registry, tie, at)
            if review.role in {"", *roles}:
                yield ReviewedTie(
                    id="",
                    review=review.id,
                    person=person.id,
                    what=tie.kind,
                    account=tie.account,
                    target=tie.target,
                    roles=roles,
                    sole=person.id in sole.get(tie.account, ()),
                    why=" -> ".join(tie.why),
                )


def _ties(registry: Registry, person: Id, at: datetime) -> Iterator[Tie]:
    yield from own_ties(registry, person, at)
    accounts = (registry.find(each) for each in reach(registry, person))
    known = [a for a in accounts if isinstance(a, Account) and registry.is_live(a, at)]
    for account in sorted(known, key=lambda each: (each.label, each.id)):
        yield from account_ties(registry, person, account, at)


def _owners(registry: Registry, tie: Tie, at: datetime) -> tuple[Id, ...]:
    """The roles whose holders answer for a tie."""
    account, target = registry.find(tie.account), registry.find(tie.target)
    if isinstance(account, Account):
        return current(account.owner_roles, at)
    owner = target.role if isinstance(target, Assignment) else getattr(target, "owner", "")
    return (owner,) if isinstance(registry.find(owner), Role) else ()


def ties_of(registry: Registry, review: Review) -> tuple[ReviewedTie, ...]:
    """Return the ties of a review: whom they are of by name, then by account."""
    found = registry.ties_reviewed.get(review.id, ())
    name = registry.name_of
    return tuple(sorted(found, key=lambda t: (name(t.person), name(t.account), t.what, t.id)))


def deciders(registry: Registry, tie: ReviewedTie, at: datetime) -> list[Id]:
    """Return who may decide about a tie at a moment, by name: nobody decides about their own.

    That is who holds an owner role of it and stays; of who can open the vault, another who can.
    Where nobody else does, anybody else who stays.
    Whoever has a last day decides only where nobody without one is left.
    """
    staff = Staff(registry, tie.person, {}, at)
    holders = {person for role in tie.roles for person in staff.holders(role)}
    if tie.what == "vault_member":
        holders = {p.id for p in registry.all(Person) if staff.stays(p.id) and p.is_member(at)}
    found = [p for p in holders if registry.person(p).last_day is None]
    if not found:
        others = [p for p in registry.all(Person) if staff.stays(p.id)]
        found = [p.id for p in others if p.last_day is None] or [*holders] or [p.id for p in others]
    return sorted(found, key=lambda person: (registry.name_of(person), person))


def decide(registry: Registry, tie: ReviewedTie, choice: Choice, review: Review) -> ReviewedTie:
    """Return a tie with one more choice.

    Raises RefusedError for a review that is closed, somebody who may not decide, or a tie that is
    decided already where no reason is given to do so again.
    """
    if not review.is_open(choice.at):
        message = f"the review {review.name} is closed"
        raise RefusedError(message, "start another: safehands report access-review --start NAME")
    who, name = deciders(registry, tie, choice.at), registry.name_of
    if choice.by not in who:
        whose = "their own tie" if choice.by == tie.person else "this tie"
        message = f"{name(choice.by)} may not decide about {whose}: {tie.why}"
        raise RefusedError(message, f"let one of these: {few([*map(name, who)], 5) or 'nobody'}")
    before = tie.chosen(choice.at)
    if before is not None and not choice.reason:
        day = before.at.date()
        message = f"{name(before.by)} decided on {day} to {before.answer} this: {tie.why}"
        raise RefusedError(message, "say why it is decided again: --reason TEXT; both are kept")
    return msgspec.structs.replace(tie, choices=(*tie.choices, choice))


def close(registry: Registry, review: Review, by: Id, at: datetime) -> Review:
    """Return a review as closed; raises RefusedError while a tie is undecided or it is closed."""
    if not review.is_open(at):
        message = f"the review {review.name} is closed"
        raise RefusedError(message, "nothing to do")
    left = sum(tie.chosen(at) is None for tie in ties_of(registry, review))
    if left:
        message = f"{left} of the ties of {review.name} are undecided"
        raise RefusedError(message, "see which: safehands report access-review")
    return msgspec.structs.replace(review, closed_at=at, closed_by=by)


def is_there(registry: Registry, tie: ReviewedTie, at: datetime) -> bool:
    """Say whether a tie is still there at a moment."""
    account = registry.find(tie.account)
    if not tie.account:
        found = own_ties(registry, tie.person, at)
    elif isinstance(account, Account) and registry.is_live(account, at):
        found = account_ties(registry, tie.person, account, at)
    else:
        return False
    return any((each.kind, each.target) == (tie.what, tie.target) for each in found)


_CUT_BY: Final[dict[str, Act]] = {
    "seat": "remove_seat",
    "password": "rotate_password",
    "token": "rotate_token",
    "recovery_codes": "renew_recovery_codes",
    "session": "end_sessions",
    "login_mail": "change_login_mail",
    "recovery_mail": "change_recovery_mail",
    "recovery_phone": "change_recovery_phone",
    "grant": "revoke_app",
    "role": "end_role_assignment",
    "mailbox": "remove_mailbox_reader",
    "device": "collect_device",
    "vault_member": "remove_vault_member",
}
"""The act that cuts a tie; of a second factor a new one is enrolled before the old one goes."""

_SECRETS: Final = frozenset({"password", "token", "totp_seed", "recovery_codes"})
"""Ties that last after a role has ended, since nobody forgets."""


def work(registry: Registry, tie: ReviewedTie, at: datetime) -> Iterator[Step]:
    """Yield the steps that remove a tie, first the roles by which it would come back.

    Nothing on its platform where `why_not` says why.
    """
    left_out = LOGIN_ACTS | SEAT_ACTS if why_not(registry, tie, at) else ()
    yield from (step for step in _work(registry, tie, at) if step.act not in left_out)


def why_not(registry: Registry, tie: ReviewedTie, at: datetime) -> str:
    """Return why nothing on its platform removes a tie, and what to do instead, or "".

    Nobody logs in to what is being closed, and some platforms let nobody change an address.
    """
    acts = {step.act for step in _work(registry, tie, at)}
    if is_closing(registry, tie.account) and acts & (LOGIN_ACTS | SEAT_ACTS):
        return keep_out(registry, tie.account, "the tie ends")
    if "change_login_mail" not in acts:
        return ""
    new = new_login_mailbox(registry, registry.account(tie.account), tie.target, at)
    return f"{new.what}: {new.ways_out[0].text}" if isinstance(new, Blocker) else ""


def _work(registry: Registry, tie: ReviewedTie, at: datetime) -> Iterator[Step]:
    account = registry.find(tie.account)
    steward = Staff(registry, tie.person, {}, at).steward(tie.account) if account else ""
    whole = Step(id=tie.id, act="end_role_assignment", person=tie.person, assignee=steward)
    part, target = msgspec.structs.replace, registry.find(tie.target)
    held = _held_by(registry, tie, at)
    roles = [each for each in held if each != tie.person]
    roles = [each for each in roles if holds_role(registry, tie.person, each, at)]
    for role in roles:
        yield part(whole, target=role)
    is_own = tie.person in {*held, getattr(target, "owner", "")}
    if roles and not is_own and tie.what not in _SECRETS:
        return
    if tie.what in {"totp_seed", "factor"}:
        yield part(whole, act="enrol_factor", account=tie.account, to=next(iter(tie.roles), ""))
        for factor in _factors(registry, tie, at):
            yield part(whole, act="remove_factor", account=tie.account, target=factor)
    elif isinstance(target, Mailbox) and target.owner != tie.person:
        yield part(whole, act="remove_mailbox_reader", target=target.id)
    else:
        yield part(whole, act=_CUT_BY[tie.what], account=tie.account, target=tie.target)


def _factors(registry: Registry, tie: ReviewedTie, at: datetime) -> Iterator[Id]:
    """The factors that go with a tie: the one it is on, or those made from the seed it is on."""
    for factor in registry.factors_of.get(tie.account, ()):
        if factor.holds(at) and tie.target in {factor.id, factor.credential}:
            yield factor.id


def _held_by(registry: Registry, tie: ReviewedTie, at: datetime) -> tuple[Id, ...]:
    """The people and roles who have what a tie is on."""
    match registry.find(tie.target):
        case Mailbox(readers=held) | Phone(carriers=held) | Factor(holders=held):
            return current(held, at)
        case Credential(account=account):
            return current(registry.account(account).owner_roles, at)
    return ()
