"""The registry: an immutable snapshot of all records, with its indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar, cast

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
from vault.domain.phone import Phone
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


def _addresses_by_name(account: Account) -> Iterable[str]:
    handles = account.handles
    if len(handles) == 1 and "@" not in handles[0].of:  # nearly always: half of what it takes
        return ()
    return {spelled(each.of) for each in handles if "@" in each.of}


_INDEXES: dict[str, tuple[type[Record], Keys]] = {
    "accounts_at": (Account, _addresses_by_name),
    "also_called": (Person, lambda p: (p.one_with,)),
    "cases_into": (Case, _successors),
    "credentials_of": (Credential, lambda c: (c.account,)),
    "decisions_on": (Decision, lambda d: (d.account,)),
    "exposures_of": (Exposure, lambda e: (e.credential,)),
    "exposures_to": (Exposure, lambda e: (e.person,)),
    "factors_of": (Factor, lambda f: (f.account,)),
    "factors_on": (Factor, lambda f: _named(f.holders) | {f.phone, f.mailbox, f.credential}),
    "seats_on": (Seat, lambda s: (s.account,)),
    "seats_of": (Seat, lambda s: {s.person, s.role_account}),
    "grants_on": (Grant, lambda g: (g.account,)),
    "grants_by": (Grant, lambda g: {g.tool, g.granted_by}),
    "ties_reviewed": (ReviewedTie, lambda t: (t.review,)),
    "assignments_of": (Assignment, lambda a: (a.role, a.person)),
    "accounts_on": (Account, lambda a: _named(a.supports)),
    "mailboxes_at": (Mailbox, lambda m: (spelled(m.address),)),
    "mailboxes_of": (Mailbox, lambda m: _named(m.readers) | {m.owner}),
    "people_at": (Person, _addresses),
    "phones_of": (Phone, lambda p: _named(p.carriers) | {p.contract}),
}


class Registry:
    """All records at one moment of the journal; `apply` gives the next one.

    Indexes are made when first asked for, and carried over to the next registry with only what
    changed made anew. They map an id to the records that ever named it, ended ones included:
    whoever reads them says at which moment.
    """

    __slots__ = ("_equal", "_indexes", "_kinds", "_outside", "_records", "_told", "catalogue")

    def __init__(self, records: Iterable[Record], catalogue: Catalogue) -> None:
        self._records: dict[Id, Record] = {record.id: record for record in records}
        self._kinds: dict[type[Record], dict[Id, Record]] | None = None
        self._indexes: dict[str, dict[str, tuple[Record, ...]]] = {}
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
        following._records = self._records.copy()
        following._kinds = None if self._kinds is None else self._kinds.copy()
        following._indexes = self._indexes.copy()
        following._equal, following._outside = self._equal, self._outside
        own: set[object] = set()
        for change in changes:
            following._put(change.record, own)
        return following

    def _put(self, record: Record, own: set[object]) -> None:
        """Put a record in place; `own` are the inner tables that were already copied."""
        old = self._records.get(record.id)
        self._records[record.id] = record
        kind = type(record)
        if isinstance(record, Credential) and _fingerprints(record) != _fingerprints(old):
            self._equal = None
        if self._kinds is not None:
            if kind not in own:
                own.add(kind)
                self._kinds[kind] = self._kinds.get(kind, {}).copy()
            self._kinds[kind][record.id] = record
        for name in self._indexes:
            indexed, keys = _INDEXES[name]
            if indexed is not kind:
                continue
            if name not in own:
                own.add(name)
                self._indexes[name] = self._indexes[name].copy()
            _reindex(self._indexes[name], old, record, keys)

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
        try:
            return self.catalogue.get(account.platform)
        except NotFoundError:
            return Platform(id=account.platform, name=account.platform, kind="", status="living")

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
            self._kinds = defaultdict(dict)
            for record_id, record in self._records.items():
                self._kinds[type(record)][record_id] = record
        return cast("dict[Id, R]", self._kinds.get(kind, {})).values()

    def _index(self, name: str) -> Any:  # each property below says its type
        index = self._indexes.get(name)
        if index is None:
            kind, keys = _INDEXES[name]
            index = self._indexes[name] = _grouped(self.all(kind), keys)
        return index

    @property
    def accounts_at(self) -> Index[Account]:
        """Accounts by the mail addresses (`address.spelled`) that they go by, such as sign-ins."""
        return cast("Index[Account]", self._index("accounts_at"))

    @property
    def also_called(self) -> Index[Person]:
        """Records that are only what else somebody is called, by the one that stands for both."""
        return cast("Index[Person]", self._index("also_called"))

    @property
    def cases_into(self) -> Index[Case]:
        """Closings by the account in which what they close goes on."""
        return cast("Index[Case]", self._index("cases_into"))

    @property
    def credentials_of(self) -> Index[Credential]:
        """Credentials by account."""
        return cast("Index[Credential]", self._index("credentials_of"))

    @property
    def decisions_on(self) -> Index[Decision]:
        """Decisions by account."""
        return cast("Index[Decision]", self._index("decisions_on"))

    @property
    def exposures_of(self) -> Index[Exposure]:
        """Exposures by credential."""
        return cast("Index[Exposure]", self._index("exposures_of"))

    @property
    def exposures_to(self) -> Index[Exposure]:
        """Exposures by person."""
        return cast("Index[Exposure]", self._index("exposures_to"))

    @property
    def factors_of(self) -> Index[Factor]:
        """Factors by account."""
        return cast("Index[Factor]", self._index("factors_of"))

    @property
    def factors_on(self) -> Index[Factor]:
        """Factors by whoever holds them and whatever they hang on: person, role, phone, mailbox."""
        return cast("Index[Factor]", self._index("factors_on"))

    @property
    def seats_on(self) -> Index[Seat]:
        """Seats by account."""
        return cast("Index[Seat]", self._index("seats_on"))

    @property
    def seats_of(self) -> Index[Seat]:
        """Seats by the person or role account that holds them."""
        return cast("Index[Seat]", self._index("seats_of"))

    @property
    def grants_on(self) -> Index[Grant]:
        """Grants by account."""
        return cast("Index[Grant]", self._index("grants_on"))

    @property
    def grants_by(self) -> Index[Grant]:
        """Grants by tool and by the person who gave them."""
        return cast("Index[Grant]", self._index("grants_by"))

    @property
    def ties_reviewed(self) -> Index[ReviewedTie]:
        """Reviewed ties by their review."""
        return cast("Index[ReviewedTie]", self._index("ties_reviewed"))

    @property
    def assignments_of(self) -> Index[Assignment]:
        """Assignments by role and by person."""
        return cast("Index[Assignment]", self._index("assignments_of"))

    @property
    def accounts_on(self) -> Index[Account]:
        """Accounts by what they hang on: role, mailbox, phone, sign-in account, container."""
        return cast("Index[Account]", self._index("accounts_on"))

    @property
    def mailboxes_at(self) -> Index[Mailbox]:
        """Mailboxes by their address (`address.spelled`)."""
        return cast("Index[Mailbox]", self._index("mailboxes_at"))

    @property
    def mailboxes_of(self) -> Index[Mailbox]:
        """Mailboxes by whoever owns or reads them: persons and roles."""
        return cast("Index[Mailbox]", self._index("mailboxes_of"))

    @property
    def people_at(self) -> Index[Person]:
        """People by the mail addresses (`address.spelled`) on record for them."""
        return cast("Index[Person]", self._index("people_at"))

    @property
    def phones_of(self) -> Index[Phone]:
        """Phones by whoever carries them, persons and roles, and by whose contract they are."""
        return cast("Index[Phone]", self._index("phones_of"))

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
