"""Where mail goes when somebody leaves: what accounts move to, and who reads what was theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.registry import Registry
from vault.domain.spell import coming, current
from vault.domain.staff import Staff


def new_mailbox(registry: Registry, account: Account, role: Id, at: datetime) -> Id:
    """Return the mailbox of a role that an account can move to, or "" for none."""
    groups = registry.platform(account).group_mailbox_may_own
    fit = [
        m
        for m in registry.mailboxes_of.get(role, ())
        if m.owner == role
        and m.type != "personal"
        and m.exists(at)
        and not (m.type == "group" and groups == "no")
    ]
    fit.sort(key=lambda m: (m.proven_at is None, m.type in {"group", "alias"}, m.address))
    return fit[0].id if fit else ""


def may_read(mailbox: Mailbox, leaver: Id, at: datetime) -> bool:
    """Say whether the leaver who owns a mailbox reads it by their own name, now or later."""
    is_out = any(s.of == leaver and s.holds(at) and s.until is None for s in mailbox.shut_out)
    return not is_out or leaver in coming(mailbox.readers, at)


def outlasts(
    registry: Registry, mailbox: Mailbox, day: date, moved: Collection[Id], at: datetime
) -> bool:
    """Say whether a mailbox stays in use beyond a day, when these accounts have moved off it."""
    if mailbox.keep_until is not None and mailbox.keep_until > day:
        return True
    return any(
        account.id not in moved
        and account.is_open(at)
        and mailbox.id in current(account.login_mailboxes, at)
        for account in registry.accounts_on.get(mailbox.id, ())
    )


def next_reader(staff: Staff, mailbox: Mailbox, at: datetime) -> Id:
    """Return who reads the leaver's own mailbox from now on, or "" where nobody is there to.

    That is "" too where somebody who stays reads it already. It is a person and no role, since what
    is private in it is for few eyes.
    """
    others = (reader for reader in current(mailbox.readers, at) if reader != staff.leaver)
    if any(staff.stays(each) or staff.holders(each) for each in others):
        return ""
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
