"""The ledger of exposure: which secrets are to be changed because of whom, since when, until when.

An obligation begins at the moment at which somebody who could know a secret in use has no business
with it any more, and ends when that secret is not in use. Nothing is stored: all is derived from
records that only ever end, so a later leaver never overwrites what an earlier one left behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

import msgspec

from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS, Credential, Exposure, How, Version
from vault.domain.ids import Id
from vault.domain.knowledge import (
    employed_span,
    knowing_span,
    let_in_span,
    member_span,
    reading_span,
)
from vault.domain.neighbourhood import touched
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.reuse import alike
from vault.domain.sessions import living_span
from vault.domain.span import ANYTIME, NEVER, Span, intersection, span, union
from vault.domain.spell import FOREVER, Spells
from vault.domain.whose import mailboxes_that_are, owners

Way = How | Literal["role", "member", "mail"]
"""How somebody could know a secret: by a role, as a member of the vault, as the password of a
mailbox that they read, or by an exposure."""

Closing = Literal["", "changed", "ended", "account_closed", "entitled", "withdrawn"]
"""How an obligation was met: another version took the place of the secret, the platform takes the
secret no more, the account is gone; or the person got business with it again, or the source that
had merely assumed it took that back. "" is open."""

Answer = Literal["yes", "no", "never", "unknown"]
"""Whether a secret has changed since somebody could know it; "never" is who never could, "unknown"
where nobody recorded what is in use."""


class Obligation(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """That a version is to be changed because of a person.

    `known_since` is when they could know it first, `arose_at` when they had no business with it any
    more; `how` says by which ways, `saw` that one of them was to see it. `closed_at` is None, and
    `closed_how` "", while it is open. Who gets business with it and loses that again has two.
    """

    person: Id
    credential: Id
    version: int
    known_since: datetime
    arose_at: datetime
    how: tuple[Way, ...]
    saw: bool
    closed_at: datetime | None = None
    closed_how: Closing = ""

    @property
    def is_open(self) -> bool:
        """Say whether the secret still is to be changed."""
        return self.closed_at is None


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a secret has changed since a person last could know it.

    `version` is the newest they could know (None: none) and `known_since` since when; `current` is
    the one in use and `changed_at` when it took the place of what they could know.
    """

    credential: Id
    answer: Answer
    version: int | None = None
    known_since: datetime | None = None
    current: int | None = None
    changed_at: datetime | None = None


def obligations(
    registry: Registry, at: datetime, people: Collection[Id] | None = None
) -> list[Obligation]:
    """Return the obligations that arose by a moment, oldest first, as they stood then.

    Those of all people, or of some. Takes time in proportion to versions and the people who ever
    could know one: docs/credentials.md has figures.
    """
    ledger = _Ledger(registry, at, people)
    found = [each for account in registry.all(Account) for each in ledger.of_account(account)]
    found.sort(key=lambda o: (o.arose_at, o.person, o.credential, o.version))
    return found


def changed_since(registry: Registry, person: Id, account: Account, at: datetime) -> list[Changed]:
    """Return for each secret in use of an account whether it changed since a person knew it."""
    return [
        _changed(registry, person, credential, at)
        for credential in registry.credentials_of.get(account.id, ())
        if (credential.until is None or at < credential.until) and _is_there(credential, at)
    ]


def accounts_known(registry: Registry, person: Id, at: datetime) -> list[Account]:
    """Return the living accounts of which a person could ever know a secret, up to a moment."""
    found = []
    for account_id in touched(registry, person):
        account = registry.account(account_id)
        told = changed_since(registry, person, account, at) if registry.is_live(account, at) else ()
        if any(each.answer in {"yes", "no"} for each in told):
            found.append(account)
    return sorted(found, key=lambda account: account.label)


def _is_there(credential: Credential, at: datetime) -> bool:
    """Whether there was such a secret yet; one with nothing recorded may always have been."""
    made = [version.stage(at) != "unmade" for version in credential.versions]
    return any(made) or not made


def _changed(registry: Registry, person: Id, credential: Credential, at: datetime) -> Changed:
    current = credential.at_stage("current", at)
    known: list[tuple[Version, datetime]] = []
    for version in credential.versions:
        if version.stage(at) == "unmade":  # an equal secret may have been known by then
            continue
        since = [start for start, _ in knowing_span(registry, person, credential, version)]
        if since and since[0] <= at:
            known.append((version, since[0]))
    number = current.number if current else None
    if not known:
        answer: Answer = "never" if credential.versions else "unknown"
        return Changed(credential=credential.id, answer=answer, current=number)
    in_use = [each for each in known if each[0] is current]
    version, since_then = (in_use or known)[-1]
    answer, changed_at = "no", None
    if current is None:
        answer = "unknown"
    elif not in_use:
        answer, changed_at = "yes", version.superseded_at or current.current_from
    return Changed(
        credential=credential.id,
        answer=answer,
        version=version.number,
        known_since=since_then,
        current=number,
        changed_at=changed_at,
    )


