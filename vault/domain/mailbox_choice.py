"""Which mailbox an account may move to: one rule for what is advised, planned and refused."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from vault.domain.account import Account
from vault.domain.mailbox import Mailbox
from vault.domain.personal import Own, whose_own
from vault.domain.registry import Registry
from vault.domain.spell import current

_OWN: Final[dict[Own, str]] = {
    "person": "belongs to a person: it would be a new personal tie",
    "somebody": "belongs to a person: it would be a new personal tie",
    "freemail": "is with a freemail provider: whoever knows its password could keep it",
}

_LAST: Final = frozenset({"group", "alias", "forwarder"})
"""Kinds that only pass mail on: nobody can show later what came in, or answer from there."""


def role_mailboxes(registry: Registry, account: Account, at: datetime) -> list[Mailbox]:
    """Return the mailboxes of an account's owner roles that it may move to, the best one first.

    None whose end is on record: the account would have to move again, or it is over by the day on
    which a plan has it moved. A proven one comes before one that has yet to be proved, what keeps
    its mail before the rest.
    """
    found = {
        mailbox.id: mailbox
        for role in current(account.owner_roles, at)
        for mailbox in registry.mailboxes_of.get(role, ())
        if mailbox.owner == role and mailbox.until is None
        if not why_not_to(registry, account, mailbox, at)
    }
    return sorted(
        found.values(),
        key=lambda each: (not is_proven(each, at), each.type in _LAST, each.address, each.id),
    )


def why_not_to(registry: Registry, account: Account, mailbox: Mailbox, at: datetime) -> str:
    """Return why an account may not move to a mailbox, proved or not, or "" where it may."""
    own = whose_own(registry, mailbox)
    if own:
        return f"{mailbox.address} {_OWN[own]}"
    if not mailbox.exists(at):
        return f"{mailbox.address} is not in use any more"
    platform = registry.platform(account)
    if mailbox.type == "group" and platform.group_mailbox_may_own == "no":
        return f"{mailbox.address} is a group, which cannot own an account on {platform.name}"
    return ""


def is_proven(mailbox: Mailbox, at: datetime) -> bool:
    """Say whether a code that was sent to a mailbox had come back by a moment."""
    return mailbox.proven_at is not None and mailbox.proven_at <= at
