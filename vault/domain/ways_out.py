"""Ways out of what stands in the way: what to try, and commands to paste."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.mending import Names
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.resets import CHANNEL_ACTS
from vault.domain.role import Assignment
from vault.domain.sessions import has_login
from vault.domain.spell import current
from vault.domain.steps import LOGIN_ACTS, Act, Step

WayKind = Literal[
    "by_hand",
    "name_successor",
    "name_successor_in_role",
    "assign_role",
    "end_assignment",
    "plan_departure",
    "export_lists",
    "add_mailbox",
    "prove_mailbox",
    "keep_mailbox_shorter",
    "give_mailbox",
    "give_owner_role",
    "give_own_login",
    "move_out",
    "add_factor",
    "end_seat",
    "end_grant",
    "end_record",
    "take_over_number",
    "record_loss",
    "close_account",
    "close_anew",
    "stop_closing",
    "look_whether_gone",
]

COMMANDS: Final[Mapping[WayKind, str]] = {
    "by_hand": "",
    "name_successor": "--successor PERSON",
    "name_successor_in_role": "--successor ROLE=PERSON",
    "assign_role": "safehands role assign {role} PERSON",
    "end_assignment": "safehands role unassign {assignment}",
    "plan_departure": "safehands offboard plan {person}",
    "export_lists": "safehands export",
    "add_mailbox": "safehands mailbox add ADDRESS --role {role}",
    "prove_mailbox": "safehands mailbox prove {mailbox}",
    "keep_mailbox_shorter": "safehands mailbox edit {mailbox} --keep-until DATE",
    "give_mailbox": "safehands mailbox edit {mailbox} --owner role:ROLE --type shared",
    "give_owner_role": "safehands account edit {account} --role ROLE",
    "give_own_login": "safehands account edit {account} --signs-in-with ''",
    "move_out": "safehands account edit {account} --container ''",
    "add_factor": "safehands factor add {account} METHOD",
    "end_seat": "safehands seat end {seat}",
    "end_grant": "safehands grant end {grant}",
    "end_record": "safehands account end {account}",
    "take_over_number": "safehands phone edit {phone} --contract ''",
    "record_loss": "safehands account end {account} --lost",
    "close_account": "safehands deactivate start {account}",
    "close_anew": (
        "safehands deactivate stop {account} --reason TEXT, "
        "then: safehands deactivate start {account} --into ACCOUNT"
    ),
    "stop_closing": "safehands deactivate stop {account} --reason TEXT",
    "look_whether_gone": "safehands case next {case}",
}
"""The command that does what a way out is, "" for none; `{...}` is the record it is about."""

_HOLE: Final = re.compile(r"\{([a-z]+)\}")


class Way(msgspec.Struct, frozen=True, gc=False):
    """A way out: what kind of act it is, on which record ("" for none, or none that is known).

    `says` tells it in words; `text` goes on with the command that does it.
    """

    kind: WayKind
    about: Id
    says: str
    text: str


Offer = tuple[WayKind, str]
"""A way out before it is known which record it is about: its kind, and what it says."""


class Blocker(msgspec.Struct, frozen=True, gc=False):
    """What stands in the way, on an account ("" for none in particular), and ways out of it."""

    account: Id
    what: str
    ways_out: tuple[Way, ...]


WAYS_OUT: Final[Mapping[Act, tuple[Offer, ...]]] = {
    "add_seat": (
        ("by_hand", "ask the leaver to give somebody who stays full rights before the last day"),
        ("by_hand", "ask the platform's support to recover the account, with proof of business"),
    ),
    "remove_seat": (
        ("by_hand", "give somebody who stays the same rights and see that they can use them"),
        ("by_hand", "ask the platform's support to recover the account, with proof of business"),
    ),
    "transfer_ownership": (
        ("by_hand", "start the waiting time today, and keep the leaver's help until it is over"),
        ("by_hand", "ask the platform's support to transfer the account, with proof of business"),
    ),
    "end_role_assignment": (
        ("name_successor_in_role", "name a successor"),
        ("assign_role", "give the role to somebody"),
    ),
    "remove_vault_member": (
        (
            "by_hand",
            "one member is all a vault has for now: let somebody who stays make a new vault",
        ),
        ("export_lists", "write the lists out before the last day"),
    ),
    "prove_mailbox": (("prove_mailbox", "prove the mailbox"),),
    "release_mailbox": (
        ("by_hand", "move the accounts that use it first, then make the plan again"),
    ),
    "enrol_factor": (
        ("give_owner_role", "give the account an owner role"),
        ("add_factor", "take the second factor over by hand and record it"),
    ),
    "rotate_password": (
        ("name_successor", "name a successor"),
        (
            "by_hand",
            "have the leaver log in and change the password together with somebody who stays",
        ),
        ("by_hand", "recover the account by a mailbox or phone of the company"),
    ),
    "change_login_mail": (
        (
            "by_hand",
            "have the leaver log in and change the address together with somebody who stays",
        ),
        ("by_hand", "recover the account by a mailbox or phone of the company"),
    ),
    "record_loss": (
        ("by_hand", "cut what is left by hand, record it, and make the plan again"),
        ("record_loss", "record the account as lost"),
    ),
}
"""What can be tried where a step of an act is not possible."""

NO_MAILBOX: Final[Sequence[Offer]] = (
    ("add_mailbox", "add a mailbox for its role"),
    ("give_owner_role", "give the account an owner role that has one"),
)
"""What can be tried where an account has no mailbox of the company to move to."""

FIXED: Final[Sequence[Offer]] = (
    ("give_mailbox", "give it to the role"),
    ("by_hand", "make a new account for the role and move there"),
)
"""What can be tried where a platform lets nobody change a log-in address."""

AS_LONG_AS_IT_CLOSES: Final = (
    "wait until it is gone for good: to move it somebody logs in, which may bring it back"
)
"""What can be done where a mailbox is the address of an account that is being closed."""

_NEAREST: Final[Mapping[Act, Act]] = {
    "rotate_token": "rotate_password",
    "renew_recovery_codes": "rotate_password",
    "end_sessions": "rotate_password",
    "change_recovery_mail": "change_login_mail",
    "remove_factor": "enrol_factor",
    "confirm_seat": "add_seat",
}


def ways_out(registry: Registry, step: Step, at: datetime) -> tuple[Way, ...]:
    """Return what a person can try when a step is not possible."""
    kept = registry.find(step.target) if step.act == "release_mailbox" else None
    if isinstance(kept, Mailbox) and kept.keep_until and at.date() < kept.keep_until:
        wait = f"wait until {kept.keep_until}: it is the last step, and nobody is locked out by it"
        sooner, names = "let it go sooner, then plan again", Names(registry)
        return (
            way(names, "by_hand", wait),
            way(names, "keep_mailbox_shorter", sooner, kept),
        )
    if isinstance(kept, Mailbox) and any(a.state == "closing" for a in _on(registry, kept, at)):
        return (way(Names(registry), "by_hand", AS_LONG_AS_IT_CLOSES),)
    takes_nothing_new = step.act in CHANNEL_ACTS and not step.to
    act = "rotate_password" if takes_nothing_new else _NEAREST.get(step.act, step.act)
    offers = WAYS_OUT.get(act, WAYS_OUT["rotate_password"])
    useless = _useless(registry, step, at)
    offers = tuple(offer for offer in offers if offer[0] not in useless)
    account = registry.find(step.account)
    if step.act in LOGIN_ACTS and isinstance(account, Account) and not has_login(registry, account):
        given = tuple(offer for offer in offers if offer[0] == "give_owner_role")
        offers = (*given, *WAYS_OUT["remove_seat"])  # nobody logs in there, it takes rights
    ways = offered(registry, offers, at, step.account, step.target)
    phone = registry.find(step.target)
    if isinstance(phone, Phone) and phone.contract == step.person:
        return (taken_over(registry, phone), *ways)
    return ways


def taken_over(registry: Registry, phone: Phone) -> Way:
    """Return the way out that makes a number the company's, whoever it was of."""
    moved = "have the operator move its contract to the company, then record it"
    return way(Names(registry), "take_over_number", moved, phone)


