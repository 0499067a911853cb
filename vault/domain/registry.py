"""The registry: an immutable snapshot of all records, with its indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar, cast

from vault.domain.account import Account
from vault.domain.address import spelled
from vault.domain.cases import Case
from vault.domain.changes import Changes
from vault.domain.credential import Credential, Exposure
from vault.domain.decision import Decision
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone, dialled
from vault.domain.platforms.catalogue import Catalogue
from vault.domain.platforms.model import Platform
from vault.domain.record import Record
from vault.domain.review import ReviewedTie
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.spell import Spells
from vault.errors import NotFoundError

R = TypeVar("R", bound=Record)
Found = TypeVar("Found")
Index = Mapping[str, tuple[R, ...]]
Keys = Callable[[Any], Iterable[str]]


def _named(spells: Spells) -> set[str]:
    return {spell.of for spell in spells}


def _successors(case: Case) -> set[str]:
    return {p.step.to for p in case.progress if p.step.act == "point_to_successor"}


def _addresses(person: Person) -> set[str]:
    return {spelled(each) for each in (person.mail, *person.other_mails)}


def _reached_at(account: Account) -> Iterable[str]:
    handles = account.handles
    if len(handles) == 1 and "@" not in handles[0].of:  # nearly always: half of what it takes
        return (dialled(handles[0].of),)
    return {spelled(each.of) if "@" in each.of else dialled(each.of) for each in handles}


class _By(Generic[R]):
    """An index: the records of one kind by what `keys` says of each, made when first asked for."""

    def __init__(self, kind: type[R], keys: Callable[[R], Iterable[str]]) -> None:
        self.kind = kind
        self.keys: Keys = keys
        self._name = ""

    def __set_name__(self, owner: type[Registry], name: str) -> None:
        self._name = name

    def __get__(self, registry: Registry, owner: type[Registry]) -> Index[R]:
        found: Any = registry.indexes.get(self._name)  # millions of times a plan: no call to `cast`
        if found is None:
            found = registry.indexes[self._name] = _grouped(registry.all(self.kind), self.keys)
        index: Index[R] = found
        return index


class Registry:
    """All records at one moment of the journal; `apply` gives the next one.

    Indexes are made when first asked for, and carried over to the next registry with only what
    changed made anew. They map an id to the records that ever named it, ended ones included:
    whoever reads them says at which moment.
    """

    __slots__ = ("_equal", "_kinds", "_outside", "_records", "_told", "catalogue", "indexes")

    accounts_at = _By(Account, _reached_at)
    """Accounts by the addresses (`address.spelled`) and numbers (`dialled`) they go by."""

    also_called = _By(Person, lambda p: (p.one_with,))
    """Records that are only what else somebody is called, by the one that stands for both."""

    cases_into = _By(Case, _successors)
    """Closings by the account in which what they close goes on."""

    credentials_of = _By(Credential, lambda c: (c.account,))
    """Credentials by account."""

    decisions_on = _By(Decision, lambda d: (d.account,))
    """Decisions by account."""

    exposures_of = _By(Exposure, lambda e: (e.credential,))
    """Exposures by credential."""

    exposures_to = _By(Exposure, lambda e: (e.person,))
    """Exposures by person."""

    factors_of = _By(Factor, lambda f: (f.account,))
    """Factors by account."""

    factors_on = _By(Factor, lambda f: _named(f.holders) | {f.phone, f.mailbox, f.credential})
    """Factors by whoever holds them and whatever they hang on: person, role, phone, mailbox."""

    seats_on = _By(Seat, lambda s: (s.account,))
    """Seats by account."""

    seats_of = _By(Seat, lambda s: {s.person, s.role_account})
    """Seats by the person or role account that holds them."""

    grants_on = _By(Grant, lambda g: (g.account,))
    """Grants by account."""

    grants_by = _By(Grant, lambda g: {g.tool, g.granted_by})
    """Grants by tool and by the person who gave them."""

    ties_reviewed = _By(ReviewedTie, lambda t: (t.review,))
    """Reviewed ties by their review."""

    assignments_of = _By(Assignment, lambda a: (a.role, a.person))
    """Assignments by role and by person."""

    accounts_on = _By(Account, lambda a: _named(a.supports))
    """Accounts by what they hang on: role, mailbox, phone, sign-in account, container."""

    mailboxes_at = _By(Mailbox, lambda m: (spelled(m.address),))
    """Mailboxes by their address (`address.spelled`)."""

    mailboxes_of = _By(Mailbox, lambda m: _named(m.readers) | {m.owner})
    """Mailboxes by whoever owns or reads them: persons and roles."""

    people_at = _By(Person, _addresses)
    """People by the mail addresses (`address.spelled`) on record for them."""

    phones_of = _By(Phone, lambda p: _named(p.carriers) | {p.contract})
    """Phones by whoever carries them, persons and roles, and by whose contract they are."""

    def __init__(self, records: Iterable[Record], catalogue: Catalogue) -> None:
        self._records: dict[Id, Record] = {record.id: record for record in records}
        self._kinds: dict[type[Record], list[Record]] | None = None
        self.indexes: dict[str, dict[str, tuple[Record, ...]]] = {}
        self._equal: Mapping[str, tuple[Id, ...]] | None = None
        self._outside: dict[Id, Account] = {}
        self._told: dict[object, Any] = {}
        self.catalogue = catalogue

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._records

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Registry) and self._records == other._records

    __hash__ = None  # type: ignore[assignment]  # equal by content, so not a dictionary key

    def apply(self, changes: Changes) -> Registry:
        """Return the registry with the changed records in place."""
        following = Registry((), self.catalogue)
        following._records, following._outside = self._records.copy(), self._outside
        if len(changes) > len(self._records):  # an import: its indexes take less to make anew
            following._records |= {change.record.id: change.record for change in changes}
            return following
        following.indexes = self.indexes.copy()
        following._equal = self._equal
        own: set[str] = set()
        for change in changes:
            following._put(change.record, own)
        return following

    def _put(self, record: Record, own: set[str]) -> None:
        """Put a record in place; `own` are the indexes that were already copied."""
        old = self._records.get(record.id)
        self._records[record.id] = record
        kind = type(record)
        if isinstance(record, Credential) and _fingerprints(record) != _fingerprints(old):
            self._equal = None
        for name in self.indexes:
            index = _INDEXES[name]
            if index.kind is not kind:
                continue
            if name not in own:
                own.add(name)
                self.indexes[name] = self.indexes[name].copy()
            _reindex(self.indexes[name], old, record, index.keys)

    def without(self, ids: Iterable[Id]) -> Registry:
        """Return the registry without these records."""
        gone = frozenset(ids)
        rest = Registry((r for r in self._records.values() if r.id not in gone), self.catalogue)
        rest._outside = self._outside
        return rest

    def part(self, records: Iterable[Record]) -> Registry:
        """Return the registry of some of the records.

        Of credentials whose account is not among them it knows that account still, by `account_of`.
        """
        part = Registry(records, self.catalogue)
        for credential in part.all(Credential):
            account = self.account_of(credential)
            if account is not None and account.id not in part:
                part._outside[account.id] = account
        part._equal = self.equal_secrets
        return part

    def get(self, record_id: Id, kind: type[R]) -> R:
        """Return the record of that kind and id; raises NotFoundError."""
        record = self._records.get(record_id)
        if not isinstance(record, kind):
            message = f"there is no {kind.__name__.lower()} with id {record_id[:8] or '(empty)'}"
            raise NotFoundError(message, "list them to see what there is")
        return record

    def find(self, record_id: Id) -> Record | None:
        """Return the record with that id, of whatever kind, or None."""
        return self._records.get(record_id)

    def records(self) -> Iterable[Record]:
        """Return all records, in no promised order."""
        return self._records.values()

    def platform(self, account: Account) -> Platform:
        """Return what is known of an account's platform; all unknown for a foreign one."""
        return self.catalogue.known_of(account.platform)

    def is_live(self, account: Account, at: datetime) -> bool:
        """Say whether an account can be used at a moment: it is open, and its platform not dead."""
        if not account.is_open(at):
            return False
        platform = self.platform(account)
        died_on = platform.died_on or date.min
        return not platform.is_dead or at.date() < died_on

    def all(self, kind: type[R]) -> Collection[R]:
        """Return all records of one kind."""
        if self._kinds is None:
            # Anew after each change: tables by id, to be kept up, take four times as long to make.
            kinds: defaultdict[type[Record], list[Record]] = defaultdict(list)
            for record in self._records.values():
                kinds[type(record)].append(record)
            self._kinds = kinds
        return cast("list[R]", self._kinds.get(kind, []))

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """Cases that are not closed."""
        return tuple(case for case in self.all(Case) if case.closed_at is None)

    def name_of(self, record_id: Id) -> str:
        """Return what a person calls the record, or the beginning of its id."""
        record = self._records.get(record_id)
        for attribute in ("label", "name", "address", "number"):
            value = getattr(record, attribute, "")
            if value:
                return cast("str", value)
        return record_id[:8]

    @property
    def equal_secrets(self) -> Mapping[str, tuple[Id, ...]]:
        """The credentials that have, or had, a secret, by fingerprint; where several versions do.

        Of a part of a registry these may be credentials that are not in it.
        """
        if self._equal is None:
            self._equal = _equal_secrets(self.all(Credential))
        return self._equal

    def account_of(self, credential: Credential) -> Account | None:
        """Return the account of a credential, also where this is a part that leaves it out."""
        record = self._records.get(credential.account)
        return record if isinstance(record, Account) else self._outside.get(credential.account)

    def told(self, question: object, answer: Callable[[], Found]) -> Found:
        """Return the answer to a question about this registry, found the first time it is asked."""
        if question not in self._told:
            self._told[question] = answer()
        return cast("Found", self._told[question])

    def role(self, record_id: Id) -> Role:
        """Return a role; raises NotFoundError."""
        return self.get(record_id, Role)

    def person(self, record_id: Id) -> Person:
        """Return a person; raises NotFoundError."""
        return self.get(record_id, Person)

    def account(self, record_id: Id) -> Account:
        """Return an account; raises NotFoundError."""
        return self.get(record_id, Account)


