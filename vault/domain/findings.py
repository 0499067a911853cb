"""Findings: what is wrong with how accounts are held, how bad it is, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from vault.domain.access import Access, active_factors, company_side, has_login
from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS, Credential
from vault.domain.freemail import is_freemail
from vault.domain.ids import Id
from vault.domain.knowledge import could_know
from vault.domain.levels import at_least
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import current

Severity = Literal["high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")
PROOF_LASTS = timedelta(days=365)  # a mailbox that nobody tried for a year may be dead


class Finding(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One thing to mend: about the record `about`, `what` is wrong and what `to_do`."""

    code: str
    severity: Severity
    about: Id
    what: str
    to_do: str


def findings(registry: Registry, at: datetime) -> list[Finding]:
    """Return all findings at a moment, the worst first."""
    company = Access(registry, company_side(registry, at), at)
    found = [
        finding
        for account in registry.all(Account)
        if account.is_open(at)
        for check in _ACCOUNT_CHECKS
        for finding in check(registry, account, at)
    ]
    found += _nobody_gets_in(registry, company, at)
    for role in registry.all(Role):
        found += _role(registry, role, at)
    for mailbox in registry.all(Mailbox):
        found += _mailbox(registry, mailbox, at)
    for person in registry.all(Person):
        found += _person(registry, person, at)
    found.sort(key=lambda f: (SEVERITIES.index(f.severity), f.code, registry.name_of(f.about)))
    return found


def _addresses(registry: Registry, account: Account, at: datetime) -> Iterator[tuple[str, Mailbox]]:
    kinds = (
        ("log-in", account.login_mailboxes),
        ("recovery", account.recovery_mailboxes),
    )
    for kind, spells in kinds:
        for mailbox_id in current(spells, at):
            mailbox = registry.find(mailbox_id)
            if isinstance(mailbox, Mailbox):
                yield kind, mailbox


def _personal_address(registry: Registry, account: Account, at: datetime) -> Iterator[Finding]:
    for kind, mailbox in _addresses(registry, account, at):
        owner = registry.find(mailbox.owner)
        code = f"personal_{kind.replace('-', '')}_address"
        if isinstance(owner, Person) or mailbox.type == "personal":
            whose = f"{owner.name}'s" if isinstance(owner, Person) else "somebody's own"
            what = f"the {kind} address of {account.label} is {whose}: {mailbox.address}"
        elif is_freemail(mailbox.address):
            what = f"the {kind} address of {account.label} is a freemail one: {mailbox.address}"
        else:
            continue
        yield Finding(
            code=code,
            severity="high",
            about=account.id,
            what=what,
            to_do="move it to a mailbox of the owner role",
        )


def _dead_address(registry: Registry, account: Account, at: datetime) -> Iterator[Finding]:
    for kind, mailbox in _addresses(registry, account, at):
        if not mailbox.exists(at):
            yield Finding(
                code="address_gone",
                severity="high",
                about=account.id,
                what=f"the {kind} address of {account.label} is gone: {mailbox.address}",
                to_do="move it to a mailbox of the owner role while somebody is logged in",
            )


def _group_owner(registry: Registry, account: Account, at: datetime) -> Iterator[Finding]:
    platform = registry.platform(account)
    for _, mailbox in _addresses(registry, account, at):
        if mailbox.type == "group" and platform.group_mailbox_may_own == "no":
            yield Finding(
                code="group_cannot_own",
                severity="high",
                about=account.id,
                what=f"{mailbox.address} is a group, which cannot own {account.label}",
                to_do="use a licensed mailbox of the role",
            )


def _ownership(registry: Registry, account: Account, at: datetime) -> Iterator[Finding]:
    label = account.label
    if not current(account.owner_roles, at):
        yield Finding(
            code="no_owner_role",
            severity="medium",
            about=account.id,
            what=f"no role owns {label}",
            to_do=f"give it one: safehands account edit {account.id[:8]} --role ROLE",
        )
    if has_login(registry, account) and not current(account.login_mailboxes, at):
        yield Finding(
            code="no_login_address",
            severity="medium",
            about=account.id,
            what=f"nobody recorded the log-in address of {label}",
            to_do=f"record it: safehands account edit {account.id[:8]} --login-mailbox ADDRESS",
        )


