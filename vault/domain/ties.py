"""Ties: every way in which a person reaches an account, or holds something that accounts hang on.

A tie is what a departure must cut. It counts even where it does not suffice alone (a password
without the second factor), since the other half may turn up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import msgspec

from vault.domain.access import Access, company_side, leaver_side
from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS, TOKENS, Credential
from vault.domain.factor import Factor
from vault.domain.freemail import is_freemail
from vault.domain.holders import holders
from vault.domain.ids import Id
from vault.domain.knowledge import could_know, is_of_unknown_holder, known_as
from vault.domain.knowledge import reads as could_read
from vault.domain.mailbox import Mailbox
from vault.domain.numbers import numbers
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.seeds import made_from
from vault.domain.sessions import has_login, has_session
from vault.domain.spell import coming, current
from vault.domain.whose import account_owners, having, is_private, owners
from vault.domain.wording import in_words

TieKind = Literal[
    "seat",
    "password",
    "token",
    "totp_seed",
    "recovery_codes",
    "session",
    "login_mail",
    "recovery_mail",
    "recovery_phone",
    "factor",
    "grant",
    "through",
    "role",
    "mailbox",
    "device",
    "vault_member",
]


class Tie(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One tie: of `kind`, on `account` ("" for none in particular), by the record `target`.

    `sole` says that nobody who stays has full control of the account; `why` is the derivation in
    words, premises first.
    """

    kind: TieKind
    account: Id = ""
    target: Id = ""
    sole: bool = False
    why: tuple[str, ...] = ()


def account_ties(registry: Registry, person: Id, account: Account, at: datetime) -> Iterator[Tie]:
    """Yield the direct ties of a person to one account at a moment, `sole` left open."""
    name = registry.name_of(person)
    for seat in registry.seats_on.get(account.id, ()):
        if seat.person == person and not seat.is_over(at):
            why = f"{name} has a seat ({seat.level}) on {account.label}"
            yield Tie(kind="seat", account=account.id, target=seat.id, why=(why,))
    yield from _secret_ties(registry, person, account, at)
    yield from _channel_ties(registry, person, account, at)
    for factor in registry.factors_of.get(account.id, ()):
        if factor.is_over(at):
            continue
        what = f"the {in_words(factor.method)} of {account.label}"
        why = f"{name} has {what}" if _holds_factor(registry, person, factor, at) else ""
        if not why and owns(registry, person, factor.mailbox, at):
            why = f"{name} owns {registry.name_of(factor.mailbox)}, which gets {what}"
        if why:
            yield Tie(kind="factor", account=account.id, target=factor.id, why=(why,))
    for grant in registry.grants_on.get(account.id, ()):
        if grant.granted_by == person and not grant.is_over(at):
            why = f"{name} connected {registry.name_of(grant.tool)} to {account.label}"
            yield Tie(kind="grant", account=account.id, target=grant.id, why=(why,))


def _secret_ties(registry: Registry, person: Id, account: Account, at: datetime) -> Iterator[Tie]:
    """What they could know; or, where that is no password, a session that is left of one."""
    known = [
        tie
        for credential in registry.credentials_of.get(account.id, ())
        for tie in _credential_tie(registry, person, account, credential, at)
    ]
    yield from known
    could_log_in = any(tie.kind == "password" for tie in known) or not has_login(registry, account)
    could_log_in |= person in account_owners(registry, account)
    if not could_log_in and has_session(registry, person, account, at):
        why = f"{registry.name_of(person)} may still be logged in to {account.label}"
        yield Tie(kind="session", account=account.id, target=account.id, why=(why,))


def _credential_tie(
    registry: Registry, person: Id, account: Account, credential: Credential, at: datetime
) -> Iterator[Tie]:
    version = credential.at_stage("current", at)
    if version is None:
        return
    if not could_know(registry, person, credential, version, at):
        return
    kinds: dict[str, TieKind] = {"totp_seed": "totp_seed", "recovery_codes": "recovery_codes"}
    kind: TieKind = kinds.get(credential.what, "token")
    if credential.what in LOGIN_SECRETS:
        kind = "password"
    elif kind == "token" and credential.what not in TOKENS:
        return
    elif kind == "totp_seed" and not any(made_from(registry, credential.id, at)):
        return  # a finding of the account: nobody recorded what asks for it
    what = in_words(credential.what)
    why = f"{registry.name_of(person)} could know the {what} of {account.label}"
    why += known_as(registry, person, credential, version, at)
    yield Tie(kind=kind, account=account.id, target=credential.id, why=(why,))


def _channel_ties(registry: Registry, person: Id, account: Account, at: datetime) -> Iterator[Tie]:
    name = registry.name_of(person)
    channels: tuple[tuple[TieKind, str, tuple[str, ...]], ...] = (
        ("login_mail", "log-in address", coming(account.login_mailboxes, at)),
        ("recovery_mail", "recovery address", coming(account.recovery_mailboxes, at)),
    )
    for kind, called, mailboxes in channels:
        for mailbox_id in mailboxes:
            if reads(registry, person, mailbox_id, at) or owns(registry, person, mailbox_id, at):
                has = _how_they_have(registry, person, mailbox_id, at)
                why = f"{has}, the {called} of {account.label}"
                yield Tie(kind=kind, account=account.id, target=mailbox_id, why=(why,))
    for phone_id in coming(numbers(registry, account), at):
        if carries(registry, person, phone_id, at):
            number = registry.name_of(phone_id)
            has = f"{name} carries {number}"
            if registry.get(phone_id, Phone).contract == person:
                has = f"{number} is on a contract of {name}"
            why = f"{has}, the recovery phone of {account.label}"
            yield Tie(kind="recovery_phone", account=account.id, target=phone_id, why=(why,))


