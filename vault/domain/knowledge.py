"""Who could know, and who did see, each version of a credential, and when.

*Could know* is entitlement over time; *did see* are exposures. They are never merged: the first
says what to change, the second what to change first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta

from vault.domain.account import Account
from vault.domain.credential import (
    LOGIN_SECRETS,
    Credential,
    CredentialKind,
    Exposure,
    Version,
)
from vault.domain.factor import Factor
from vault.domain.freemail import is_freemail
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.span import (
    ANYTIME,
    NEVER,
    Span,
    complement,
    intersection,
    span,
    union,
)
from vault.domain.spell import ALWAYS, Spells, midnight
from vault.domain.whose import account_owners, accounts_of, is_the_account, mailboxes_of, owners


def role_span(registry: Registry, person: Id, role: Id) -> Span:
    """Return when a person held a role."""
    return union(
        span(a.since, a.until) for a in registry.assignments_of.get(role, ()) if a.person == person
    )


def spells_span(registry: Registry, person: Id, spells: Spells) -> Span:
    """Return when spells of persons and roles included this person, directly or by role."""
    spans = []
    for spell in spells:
        held = ANYTIME if spell.of == person else role_span(registry, person, spell.of)
        spans.append(intersection(held, span(spell.since, spell.until)))
    return union(spans)


def employed_span(person: Person) -> Span:
    """Return up to when a person works here: as long as `Person.status` does not say "left"."""
    if person.last_day is None or person.last_day == date.max:
        return ANYTIME
    return span(None, midnight(person.last_day + timedelta(days=1)))


def entitled_span(registry: Registry, person: Id, account: Account) -> Span:
    """Return when a person who worked here held a role that owned the account.

    A role that nobody ended after the last day hands on no secret that was made later.
    """
    owned = spells_span(registry, person, account.owner_roles)
    record = registry.find(person) if owned else None
    return intersection(owned, employed_span(record)) if isinstance(record, Person) else owned


def member_span(registry: Registry, person: Id) -> Span:
    """Return when a person could open the vault."""
    record = registry.find(person)
    spells = record.memberships if isinstance(record, Person) else ()
    return union(span(spell.since, spell.until) for spell in spells)


def did_see(registry: Registry, person: Id, credential: Credential, number: int) -> list[Exposure]:
    """Return the exposures by which a person did see a version."""
    return [
        e
        for e in registry.exposures_of.get(credential.id, ())
        if e.person == person and e.version == number and e.was_seen
    ]


def _exposures(
    registry: Registry, person: Id, credential: Credential, version: Version
) -> Iterable[Exposure]:
    return (
        e
        for e in registry.exposures_of.get(credential.id, ())
        if e.person == person and e.version == version.number
    )


def lasting_span(registry: Registry, person: Id, credential: Credential, version: Version) -> Span:
    """Return since when a person knows a version: by exposure, by role or out of the vault.

    Whoever knew it once knows it ever after.
    """
    ways: list[Span] = [
        span(e.at, None)
        for e in _exposures(registry, person, credential, version)
        if e.until is None
    ]
    account = registry.find(credential.account)
    if isinstance(account, Account):
        entitled = entitled_span(registry, person, account)
        ways.append(intersection(entitled, credential.accepted_span(version)))
    if version.stored:
        gone = min(filter(None, (version.retired_at, version.dropped_at)), default=None)
        readable = span(version.made_at, gone)
        ways.append(intersection(member_span(registry, person), readable))
    known = union(ways)
    return span(known[0][0], None) if known else NEVER


def knowing_span(registry: Registry, person: Id, credential: Credential, version: Version) -> Span:
    """Return when a person could know a version, what a source assumed only for a time included."""
    assumed = (
        span(e.at, e.until)
        for e in _exposures(registry, person, credential, version)
        if e.until is not None
    )
    return union((lasting_span(registry, person, credential, version), *assumed))


def could_know(
    registry: Registry, person: Id, credential: Credential, version: Version, at: datetime
) -> bool:
    """Say whether a person could know a version at a moment."""
    return any(
        start <= at < end for start, end in knowing_span(registry, person, credential, version)
    )


def reading_span(registry: Registry, person: Id, mailbox: Id) -> Span:
    """Return when a person could read a mailbox: as a reader, by role, or as its owner let in.

    With a freemail provider whoever read it knows its password, and reads it until that is changed.
    """
    record = registry.find(mailbox)
    if not isinstance(record, Mailbox):
        return NEVER
    in_use = span(record.since, record.until)
    reading = spells_span(registry, person, record.readers)
    if person in owners(registry, record):
        out = (span(s.since, s.until) for s in record.shut_out if s.of == person)
        reading = union((reading, complement(union(out))))
    reading = intersection(reading, in_use)
    if not (reading and is_freemail(record.address)):
        return reading
    changed = sorted(passwords_changed(registry, record))
    kept = (span(start, next((m for m in changed if m >= end), None)) for start, end in reading)
    return intersection(union(kept), in_use)


def passwords_changed(registry: Registry, mailbox: Mailbox) -> Iterator[datetime]:
    """Yield when the password of the account that a mailbox is was changed, as far as is known.

    How old the first one on record is nobody knows: it changed nothing.
    """
    for account in accounts_of(registry, mailbox):
        if is_the_account(registry, account, mailbox):
            for credential in registry.credentials_of.get(account.id, ()):
                if credential.what in LOGIN_SECRETS:
                    later = (v.current_from for v in credential.versions[1:])
                    yield from filter(None, later)


def reads(registry: Registry, person: Id, mailbox: Id, at: datetime) -> bool:
    """Say whether a person could read a mailbox at a moment."""
    return any(start <= at < end for start, end in reading_span(registry, person, mailbox))


def carrying_span(registry: Registry, person: Id, phone: Id) -> Span:
    """Return when a person got what is sent to a phone: they carried it, or it is their contract.

    Whose contract it is gets a new card for it from the operator, whoever carries the old one.
    """
    record = registry.find(phone)
    if not isinstance(record, Phone):
        return NEVER
    carried = spells_span(registry, person, record.carriers)
    received = ANYTIME if record.contract == person else carried
    return intersection(received, span(None, record.until))


def is_of_unknown_holder(factor: Factor) -> bool:
    """Say whether nobody recorded who has a factor, so anybody might."""
    return not (factor.holders or factor.phone or factor.mailbox or factor.credential)


def _having_span(registry: Registry, person: Id, factor: Factor) -> Span:
    ways = [
        spells_span(registry, person, factor.holders),
        reading_span(registry, person, factor.mailbox),
        *_signing_in_spans(registry, person, factor.mailbox),
        carrying_span(registry, person, factor.phone),
    ]
    seed = registry.find(factor.credential)
    if isinstance(seed, Credential):
        ways += [
            intersection(knowing_span(registry, person, seed, v), seed.accepted_span(v))
            for v in seed.versions
        ]
    if is_of_unknown_holder(factor):
        ways.append(ANYTIME)
    return intersection(union(ways), span(factor.since, factor.until))


def _signing_in_spans(registry: Registry, person: Id, mailbox: Id) -> Iterator[Span]:
    """When a person knew the password of an account by which one is in a mailbox."""
    record = registry.find(mailbox)
    for account in accounts_of(registry, record) if isinstance(record, Mailbox) else ():
        yield _password_span(registry, person, account)


def _factor_span(registry: Registry, person: Id, account: Account) -> Span:
    """When the account asked for no second factor, or the person had one or a recovery code."""
    factors = registry.factors_of.get(account.id, ())
    asked = union(span(f.since, f.until) for f in factors)
    had = union(_having_span(registry, person, f) for f in factors)
    codes = union(
        intersection(knowing_span(registry, person, c, v), c.accepted_span(v))
        for c in registry.credentials_of.get(account.id, ())
        if c.what == "recovery_codes"
        for v in c.versions
    )
    return union((complement(asked), had, codes))


def _own_login_span(registry: Registry, person: Id, account: Account) -> Span:
    """When a person had what the account itself asks for: its password and a second factor.

    Their own is open to them at any time, and one that a mailbox is while they read that.
    """
    if person in account_owners(registry, account):
        return ANYTIME
    known = _password_span(registry, person, account)
    able = intersection(known, _factor_span(registry, person, account)) if known else NEVER
    read = (
        reading_span(registry, person, mailbox.id)
        for mailbox in mailboxes_of(registry, account)
        if is_the_account(registry, account, mailbox)
    )
    return union((able, *read))


def _password_span(registry: Registry, person: Id, account: Account) -> Span:
    """When a person knew a password or PIN that the account took."""
    return union(
        intersection(lasting_span(registry, person, c, v), c.accepted_span(v))
        for c in registry.credentials_of.get(account.id, ())
        if c.what in LOGIN_SECRETS
        for v in c.versions
    )


def living_span(registry: Registry, account: Account) -> Span:
    """When the account could be used at all: nobody is inside what is closed or has died."""
    platform = registry.platform(account)
    died_at = midnight(platform.died_on) if platform.died_on else ALWAYS
    ends = [end for end in (account.until, died_at if platform.is_dead else None) if end]
    return span(account.since, min(ends, default=None))


def _lasting(registry: Registry, account: Account, able: Span) -> Span:
    """The moments at which one could log in, and those after up to when sessions were ended."""
    living = living_span(registry, account)
    stays = []
    for start, end in intersection(able, living):
        ended = min((m for m in account.sessions_ended if m >= end), default=None)
        stays.append(span(start, ended))
    return intersection(union(stays), living)


def inside_span(registry: Registry, person: Id, account: Account) -> Span:
    """Return when a person must be assumed to have been inside an account, resets left out.

    They are from when they could log in until sessions are ended after they cannot any more; and
    whoever is inside an account can use it to sign in to another. A reset changes the password and
    so shows; a quiet log-in does not, and leaves a live session. What a source merely assumed, with
    an end of its own, leaves none.
    """
    if not account.sign_in_accounts:
        return _lasting(registry, account, _own_login_span(registry, person, account))
    accounts = _signed_in_with(registry, account)
    own = {a.id: _own_login_span(registry, person, a) for a in accounts}
    inside = dict.fromkeys(own, NEVER)
    grown = True
    while grown:  # accounts may sign in with each other in a circle
        grown = False
        for each in accounts:
            through = (
                intersection(inside.get(spell.of, NEVER), span(spell.since, spell.until))
                for spell in each.sign_in_accounts
            )
            found = _lasting(registry, each, union((own[each.id], *through)))
            if found != inside[each.id]:
                inside[each.id] = found
                grown = True
    return inside[account.id]


def _signed_in_with(registry: Registry, account: Account) -> list[Account]:
    """The account, and all that one can sign in to it with, parents last."""
    found = {account.id: account}
    waiting = [account]
    while waiting:
        for spell in waiting.pop().sign_in_accounts:
            parent = registry.find(spell.of)
            if isinstance(parent, Account) and parent.id not in found:
                found[parent.id] = parent
                waiting.append(parent)
    return list(found.values())


def has_session(registry: Registry, person: Id, account: Account, at: datetime) -> bool:
    """Say whether a person must be assumed to be logged in still."""
    return any(start <= at < end for start, end in inside_span(registry, person, account))


def _debts(
    registry: Registry, person: Id, at: datetime, kinds: Collection[CredentialKind]
) -> Iterator[Credential]:
    """Secrets whose current version a person could know: by exposure, role or membership."""
    seen: set[Id] = {e.credential for e in registry.exposures_to.get(person, ())}
    if registry.person(person).memberships:
        seen |= {c.id for c in registry.all(Credential) if any(v.stored for v in c.versions)}
    for assignment in registry.assignments_of.get(person, ()):
        for account in registry.accounts_on.get(assignment.role, ()):
            seen |= {c.id for c in registry.credentials_of.get(account.id, ())}
    for credential_id in seen:
        credential = registry.find(credential_id)
        if isinstance(credential, Credential) and credential.what in kinds:
            version = credential.at_stage("current", at)
            if version and could_know(registry, person, credential, version, at):
                account_record = registry.find(credential.account)
                if isinstance(account_record, Account) and registry.is_live(account_record, at):
                    yield credential


def debts(
    registry: Registry, at: datetime, kinds: Collection[CredentialKind] = LOGIN_SECRETS
) -> Iterator[tuple[Person, Credential]]:
    """Yield each person who has left with each secret whose current version they could know.

    Those of some `kinds`; what one logs in with where none are named.
    """
    for person in registry.all(Person):
        if person.status(at) == "left":
            for credential in _debts(registry, person.id, at, kinds):
                yield person, credential


def knowledge_debt(registry: Registry, at: datetime) -> int:
    """Return the number of pairs: a person who has left, a current version they could know."""
    return sum(1 for _ in debts(registry, at))
