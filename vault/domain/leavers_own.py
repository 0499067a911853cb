"""What is a leaver's own, so that no step takes it from them: what the company does instead."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS
from vault.domain.freemail import is_freemail
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.mending import Names
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.spell import current
from vault.domain.steps import Step
from vault.domain.ways_out import WAYS_OUT, Blocker, Offer, offered, taken_over
from vault.domain.whose import account_owners, accounts_of, is_the_account, owners

_IN_ITS_PLACE: Final[Offer] = (
    "by_hand",
    "give what one signs in to with it another way in, of the company",
)
_OFF_THE_LIST: Final[Offer] = (
    "end_record",
    "then take it off the list, since it is no account of the company",
)
_OWN_LOGIN: Final[Offer] = (
    "give_own_login",
    "give it a log-in of its own on the platform, at a mailbox of the company, then record it",
)


def goes_with(registry: Registry, leaver: Id, mailbox: Id, at: datetime) -> bool:
    """Say whether an address goes with a leaver; off one of the company's they are taken.

    It is theirs, or somebody's own; or it is with a freemail provider, and nobody recorded the
    account that it is, whose password a step could change.
    """
    record = registry.find(mailbox)
    if not isinstance(record, Mailbox):
        return False
    if leaver in owners(registry, record) or record.type == "personal":
        return True
    return is_freemail(record.address) and not any(
        registry.is_live(account, at) and _has_password(registry, account, at)
        for account in accounts_of(registry, record)
        if is_the_account(registry, account, record)
    )


def _has_password(registry: Registry, account: Account, at: datetime) -> bool:
    secrets = registry.credentials_of.get(account.id, ())
    return any(c.what in LOGIN_SECRETS and c.at_stage("current", at) for c in secrets)


def is_own(registry: Registry, leaver: Id, account: Id) -> bool:
    """Say whether an account goes by an address of a leaver: nobody takes theirs from them."""
    record = registry.find(account)
    return isinstance(record, Account) and leaver in account_owners(registry, record)


def as_an_account(registry: Registry, mailbox: Id) -> tuple[Offer, ...]:
    """Return the way out to record a freemail mailbox as the account it is, () where that is none.

    The catalogue has to know the provider, and what is somebody's own stays theirs all the same.
    """
    record = registry.find(mailbox)
    if not isinstance(record, Mailbox) or record.type == "personal" or owners(registry, record):
        return ()
    domain = record.address.rpartition("@")[2].lower()
    for platform in registry.catalogue.platforms if is_freemail(domain) else ():
        if platform.kind == "identity" and domain in platform.domains:
            name = f"{platform.id}/{Names(registry).of(mailbox)}"
            says = "or record the mailbox as the account it is, whose password a step changes then"
            return (("by_hand", f"{says}: safehands account add {name} --role ROLE"),)
    return ()


def kept_by(registry: Registry, leaver: Id, account: Id, at: datetime) -> Blocker | None:
    """Return what blocks a departure since an account, or what it signs in with, is a leaver's."""
    record, name = registry.find(account), registry.name_of(leaver)
    if not isinstance(record, Account):
        return None
    if is_own(registry, leaver, account):
        what = f"{record.label} goes by an address of {name}, and stays theirs"
        return Blocker(
            account, what, offered(registry, (_IN_ITS_PLACE, _OFF_THE_LIST), at, account)
        )
    for parent in current(record.sign_in_accounts, at):
        if is_own(registry, leaver, parent):
            what = f"one signs in to {record.label} with {registry.name_of(parent)}"
            ways = offered(registry, (_OWN_LOGIN,), at, account)
            return Blocker(account, f"{what}, which stays {name}'s", ways)
    return None


def lost_with(registry: Registry, step: Step, account: Id, at: datetime) -> Blocker | None:
    """Return what blocks a departure since an account is the company's by a leaver's number."""
    phone = registry.find(step.target)
    if not (isinstance(phone, Phone) and phone.contract == step.person):
        return None
    what = f"{registry.name_of(account)} is the company's by {phone.number} alone"
    others = offered(registry, WAYS_OUT["add_seat"], at, account)
    return Blocker(
        account,
        f"{what}, on a contract of {registry.name_of(step.person)}",
        (taken_over(registry, phone), *others),
    )