def holds_role(registry: Registry, person: Id, role: Id, at: datetime) -> bool:
    """Say whether a person holds a role at a moment."""
    return person in holders(registry, role, at)


def _among(registry: Registry, person: Id, holders: tuple[str, ...], at: datetime) -> bool:
    return any(h == person or holds_role(registry, person, h, at) for h in holders)


def reads(registry: Registry, person: Id, mailbox: Id, at: datetime) -> bool:
    """Say whether a person reads a mailbox at a moment: as reader, by role, or as owner.

    With a freemail provider whoever ever did reads it until its password was changed.
    """
    record = registry.find(mailbox)
    if not isinstance(record, Mailbox) or not record.exists(at):
        return False
    is_let_in = person in owners(registry, record) and record.lets_in(person, at)
    if is_let_in or _among(registry, person, current(record.readers, at), at):
        return True
    return is_freemail(record.address) and could_read(registry, person, mailbox, at)


def owns(registry: Registry, person: Id, mailbox: Id, at: datetime) -> bool:
    """Say whether a mailbox in use is a person's, read by them or not.

    Before it is released all that hangs on it has to move, also when they are shut out of it.
    """
    record = registry.find(mailbox)
    return isinstance(record, Mailbox) and record.exists(at) and person in owners(registry, record)


def _how_they_have(registry: Registry, person: Id, mailbox: Id, at: datetime) -> str:
    is_shut_out = owns(registry, person, mailbox, at) and not reads(registry, person, mailbox, at)
    verb = "owns" if is_shut_out else "reads"
    return f"{registry.name_of(person)} {verb} {registry.name_of(mailbox)}"


def carries(registry: Registry, person: Id, phone: Id, at: datetime) -> bool:
    """Say whether a person carries a phone at a moment, or can: it is on a contract of theirs."""
    record = registry.find(phone)
    if not isinstance(record, Phone) or not record.exists(at):
        return False
    return record.contract == person or _among(registry, person, current(record.carriers, at), at)


def _holds_factor(registry: Registry, person: Id, factor: Factor, at: datetime) -> bool:
    return (
        _among(registry, person, coming(factor.holders, at), at)
        or reads(registry, person, factor.mailbox, at)
        or carries(registry, person, factor.phone, at)
        or is_of_unknown_holder(factor)
    )


def own_ties(registry: Registry, person: Id, at: datetime) -> Iterator[Tie]:
    """Yield what a person holds, now or from a later day on, that is on no single account.

    That is: roles, mailboxes, devices, the vault.
    """
    name = registry.name_of(person)
    for assignment in registry.assignments_of.get(person, ()):
        if not assignment.is_over(at):
            why = f"{name} holds the role {registry.name_of(assignment.role)}"
            yield Tie(kind="role", target=assignment.id, why=(why,))
    for mailbox in having(registry, person):
        read = mailbox.exists(at) and person in coming(mailbox.readers, at)
        is_own = person in owners(registry, mailbox)
        owned = is_own and not is_private(registry, mailbox) and mailbox.exists(at)
        if (read and not is_own) or owned:
            why = _how_they_have(registry, person, mailbox.id, at)
            yield Tie(kind="mailbox", target=mailbox.id, why=(why,))
    for phone in registry.phones_of.get(person, ()):
        carried = phone.exists(at) and person in coming(phone.carriers, at)
        if carried and phone.contract != person:
            why = f"{name} carries {phone.number}"
            yield Tie(kind="device", target=phone.id, why=(why,))
    record = registry.find(person)
    if isinstance(record, Person) and coming(record.memberships, at):
        yield Tie(kind="vault_member", target=person, why=(f"{name} can open the vault",))


def all_ties(registry: Registry, person: Id, at: datetime) -> tuple[Tie, ...]:
    """Return every tie of a person in a registry at a moment, the sole ones first.

    Accounts that the person reaches only through another one are listed as `through`. The registry
    is best the surroundings of what the person can reach.
    """
    company = Access(registry, company_side(registry, at, without=(person,)), at)
    leaver = Access(registry, leaver_side(person), at)
    found: list[Tie] = []
    for account in registry.all(Account):
        if not registry.is_live(account, at):
            continue
        direct = list(account_ties(registry, person, account, at))
        if not direct and leaver.controls(account.id):
            direct = [Tie(kind="through", account=account.id, why=leaver.why(account.id))]
        sole = leaver.controls(account.id) and not company.controls(account.id, "full")
        found += (msgspec.structs.replace(tie, sole=sole) for tie in direct)
    found.sort(key=lambda tie: (not tie.sole, registry.name_of(tie.account), tie.kind))
    own = sorted(own_ties(registry, person, at), key=lambda tie: (tie.kind, tie.why))
    return (*found, *own)
