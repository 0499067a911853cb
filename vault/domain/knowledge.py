"""Who could know, and who did see, each version of a credential, and when.

*Could know* is entitlement over time; *did see* are exposures. They are never merged: the first
says what to change, the second what to change first. Equal secrets are one secret: what is known of
one version is known of all with its fingerprint.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain

from msgspec.structs import replace

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
from vault.domain.reuse import alike, with_equal
from vault.domain.span import (
    ANYTIME,
    NEVER,
    Span,
    complement,
    intersection,
    span,
    union,
)
from vault.domain.spell import FOREVER, Spells, midnight
from vault.domain.whose import accounts_of, having, is_the_account, mailboxes_that_are, owners
from vault.domain.wording import in_words


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


def exposures(
    registry: Registry, credential: Credential, version: Version
) -> Iterator[tuple[Credential, Exposure]]:
    """Yield the exposures of a version, and those of equal secrets, with what each is of."""
    for same, each in alike(registry, credential, version):
        for e in registry.exposures_of.get(same.id, ()):
            if e.version == each.number:
                yield same, e


def did_see(registry: Registry, person: Id, credential: Credential, number: int) -> list[Exposure]:
    """Return the exposures by which a person did see a version, as exposures of that one."""
    version = credential.version(number)
    if version is None:
        return []
    return [
        e if same is credential else replace(e, credential=credential.id, version=number)
        for same, e in exposures(registry, credential, version)
        if e.person == person and e.was_seen
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
    """Return since when a person knows a version: by exposure, by role or out of the vault, or as
    the password of a mailbox that they read.

    Whoever knew it once, or an equal one, knows it ever after.
    """
    known = _own_lasting_span(registry, person, credential, version)
    if version.fingerprint in registry.equal_secrets:
        known = union((known, _of_equal(registry, person, credential, version, _own_lasting_span)))
    return span(known[0][0], None) if known else NEVER


_Knowing = Callable[[Registry, Id, Credential, Version], Span]


def _of_equal(
    registry: Registry, person: Id, credential: Credential, version: Version, own: _Knowing
) -> Span:
    """When by this rule a person knew a version with an equal secret; worked out once for all."""

    def of_all() -> Span:
        return union(own(registry, person, *each) for each in alike(registry, credential, version))

    return registry.told((own, person, version.fingerprint), of_all)


def _own_lasting_span(
    registry: Registry, person: Id, credential: Credential, version: Version
) -> Span:
    """Since when they know this very version, however often they came to."""
    ways: list[Span] = [
        span(e.at, None)
        for e in _exposures(registry, person, credential, version)
        if e.until is None
    ]
    account = registry.account_of(credential)
    if account is not None:
        entitled = entitled_span(registry, person, account)
        ways.append(intersection(entitled, credential.accepted_span(version)))
        if credential.what in LOGIN_SECRETS:
            for mailbox in mailboxes_that_are(registry, account):
                reading = reading_span(registry, person, mailbox.id)
                ways.append(intersection(reading, credential.accepted_span(version)))
    if version.stored:
        gone = min(filter(None, (version.retired_at, version.dropped_at)), default=None)
        readable = span(version.made_at, gone)
        ways.append(intersection(member_span(registry, person), readable))
    return union(ways)


def knowing_span(registry: Registry, person: Id, credential: Credential, version: Version) -> Span:
    """Return when a person could know a version, what a source assumed only for a time included."""
    lasting = lasting_span(registry, person, credential, version)
    assumed = _assumed_span(registry, person, credential, version)
    if version.fingerprint in registry.equal_secrets:
        equal = _of_equal(registry, person, credential, version, _assumed_span)
        return union((lasting, assumed, equal))
    return union((lasting, assumed)) if assumed else lasting


def _assumed_span(registry: Registry, person: Id, credential: Credential, version: Version) -> Span:
    return union(
        span(e.at, e.until)
        for e in _exposures(registry, person, credential, version)
        if e.until is not None
    )


def known_as(
    registry: Registry, person: Id, credential: Credential, version: Version, at: datetime
) -> str:
    """Return as which equal secret, of another account, a person could know a version, in words.

    "" where they could know it as the account's own.
    """
    if version.fingerprint not in registry.equal_secrets:
        return ""
    found: dict[str, Id] = {}
    for of, same in alike(registry, credential, version):
        known = (
            *((start, FOREVER) for start, _ in _own_lasting_span(registry, person, of, same)),
            *_assumed_span(registry, person, of, same),
        )
        account = registry.account_of(of)
        if account is not None and any(start <= at < end for start, end in known):
            found[f", the same as the {in_words(of.what)} of {account.label}"] = account.id
    return "" if credential.account in found.values() else min(found, default="")


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
    reading = let_in_span(registry, person, record)
    if not (reading and is_freemail(record.address)):
        return reading
    changed = sorted(passwords_changed(registry, record))
    kept = (span(start, next((m for m in changed if m >= end), None)) for start, end in reading)
    return intersection(union(kept), span(None, record.until))


def let_in_span(registry: Registry, person: Id, mailbox: Mailbox) -> Span:
    """Return when a person was to read a mailbox, by what was recorded."""
    reading = spells_span(registry, person, mailbox.readers)
    if person in owners(registry, mailbox):
        out = (span(s.since, s.until) for s in mailbox.shut_out if s.of == person)
        reading = union((reading, complement(union(out))))
    in_use = span(None, mailbox.until)  # as `Mailbox.exists`; who reads it says since when
    return intersection(reading, in_use)


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


def _debts(
    registry: Registry, person: Id, at: datetime, kinds: Collection[CredentialKind]
) -> Iterator[Credential]:
    """Secrets whose current version a person could know: as `lasting_span` has it."""
    read = having(registry, person)
    seen: set[Id] = {e.credential for e in registry.exposures_to.get(person, ())}
    if registry.person(person).memberships:
        seen |= {c.id for c in registry.all(Credential) if any(v.stored for v in c.versions)}
    for assignment in registry.assignments_of.get(person, ()):
        for account in registry.accounts_on.get(assignment.role, ()):
            seen |= {c.id for c in registry.credentials_of.get(account.id, ())}
        read += registry.mailboxes_of.get(assignment.role, ())
    for account in chain.from_iterable(accounts_of(registry, mailbox) for mailbox in read):
        seen |= {c.id for c in registry.credentials_of.get(account.id, ())}
    for credential_id in with_equal(registry, seen):
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
