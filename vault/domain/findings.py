"""Findings: what is wrong with how accounts are held, how bad it is, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from vault.domain.access import Access, active_factors, company_side
from vault.domain.account import Account
from vault.domain.counting import several
from vault.domain.credential import FEW_CODES, WEAK
from vault.domain.departures import doubts
from vault.domain.former import held_by_former
from vault.domain.grace import without_gone
from vault.domain.holders import holders_here, is_enough
from vault.domain.ids import Id
from vault.domain.instructions import called
from vault.domain.levels import at_least
from vault.domain.mail_moves import is_movable
from vault.domain.mailbox import Mailbox
from vault.domain.mailbox_choice import role_mailboxes
from vault.domain.mending import KINDS, Names, Options, Seen, Severity
from vault.domain.numbers import is_held_by_number, numbers, own_number
from vault.domain.person import Person
from vault.domain.personal import whose_own
from vault.domain.phone import Phone
from vault.domain.platforms.handles import fold_handle
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.seeds import loose_seed
from vault.domain.sessions import has_login
from vault.domain.spell import Spells, current
from vault.domain.whose import account_owners, owners
from vault.domain.wording import in_words

R = TypeVar("R", bound=Record)

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
    """Return all findings at a moment, the worst first.

    An account whose closing is final is gone, though its record is yet to be archived: its case
    says so.
    """
    registry = without_gone(registry, registry, at.date(), at)
    company = Access(registry, company_side(registry, at), at)
    names = Names(registry)
    found = {  # a set: two mailboxes of one address are wrong in one way
        Finding(
            code=seen.code,
            severity=seen.severity or KINDS[seen.code][0],
            about=seen.about.id,
            what=seen.what,
            to_do=seen.to_do or names.to_do(seen.code, seen.about, seen.options),
        )
        for seen in _seen(registry, company, names, at)
    }

    def place(each: Finding) -> tuple[object, ...]:
        named = registry.name_of(each.about)
        severity = SEVERITIES.index(each.severity)
        return severity, each.code, named, each.what, each.to_do, each.about

    return sorted(found, key=place)


def _seen(registry: Registry, company: Access, names: Names, at: datetime) -> Iterator[Seen]:
    for account in registry.all(Account):
        if registry.is_live(account, at):
            for check in _ACCOUNT_CHECKS:
                yield from check(registry, account, at)
            if not (company.controls(account.id, "full") or account_owners(registry, account)):
                what = f"nobody is known to have full control of {account.label}"
                yield Seen("nobody_gets_in", account, what)
        elif account.is_open(at):  # where nobody can log in, nothing else is wrong with it
            yield _dead_platform(registry, account)
    yield from _double_handles(registry, at)
    for role in registry.all(Role):
        yield from _role(registry, role, at)
    for mailbox in registry.all(Mailbox):
        yield from _mailbox(registry, mailbox, at)
    yield from held_by_former(registry, names, at)
    yield from doubts(registry, at)


def _addresses(registry: Registry, account: Account, at: datetime) -> Iterator[tuple[str, Mailbox]]:
    for kind, spells in (
        ("log-in", account.login_mailboxes),
        ("recovery", account.recovery_mailboxes),
    ):
        for mailbox in _held(registry, spells, Mailbox, at):
            yield kind, mailbox


def _instead(
    registry: Registry, account: Account, kind: str, mailbox: Mailbox, at: datetime
) -> Options:
    """Return the options that name the role's mailbox instead of one, and keep the others."""
    better: Mailbox | str = next(iter(role_mailboxes(registry, account, at)), "ADDRESS")
    if kind == "log-in":
        return (("--login-mailbox", better),)
    held = _held(registry, account.recovery_mailboxes, Mailbox, at)
    kept = [each for each in held if each not in (mailbox, better)]
    return tuple(("--recovery-mailbox", each) for each in (*kept, better))


def _held(registry: Registry, spells: Spells, kind: type[R], at: datetime) -> list[R]:
    """Return the records of a kind that spells name now; those that are not there are left out."""
    found = (registry.find(each) for each in current(spells, at))
    return [record for record in found if isinstance(record, kind)]


def _login_and_recovery(registry: Registry, account: Account, at: datetime) -> Iterator[Seen]:
    is_fixed = not is_movable(registry, account)
    for kind, mailbox in _addresses(registry, account, at):
        for code, what in _faults(registry, account, kind, mailbox, at):
            if is_fixed and code == "personal_login_address":
                yield _fixed(registry, account, mailbox, what)
            else:
                yield Seen(code, account, what, _instead(registry, account, kind, mailbox, at))


def _fixed(registry: Registry, account: Account, mailbox: Mailbox, what: str) -> Seen:
    """A fault of an address that cannot be changed: what is left is to give it to the role."""
    is_given = isinstance(registry.find(mailbox.owner), Role) and mailbox.type != "personal"
    says = f"{what}; {registry.platform(account).name} lets nobody change it"
    options: Options = (("", mailbox), ("--owner", "role:ROLE"), ("--type", "shared"))
    return Seen("fixed_login_address", account, says, options, "low" if is_given else None)


