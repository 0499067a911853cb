"""Where mail goes when somebody leaves: where accounts move, and who reads what they were on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from vault.domain.account import Account
from vault.domain.freemail import is_freemail
from vault.domain.grace import is_closing
from vault.domain.ids import Id
from vault.domain.leavers_own import as_an_account
from vault.domain.mailbox import Mailbox
from vault.domain.mailbox_choice import role_mailboxes
from vault.domain.phone_moves import will_have_holder
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import coming, current
from vault.domain.staff import Staff
from vault.domain.ways_out import FIXED, NO_MAILBOX, Blocker, Offer, offered


def new_login_mailbox(
    registry: Registry, account: Account, old: Id, at: datetime
) -> Mailbox | Blocker:
    """Return the mailbox that an account moves to from an address of somebody who goes.

    Where it can move to none, what stands in the way.
    """
    if not is_movable(registry, account):
        what = f"the log-in address of {account.label} cannot be changed"
        offers = (*_for_a_fixed(registry, old), *as_an_account(registry, old))
        return Blocker(account.id, what, offered(registry, offers, at, account.id, old))
    found = role_mailboxes(registry, account, at)
    if found:
        return found[0]
    what = f"no company mailbox can take over {account.label}"
    offers = (*NO_MAILBOX, *as_an_account(registry, old))
    return Blocker(account.id, what, offered(registry, offers, at, account.id))


def _for_a_fixed(registry: Registry, old: Id) -> Sequence[Offer]:
    """The ways out where nobody can change an address: with a freemail provider no role gets it."""
    mailbox = registry.find(old)
    if isinstance(mailbox, Mailbox) and is_freemail(mailbox.address):
        return [offer for offer in FIXED if offer[0] != "give_mailbox"]
    return FIXED


def is_movable(registry: Registry, account: Account) -> bool:
    """Say whether an account's log-in address may be changed, as far as is known."""
    return registry.platform(account).login_mail_changeable != "no"


def is_shut_out_first(
    staff: Staff, mailbox: Mailbox, until: date | None, moved: Collection[Id], at: datetime
) -> bool:
    """Say whether the leaver is to be shut out of a mailbox of theirs before it is released.

    That is so at once, where they do not help `until` a day; else where it stays in use beyond that
    day, when the accounts `moved` are off it. Who is out for good already is not shut out again.
    """
    owner = staff.leaver
    is_out = any(s.of == owner and s.holds(at) and s.until is None for s in mailbox.shut_out)
    if is_out and owner not in coming(mailbox.readers, at):
        return False
    return until is None or _outlasts(staff.registry, mailbox, until, moved, at)


def _outlasts(
    registry: Registry, mailbox: Mailbox, day: date, moved: Collection[Id], at: datetime
) -> bool:
    """It must be kept, or an account stays on it: nobody logs in to move what is being closed."""
    if mailbox.keep_until is not None and mailbox.keep_until > day:
        return True
    on_it = [a for a in registry.accounts_on.get(mailbox.id, ()) if a.is_open(at)]
    stays = (a for a in on_it if mailbox.id in current(a.login_mailboxes, at))
    factors = (f for f in registry.factors_on.get(mailbox.id, ()) if f.holds(at))
    hanging = {a.id for a in on_it} | {f.account for f in factors}
    return any(a.id not in moved for a in stays) or any(is_closing(registry, a) for a in hanging)


def next_reader(staff: Staff, mailbox: Mailbox, at: datetime) -> Id:
    """Return who reads a mailbox from now on instead of the leaver, or "" for nobody new.

    Nobody is, where somebody who stays reads it already, or will by a role that they take over, or
    where nobody is there to. It is the role that owns it, else a person: what is private in
    somebody's mailbox is for few eyes.
    """
    owner, readers = mailbox.owner, {*current(mailbox.readers, at)} - {staff.leaver}
    if staff.stays(owner) or any(staff.stays(r) or will_have_holder(staff, r) for r in readers):
        return ""
    if isinstance(staff.registry.find(owner), Role) and staff.takes_over(owner):
        return owner
    return next(filter(staff.stays, _candidates(staff, mailbox)), "")


def _candidates(staff: Staff, mailbox: Mailbox) -> Iterator[Id]:
    """The successor, then who looks after what ever hung on it, then the leaver's manager."""
    registry = staff.registry
    yield staff.successors.get("", "")
    hanging = {account.id for account in registry.accounts_on.get(mailbox.id, ())}
    hanging |= {factor.account for factor in registry.factors_on.get(mailbox.id, ())}
    for account in sorted(hanging, key=lambda each: (registry.name_of(each), each)):
        yield staff.steward(account)
    yield registry.person(staff.leaver).manager