_Readers = Mapping[Id, tuple[Span, Span]]


class _Secret(NamedTuple):
    """A version that was in use: when the platform took it, and when one could use the account."""

    credential: Credential
    version: Version
    accepted: Span
    living: Span
    in_use: Span
    readers: _Readers


class _Known(NamedTuple):
    """A way by which somebody knew a version, and from when until when that counts."""

    way: Way
    since: datetime
    until: datetime

    def meets(self, start: datetime, end: datetime) -> bool:
        """Say whether it counted at any moment of a stretch of time."""
        return self.since < end and start < self.until


class _Ledger:
    """Derives the obligations of one registry, with what many accounts share found once."""

    def __init__(self, registry: Registry, at: datetime, people: Collection[Id] | None) -> None:
        self.registry = registry
        self.at = at
        wanted = None if people is None else frozenset(people)
        asked = [p for p in registry.all(Person) if wanted is None or p.id in wanted]
        self.employed = {p.id: employed_span(p) for p in asked}
        self.members = {p.id: member_span(registry, p.id) for p in asked if p.memberships}
        self._holders: dict[Id, dict[Id, Span]] = {}
        self._entitled: dict[Spells, dict[Id, Span]] = {}
        self._equal: dict[str, dict[Id, list[_Known]]] = {}

    def of_account(self, account: Account) -> Iterator[Obligation]:
        """Yield what is, or was, owed because of the secrets of an account."""
        living = living_span(self.registry, account)
        entitled = self._entitled_to(account.owner_roles)
        for credential in self.registry.credentials_of.get(account.id, ()):
            exposures, readers = self._exposures(credential), self._readers(credential, account)
            for version in credential.versions:
                accepted = credential.accepted_span(version)
                in_use = intersection(accepted, living)
                if in_use and in_use[0][0] <= self.at:
                    secret = _Secret(credential, version, accepted, living, in_use, readers)
                    yield from self._of_version(secret, entitled, exposures.get(version.number, {}))

    def _exposures(self, credential: Credential) -> dict[int, dict[Id, list[Exposure]]]:
        found: dict[int, dict[Id, list[Exposure]]] = {}
        for exposure in self.registry.exposures_of.get(credential.id, ()):
            if exposure.person in self.employed:
                by_person = found.setdefault(exposure.version, {})
                by_person.setdefault(exposure.person, []).append(exposure)
        return found

    def _entitled_to(self, owner_roles: Spells) -> dict[Id, Span]:
        found = self._entitled.get(owner_roles)
        if found is None:
            ways: defaultdict[Id, list[Span]] = defaultdict(list)
            for spell in owner_roles:
                owned = span(spell.since, spell.until)
                if spell.of in self.employed:
                    ways[spell.of].append(owned)
                for person, held in self._holders_of(spell.of).items():
                    ways[person].append(intersection(held, owned))
            found = {person: union(spans) for person, spans in ways.items()}
            self._entitled[owner_roles] = found
        return found

    def _holders_of(self, role: Id) -> dict[Id, Span]:
        found = self._holders.get(role)
        if found is None:
            ways: defaultdict[Id, list[Span]] = defaultdict(list)
            for each in self.registry.assignments_of.get(role, ()):
                if each.role == role and each.person in self.employed:
                    ways[each.person].append(span(each.since, each.until))
            found = {person: union(spans) for person, spans in ways.items()}
            self._holders[role] = found
        return found

    def _of_version(
        self,
        secret: _Secret,
        entitled: Mapping[Id, Span],
        exposed: Mapping[Id, list[Exposure]],
    ) -> Iterator[Obligation]:
        members = self.members if secret.version.stored else {}
        equal, readers = self._of_equal(secret), secret.readers
        for person in {*entitled, *exposed, *members, *equal, *readers}:
            by_role, member = entitled.get(person, NEVER), members.get(person, NEVER)
            employed, (reading, let_in) = self.employed[person], readers.get(person, _UNREAD)
            if employed is not ANYTIME:
                by_role = intersection(by_role, employed)
            using: Mapping[Way, Span] = {"role": by_role, "mail": reading}
            seen = exposed.get(person, ())
            ways = equal.get(person) or _ways(secret.version, secret.accepted, using, member, seen)
            if not ways:
                continue
            business = by_role
            if member or let_in:
                business = union((by_role, intersection(union((member, let_in)), employed)))
            yield from self._owed(person, secret, ways, business)

    def _readers(self, credential: Credential, account: Account | None) -> _Readers:
        """Who read the mailbox whose password it is: all the time, and as long as they were to."""
        found: dict[Id, tuple[Span, Span]] = {}
        asked = account if credential.what in LOGIN_SECRETS else None
        for mailbox in mailboxes_that_are(self.registry, asked) if asked else ():
            named = {*owners(self.registry, mailbox), *(spell.of for spell in mailbox.readers)}
            for person in named.union(*map(self._holders_of, named)) & self.employed.keys():
                read, let_in = found.get(person, _UNREAD)
                found[person] = (
                    union((read, reading_span(self.registry, person, mailbox.id))),
                    union((let_in, let_in_span(self.registry, person, mailbox))),
                )
        return found

    def _of_equal(self, secret: _Secret) -> Mapping[Id, list[_Known]]:
        """By which ways who knew the versions with an equal secret, that one included."""
        value = secret.version.fingerprint
        if value not in self.registry.equal_secrets:
            return {}
        if value not in self._equal:
            known: defaultdict[Id, list[_Known]] = defaultdict(list)
            for credential, version in alike(self.registry, secret.credential, secret.version):
                for person, ways in self._knowing(credential, version):
                    known[person] += ways
            self._equal[value] = {
                who: sorted(ways, key=lambda known: (known.since, known.way))
                for who, ways in known.items()
            }
        return self._equal[value]

    def _knowing(self, of: Credential, version: Version) -> Iterator[tuple[Id, list[_Known]]]:
        account = self.registry.account_of(of)
        entitled = self._entitled_to(account.owner_roles) if account else {}
        exposed = self._exposures(of).get(version.number, {})
        members = self.members if version.stored else {}
        accepted = of.accepted_span(version)
        readers = self._readers(of, account)
        for person in {*entitled, *exposed, *members, *readers}:
            by_role = intersection(entitled.get(person, NEVER), self.employed[person])
            member, seen = members.get(person, NEVER), exposed.get(person, ())
            using: Mapping[Way, Span] = {"role": by_role, "mail": readers.get(person, _UNREAD)[0]}
            yield person, _ways(version, accepted, using, member, seen)

    def _owed(
        self, person: Id, secret: _Secret, ways: Sequence[_Known], business: Span
    ) -> Iterator[Obligation]:
        for known_since, known_until in _knowing(ways):
            for begin, end in secret.in_use:
                within = max(begin, known_since), min(end, known_until)
                for start, stop in _gaps(*within, business):
                    if self.at < start:
                        return
                    closed = stop if stop <= self.at else None
                    told = [k.way for k in ways if k.since <= self.at and k.meets(start, stop)]
                    yield Obligation(
                        person=person,
                        credential=secret.credential.id,
                        version=secret.version.number,
                        known_since=known_since,
                        arose_at=start,
                        how=tuple(dict.fromkeys(told)),
                        saw=not _NOT_SEEN.issuperset(told),
                        closed_at=closed,
                        closed_how=_closing(secret, closed, business) if closed else "",
                    )


