"""What is somebody's own, so that the company does not have it for certain."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from vault.domain.account import Account
from vault.domain.freemail import is_freemail
from vault.domain.mailbox import Mailbox
from vault.domain.numbers import numbers
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.spell import current
from vault.domain.whose import owners

Own = Literal["", "person", "somebody", "freemail"]


def whose_own(registry: Registry, mailbox: Mailbox) -> Own:
    """Return whose own an address is, "" for one that is the company's to keep.

    It is a "person" who owns it or whose address it is, "somebody" of whom nobody knows who it is,
    or whoever knows its password where it is a "freemail" one, whatever role it is said to be of.
    """
    if owners(registry, mailbox):
        return "person"
    if mailbox.type == "personal":
        return "somebody"
    return "freemail" if is_freemail(mailbox.address) else ""


def is_personal(registry: Registry, account: Account, at: datetime) -> bool:
    """Tell whether what an account is opened or recovered with is one person's own."""
    for address in current((*account.login_mailboxes, *account.recovery_mailboxes), at):
        mailbox = registry.find(address)
        if isinstance(mailbox, Mailbox) and whose_own(registry, mailbox):
            return True
    for number in current(numbers(registry, account), at):
        phone = registry.find(number)
        if isinstance(phone, Phone) and phone.contract:
            return True
    for factor in registry.factors_of.get(account.id, ()):
        holders = current(factor.holders, at) if factor.holds(at) else ()
        if len(holders) == 1 and isinstance(registry.find(holders[0]), Person):
            return True
    return False
