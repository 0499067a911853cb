"""The order of a plan's steps, what each waits for, and the dates that follow.

The order is a table, so that one can read it; the dates run backwards from the last day over the
platforms' waiting times.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec

from vault.domain.account import Account
from vault.domain.cases import Mode
from vault.domain.effects import effect
from vault.domain.factor import Factor
from vault.domain.guards import objection
from vault.domain.ids import Id
from vault.domain.neighbourhood import surroundings
from vault.domain.registry import Registry
from vault.domain.resets import (
    CHANNEL_ACTS,
    first_of_all,
    is_undone_by,
    left_open,
    lets_in,
    mail_first,
    reset_through,
    resets_by,
    resets_for,
)
from vault.domain.simulation import simulate
from vault.domain.steps import STAGED, Act, Step
from vault.domain.whose import accounts_of, mailboxes_of

PLANNED: tuple[Act, ...] = (
    # Clocks first, and add before remove: what the company would otherwise lose.
    "assign_role",
    "prove_mailbox",
    "add_seat",
    "confirm_seat",
    "transfer_ownership",
    # What entitles the leaver to mail and secrets ends before accounts move to that mail, and
    # before new secrets are made.
    "end_role_assignment",
    "remove_vault_member",
    "advance_vault_keys",
    "remove_mailbox_reader",
    "collect_device",
    # Recovery channels before passwords: whoever reads them gets in again.
    "change_login_mail",
    "change_recovery_mail",
    "change_recovery_phone",
    # On the last day, where it stays in use: what moved off it before has not to wait for that.
    "block_mailbox",
    # A new factor before the old one goes.
    "enrol_factor",
    "remove_factor",
    "renew_recovery_codes",
    # Passwords before sessions: a session ended too early is opened again.
    "rotate_password",
    "rotate_token",
    "end_sessions",
    "revoke_app",
    "reconnect_tool",
    "remove_seat",
    "release_mailbox",
    "record_loss",
)

IMMEDIATE: tuple[Act, ...] = (
    # A role must have a holder before it can be taken from the leaver.
    "assign_role",
    # Live access first, and of that the mail, by which all the rest can be reset.
    "block_mailbox",
    "end_role_assignment",
    "remove_vault_member",
    "advance_vault_keys",
    "remove_mailbox_reader",
    "collect_device",
    # What stays the leaver's and resets a password goes here (`resets.first_of_all`).
    "rotate_password",
    "rotate_token",
    "end_sessions",
    "revoke_app",
    # Seats wait for a second person with full rights.
    "add_seat",
    "confirm_seat",
    "transfer_ownership",
    "remove_seat",
    # Then the ways back in.
    "enrol_factor",
    "remove_factor",
    "renew_recovery_codes",
    "prove_mailbox",
    "change_login_mail",
    "change_recovery_mail",
    "change_recovery_phone",
    "reconnect_tool",
    "release_mailbox",
    "record_loss",
)

ORDERS: dict[Mode, tuple[Act, ...]] = {"planned": PLANNED, "immediate": IMMEDIATE}


def ordered(registry: Registry, steps: Iterable[Step], mode: Mode) -> tuple[Step, ...]:
    """Return the steps in the order of their acts; what others hang on is first in its act.

    In an immediate departure what resets a password, and stays the leaver's, goes before it is new.
    """
    order, steps = ORDERS[mode], tuple(steps)
    first = first_of_all(registry, steps) if mode == "immediate" else ()
    live, secret = order.index("collect_device"), order.index("rotate_password")
    mail = mail_first(registry, steps)
    ranked = sorted(
        steps,
        key=lambda s: (
            live if s.id in first else secret if s.id in mail else order.index(s.act),
            s.id not in mail,
            order.index(s.act),
            -s.wait_days,
            depth(registry, s.account),
            registry.name_of(s.account or s.target),
            registry.name_of(s.target),
            s.id,
        ),
    )
    return tuple(ranked)


def depth(registry: Registry, account: Id) -> int:
    """Return how many accounts an account hangs on, near or far: sign-in parents and containers.

    Whatever hangs on an account hangs on all that one hangs on as well, and so comes after it.
    """
    found: set[Id] = set()
    waiting = [account]
    while waiting:
        record = registry.find(waiting.pop())
        if isinstance(record, Account):
            spells = (*record.sign_in_accounts, *record.containers)
            waiting += [spell.of for spell in spells if spell.of not in found]
            found.update(spell.of for spell in spells)
    return len(found)


_AFTER: dict[Act, tuple[Act, ...]] = {
    "confirm_seat": ("add_seat",),
    "transfer_ownership": ("add_seat", "confirm_seat"),
    "remove_seat": ("add_seat", "confirm_seat", "transfer_ownership"),
    "remove_factor": ("enrol_factor",),
    "enrol_factor": CHANNEL_ACTS,
    "renew_recovery_codes": CHANNEL_ACTS,
    "rotate_password": CHANNEL_ACTS,
    "rotate_token": CHANNEL_ACTS,
    "end_sessions": (*CHANNEL_ACTS, "remove_factor", "renew_recovery_codes", "rotate_password"),
}
"""What a step waits for on the same account, where that comes before it."""


_SECRET: frozenset[Act] = STAGED | {"enrol_factor"}
"""Acts that make a secret: too early, and the leaver is entitled to the new one as well."""


def linked(registry: Registry, steps: Sequence[Step], at: datetime) -> tuple[Step, ...]:
    """Return the steps, in order, with `depends_on` filled in from those before them.

    Whoever does them in any order that `depends_on` allows leaves the leaver with nothing that
    they would not have been left with in the order given. No guard objects to a step on the way,
    unless one does in that order too.
    """
    done: list[Step] = []
    accounts = ((s.account, registry.find(s.account)) for s in steps)
    mails = {a for a, r in accounts if isinstance(r, Account) and any(mailboxes_of(registry, r))}
    moved = _once_moved(registry, steps, at)
    unended = left_open(moved, steps)
    for step in steps:
        needed = tuple(
            earlier.id
            for earlier in done
            if _needs(registry, step, earlier)
            or _leaks(moved, step, earlier, done, mails)
            or lets_in(moved, step, earlier, unended)
        )
        after = msgspec.structs.replace(step, depends_on=needed)
        if not needed and step.act == "remove_seat" and objection(registry, step, at):
            after = _once_somebody_is_in(registry, after, done)
        done.append(after)
    for too_early in _locking_out(registry, done, at):
        number = next(n for n, step in enumerate(done) if step.id == too_early)
        done[number] = _after_all_giving(registry, done[number], done[:number])
    return tuple(done)


def _needs(registry: Registry, step: Step, earlier: Step) -> bool:
    if step.account and step.account == earlier.account:
        return earlier.act in _AFTER.get(step.act, ())
    if earlier.act == "prove_mailbox":
        return step.to == earlier.target
    if earlier.act == "assign_role" and step.act == "end_role_assignment":
        return step.reason == earlier.reason
    if step.act == "release_mailbox":
        factor = registry.find(earlier.target)
        gets_codes = isinstance(factor, Factor) and factor.mailbox == step.target
        # A move ends all log-in addresses, beside the one that it names.
        off = earlier.act == "change_login_mail" and resets_by(
            registry, registry.account(earlier.account), step.target
        )
        return off or gets_codes or earlier.target == step.target
    return step.act == "advance_vault_keys" and earlier.act == "remove_vault_member"


_GIVING: frozenset[Act] = _SECRET | {
    "assign_role",
    "add_seat",
    "confirm_seat",
    "transfer_ownership",
    "remove_mailbox_reader",
    "block_mailbox",
    "collect_device",
    "change_login_mail",
    "change_recovery_mail",
    "change_recovery_phone",
}
"""Acts after which somebody who stays may have what they had not before."""


def _once_somebody_is_in(registry: Registry, step: Step, before: Iterable[Step]) -> Step:
    """The removal of a seat after all by which who stays gets in, where they have no seat.

    The platforms' waits are for new seats, so it has none.
    """
    after = _after_all_giving(registry, step, before)
    if not after.depends_on:
        return step
    return msgspec.structs.replace(after, wait_days=0, not_before=None)


def _after_all_giving(registry: Registry, step: Step, before: Iterable[Step]) -> Step:
    """The step, once whoever stays has got all that the plan gives them around its account."""
    part = surroundings(registry, (step.account,))
    giving = (
        s.id
        for s in before
        if s.id in step.depends_on or (s.act in _GIVING and (s.account or s.target) in part)
    )
    return msgspec.structs.replace(step, depends_on=tuple(giving))


_TAKING: frozenset[Act] = frozenset((*CHANNEL_ACTS, "prove_mailbox", "remove_factor"))
"""Acts by which somebody who stays may lose a way in, and what they wait for themselves."""


def _locking_out(registry: Registry, steps: Sequence[Step], at: datetime) -> frozenset[str]:
    """The steps by which who stays loses an account that is theirs, where all giving comes later.

    One that does is left out, so that another one is not taken for harmless since all was lost.
    """
    found: set[str] = set()
    while True:
        early: list[Step] = []
        for step in steps:
            possible = {each.id for each in early}.issuperset(step.depends_on)
            if step.act in _TAKING and step.id not in found and possible:
                early.append(step)
        # A move gives what another one counts on, so that each is looked at before the other.
        backwards = sorted(early, key=lambda step: step.act == "prove_mailbox")[::-1]
        losing = _losing(registry, early, at)
        if not losing and backwards != early:
            losing = _losing(registry, backwards, at)
        if not losing:
            return frozenset(found)
        found |= losing


def _losing(registry: Registry, steps: Sequence[Step], at: datetime) -> set[str]:
    """The steps by which who stays loses an account when these are done, one for each loss."""
    if all(step.act == "prove_mailbox" for step in steps):
        return set()
    found, hit = set[str](), set[Id]()
    for stage in simulate(registry, steps[0].person, steps, at, "planned").stages:
        lost = {a for a, was in stage.company_before.items() if was == "owner"}
        lost -= {a for a, now in stage.company_after.items() if now == "owner"}
        if lost and not hit & lost:  # the others may only have been lost with these
            found.add(stage.step.id)
            hit |= set(stage.company_before)
    return found


_MOVING: frozenset[Act] = frozenset(
    (*CHANNEL_ACTS, "remove_mailbox_reader", "block_mailbox", "collect_device")
)
"""Acts after which an account hangs on something else, or somebody else has what it hangs on."""


def _once_moved(registry: Registry, steps: Iterable[Step], at: datetime) -> Registry:
    """The registry where accounts hang on what they move to as well, and roles have what they get.

    That may be done before a role is taken from the leaver, or mail that an account moves to.
    """
    for step in steps:
        if step.act in _MOVING and step.to:
            registry = registry.apply(effect(registry, step, at, step.assignee))
    return registry


def _leaks(
    registry: Registry, step: Step, earlier: Step, before: Iterable[Step], mails: Collection[Id]
) -> bool:
    """Whether done before `earlier`, the step would leave the leaver a new secret or session.

    `mails` are the accounts that are mailboxes.
    """
    account = registry.find(step.account)
    makes = step.act in _SECRET or step.act == "end_sessions"
    if not (makes and isinstance(account, Account)):
        return False
    same = [*mailboxes_of(registry, account)] if step.account in mails else []
    if earlier.act in {"block_mailbox", "remove_mailbox_reader", "collect_device"}:
        is_it = any(mailbox.id == earlier.target for mailbox in same)
        return is_it or is_undone_by(registry, account, earlier.target, before)
    if earlier.act == "end_role_assignment":
        owned = {spell.of for spell in account.owner_roles}
        resets = resets_for(registry, account, earlier.reason)
        known = step.act in _SECRET and earlier.reason in owned
        known |= any(spell.of == earlier.reason for mailbox in same for spell in mailbox.readers)
        return known or any(is_undone_by(registry, account, each, before) for each in resets)
    if earlier.account in mails and earlier.act in {"rotate_password", "end_sessions"}:
        # Who reads the mail is inside all that it is.
        others = {a.id for mailbox in same for a in accounts_of(registry, mailbox)} - {account.id}
        mail = (m for m, a in reset_through(registry, account) if a == earlier.account)
        undone = (is_undone_by(registry, account, mailbox, before) for mailbox in mail)
        if earlier.account in others or any(undone):
            return True
    if step.act in _SECRET and earlier.act == "remove_vault_member":
        return True
    parents = {spell.of for spell in account.sign_in_accounts}
    from_parent = earlier.account in parents and earlier.act in {"rotate_password", "end_sessions"}
    return from_parent and _ends_sessions(registry, step, account)


def _ends_sessions(registry: Registry, step: Step, account: Account) -> bool:
    """Whether the step ends sessions, so that no step of its own has to after it."""
    if step.act == "rotate_password":
        return registry.platform(account).password_change_ends_sessions == "yes"
    return step.act == "end_sessions"


AFTERWARDS: frozenset[Act] = frozenset({"reconnect_tool", "release_mailbox", "record_loss"})
"""Acts of an immediate departure that shut no way in, and so have time until the last day."""


def dated(
    steps: Sequence[Step], today: date, last_day: date, mode: Mode = "planned"
) -> tuple[Step, ...]:
    """Return linked steps with the earliest day each can be done and the latest day it may be.

    A step is not done before its own `not_before` either. In an immediate departure whatever cuts
    access is due on the first day on which it can be done, and not only on the last day.
    """
    earliest: dict[str, date] = {}
    for step in steps:
        begins = max((earliest[each] for each in step.depends_on), default=today)
        over = begins + timedelta(days=step.wait_days)
        earliest[step.id] = max(over, step.not_before or today)
    latest: dict[str, date] = {}
    for step in reversed(steps):
        later = [s for s in steps if step.id in s.depends_on]
        ends = [latest[s.id] - timedelta(days=s.wait_days) for s in later]
        if mode == "immediate" and step.act not in AFTERWARDS:
            ends.append(earliest[step.id])
        latest[step.id] = min((*ends, last_day))
    return tuple(
        msgspec.structs.replace(
            step,
            not_before=earliest[step.id] if earliest[step.id] > today else None,
            due=latest[step.id],
        )
        for step in steps
    )


def late(step: Step, today: date) -> bool:
    """Say whether a step can no longer be done by its date."""
    return step.due is not None and (step.not_before or today) > step.due


def due_from(step: Step, today: date) -> date | None:
    """Return the day by which a step is to be done as things are, None where it has no date.

    For one that is late that is the first day on which it can be done.
    """
    return step.due and max(step.due, step.not_before or today, today)