def _useless(registry: Registry, step: Step, at: datetime) -> set[WayKind]:
    """What changes nothing: who could do the step, or its role, is there, and does not get in."""
    account, found = registry.find(step.account), set[WayKind]()
    if step.assignee:
        found.add("name_successor")
    if isinstance(account, Account) and current(account.owner_roles, at):
        found.add("give_owner_role")
    return found


def _on(registry: Registry, mailbox: Mailbox, at: datetime) -> list[Account]:
    return [
        account
        for account in registry.accounts_on.get(mailbox.id, ())
        if mailbox.id in current((*account.login_mailboxes, *account.recovery_mailboxes), at)
        and account.is_open(at)
    ]


def offered(
    registry: Registry, offers: Sequence[Offer], at: datetime, account: Id, target: Id = ""
) -> tuple[Way, ...]:
    """Return ways out for an account; some are about its role, or about the target of a step."""
    names, found, meant = Names(registry), registry.find(account), registry.find(target)
    owners = current(found.owner_roles, at) if isinstance(found, Account) else ()
    role = registry.find(meant.role if isinstance(meant, Assignment) else next(iter(owners), ""))
    about: Mapping[WayKind, Record | None] = {
        "assign_role": role,
        "add_mailbox": role,
        "prove_mailbox": meant,
        "give_mailbox": meant,
    }
    return tuple(way(names, kind, says, about.get(kind, found)) for kind, says in offers)


def way(names: Names, kind: WayKind, says: str, about: Record | None = None) -> Way:
    """Return a way out about a record; a word such as ROLE stands for one that is not known."""
    command = _HOLE.sub(
        lambda hole: names.arguments(about) if about else hole[1].upper(), COMMANDS[kind]
    )
    text = ": ".join(filter(None, (says, command)))
    return Way(kind, about.id if about else "", says, text)