_INDEXES = {name: each for name, each in vars(Registry).items() if isinstance(each, _By)}


def _fingerprints(record: Record | None) -> list[str]:
    versions = record.versions if isinstance(record, Credential) else ()
    return [version.fingerprint for version in versions if version.fingerprint]


def _equal_secrets(credentials: Iterable[Credential]) -> dict[str, tuple[Id, ...]]:
    first: dict[str, Id] = {}
    equal: dict[str, dict[Id, None]] = {}
    for credential in credentials:
        for version in credential.versions:
            value = version.fingerprint
            if value in first:
                equal.setdefault(value, {first[value]: None})[credential.id] = None
            elif value:
                first[value] = credential.id
    return {value: tuple(found) for value, found in equal.items()}


def _grouped(records: Iterable[Record], keys: Keys) -> dict[str, tuple[Record, ...]]:
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        for key in keys(record):
            if key:
                groups[key].append(record)
    return {key: tuple(found) for key, found in groups.items()}


def _reindex(
    index: dict[str, tuple[Record, ...]], old: Record | None, new: Record, keys: Keys
) -> None:
    before = frozenset(keys(old)) if old is not None else frozenset()
    after = frozenset(keys(new))
    for key in filter(None, before - after):
        index[key] = tuple(each for each in index[key] if each.id != new.id)
    for key in filter(None, after):
        if key in before:
            index[key] = tuple(new if each.id == new.id else each for each in index[key])
        else:
            index[key] = (*index.get(key, ()), new)
