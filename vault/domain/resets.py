"""What can reset a password: to cut before the password is new, or whoever has it undoes that.

Section 2 of docs/access-model.md says who can reset; here is what a departure makes of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS
from vault.domain.freemail import is_freemail
from vault.domain.ids import Id
from vault.domain.knowledge import could_know, reading_span
from vault.domain.mailbox import Mailbox
from vault.domain.numbers import going_by, numbers
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.sessions import opened_by_channel
from vault.domain.span import intersection, span
from vault.domain.spell import ALWAYS, Spell, Spells, current
from vault.domain.steps import Act, Step
from vault.domain.whose import accounts_of, mailboxes_of

CHANNEL_ACTS: Final[tuple[Act, ...]] = (
    "change_login_mail",
    "change_recovery_mail",
    "change_recovery_phone",
)
"""Acts that take from an account what a password can be reset by."""


def first_of_all(registry: Registry, steps: Collection[Step]) -> frozenset[str]:
    """Return the ids of steps that take off accounts what the leaver is not cut off from before.

    That is an address or phone of their own; with those that prove the mailboxes to move to. Off a
    mailbox of the company the leaver is taken at once, so accounts can move from there later; one
    with a freemail provider they read on, since they know its password.
    """
    cut = {s.target for s in steps if s.act in {"block_mailbox", "remove_mailbox_reader"}}
    found = [
        step for step in steps if step.act in CHANNEL_ACTS and not _is_out(registry, step, cut)
    ]
    wanted = {step.to for step in found}
    proofs = (s.id for s in steps if s.act == "prove_mailbox" and s.target in wanted)
    return frozenset((*(step.id for step in found), *proofs))


def mail_first(registry: Registry, steps: Collection[Step]) -> frozenset[str]:
    """Return the ids of steps that take from the leaver the account that a mailbox is.

    What hangs on that mailbox gets a new password after them. An account that one signs in to with
    another keeps its place: its sessions end after those of the other.
    """
    acts: tuple[Act, ...] = ("rotate_password", "end_sessions")
    cutting = (s for s in steps if s.act in acts)
    return frozenset(
        step.id
        for step in cutting
        if isinstance(account := registry.find(step.account), Account)
        and not account.sign_in_accounts
        and any(mailboxes_of(registry, account))
    )


def reset_through(registry: Registry, account: Account) -> Iterator[tuple[Id, Id]]:
    """Yield each mailbox to reset an account's password by with an account that it is."""
    for spell in (*account.login_mailboxes, *account.recovery_mailboxes):
        mailbox = registry.find(spell.of)
        for each in accounts_of(registry, mailbox) if isinstance(mailbox, Mailbox) else ():
            yield spell.of, each.id


def _is_out(registry: Registry, step: Step, cut: Collection[Id]) -> bool:
    """Whether the leaver is out of the mailbox that a step is about, or is when those are `cut`."""
    record = registry.find(step.target)
    if not isinstance(record, Mailbox) or is_freemail(record.address):
        return False
    shut_out = (spell.of for spell in record.shut_out if spell.until is None)
    return record.id in cut or step.person in shut_out


def resets_by(registry: Registry, account: Account, thing: Id) -> bool:
    """Say whether a mailbox or phone is, or was, one to reset an account's password by."""
    return any(spell.of == thing for spell in _channels(registry, account))


def is_undone_by(registry: Registry, account: Account, thing: Id, before: Iterable[Step]) -> bool:
    """Say whether who has a mailbox or phone could reset what is new after the steps `before`.

    The account hangs on it yet: none of these takes it off, or it is an address in another way too.
    """
    moved = {s.act for s in before if (s.account, s.target) == (account.id, thing)}
    is_off = bool(moved) and moved.issuperset(_keeping_on(registry, account, thing))
    return resets_by(registry, account, thing) and not is_off


def _keeping_on(registry: Registry, account: Account, thing: Id) -> set[Act]:
    """The acts without which an account hangs on a mailbox or phone for good."""
    spells = (account.login_mailboxes, account.recovery_mailboxes, numbers(registry, account))
    return {
        act
        for act, each in zip(CHANNEL_ACTS, spells, strict=True)
        if any(spell.of == thing and spell.until is None for spell in each)
    }