_UNREAD: Final = (NEVER, NEVER)
_NOT_SEEN: frozenset[Way] = frozenset({"role", "member", "mail", "assumed"})


def _ways(
    version: Version,
    accepted: Span,
    using: Mapping[Way, Span],
    member: Span,
    exposed: Sequence[Exposure],
) -> list[_Known]:
    """The ways by which somebody knew a version, as `knowledge.knowing_span` has them."""
    ways: list[_Known] = []
    for way, able in using.items():
        used = _first_common(able, accepted)
        if used:
            ways.append(_Known(way, used, FOREVER))
    if member:
        gone = min(filter(None, (version.retired_at, version.dropped_at)), default=None)
        read = _first_common(member, span(version.made_at, gone))
        if read:
            ways.append(_Known("member", read, FOREVER))
    for each in exposed:
        until = each.until or FOREVER
        if each.at < until:
            ways.append(_Known(each.how, each.at, until))
    return ways


def _first_common(one: Span, other: Span) -> datetime | None:
    for start, end in one:
        for since, until in other:
            if start < until and since < end:
                return max(start, since)
    return None


def _knowing(ways: Sequence[_Known]) -> Span:
    if len(ways) == 1:
        return (ways[0][1:],)
    return union(((known.since, known.until),) for known in ways)


def _gaps(start: datetime, end: datetime, taken: Span) -> Iterator[tuple[datetime, datetime]]:
    """The parts of a stretch of time that are not taken; none where it is empty."""
    for since, until in taken:
        if end <= since:
            break
        if start < since:
            yield start, since
        start = max(start, until)
    if start < end:
        yield start, end


def _closing(secret: _Secret, closed: datetime, business: Span) -> Closing:
    credential = secret.credential
    if credential.until == closed:
        return "ended"
    if any(end == closed for _, end in secret.accepted):
        return "changed"
    if any(end == closed for _, end in secret.living):
        return "account_closed"
    if any(start == closed for start, _ in business):
        return "entitled"
    return "withdrawn"