def _phones(registry: Registry, account: Account, at: datetime) -> Iterator[Finding]:
    for phone_id in current(account.recovery_phones, at):
        phone = registry.find(phone_id)
        if isinstance(phone, Phone) and phone.contract:
            whose = registry.name_of(phone.contract)
            yield Finding(
                code="personal_recovery_phone",
                severity="high",
                about=account.id,
                what=f"the recovery phone of {account.label} is {whose}'s",
                to_do="change it to a number of the company",
            )


def _factors(registry: Registry, account: Account, at: datetime) -> Iterator[Finding]:
    for factor in active_factors(registry, account, at):
        holders = current(factor.holders, at)
        method = factor.method.replace("_", " ")
        if len(holders) == 1 and isinstance(registry.find(holders[0]), Person):
            yield Finding(
                code="factor_of_one_person",
                severity="medium",
                about=account.id,
                what=f"only {registry.name_of(holders[0])} has the {method} of {account.label}",
                to_do="enrol a second factor for the role",
            )
        elif not (holders or factor.phone or factor.mailbox or factor.credential):
            yield Finding(
                code="factor_of_unknown",
                severity="medium",
                about=account.id,
                what=f"nobody recorded who has the {method} of {account.label}",
                to_do="find its holder, or enrol a new one for the role",
            )


def _seats(registry: Registry, account: Account, at: datetime) -> Iterator[Finding]:
    if not registry.platform(account).has_seats:
        return
    full = [
        s
        for s in registry.seats_on.get(account.id, ())
        if s.holds(at) and at_least(s.level, "full")
    ]
    if len(full) == 1:
        holder = registry.name_of(full[0].person or full[0].role_account)
        yield Finding(
            code="one_full_seat",
            severity="high",
            about=account.id,
            what=f"only {holder} has full rights on {account.label}",
            to_do="give a second person full rights",
        )


def _dead_platform(registry: Registry, account: Account, at: datetime) -> Iterator[Finding]:
    if not registry.is_live(account, at):
        platform = registry.platform(account)
        ended = f"{platform.name} ended {platform.died_on or ''}".rstrip()
        yield Finding(
            code="dead_platform",
            severity="low",
            about=account.id,
            what=f"{account.label} is listed, but {ended}",
            to_do=f"end it: safehands account end {account.id[:8]}",
        )


_ACCOUNT_CHECKS: tuple[Callable[[Registry, Account, datetime], Iterator[Finding]], ...] = (
    _personal_address,
    _dead_address,
    _group_owner,
    _ownership,
    _phones,
    _factors,
    _seats,
    _dead_platform,
)


def _nobody_gets_in(registry: Registry, company: Access, at: datetime) -> Iterator[Finding]:
    for account in registry.all(Account):
        if registry.is_live(account, at) and not company.controls(account.id, "full"):
            yield Finding(
                code="nobody_gets_in",
                severity="high",
                about=account.id,
                what=f"nobody is known to have full control of {account.label}",
                to_do="find who can log in, and record it",
            )


def _role(registry: Registry, role: Role, at: datetime) -> Iterator[Finding]:
    owned = [
        a
        for a in registry.accounts_on.get(role.id, ())
        if a.is_open(at) and role.id in current(a.owner_roles, at)
    ]
    if role.until is not None and role.until <= at:
        return
    holders = {
        a.person
        for a in registry.assignments_of.get(role.id, ())
        if a.holds(at) and registry.person(a.person).stays(at)
    }
    if not holders:
        yield Finding(
            code="role_without_holder",
            severity="high" if owned else "low",
            about=role.id,
            what=f"nobody holds the role {role.name}, which owns {len(owned)} accounts",
            to_do=f"give it to somebody: safehands role assign {role.id[:8]} PERSON",
        )
    elif len(holders) < role.min_holders:
        yield Finding(
            code="role_below_minimum",
            severity="medium",
            about=role.id,
            what=f"{len(holders)} of at least {role.min_holders} people hold the role {role.name}",
            to_do=f"give it to one more: safehands role assign {role.id[:8]} PERSON",
        )