def _channels(registry: Registry, account: Account) -> Spells:
    mailboxes = (*account.login_mailboxes, *account.recovery_mailboxes)
    return (*mailboxes, *numbers(registry, account))


def resets_for(registry: Registry, account: Account, role: Id) -> Iterator[Id]:
    """Yield the mailboxes and phones to reset an account's password by that a role has."""
    for spell in _channels(registry, account):
        match registry.find(spell.of):
            case Mailbox(readers=having) | Phone(carriers=having):
                if any(each.of == role for each in having):
                    yield spell.of


def left_open(registry: Registry, steps: Iterable[Step]) -> dict[Id, Account]:
    """Return the accounts, by id, whose sessions no step ends, alone or with the password."""
    ended = {(step.act, step.account) for step in steps}
    return {
        account.id: account
        for account in registry.all(Account)
        if ("end_sessions", account.id) not in ended
        and (
            ("rotate_password", account.id) not in ended
            or registry.platform(account).password_change_ends_sessions != "yes"
        )
    }


def lets_in(registry: Registry, step: Step, earlier: Step, accounts: Mapping[Id, Account]) -> bool:
    """Say whether done before `earlier`, the step would leave the leaver a session in one of these.

    It gives what opens the account unseen, or a second factor, to a role that is theirs yet; or it
    moves the account to mail they read yet.
    """
    if not step.to or earlier.act not in {"end_role_assignment", "remove_mailbox_reader"}:
        return False
    if not step.account and step.to != earlier.reason:
        return False
    thing = step.to if step.account else step.target
    near = accounts.values() if not step.account else filter(None, (accounts.get(step.account),))
    return any(
        (step.to == earlier.reason and _is_asked_for(registry, account, thing))
        or (
            opened_by_channel(registry, account)
            and resets_by(registry, account, thing)
            and (earlier.target == thing or thing in resets_for(registry, account, earlier.reason))
        )
        for account in near
    )


def _is_asked_for(registry: Registry, account: Account, thing: Id) -> bool:
    """Whether a thing is a second factor of an account, or gets its codes."""
    factors = registry.factors_of.get(account.id, ())
    return any(thing in {factor.id, factor.phone, factor.mailbox} for factor in factors)


def accounts_reset_by(registry: Registry, phone: Id, at: datetime) -> Iterator[Id]:
    """Yield the accounts whose password may be reset by a phone at a moment."""
    for account in (*registry.accounts_on.get(phone, ()), *going_by(registry, phone)):
        by_phone = registry.platform(account).resets_by_phone != "no"
        if by_phone and phone in current(numbers(registry, account), at):
            yield account.id


def lost_at(registry: Registry, leaver: Id, spell: Spell, at: datetime) -> datetime | None:
    """Return when a leaver ceased to read an address of an account, None where they still do.

    The account moved off their mailbox, or they were shut out of it.
    """
    reading = reading_span(registry, leaver, spell.of)
    had = intersection(reading, span(spell.since, spell.until))
    last = max((end for _, end in had), default=ALWAYS)
    return last if last <= at else None


def set_by_resets(
    registry: Registry, leaver: Id, account: Account, lost: datetime | None, at: datetime
) -> Iterator[tuple[Act, Id]]:
    """Yield what to do anew, and to what, since a leaver who got the resets may have set it.

    Nothing that was done after they `lost` them; None where they get them still. What they could
    know besides is changed for that reason, and sessions end with it or after it.
    """
    with_it = registry.platform(account).password_change_ends_sessions == "yes"
    for credential in registry.credentials_of.get(account.id, ()):
        version = credential.at_stage("current", at)
        if credential.what not in LOGIN_SECRETS or version is None:
            continue
        known = could_know(registry, leaver, credential, version, at)
        if known and with_it:
            continue
        made = () if version.current_from is None else (version.current_from,)
        if not (known or _is_since(lost, made)):
            yield "rotate_password", credential.id
        if not _is_since(lost, account.sessions_ended):
            yield "end_sessions", account.id


def _is_since(lost: datetime | None, moments: Iterable[datetime]) -> bool:
    return lost is not None and any(moment >= lost for moment in moments)
