"""The phones that let in to an account: those on record for it, and that of the number it goes by.

Where a platform's accounts are held by a number (`models` has "number"), a handle that is a number
is that one: whoever gets what is sent there logs in, whether or not somebody recorded it twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.phone import Phone, dialled
from vault.domain.registry import Registry
from vault.domain.spell import Spell, Spells


def numbers(registry: Registry, account: Account) -> Spells:
    """Return the phones by which an account is recovered or logged in to, with when."""
    return account.recovery_phones + own_number(registry, account)


def own_number(registry: Registry, account: Account) -> Spells:
    """Return the phones of the numbers that an account goes by.

    Without those that the account's own record names: that one says since when and until when.
    """
    handles = [handle for handle in account.handles if dialled(handle.of)]
    if not (handles and is_held_by_number(registry, account)):
        return ()
    named = {spell.of for spell in account.recovery_phones}
    return tuple(
        Spell(phone.id, handle.since, handle.until)
        for handle in handles
        for phone in _by_number(registry).get(dialled(handle.of), ())
        if phone.id not in named
    )


def is_held_by_number(registry: Registry, account: Account) -> bool:
    """Say whether whoever has a number has the account, as far as the platform is known."""
    return "number" in (account.models or registry.platform(account).models)


def going_by(registry: Registry, thing: Id) -> list[Account]:
    """Return the accounts that hang on a thing since they go by its number, if it is a phone."""
    phone = registry.find(thing)
    if not isinstance(phone, Phone):
        return []
    named = registry.accounts_at.get(dialled(phone.number), ())
    return [a for a in named if any(spell.of == thing for spell in own_number(registry, a))]


def _by_number(registry: Registry) -> Mapping[str, list[Phone]]:
    def grouped() -> Mapping[str, list[Phone]]:
        found: defaultdict[str, list[Phone]] = defaultdict(list)
        for phone in registry.all(Phone):
            found[dialled(phone.number)].append(phone)
        return found

    return registry.told("phones by number", grouped)
