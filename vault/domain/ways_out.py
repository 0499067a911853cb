"""Ways out of what stands in the way of a departure: what to try, and commands to paste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.mending import Names
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.spell import current
from vault.domain.steps import Act, Step


class Blocker(msgspec.Struct, frozen=True, gc=False):
    """What stands in the way, on an account ("" for none in particular), and ways out of it."""

    account: Id
    what: str
    ways_out: tuple[str, ...]


WAYS_OUT: Final[Mapping[Act, tuple[str, ...]]] = {
    "add_seat": (
        "ask the leaver to give somebody who stays full rights before the last day",
        "ask the platform's support to recover the account, with proof of business",
    ),
    "remove_seat": (
        "give somebody who stays the same rights and see that they can use them",
        "ask the platform's support to recover the account, with proof of business",
    ),
    "transfer_ownership": (
        "start the waiting time today, and keep the leaver's help until it is over",
        "ask the platform's support to transfer the account, with proof of business",
    ),
    "end_role_assignment": (
        "name a successor: --successor ROLE=PERSON",
        "give the role to somebody: safehands role assign {role} PERSON",
    ),
    "remove_vault_member": (
        "one member is all a vault has for now: let somebody who stays make a new vault",
        "write the lists out before the last day: safehands export",
    ),
    "prove_mailbox": ("prove the mailbox: safehands mailbox prove {target}",),
    "release_mailbox": ("move the accounts that use it first, then make the plan again",),
    "enrol_factor": (
        "give the account an owner role: safehands account edit {account} --role ROLE",
        "take the second factor over by hand and record it: safehands factor add {account} METHOD",
    ),
    "rotate_password": (
        "name a successor: --successor PERSON",
        "have the leaver log in and change the password together with somebody who stays",
        "recover the account by a mailbox or phone of the company",
    ),
    "change_login_mail": (
        "add a mailbox for the role: safehands mailbox add ADDRESS --role {role}",
        "have the leaver log in and change the address together with somebody who stays",
    ),
    "record_loss": (
        "cut what is left by hand, record it, and make the plan again",
        "record the account as lost: safehands account end {account} --lost",
    ),
}
"""What can be tried where a step of an act is not possible; `filled` names what is in braces."""

NO_MAILBOX: Final = (
    "add a mailbox for its role: safehands mailbox add ADDRESS --role {role}",
    "give the account an owner role: safehands account edit {account} --role ROLE",
)
"""What can be tried where an account has no mailbox of the company to move to."""

KEPT: Final = (
    "wait until {day}: it is the last step, and nobody is locked out by it",
    "let it go sooner, then plan again: safehands mailbox edit {mailbox} --keep-until DATE",
)
"""What can be done where a mailbox must be kept beyond the departure."""

AS_LONG_AS_IT_CLOSES: Final = (
    "wait until it is gone for good: to move it somebody logs in, which may bring it back"
)
"""What can be done where a mailbox is the address of an account that is being closed."""

_NEAREST: Final[Mapping[Act, Act]] = {
    "rotate_token": "rotate_password",
    "renew_recovery_codes": "rotate_password",
    "end_sessions": "rotate_password",
    "change_recovery_mail": "change_login_mail",
    "change_recovery_phone": "change_login_mail",
    "remove_factor": "enrol_factor",
    "confirm_seat": "add_seat",
}


def ways_out(registry: Registry, step: Step, at: datetime) -> tuple[str, ...]:
    """Return what a person can try when a step is not possible."""
    kept = registry.find(step.target) if step.act == "release_mailbox" else None
    if isinstance(kept, Mailbox) and kept.keep_until and at.date() < kept.keep_until:
        mailbox = Names(registry).typed(kept)
        return tuple(way.format(day=kept.keep_until, mailbox=mailbox) for way in KEPT)
    if isinstance(kept, Mailbox) and any(a.state == "closing" for a in _on(registry, kept, at)):
        return (AS_LONG_AS_IT_CLOSES,)
    act = _NEAREST.get(step.act, step.act)
    ways = WAYS_OUT.get(act, WAYS_OUT["rotate_password"])
    return filled(registry, ways, at, step.account, step.target)


def _on(registry: Registry, mailbox: Mailbox, at: datetime) -> list[Account]:
    return [
        account
        for account in registry.accounts_on.get(mailbox.id, ())
        if mailbox.id in current((*account.login_mailboxes, *account.recovery_mailboxes), at)
        and account.is_open(at)
    ]


def filled(
    registry: Registry, ways: Sequence[str], at: datetime, account: Id, target: Id = ""
) -> tuple[str, ...]:
    """Return ways out with the account, its role and the target of a step named in commands.

    What is not known stays a word for it, such as ROLE.
    """
    names, found, meant = Names(registry), registry.find(account), registry.find(target)
    owners = current(found.owner_roles, at) if isinstance(found, Account) else ()
    role = meant.role if isinstance(meant, Assignment) else next(iter(owners), "")
    told = {
        word.lower(): names.typed(record) if (record := registry.find(record_id)) else word
        for word, record_id in (("ACCOUNT", account), ("ROLE", role), ("TARGET", target))
    }
    return tuple(way.format_map(told) for way in ways)