def _faults(
    registry: Registry, account: Account, kind: str, mailbox: Mailbox, at: datetime
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an address of an account: the code, and in words."""
    address, its = mailbox.address, f"the {kind} address of {account.label} is"
    own = whose_own(registry, mailbox)
    if own:
        owner = f"{_named(registry, owners(registry, mailbox))}'s"
        whose = {"person": owner, "somebody": "somebody's own", "freemail": "a freemail one"}[own]
        yield f"personal_{kind.replace('-', '')}_address", f"{its} {whose}: {address}"
    if not mailbox.exists(at):
        yield "address_gone", f"{its} gone: {address}"
    if mailbox.type == "group" and registry.platform(account).group_mailbox_may_own == "no":
        yield "group_cannot_own", f"{address} is a group, which cannot own {account.label}"


def _named(registry: Registry, people: Collection[Id]) -> str:
    return " and ".join(sorted(map(registry.name_of, people)))


def _sign_ins(registry: Registry, account: Account, at: datetime) -> Iterator[Seen]:
    for parent in _held(registry, account.sign_in_accounts, Account, at):
        people = account_owners(registry, parent)
        if people:
            whose = f"{parent.label}, which is {_named(registry, people)}'s"
            what = f"one signs in to {account.label} with {whose}"
            yield Seen("personal_sign_in", account, what)


def _ownership(registry: Registry, account: Account, at: datetime) -> Iterator[Seen]:
    people = account_owners(registry, account)
    if people:
        what = f"{account.label} goes by an address of {_named(registry, people)}"
        yield Seen("personal_account", account, what)
        return
    if not current(account.owner_roles, at):
        yield Seen("no_owner_role", account, f"no role owns {account.label}")
    if has_login(registry, account) and not current(account.login_mailboxes, at):
        if is_held_by_number(registry, account) and current(numbers(registry, account), at):
            return
        what = f"nobody recorded the log-in address of {account.label}"
        yield Seen("no_login_address", account, what)


def _phones(registry: Registry, account: Account, at: datetime) -> Iterator[Seen]:
    phones = _held(registry, account.recovery_phones, Phone, at)
    for phone in phones:
        wanted: list[Phone | str] = ["NUMBER", *(each for each in phones if each is not phone)]
        options = tuple(("--recovery-phone", each) for each in wanted)
        its = f"the recovery phone of {account.label} is"
        if not phone.exists(at):
            yield Seen("phone_gone", account, f"{its} gone: {phone.number}", options)
        elif phone.contract:
            what = f"{its} {registry.name_of(phone.contract)}'s"
            yield Seen("personal_recovery_phone", account, what, options)
    yield from _own_number(registry, account, at)


def _own_number(registry: Registry, account: Account, at: datetime) -> Iterator[Seen]:
    """What is wrong with the number that an account goes by: it moves with that, or not at all."""
    phones = _held(registry, own_number(registry, account), Phone, at)
    used = [phone for phone in phones if phone.exists(at)]  # a number may be given out again
    its = f"the number of {account.label} is"
    if phones and not used:
        options: Options = (("--handle", "NUMBER"),)
        yield Seen("phone_gone", account, f"{its} gone: {phones[0].number}", options)
    for phone in used:
        if phone.contract:
            what = f"{its} {registry.name_of(phone.contract)}'s"
            yield Seen("personal_number", account, what, (("", phone),))


def _factors(registry: Registry, account: Account, at: datetime) -> Iterator[Seen]:
    factors = active_factors(registry, account, at)
    for factor in factors:
        holders = current(factor.holders, at)
        method = in_words(factor.method)
        if len(holders) == 1 and isinstance(registry.find(holders[0]), Person):
            what = f"only {registry.name_of(holders[0])} has the {method} of {account.label}"
            role = next(iter(_held(registry, account.owner_roles, Role, at)), "role:ROLE")
            options = (("", factor), ("--holder", role))
            yield Seen("factor_of_one_person", account, what, options)
        elif not (holders or factor.phone or factor.mailbox or factor.credential):
            what = f"nobody recorded who has the {method} of {account.label}"
            yield Seen("factor_of_unknown", account, what, (("", factor), ("--holder", "WHO")))
        sent_to = registry.find(factor.phone or factor.mailbox)
        if isinstance(sent_to, Phone | Mailbox) and not sent_to.exists(at):
            what = f"the {method} of {account.label} goes to {registry.name_of(sent_to.id)}: gone"
            where = ("--phone", "NUMBER") if factor.phone else ("--mailbox", "ADDRESS")
            yield Seen("factor_gone", account, what, (("", factor), where))
    if loose_seed(registry, account, at) is not None:
        kept = f"the authenticator secret of {account.label} is kept"
        what = f"{kept}, but no second factor that is made from it is recorded"
        apps = (f for f in factors if f.method == "totp" and not f.credential)
        app = next(apps, None)
        command: Options = (("edit", app),) if app else (("add", account), ("", "totp"))
        yield Seen("seed_of_no_factor", account, what, command)


def _seats(registry: Registry, account: Account, at: datetime) -> Iterator[Seen]:
    if not registry.platform(account).has_seats:
        return
    full = [
        s
        for s in registry.seats_on.get(account.id, ())
        if s.holds(at) and at_least(s.level, "full")
    ]
    if len(full) == 1:
        holder = registry.name_of(full[0].person or full[0].role_account)
        yield Seen("one_full_seat", account, f"only {holder} has full rights on {account.label}")


def _secrets(registry: Registry, account: Account, at: datetime) -> Iterator[Seen]:
    for credential in registry.credentials_of.get(account.id, ()):
        version, label = credential.at_stage("current", at), account.label
        breached_at = version.breached_at if version is not None else None
        if breached_at is not None and breached_at <= at:
            what = f"the {called(registry, credential.id)} of {label} is a breached one"
            one_of_several = (("--what", credential.what),) if credential.what != "password" else ()
            yield Seen("breached_password", account, what, one_of_several)
        elif version is not None and version.strength is not None and version.strength <= WEAK:
            what = f"the password of {label} is soon guessed ({version.strength} of 4)"
            yield Seen("weak_password", account, what)
        left = credential.unused_codes(at)
        if left is not None and left <= FEW_CODES:
            what = f"{several(left, 'recovery code')} of {label} left"
            yield Seen("few_recovery_codes", account, what)


def _dead_platform(registry: Registry, account: Account) -> Seen:
    platform = registry.platform(account)
    ended = f"{platform.name} ended {platform.died_on or ''}".rstrip()
    return Seen("dead_platform", account, f"{account.label} is listed, but {ended}")


_ACCOUNT_CHECKS: tuple[Callable[[Registry, Account, datetime], Iterator[Seen]], ...] = (
    _login_and_recovery,
    _sign_ins,
    _ownership,
    _phones,
    _factors,
    _seats,
    _secrets,
)


def _double_handles(registry: Registry, at: datetime) -> Iterator[Seen]:
    """Open accounts that go by one handle on one platform, which can be true of one alone."""
    holding: dict[tuple[str, str], list[Account]] = {}
    for account in registry.all(Account):
        if account.is_open(at):
            for handle in current(account.handles, at):
                key = (account.platform, fold_handle(registry.platform(account), handle))
                holding.setdefault(key, []).append(account)
    for accounts in holding.values():
        for account in accounts if len(accounts) > 1 else ():
            others = ", ".join(each.id[:8] for each in accounts if each is not account)
            what = f"{account.label} goes by the handle of another account: {others}"
            yield Seen("double_handle", account, what)


def _role(registry: Registry, role: Role, at: datetime) -> Iterator[Seen]:
    owned = [
        a
        for a in registry.accounts_on.get(role.id, ())
        if a.is_open(at) and role.id in current(a.owner_roles, at)
    ]
    if role.until is not None and role.until <= at:
        return
    here = holders_here(registry, role.id, at)
    if not here:
        what = f"nobody holds the role {role.name}, which owns {several(len(owned), 'account')}"
        yield Seen("role_without_holder", role, what, severity=None if owned else "low")
    elif not is_enough(registry, role, at):
        what = f"{len(here)} of at least {role.min_holders} people hold the role {role.name}"
        yield Seen("role_below_minimum", role, what)
    ends = [registry.person(holder).last_day for holder in here]
    known = [day for day in ends if day is not None]
    if known and len(known) == len(ends):
        what = f"everybody who holds the role {role.name} leaves, by {max(known)}"
        yield Seen("role_of_leavers", role, what)


def _mailbox(registry: Registry, mailbox: Mailbox, at: datetime) -> Iterator[Seen]:
    used = [
        a
        for a in registry.accounts_on.get(mailbox.id, ())
        if a.is_open(at) and mailbox.id in current((*a.login_mailboxes, *a.recovery_mailboxes), at)
    ]
    if not used or not mailbox.exists(at):
        return
    if not _is_read(registry, mailbox, at):
        users = several(len(used), "account hangs", "accounts hang")
        what = f"nobody reads {mailbox.address}, which {users} on"
        yield Seen("mailbox_unread", mailbox, what)
    proven = mailbox.proven_at
    if mailbox.type != "personal" and (proven is None or proven + PROOF_LASTS < at):
        what = f"nobody has shown within a year that mail to {mailbox.address} arrives"
        yield Seen("mailbox_unproven", mailbox, what)


def _is_read(registry: Registry, mailbox: Mailbox, at: datetime) -> bool:
    let_in = (p for p in owners(registry, mailbox) if mailbox.lets_in(p, at))
    for reader in (*current(mailbox.readers, at), *let_in):
        record = registry.find(reader)
        if isinstance(record, Person) and record.stays(at):
            return True
        by_role = isinstance(record, Role) and reader in current(mailbox.readers, at)
        if by_role and holders_here(registry, reader, at):
            return True
    return False
