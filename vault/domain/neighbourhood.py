"""The part of a registry that a question is about, so that an answer costs what it concerns.

A plan for one leaver among 100,000 accounts looks at the accounts they could reach and at what
those hang on, and at nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from vault.domain.account import Account
from vault.domain.address import spelled
from vault.domain.credential import Credential, Exposure
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.numbers import going_by, own_number
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.reuse import with_equal
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.whose import accounts_of, addresses, addresses_of, having, mailboxes_of


def reach(registry: Registry, person: Id) -> frozenset[Id]:
    """Return every account a person is or was tied to, and all that hang on one of those."""
    return resting_on(registry, touched(registry, person))


def resting_on(registry: Registry, accounts: Iterable[Id]) -> frozenset[Id]:
    """Return these accounts, and all that hang on one of them."""
    return _spread(accounts, lambda a: _dependants(registry, a))


def surroundings(registry: Registry, accounts: Iterable[Id], people: Iterable[Id] = ()) -> Registry:
    """Return the registry of these accounts and all they hang on, and of what these people hold.

    Vault members come along, since they can open every stored secret; and of equal secrets of other
    accounts come who could know them. The records are in the order
    of their ids, so that the same part of two registries leads to the same choices.
    """
    whole = _spread(accounts, lambda a: _supports(registry, a))
    found: dict[Id, Record] = {}
    waiting = [*whole, *(p.id for p in registry.all(Person) if p.memberships)]
    for person in people:
        waiting += [person, *_held(registry, person)]
    while waiting:
        record = registry.find(waiting.pop())
        if record is None or record.id in found:
            continue
        found[record.id] = record
        waiting.extend(_attached(registry, record, whole))
    return registry.part(found[each] for each in sorted(found))


def _held(registry: Registry, person: Id) -> Iterator[Id]:
    """The roles, mailboxes and phones of one person."""
    yield from (a.id for a in registry.assignments_of.get(person, ()))
    yield from (m.id for m in having(registry, person))
    yield from (p.id for p in registry.phones_of.get(person, ()))


def touched(registry: Registry, person: Id) -> set[Id]:
    """Return every account that a record ties to a person directly, now or in the past."""
    found = hanging_on(registry, person)
    for assignment in registry.assignments_of.get(person, ()):
        found |= hanging_on(registry, assignment.role)
    found |= {s.account for s in registry.seats_of.get(person, ())}
    found |= {g.account for g in registry.grants_by.get(person, ())}
    for exposure in registry.exposures_to.get(person, ()):
        credential = registry.find(exposure.credential)
        if isinstance(credential, Credential):
            found.add(credential.account)
    for mailbox in having(registry, person):
        found |= hanging_on(registry, mailbox.id)
    for address in addresses_of(registry, person):
        found |= {a.id for a in registry.accounts_at.get(address, ())}
    found |= _with_equal_secrets(registry, found)
    record = registry.find(person)
    if isinstance(record, Person) and record.memberships:
        found |= {c.account for c in registry.all(Credential) if any(v.stored for v in c.versions)}
    return found


def _with_equal_secrets(registry: Registry, accounts: Iterable[Id]) -> set[Id]:
    """The accounts that have, or had, a secret of one of these."""
    own = {c.id for each in accounts for c in registry.credentials_of.get(each, ())}
    others = map(registry.find, with_equal(registry, own) - own)
    return {c.account for c in others if isinstance(c, Credential) and c.account in registry}


def hanging_on(registry: Registry, thing: Id) -> set[Id]:
    """Return the accounts that hang on a role, mailbox or phone, or on what somebody holds."""
    found = {a.id for a in registry.accounts_on.get(thing, ())}
    found |= {f.account for f in registry.factors_on.get(thing, ())}
    found |= {a.id for a in going_by(registry, thing)}
    mailbox = registry.find(thing)
    if isinstance(mailbox, Mailbox):
        found |= {a.id for a in accounts_of(registry, mailbox)}
    for held in (*registry.mailboxes_of.get(thing, ()), *registry.phones_of.get(thing, ())):
        found |= hanging_on(registry, held.id)
    return found


def islands(registry: Registry) -> dict[Id, frozenset[Id]]:
    """Return, for each account, all that it and what hangs on it can affect, itself included.

    Access to an account depends on nothing outside its island but people, roles, mailboxes and
    phones.
    """
    found: dict[Id, frozenset[Id]] = {}
    for account in registry.all(Account):
        if account.id not in found:
            island = _spread(
                (account.id,), lambda a: (*_dependants(registry, a), *_supports(registry, a))
            )
            found |= dict.fromkeys(island, island)
    return found


def _spread(start: Iterable[Id], neighbours: Callable[[Id], Iterable[Id]]) -> frozenset[Id]:
    found: set[Id] = set()
    waiting = list(start)
    while waiting:
        account_id = waiting.pop()
        if account_id not in found:
            found.add(account_id)
            waiting.extend(neighbours(account_id))
    return frozenset(found)


def _dependants(registry: Registry, account: Id) -> Iterator[Id]:
    for child in registry.accounts_on.get(account, ()):
        yield child.id
    for seat in registry.seats_of.get(account, ()):
        yield seat.account
    for grant in registry.grants_by.get(account, ()):
        yield grant.account
    record = registry.find(account)
    for mailbox in mailboxes_of(registry, record) if isinstance(record, Account) else ():
        yield from hanging_on(registry, mailbox.id)
        yield from _with_equal_secrets(registry, (account,))


def _supports(registry: Registry, account: Id) -> Iterator[Id]:
    record = registry.find(account)
    if isinstance(record, Account):
        yield from (s.of for s in (*record.sign_in_accounts, *record.containers))
        spells = (*record.login_mailboxes, *record.recovery_mailboxes)
        factors = registry.factors_of.get(account, ())
        for mailbox in map(registry.find, (*(s.of for s in spells), *(f.mailbox for f in factors))):
            if isinstance(mailbox, Mailbox):
                yield from (a.id for a in accounts_of(registry, mailbox))
        for each in _with_equal_secrets(registry, (account,)):  # a mailbox, if it is
            if any(mailboxes_of(registry, registry.account(each))):
                yield each
    yield from (s.role_account for s in registry.seats_on.get(account, ()) if s.role_account)
    yield from (g.tool for g in registry.grants_on.get(account, ()))


def _attached(registry: Registry, record: Record, accounts: frozenset[Id]) -> Iterator[Id]:
    """What comes along with a record: all that is on an account, and whom the record names."""
    for named in _names_of(record):
        found = registry.find(named)
        if found is not None and (named in accounts or not isinstance(found, Account)):
            yield named
    if isinstance(record, Account):
        for index in (registry.credentials_of, registry.factors_of, registry.seats_on):
            yield from (each.id for each in index.get(record.id, ()))
        yield from (g.id for g in registry.grants_on.get(record.id, ()))
        yield from (spell.of for spell in own_number(registry, record))
        for address in addresses(record):
            yield from (m.id for m in registry.mailboxes_at.get(address, ()))
            yield from _people_at(registry, address)
    elif isinstance(record, Mailbox):
        yield from _people_at(registry, spelled(record.address))
    elif isinstance(record, Credential):
        yield from (e.id for e in registry.exposures_of.get(record.id, ()))
        yield from with_equal(registry, (record.id,))
        account = registry.account_of(record)
        yield from (spell.of for spell in account.owner_roles) if account else ()
    elif isinstance(record, Role):
        yield from (a.id for a in registry.assignments_of.get(record.id, ()))
        yield from (m.id for m in registry.mailboxes_of.get(record.id, ()))


def _people_at(registry: Registry, address: str) -> Iterator[Id]:
    """The people on record with an address, and by whatever else they are called."""
    for person in registry.people_at.get(address, ()):
        yield person.id
        yield person.one_with


def _names_of(record: Record) -> Iterator[Id]:
    """The ids of other records in a record, those in its spells included."""
    ids, spells = _NAMING.get(type(record), ((), ()))
    for name in ids:
        yield getattr(record, name)
    for name in spells:
        for spell in getattr(record, name):
            yield spell.of


_NAMING: dict[type[Record], tuple[tuple[str, ...], tuple[str, ...]]] = {
    Person: ((), ()),
    Role: ((), ()),
    Assignment: (("person", "role"), ()),
    Mailbox: (("owner",), ("readers",)),
    Phone: (("contract",), ("carriers",)),
    Factor: (("account", "phone", "mailbox", "credential"), ("holders",)),
    Account: ((), ("supports",)),
    Credential: (("account",), ()),
    Exposure: (("credential", "person"), ()),
    Seat: (("account", "person", "role_account"), ()),
    Grant: (("tool", "account", "granted_by"), ()),
}
"""The fields of a record that name another one: plain ids, and spells of ids."""
