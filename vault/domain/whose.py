"""Whose an address, a number or an account is, also where nobody recorded it: one answer for all.

It holds on a leaver's side only. What is a person's own, the company does not have for certain.
"""

from __future__ import annotations

from collections.abc import Iterator

from vault.domain.account import Account
from vault.domain.address import spelled
from vault.domain.freemail import is_freemail
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.registry import Registry


def known_by(registry: Registry, address: str) -> list[Id]:
    """Return the people on record with a mail address, each by the record that stands for them."""
    found = registry.people_at.get(spelled(address), ())
    return list(dict.fromkeys(person.one_with or person.id for person in found))


def addresses_of(registry: Registry, person: Id) -> set[str]:
    """Return the mail addresses on record for a person, as `address.spelled` spells them."""
    records = (registry.find(person), *registry.also_called.get(person, ()))
    return {
        address
        for record in records
        if isinstance(record, Person)
        for each in (record.mail, *record.other_mails)
        if (address := spelled(each))
    }


def owners(registry: Registry, mailbox: Mailbox) -> list[Id]:
    """Return the people whose own a mailbox is: its owner, or else those whose address it is.

    With a freemail provider it is theirs, whoever is said to own it.
    """
    recorded = [mailbox.owner] if isinstance(registry.find(mailbox.owner), Person) else []
    if mailbox.owner and not is_freemail(mailbox.address):
        return recorded
    return list(dict.fromkeys((*recorded, *known_by(registry, mailbox.address))))


def is_private(registry: Registry, mailbox: Mailbox) -> bool:
    """Say whether nobody at the company could block or release a mailbox, whoever owns it."""
    if mailbox.type == "personal" or is_freemail(mailbox.address):
        return True
    if mailbox.owner:
        return False
    address = spelled(mailbox.address)
    found = registry.people_at.get(address, ())
    return bool(found) and all(spelled(person.mail) != address for person in found)


def having(registry: Registry, person: Id) -> list[Mailbox]:
    """Return the mailboxes that name a person, as their owner or a reader or by an address."""
    found = [*registry.mailboxes_of.get(person, ())]
    for address in sorted(addresses_of(registry, person)):
        found += registry.mailboxes_at.get(address, ())
    return list({mailbox.id: mailbox for mailbox in found}.values())


def accounts_of(registry: Registry, mailbox: Mailbox) -> Iterator[Account]:
    """Yield the accounts that one signs in to others with and that go by a mailbox's address.

    Whoever is inside one is taken to read the mailbox.
    """
    for account in registry.accounts_at.get(spelled(mailbox.address), ()):
        if registry.platform(account).kind == "identity":
            yield account


def mailboxes_of(registry: Registry, account: Account) -> Iterator[Mailbox]:
    """Yield the mailboxes by whose address such an account goes."""
    for address in addresses(account):
        if registry.platform(account).kind == "identity":
            yield from registry.mailboxes_at.get(address, ())


def is_the_account(registry: Registry, account: Account, mailbox: Mailbox) -> bool:
    """Say whether a mailbox is such an account: its provider is the account's platform.

    Whoever reads it then knows the account's password.
    """
    domain = spelled(mailbox.address).rpartition("@")[2]
    return is_freemail(domain) and domain in registry.platform(account).domains


def mailboxes_that_are(registry: Registry, account: Account) -> Iterator[Mailbox]:
    """Yield the mailboxes that an account is, as `is_the_account` says."""
    for mailbox in mailboxes_of(registry, account):
        if is_the_account(registry, account, mailbox):
            yield mailbox


def account_owners(registry: Registry, account: Account) -> list[Id]:
    """Return the people whose own an account is, by the address that it goes by."""
    found: list[Id] = []
    named = addresses(account)
    for address in named:
        if not account.owner_roles or is_freemail(address):
            found += known_by(registry, address)
    for mailbox in mailboxes_that_are(registry, account) if named else ():
        found += owners(registry, mailbox)
    return list(dict.fromkeys(found)) if found else found


def addresses(account: Account) -> list[str]:
    """Return the mail addresses that an account goes by, or went, as `address.spelled` does."""
    return [address for s in account.handles if "@" in s.of and (address := spelled(s.of))]