def _mailbox(registry: Registry, mailbox: Mailbox, at: datetime) -> Iterator[Finding]:
    used = [
        a
        for a in registry.accounts_on.get(mailbox.id, ())
        if a.is_open(at) and mailbox.id in current((*a.login_mailboxes, *a.recovery_mailboxes), at)
    ]
    if not used or not mailbox.exists(at):
        return
    if not _is_read(registry, mailbox, at):
        yield Finding(
            code="mailbox_unread",
            severity="high",
            about=mailbox.id,
            what=f"nobody reads {mailbox.address}, which {len(used)} accounts hang on",
            to_do=f"add a reader: safehands mailbox edit {mailbox.address} --reader WHO",
        )
    proven = mailbox.proven_at
    if mailbox.type != "personal" and (proven is None or proven + PROOF_LASTS < at):
        yield Finding(
            code="mailbox_unproven",
            severity="low",
            about=mailbox.id,
            what=f"nobody has shown within a year that mail to {mailbox.address} arrives",
            to_do=f"prove it: safehands mailbox prove {mailbox.address}",
        )


def _is_read(registry: Registry, mailbox: Mailbox, at: datetime) -> bool:
    for reader in (*current(mailbox.readers, at), mailbox.owner):
        record = registry.find(reader)
        if isinstance(record, Person) and record.stays(at):
            return True
        if isinstance(record, Role) and reader in current(mailbox.readers, at):
            held = registry.assignments_of.get(reader, ())
            if any(a.holds(at) and registry.person(a.person).stays(at) for a in held):
                return True
    return False


def _person(registry: Registry, person: Person, at: datetime) -> Iterator[Finding]:
    if person.status(at) != "left":
        return
    owed = sorted({registry.name_of(c.account) for c in _debts(registry, person.id, at)})
    if owed:
        shown = ", ".join(owed[:3]) + (" and more" if len(owed) > 3 else "")  # noqa: PLR2004  # a line's worth
        yield Finding(
            code="knowledge_debt",
            severity="high",
            about=person.id,
            what=f"{person.name} has left and could know {len(owed)} current passwords: {shown}",
            to_do="change them",
        )
    seats = [s for s in registry.seats_of.get(person.id, ()) if s.holds(at)]
    if seats:
        labels = ", ".join(sorted(registry.name_of(s.account) for s in seats)[:3])
        yield Finding(
            code="seat_of_former",
            severity="high",
            about=person.id,
            what=f"{person.name} has left and still has {len(seats)} seats: {labels}",
            to_do=f"plan the departure: safehands offboard plan {person.id[:8]}",
        )


def _debts(registry: Registry, person: Id, at: datetime) -> Iterator[Credential]:
    """Credentials whose current version a person could know through an exposure or a past role."""
    seen: set[Id] = {e.credential for e in registry.exposures_to.get(person, ())}
    for assignment in registry.assignments_of.get(person, ()):
        for account in registry.accounts_on.get(assignment.role, ()):
            seen |= {c.id for c in registry.credentials_of.get(account.id, ())}
    for credential_id in seen:
        credential = registry.find(credential_id)
        if isinstance(credential, Credential) and credential.what in LOGIN_SECRETS:
            version = credential.at_stage("current", at)
            if version and could_know(registry, person, credential, version, at):
                account_record = registry.find(credential.account)
                if isinstance(account_record, Account) and registry.is_live(account_record, at):
                    yield credential


def knowledge_debt(registry: Registry, at: datetime) -> int:
    """Return the number of pairs: a person who has left, a current version they could know."""
    left = (p for p in registry.all(Person) if p.status(at) == "left")
    return sum(1 for person in left for _ in _debts(registry, person.id, at))
